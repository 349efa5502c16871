//! The seal is its maker's work, the signer may use it, it was in force when it was put to the document, and it is the one shown.

use super::{Finding, signer_chain};
use crate::{
    chain::ChainOutcome,
    facts::{DocumentFacts, SealFacts},
    report::Reason,
    ses::{Embedded, Force, Listing, SignatureOutcome},
};

pub(super) fn run(facts: &DocumentFacts<'_>) -> Finding {
    let mut seals = facts.signatures.iter().filter_map(|one| one.seal.as_ref()).peekable();
    if seals.peek().is_none() {
        return Finding::not_applicable("NO_SEAL");
    }
    Finding::worst(seals.flat_map(|seal| [made(seal), maker(seal), listed(seal), in_force(seal), shown(seal)]))
}

fn made(seal: &SealFacts<'_>) -> Finding {
    match &seal.made {
        SignatureOutcome::Valid => Finding::ok(),
        SignatureOutcome::Broken(_) => Finding::failed(Reason::new("SEAL_FORGED", [])),
        SignatureOutcome::ForeignAlgorithm(oid) => {
            Finding::unknown(Reason::new("FOREIGN_ALGORITHM", [("where", "Seal.esl".to_owned()), ("what", oid.to_string())]))
        }
        SignatureOutcome::Certificate(fault) => {
            Finding::failed(Reason::new("FORMAT_FAILURE", [("where", "Seal.esl".to_owned()), ("what", fault.to_string())]))
        }
    }
}

fn maker(seal: &SealFacts<'_>) -> Finding {
    match &seal.maker {
        ChainOutcome::Trusted { .. } => Finding::ok(),
        ChainOutcome::Broken { .. } => Finding::failed(Reason::new("SEAL_MAKER_NOT_TRUSTED", [])),
        ChainOutcome::NoTrustedRoot => Finding::unknown(Reason::new("SEAL_MAKER_NOT_TRUSTED", [])),
        chain @ (ChainOutcome::Foreign { .. } | ChainOutcome::OutOfBounds { .. }) => signer_chain::outcome(chain),
    }
}

fn listed(seal: &SealFacts<'_>) -> Finding {
    match &seal.listing {
        Listing::Certificate | Listing::Digest => Finding::ok(),
        Listing::NotListed => Finding::failed(Reason::new("SEAL_NOT_THE_SIGNERS", [])),
        Listing::ForeignDigests(names) => {
            Finding::unknown(Reason::new("FOREIGN_ALGORITHM", [("where", "certList".to_owned()), ("what", names.join(", "))]))
        }
    }
}

fn in_force(seal: &SealFacts<'_>) -> Finding {
    let term = &seal.signature.seal;
    let params = [("from", term.valid_from.date_naive().to_string()), ("to", term.valid_to.date_naive().to_string())];
    match seal.force {
        Force::InForce if seal.lapsed_unproven => Finding::unknown(Reason::new("SEAL_LAPSED_NO_POE", params)),
        Force::InForce => Finding::ok(),
        Force::NotYet(_) | Force::Lapsed(_) | Force::Never => Finding::failed(Reason::new("SEAL_NOT_IN_FORCE", params)),
    }
}

fn shown(seal: &SealFacts<'_>) -> Finding {
    match seal.file {
        None | Some(Embedded::Equal) => Finding::ok(),
        Some(Embedded::DiffersAt(_)) => Finding::failed(Reason::new("SEAL_SWAPPED", [])),
    }
}
