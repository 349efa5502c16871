//! The signatures of a document, each followed to its root.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Chains, SignerFacts, Standing, Times, standing::earlier};
use crate::{
    chain::{Chain, ChainOutcome, Purpose, X509},
    cms::{CertificateBinding, Content, DigestOutcome, SignatureOutcome, SignedData},
    document::{Covered, Document, DocumentSignature, Proof},
    ses::{self, DataHash, Embedded, Force, Listing, SealSignature},
    timestamp::TimestampToken,
};

pub(crate) struct DocumentFacts<'a> {
    pub(crate) document: &'a Document,
    /// Oldest first.
    pub(crate) signatures: Vec<SignatureFacts<'a>>,
}

pub(crate) struct SignatureFacts<'a> {
    pub(crate) of: &'a DocumentSignature,
    pub(crate) outcome: Proven,
    /// Absent where nothing says who signed.
    pub(crate) signer: Option<SignerFacts>,
    pub(crate) seal: Option<SealFacts<'a>>,
    pub(crate) timestamp: Option<TimestampFacts>,
}

/// What became of the signature itself.
pub(crate) enum Proven {
    /// It is of this document under the signer's key.
    Holds,
    /// The document is not the one that was signed.
    OtherContent,
    /// It is not of the signer's key.
    OtherKey,
    /// Algorithms of elsewhere.
    Foreign(String),
    /// What is there is no signature that can be read.
    Unreadable(String),
}

pub(crate) struct SealFacts<'a> {
    pub(crate) signature: &'a SealSignature,
    pub(crate) made: ses::SignatureOutcome,
    pub(crate) maker: ChainOutcome,
    pub(crate) maker_standing: Standing,
    pub(crate) listing: Listing,
    /// At the time that is proven, else at the time that is claimed, else at the time asked.
    pub(crate) force: Force,
    /// It has lapsed since, and nothing proves that it was put to the document before.
    pub(crate) lapsed_unproven: bool,
    /// `Seal.esl` against the seal that was used; absent where there is no such file.
    pub(crate) file: Option<Embedded>,
}

pub(crate) struct TimestampFacts {
    /// Why it does not prove anything, if it does not.
    pub(crate) fault: Option<String>,
    /// Absent when the token does not read.
    pub(crate) unit: Option<ChainOutcome>,
    /// Absent when the token does not read.
    pub(crate) standing: Option<Standing>,
    pub(crate) at: Option<DateTime<Utc>>,
}

impl TimestampFacts {
    /// The time before which the signature was there for certain.
    fn proven(&self) -> Option<DateTime<Utc>> {
        let well = self.standing.as_ref().is_some_and(Standing::is_well);
        self.at.filter(|_| self.fault.is_none() && well && matches!(self.unit, Some(ChainOutcome::Trusted { .. })))
    }
}

impl<'a> DocumentFacts<'a> {
    pub(super) fn gather(document: &'a Document, chains: &Chains<'a>) -> Self {
        let known: Vec<&[u8]> = document
            .envelope()
            .and_then(|envelope| envelope.signature.as_ref())
            .into_iter()
            .flat_map(|block| &block.certificates)
            .map(Vec::as_slice)
            .collect();
        Self { document, signatures: document.signatures.iter().map(|one| signature(one, &known, chains)).collect() }
    }

    /// When everything in the document, the data too, was there for certain: the earliest time that is proven of a signature over
    /// all of it by somebody whom we know.
    pub(super) fn proven(&self) -> Option<DateTime<Utc>> {
        let of_all = self.signatures.iter().filter(|one| {
            let trusted = one.signer.as_ref().is_some_and(|signer| matches!(signer.chain, ChainOutcome::Trusted { .. }));
            let covered = matches!(one.of.covered, Covered::Whole | Covered::EarlierHarmless);
            matches!(one.outcome, Proven::Holds) && trusted && covered
        });
        of_all.filter_map(|one| one.timestamp.as_ref()?.proven()).fold(None, |first, next| earlier(first, Some(next)))
    }
}

fn signature<'a>(of: &'a DocumentSignature, known: &[&[u8]], chains: &Chains<'_>) -> SignatureFacts<'a> {
    match &of.proof {
        Proof::Cms { envelope, digest } => cms(of, envelope, *digest, known, chains),
        Proof::Seal { signature, digest, file } => seal(of, signature, digest, file.as_deref(), known, chains),
        Proof::Foreign(what) => nothing(of, Proven::Foreign(what.clone())),
        Proof::Unreadable(what) => nothing(of, Proven::Unreadable(what.clone())),
    }
}

fn nothing(of: &DocumentSignature, outcome: Proven) -> SignatureFacts<'_> {
    SignatureFacts { of, outcome, signer: None, seal: None, timestamp: None }
}

fn cms<'a>(of: &'a DocumentSignature, envelope: &SignedData, digest: [u8; 32], known: &[&[u8]], chains: &Chains<'_>) -> SignatureFacts<'a> {
    let path = completed(envelope.certificates().to_vec(), known, chains);
    let chain = chains.trust.chain(&path);
    let found = envelope.verify(content(envelope, digest), &chain);
    let outcome = match (found.digest, found.signature) {
        // GB/T 35275 in OFD: the content inside is the digest of Signature.xml.
        _ if envelope.content().is_some_and(|inside| !is_digest(inside, &digest)) => Proven::OtherContent,
        (DigestOutcome::Differs { .. }, _) => Proven::OtherContent,
        (DigestOutcome::Missing | DigestOutcome::Unexpected, _) => Proven::Unreadable("the content is where it does not belong".into()),
        (_, SignatureOutcome::Holds) if envelope.signing_certificate() == CertificateBinding::Differs => Proven::OtherKey,
        (_, SignatureOutcome::Holds) => Proven::Holds,
        (_, SignatureOutcome::Fails(_)) => Proven::OtherKey,
        (_, other) => Proven::Unreadable(format!("{other:?}")),
    };
    let timestamp = envelope.timestamp_token().map(|token| timestamp(token, envelope.signature(), chains));
    let proven = timestamp.as_ref().and_then(TimestampFacts::proven);
    let times = Times { claimed: of.claimed_at, proven };
    SignatureFacts { of, signer: Some(signer(&chain, matches!(outcome, Proven::Holds), times, chains)), outcome, seal: None, timestamp }
}

