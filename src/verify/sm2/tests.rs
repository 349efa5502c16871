//! The kernel against the `sm2` crate, over the whole of what may be put to it.

mod edges;
mod random;

use ::sm2::{
    PublicKey,
    dsa::{Signature as Reference, SigningKey, VerifyingKey, signature::hazmat::PrehashVerifier},
};

use super::*;

/// One key in every form.
struct Judge {
    key: PreparedKey,
    known: PreparedKey,
    reference: VerifyingKey,
}

impl Judge {
    fn of(public: &PublicKey) -> Self {
        let key = PreparedKey::try_from(public).unwrap();
        Self { known: key.with_table(), key, reference: VerifyingKey::new(DISTINGUISHING_ID, *public).unwrap() }
    }

    /// What every path of the kernel says, which must be what the reference says.
    fn judge(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> bool {
        let wanted =
            Reference::from_slice(&[&r[..], s].concat()).is_ok_and(|signature| self.reference.verify_prehash(digest, &signature).is_ok());
        let holds = |key: &PreparedKey| Signature::from_parts(r, s).and_then(|signature| key.verify_digest(digest, &signature)).is_ok();
        assert_eq!(holds(&self.key), wanted, "without a table: e {digest:x?}, r {r:x?}, s {s:x?}");
        assert_eq!(holds(&self.known), wanted, "with a table: e {digest:x?}, r {r:x?}, s {s:x?}");
        wanted
    }
}

fn public_of(key: &SigningKey) -> PublicKey {
    PublicKey::from_affine(*key.verifying_key().as_affine()).unwrap()
}

/// A stream of bytes that looks random and is the same each time.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.next().to_be_bytes()));
        bytes
    }

    fn key(&mut self) -> SigningKey {
        loop {
            if let Ok(key) = SigningKey::from_slice(DISTINGUISHING_ID, &self.bytes()) {
                return key;
            }
        }
    }
}
