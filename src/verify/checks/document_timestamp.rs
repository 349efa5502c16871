//! A timestamp that came with the document proves when its signature was there. None is no fault.

use super::{Finding, signer_chain};
use crate::{facts::DocumentFacts, report::Reason};

pub(super) fn run(facts: &DocumentFacts<'_>) -> Finding {
    let mut stamps = facts.signatures.iter().filter_map(|one| one.timestamp.as_ref()).peekable();
    if stamps.peek().is_none() {
        return Finding::not_applicable("NO_TIMESTAMP");
    }
    Finding::worst(stamps.flat_map(|stamp| {
        let holds = match &stamp.fault {
            None => Finding::ok(),
            Some(what) => Finding::failed(Reason::new("TIMESTAMP_INVALID", [("what", what.clone())])),
        };
        [Some(holds), stamp.unit.as_ref().map(signer_chain::outcome)].into_iter().flatten()
    }))
}
