//! Which roots are trusted, and what was already found out below them.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::{
    bounded::Bounded,
    chain::{Chain, Purpose, X509, X509Error},
    qr::KeyId,
    revocation::Revocations,
    sm2::KnownKeys,
};

/// How many chains of signers, and how many keys, are kept. A key takes [`crate::sm2::PreparedKey::TABLE_SIZE`] bytes, a chain
/// some kilobytes.
pub const MAX_KNOWN: usize = 1_000;

/// The roots this hub trusts, and what it was given beside them. Copies share what they have learnt.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Root certificates; one that is listed is trusted to name any authority.
    pub anchors: Vec<X509>,
    signers: BTreeMap<KeyId, Vec<Vec<u8>>>,
    revocations: Revocations,
    known: Arc<Known>,
}

/// Signers that were learnt: their certificates need not be read, nor the signatures on them be verified, once more.
struct Known {
    chains: Bounded<Vec<Vec<u8>>, KnownChain>,
    keys: KnownKeys,
}

/// Where a chain leads depends on the roots that were trusted when it was followed.
struct KnownChain {
    anchors: Vec<X509>,
    chain: Arc<Chain>,
}

impl Trust {
    /// Reads roots from PEM texts, each with one or more certificates.
    ///
    /// # Errors
    /// The first text that is not PEM with usable certificates.
    pub fn from_pem<T: AsRef<str>>(texts: &[T]) -> Result<Self, X509Error> {
        let mut anchors = Vec::new();
        for text in texts {
            anchors.extend(X509::from_pem(text.as_ref())?);
        }
        Ok(Self { anchors, ..Self::default() })
    }

    /// Reads roots from DER.
    ///
    /// # Errors
    /// The first that is no usable certificate.
    pub fn from_der<T: AsRef<[u8]>>(ders: &[T]) -> Result<Self, X509Error> {
        let anchors = ders.iter().map(|der| X509::from_der(der.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { anchors, ..Self::default() })
    }

    /// The same roots, with the certificates of signers whom a code may name by their key alone: chains in DER, signer first. They
    /// are trusted no more than any other that leads to a root.
    #[must_use]
    pub fn with_signers(mut self, chains: impl IntoIterator<Item = Vec<Vec<u8>>>) -> Self {
        let named = chains.into_iter().filter_map(|chain| Some((KeyId::of(chain.first()?), chain)));
        self.signers.extend(named);
        self
    }

    /// The same roots, with lists of revoked certificates and answers of authorities. Those of the roots and of the signers known
    /// by then are verified now, the others when a chain first leads to them; each is remembered with its data.
    #[must_use]
    pub fn with_revocations(mut self, revocations: Revocations) -> Self {
        let below = self.signers.values().flatten().filter_map(|der| X509::from_der(der).ok());
        revocations.verify_by(self.anchors.iter().cloned().chain(below));
        self.revocations = revocations;
        self
    }

    /// What was given by [`Self::with_revocations`].
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// Every certificate of such chains, for seals, which carry their signer's alone.
    pub(crate) fn known_certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.signers.values().flatten().map(Vec::as_slice)
    }

    /// The chain of the signer whom a code names.
    pub fn signer(&self, key: KeyId) -> Option<&[Vec<u8>]> {
        self.signers.get(&key).map(Vec::as_slice)
    }

    /// A chain (DER, signer first, each next one the issuer of the one before), followed to these roots: now, unless this very
    /// chain was learnt.
    pub fn chain(&self, ders: &[Vec<u8>]) -> Arc<Chain> {
        self.known_chain(ders).unwrap_or_else(|| Arc::new(Chain::follow(ders, &self.anchors, &self.known.keys, Purpose::Documents)))
    }

    /// A chain as [`Self::chain`] follows it, for another purpose than documents.
    pub fn chain_for(&self, ders: &[Vec<u8>], purpose: Purpose) -> Arc<Chain> {
        match purpose {
            Purpose::Documents => self.chain(ders),
            _ => Arc::new(Chain::follow(ders, &self.anchors, &self.known.keys, purpose)),
        }
    }

    /// Follows a chain and keeps what was found, and makes the tables of its keys: some milliseconds, for a thread that nobody
    /// waits for. A certificate under it is then verified about eight times as fast. A broken chain is not kept.
    pub fn learn(&self, ders: &[Vec<u8>]) {
        if self.known_chain(ders).is_some() {
            return;
        }
        let chain = Chain::follow(ders, &self.anchors, &self.known.keys, Purpose::Documents);
        if chain.is_broken() {
            return;
        }
        let chain = chain.with_known_keys(&self.known.keys);
        self.known.chains.insert(ders.to_vec(), Arc::new(KnownChain { anchors: self.anchors.clone(), chain: Arc::new(chain) }));
    }

    /// How many chains were learnt.
    pub fn known(&self) -> usize {
        self.known.chains.len()
    }

    fn known_chain(&self, ders: &[Vec<u8>]) -> Option<Arc<Chain>> {
        let known = self.known.chains.get(ders)?;
        (known.anchors == self.anchors).then(|| known.chain.clone())
    }
}

impl Default for Known {
    fn default() -> Self {
        Self { chains: Bounded::new(MAX_KNOWN), keys: KnownKeys::new(MAX_KNOWN) }
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Known").field("chains", &self.chains.len()).field("keys", &self.keys).finish()
    }
}
