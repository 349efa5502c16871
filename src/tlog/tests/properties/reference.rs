//! The definitions of RFC 9162, 2.1, word for word: recursive, over slices, slow. And a log in memory to hold against them.

use std::{collections::BTreeMap, convert::Infallible, ops::Range, sync::Arc};

use sm2::PublicKey;
use sm2::dsa::SigningKey;
use tlog::{
    Bundle, Checkpoint, Commitment, Edge, Hash, Salt, SignedCheckpoint, Tile, TileReader, Trust, VerifierKey,
    audit::{Log, Opening},
};
use verify::{
    digest::sm3,
    signature::{DISTINGUISHING_ID, sign_message},
    sm2::PreparedKey,
};

pub(crate) const ORIGIN: &str = "certificates.example.gov.cn/log";

fn joined(first: u8, left: &[u8], right: &[u8]) -> Hash {
    let mut bytes = vec![first];
    bytes.extend_from_slice(left);
    bytes.extend_from_slice(right);
    Hash(sm3(&bytes))
}

fn split(count: usize) -> usize {
    let mut k = 1;
    while k * 2 < count {
        k *= 2;
    }
    k
}

/// MTH(D\[n\]).
pub(crate) fn mth(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => Hash(sm3(b"")),
        [entry] => joined(0, entry, b""),
        _ => {
            let k = split(entries.len());
            joined(1, &mth(&entries[..k]).0, &mth(&entries[k..]).0)
        }
    }
}

/// PATH(m, D\[n\]).
pub(crate) fn path(m: usize, entries: &[Vec<u8>]) -> Vec<Hash> {
    if entries.len() <= 1 {
        return Vec::new();
    }
    let k = split(entries.len());
    let (mut found, other) =
        if m < k { (path(m, &entries[..k]), mth(&entries[k..])) } else { (path(m - k, &entries[k..]), mth(&entries[..k])) };
    found.push(other);
    found
}

/// SUBPROOF(m, D\[n\], b).
pub(crate) fn subproof(m: usize, entries: &[Vec<u8>], b: bool) -> Vec<Hash> {
    if m == entries.len() {
        return if b { Vec::new() } else { vec![mth(entries)] };
    }
    let k = split(entries.len());
    let (mut found, other) = if m <= k {
        (subproof(m, &entries[..k], b), mth(&entries[k..]))
    } else {
        (subproof(m - k, &entries[k..], false), mth(&entries[..k]))
    };
    found.push(other);
    found
}

pub(crate) fn salt(index: u64) -> Salt {
    Salt(sm3(&index.to_le_bytes()))
}

pub(crate) fn event(index: u64) -> Vec<u8> {
    format!(r#"{{"event":{index}}}"#).into_bytes()
}

pub(crate) fn commitment(index: u64) -> Commitment {
    Commitment::to(&salt(index), &event(index))
}

pub(crate) fn entries(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|index| commitment(index).0.to_vec()).collect()
}

/// A signing key and its name.
pub(crate) struct Signer {
    pub(crate) key: VerifierKey,
    secret: SigningKey,
}

impl Signer {
    pub(crate) fn new(name: &str, byte: u8) -> Self {
        let secret = SigningKey::from_slice(DISTINGUISHING_ID, &[byte; 32]).unwrap();
        let key = VerifierKey::of(name, prepared(&secret)).unwrap();
        Self { key, secret }
    }

    pub(crate) fn prepared(&self) -> Arc<PreparedKey> {
        prepared(&self.secret)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Infallible> {
        Ok(sign_message(&self.secret, message).unwrap())
    }

    pub(crate) fn checkpoint(&self, size: u64, root: Hash) -> SignedCheckpoint {
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root, extensions: Vec::new() };
        checkpoint.sign(&self.key, |text| self.sign(text)).unwrap()
    }
}

fn prepared(secret: &SigningKey) -> Arc<PreparedKey> {
    let public = PublicKey::from_affine(*secret.verifying_key().as_affine()).unwrap();
    Arc::new(PreparedKey::try_from(&public).unwrap())
}

pub(crate) fn log_signer() -> Signer {
    Signer::new(ORIGIN, 1)
}

pub(crate) fn trust() -> Trust {
    Trust::of_log(ORIGIN, vec![log_signer().key])
}

/// A log in memory: what was written, full and partial, and the checkpoints that were signed.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    pub(crate) edge: Edge,
    pub(crate) tiles: BTreeMap<Tile, Vec<u8>>,
    pub(crate) bundles: BTreeMap<Bundle, Vec<u8>>,
    pub(crate) events: BTreeMap<u64, (Salt, Vec<u8>)>,
    pub(crate) checkpoints: Vec<Vec<u8>>,
}

impl Memory {
    /// A log that grew in steps to each of `sizes`, with a checkpoint each.
    pub(crate) fn grown(sizes: impl IntoIterator<Item = u64>) -> Self {
        let mut log = Self::default();
        for size in sizes {
            log.grow(size);
            let signed = log_signer().checkpoint(size, log.edge.root());
            log.checkpoints.push(signed.to_string().into_bytes());
        }
        log
    }

    pub(crate) fn grow(&mut self, size: u64) {
        let range = self.edge.size()..size;
        self.events.extend(range.clone().map(|index| (index, (salt(index), event(index)))));
        let growth = self.edge.append(&range.map(commitment).collect::<Vec<_>>());
        assert_eq!((growth.size, growth.root), (size, self.edge.root()));
        self.tiles.extend(growth.tiles);
        self.bundles.extend(growth.bundles);
    }

    pub(crate) fn latest(&self) -> &[u8] {
        self.checkpoints.last().unwrap()
    }

    pub(crate) fn audit(&mut self) -> tlog::audit::Report {
        let (latest, earlier) = (self.latest().to_vec(), self.checkpoints[..self.checkpoints.len() - 1].to_vec());
        tlog::audit(self, &latest, earlier, &trust()).unwrap()
    }
}

impl TileReader for Memory {
    type Error = Infallible;

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, Infallible> {
        self.tiles.tile(tile)
    }
}

impl Log for Memory {
    fn bundle(&mut self, bundle: Bundle) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.bundles.get(&bundle).cloned())
    }

    fn openings(&mut self, leaves: Range<u64>) -> Result<Vec<Opening>, Infallible> {
        Ok(self.events.range(leaves).map(|(index, (salt, event))| Opening { index: *index, salt: *salt, event: event.clone() }).collect())
    }
}
