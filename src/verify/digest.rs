//! SM3 (GB/T 32905) in the one spelling this house uses: 64 lower-case hexadecimal digits.

use sm3::{Digest, Sm3};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The SM3 digest of `bytes` as 64 lower-case hexadecimal digits.
pub fn sm3_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in sm3(bytes) {
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
    text
}

/// The SM3 digest of `bytes`, 32 bytes.
pub fn sm3(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(&Sm3::digest(bytes));
    hash
}

/// The SM3 digest of bytes that come in pieces.
pub fn sm3_of(pieces: &[&[u8]]) -> [u8; 32] {
    pieces.iter().fold(Sm3::new(), |hash, piece| hash.chain_update(piece)).finalize().into()
}

/// Whether `text` is spelled as [`sm3_hex`] spells a digest.
pub fn is_sm3_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| HEX.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two examples of GB/T 32905-2016, appendix A.
    #[test]
    fn the_examples_of_the_standard() {
        assert_eq!(sm3_hex(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_eq!(sm3_hex("abcd".repeat(16).as_bytes()), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    }

    #[test]
    fn only_one_spelling_is_a_digest() {
        assert!(is_sm3_hex(&sm3_hex(b"")));
        assert!(!is_sm3_hex(&sm3_hex(b"").to_uppercase()));
        assert!(!is_sm3_hex("66c7"));
    }
}