fn content(envelope: &SignedData, digest: [u8; 32]) -> Content<'_> {
    if envelope.content().is_some() { Content::Attached } else { Content::DetachedDigest(digest) }
}

/// The digest itself, or in Base64, as products write it \[S\].
fn is_digest(inside: &[u8], digest: &[u8; 32]) -> bool {
    use base64ct::{Base64, Encoding};
    inside == digest || inside == Base64::encode_string(digest).as_bytes()
}

fn seal<'a>(
    of: &'a DocumentSignature,
    signature: &'a SealSignature,
    digest: &[u8; 32],
    file: Option<&[u8]>,
    known: &[&[u8]],
    chains: &Chains<'_>,
) -> SignatureFacts<'a> {
    let chain = chains.trust.chain(&completed(vec![signature.certificate.clone()], known, chains));
    let outcome = match (signature.data_hash_agrees(digest), signature.signer_signature()) {
        (_, ses::SignatureOutcome::ForeignAlgorithm(oid)) => Proven::Foreign(oid.to_string()),
        (_, ses::SignatureOutcome::Certificate(fault)) => Proven::Unreadable(fault.to_string()),
        (DataHash::Agrees, ses::SignatureOutcome::Valid) => Proven::Holds,
        (DataHash::Agrees, ses::SignatureOutcome::Broken(_)) => Proven::OtherKey,
        (DataHash::Differs(_) | DataHash::NotSm3(_), _) => Proven::OtherContent,
    };
    let timestamp = signature.time_stamp.as_ref().map(|token| timestamp(token, &signature.signature, chains));
    let proven = timestamp.as_ref().and_then(TimestampFacts::proven);
    let maker = chains.trust.chain(&completed(vec![signature.seal.maker_certificate.clone()], known, chains));
    let at = chains.evidence.at;
    let seal = SealFacts {
        signature,
        made: signature.seal.maker_signature(),
        maker: chains.evidence.outcome(&maker, proven),
        maker_standing: chains.evidence.standing(&maker, Times { claimed: Some(signature.seal.created), proven }, Purpose::Documents),
        listing: signature.signer_listed(),
        force: signature.seal.force(proven.or(of.claimed_at).unwrap_or(at)),
        lapsed_unproven: proven.is_none() && matches!(signature.seal.force(at), Force::Lapsed(_)),
        file: file.map(|file| signature.embeds(file)),
    };
    let signer = signer(&chain, matches!(outcome, Proven::Holds), Times { claimed: of.claimed_at, proven }, chains);
    SignatureFacts { of, outcome, signer: Some(signer), seal: Some(seal), timestamp }
}

fn signer(chain: &Arc<Chain>, holds: bool, times: Times, chains: &Chains<'_>) -> SignerFacts {
    SignerFacts {
        signature: chain.signer().map(|_| if holds { Ok(()) } else { Err(crate::signature::SignatureFault::Mismatch) }),
        organisation_code: chain.signer().and_then(X509::organisation_code),
        chain: chains.evidence.outcome(chain, times.proven),
        standing: chains.evidence.standing(chain, times, Purpose::Documents),
    }
}

fn timestamp(token: &[u8], stamped: &[u8], chains: &Chains<'_>) -> TimestampFacts {
    let token = match TimestampToken::read(token) {
        Ok(token) => token,
        Err(fault) => return TimestampFacts { fault: Some(fault.to_string()), unit: None, standing: None, at: None },
    };
    let chain = chains.trust.chain_for(token.certificates(), Purpose::Timestamps);
    let found = token.verify(&[stamped], &chain);
    let fault = (!found.holds()).then(|| format!("{found:?}").chars().take(120).collect());
    let times = Times { claimed: Some(token.at()), proven: Some(token.at()) };
    let standing = chains.evidence.standing(&chain, times, Purpose::Timestamps);
    TimestampFacts { fault, unit: Some(chain.outcome(chains.evidence.at)), standing: Some(standing), at: Some(token.at()) }
}

/// The path from a signer as far up as certificates are known: a seal carries its signer's alone.
fn completed(mut path: Vec<Vec<u8>>, known: &[&[u8]], chains: &Chains<'_>) -> Vec<Vec<u8>> {
    let signers: Vec<&[u8]> = chains.trust.known_certificates().collect();
    while path.len() < crate::chain::MAX_LENGTH {
        let Some(last) = path.last().and_then(|der| X509::from_der(der).ok()) else { break };
        let above = known.iter().chain(&signers).find(|der| {
            let issuer = X509::from_der(der).ok().filter(|_| !path.iter().any(|ours| ours == *der));
            issuer.is_some_and(|issuer| issuer.subject_der() == last.issuer_der())
        });
        match above {
            Some(above) => path.push(above.to_vec()),
            None => break,
        }
    }
    path
}
