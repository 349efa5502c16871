//! The hashes of the tree (RFC 9162, 2.1.1, with SM3 for SHA-256), and how 32 bytes are spelt.

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use verify::digest::{is_sm3_hex, sm3, sm3_of};

const LEAF: &[u8] = &[0];
const NODE: &[u8] = &[1];

/// A hash of the tree: of a leaf, of a node, of a whole tree. Written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Bytes of a hash.
    pub const SIZE: usize = 32;

    /// The hash of the leaf that holds `entry`: SM3 of 0x00 and the entry.
    pub fn leaf(entry: &[u8]) -> Self {
        Self(sm3_of(&[LEAF, entry]))
    }

    /// The hash of the node above two others: SM3 of 0x01, the left and the right.
    pub fn node(left: &Self, right: &Self) -> Self {
        Self(sm3_of(&[NODE, &left.0, &right.0]))
    }

    /// The root of the tree without leaves: SM3 of nothing.
    pub fn of_empty_tree() -> Self {
        Self(sm3(b""))
    }

    /// The root above `hashes`, as many as a power of two says; None for any other number.
    pub(crate) fn above(mut hashes: Vec<Self>) -> Option<Self> {
        if !hashes.len().is_power_of_two() {
            return None;
        }
        while hashes.len() > 1 {
            hashes = hashes.chunks_exact(2).filter_map(|pair| Some(Self::node(pair.first()?, pair.last()?))).collect();
        }
        hashes.pop()
    }

    /// As checkpoints spell it.
    pub(crate) fn to_base64(self) -> String {
        Base64::encode_string(&self.0)
    }

    pub(crate) fn from_base64(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::SIZE];
        let read = Base64::decode(text, &mut bytes).ok()?.len();
        (read == Self::SIZE).then_some(Self(bytes))
    }
}

/// A text that is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 lower-case hexadecimal digits, found a text of {0} bytes")]
pub struct NotHex(pub usize);

/// 32 bytes of 64 lower-case hexadecimal digits.
fn from_hex(text: &str) -> Result<[u8; 32], NotHex> {
    let wrong = NotHex(text.len());
    if !is_sm3_hex(text) {
        return Err(wrong);
    }
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let digits = text.get(2 * place..2 * place + 2).ok_or(wrong)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong)?;
    }
    Ok(bytes)
}

/// The one spelling of a type that is 32 bytes.
macro_rules! spelt_in_hex {
    ($($name:ident),*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotHex;

            fn from_str(text: &str) -> Result<Self, NotHex> {
                from_hex(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotHex;

            fn try_from(text: String) -> Result<Self, NotHex> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )*};
}

use crate::commitment::{Commitment, Salt};
spelt_in_hex!(Hash, Commitment, Salt);

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_each_way() {
        let hash = Hash::of_empty_tree();
        assert_eq!(hash.to_string(), "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(hash.to_string().to_uppercase().parse::<Hash>(), Err(NotHex(64)));
        assert_eq!("1ab2".parse::<Hash>(), Err(NotHex(4)));
        assert_eq!(Hash::from_base64(&hash.to_base64()), Some(hash));
        // The last digit but one carries two bits that mean nothing: only zeros are read.
        let open = hash.to_base64().replace("s=", "t=");
        assert_ne!(open, hash.to_base64());
        assert_eq!(Hash::from_base64(&open), None);
        assert_eq!(Hash::from_base64(hash.to_base64().trim_end_matches('=')), None);
        assert_eq!(Hash::from_base64(""), None);
    }

    #[test]
    fn leaves_are_no_nodes() {
        let (left, right) = (Hash::leaf(b"a"), Hash::leaf(b"b"));
        assert_ne!(Hash::node(&left, &right), Hash::leaf(&[left.0, right.0].concat()));
        assert_eq!(Hash::above(vec![left, right]), Some(Hash::node(&left, &right)));
        assert_eq!(Hash::above(vec![left, right, left]), None);
        assert_eq!(Hash::above(Vec::new()), None);
    }
}
