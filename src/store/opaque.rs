//! Opaque keys: HMAC-SM3 of a personal value, so that it can be found again without lying in the index.

use sm3::{Digest, Sm3};

/// Block of SM3 in bytes.
const BLOCK: usize = 64;

pub(super) struct IndexKey {
    inner: Sm3,
    outer: Sm3,
}

impl IndexKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let keyed = |pad: u8| {
            let mut block = [pad; BLOCK];
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            Sm3::new().chain_update(block)
        };
        Self { inner: keyed(0x36), outer: keyed(0x5c) }
    }

    /// 128 bits of HMAC-SM3 as 32 hex digits.
    pub(super) fn opaque(&self, value: &str) -> String {
        hex(&self.hmac([value.as_bytes()]))
    }

    /// 128 bits of HMAC-SM3 over parts, for one purpose: never what [`Self::opaque`] makes of a text, since texts hold no NUL.
    pub(super) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let lengths: Vec<[u8; 8]> = parts.iter().map(|part| (part.len() as u64).to_be_bytes()).collect();
        let parts = lengths.iter().zip(parts).flat_map(|(length, part)| [length.as_slice(), part]);
        self.hmac([b"\0".as_slice(), purpose.as_bytes(), b"\0"].into_iter().chain(parts))
    }

    /// Seals a short secret under a random `nonce`: XOR with HMAC-SM3 of it in counter mode, and a tag over the rest. `about` says what it is
    /// a secret of: moved elsewhere it does not open.
    pub(super) fn sealed(&self, about: &str, nonce: [u8; 16], secret: &[u8]) -> Vec<u8> {
        let hidden = self.stream(about, nonce, secret);
        let tag = self.mac("seal/tag", &[about.as_bytes(), &nonce, &hidden]);
        [nonce.as_slice(), &tag, &hidden].concat()
    }

    /// What was sealed; None: it was sealed otherwise, or has been changed.
    pub(super) fn opened(&self, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<16>()?;
        let (tag, hidden) = rest.split_first_chunk::<16>()?;
        (self.mac("seal/tag", &[about.as_bytes(), nonce, hidden]) == *tag).then(|| self.stream(about, *nonce, hidden))
    }

    fn stream(&self, about: &str, nonce: [u8; 16], text: &[u8]) -> Vec<u8> {
        let blocks = text.chunks(16).zip(0_u64..);
        let blocks = blocks.flat_map(|(block, place)| {
            let key = self.mac("seal/stream", &[about.as_bytes(), &nonce, &place.to_be_bytes()]);
            block.iter().zip(key).map(|(byte, key)| byte ^ key).collect::<Vec<_>>()
        });
        blocks.collect()
    }

    fn hmac<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 16] {
        let inner = parts.into_iter().fold(self.inner.clone(), |hash, part| hash.chain_update(part)).finalize();
        let outer = self.outer.clone().chain_update(inner).finalize();
        std::array::from_fn(|place| outer[place])
    }

    /// The key of a holder's code: spaces around it and the case of letters make no difference.
    pub(super) fn holder(&self, code: &str) -> String {
        self.opaque(&code.trim().to_ascii_uppercase())
    }
}

/// A page of fifty asks for a hundred of them: no formatting machinery.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_hmac_sm3() {
        // openssl dgst -sm3 -mac HMAC -macopt hexkey:00…00 of "abc"
        assert_eq!(IndexKey::new(&[0; 32]).opaque("abc"), "36525058ca466791502435c910517f1a");
    }

    #[test]
    fn a_mac_depends_on_purpose_and_on_where_parts_end() {
        let key = IndexKey::new(&[7; 32]);
        let macs = [key.mac("a", &[b"bc"]), key.mac("a", &[b"b", b"c"]), key.mac("ab", &[b"c"]), key.mac("a", &[])];
        assert!(macs.iter().enumerate().all(|(place, mac)| !macs[..place].contains(mac)));
    }

    #[test]
    fn what_is_sealed_opens_where_it_belongs_and_nowhere_else() {
        let key = IndexKey::new(&[7; 32]);
        let sealed = key.sealed("a", [1; 16], b"twenty bytes of this");
        assert_eq!(key.opened("a", &sealed).as_deref(), Some(b"twenty bytes of this".as_slice()));
        assert!(!sealed.windows(6).any(|part| part == b"twenty") && sealed != key.sealed("a", [2; 16], b"twenty bytes of this"));
        assert_eq!(key.opened("b", &sealed), None, "somebody else's");
        assert_eq!(IndexKey::new(&[8; 32]).opened("a", &sealed), None, "another key");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key.opened("a", &changed), None, "byte {place}");
        }
        assert_eq!((key.opened("a", &[]), key.opened("a", &sealed[..31])), (None, None));
    }

    #[test]
    fn holders_are_found_however_their_code_is_spelt() {
        let key = IndexKey::new(&[7; 32]);
        assert_eq!(key.holder(" 99000019000101001x"), key.holder("99000019000101001X"));
        assert_ne!(key.holder("990000190001010016"), key.holder("990000190001010017"));
    }
}
