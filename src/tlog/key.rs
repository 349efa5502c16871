//! Keys that sign notes: SM2, known by a name and four bytes of a digest (C2SP signed-note).

use std::{fmt, str::FromStr, sync::Arc};

use base64ct::{Base64, Encoding};
use verify::{
    digest::sm3_of,
    sm2::{PreparedKey, SignatureFault},
};

/// The signature type of this project's keys. 0xff says that the type is none of those that signed-note numbers; the text after
/// it says which: SM2 with SM3 and the usual distinguishing identifier (GB/T 32918.2) over the text of the note, in DER.
pub const SIGNATURE_TYPE: &[u8] = b"\xffzhengzhao/sm2-sm3/v1";

/// What an uncompressed point begins with.
const UNCOMPRESSED: u8 = 4;

/// Four bytes that tell keys of one name apart. They are no fingerprint: the whole key is what is trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A public key and its name: of a log or of a witness. As text `name+id+base64`, which is what is handed to whoever verifies.
#[derive(Debug, Clone)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    key: Arc<PreparedKey>,
}

/// Why there is no such key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// A name that signature lines could not carry.
    #[error("a key's name has at least one character and no space, plus sign or control character; found {0:?}")]
    Name(String),
    /// No point of the curve.
    #[error("the public key is no point of the SM2 curve")]
    Point,
    /// Not `name+id+base64`.
    #[error("a verifier key is written name+id+base64, where id is eight lower-case hexadecimal digits")]
    Form,
    /// A signature type of others.
    #[error("the key is for another kind of signature than SM2 with SM3 (type {0:#04x})")]
    Foreign(u8),
    /// The id is not that of name and key.
    #[error("the key {name} says its id is {found}, name and key come to {expected}")]
    Id {
        /// Its name.
        name: String,
        /// What name and key come to.
        expected: KeyId,
        /// What it says.
        found: String,
    },
}

impl VerifierKey {
    /// Takes the coordinates x and y of a public key, 32 bytes each, the highest first.
    ///
    /// # Errors
    /// [`KeyFault::Name`], [`KeyFault::Point`].
    pub fn new(name: &str, coordinates: &[u8; 64]) -> Result<Self, KeyFault> {
        let key = PreparedKey::from_coordinates(coordinates).map_err(|_| KeyFault::Point)?;
        Self::of(name, Arc::new(key))
    }

    /// Takes a key that was made ready before, for instance with its table.
    ///
    /// # Errors
    /// [`KeyFault::Name`].
    pub fn of(name: &str, key: Arc<PreparedKey>) -> Result<Self, KeyFault> {
        if !is_name(name) {
            return Err(KeyFault::Name(name.to_owned()));
        }
        let [a, b, c, d, ..] = sm3_of(&[name.as_bytes(), b"\n", SIGNATURE_TYPE, &[UNCOMPRESSED], key.coordinates()]);
        Ok(Self { name: name.to_owned(), id: KeyId([a, b, c, d]), key })
    }

    /// Its name, as signature lines carry it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SM3 of name, newline, [`SIGNATURE_TYPE`] and the uncompressed point.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whether whoever signs with one can sign with the other.
    pub(crate) fn has_point_of(&self, other: &Self) -> bool {
        self.key.coordinates() == other.key.coordinates()
    }

    /// Checks that `der` is the signature of `message` under this key.
    ///
    /// # Errors
    /// [`SignatureFault`] says why it is not.
    pub fn verify(&self, message: &[u8], der: &[u8]) -> Result<(), SignatureFault> {
        self.key.verify(message, der)
    }
}

/// Name and key alike.
impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.has_point_of(other)
    }
}

impl Eq for VerifierKey {}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = [SIGNATURE_TYPE, &[UNCOMPRESSED], self.key.coordinates()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, Base64::encode_string(&material))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyFault;

    fn from_str(text: &str) -> Result<Self, KeyFault> {
        // Base64 may have plus signs, a name has none.
        let (name, rest) = text.split_once('+').ok_or(KeyFault::Form)?;
        let (id, material) = rest.split_once('+').ok_or(KeyFault::Form)?;
        let material = Base64::decode_vec(material).map_err(|_| KeyFault::Form)?;
        let Some(point) = material.strip_prefix(SIGNATURE_TYPE) else {
            return Err(material.first().map_or(KeyFault::Form, |kind| KeyFault::Foreign(*kind)));
        };
        let coordinates = match point {
            [UNCOMPRESSED, coordinates @ ..] => coordinates.try_into().map_err(|_| KeyFault::Point)?,
            _ => return Err(KeyFault::Point),
        };
        let key = Self::new(name, coordinates)?;
        if key.id.to_string() == id { Ok(key) } else { Err(KeyFault::Id { name: key.name, expected: key.id, found: id.to_owned() }) }
    }
}

/// Whether signature lines can carry it.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '+')
}
