//! The exported certificate:
//! `{"format":"zhengzhao-certificate/1","statement":"…","signature":{…},"events":[…],"attachments":{"sm3:…":"…"},"asOf":{…},"copy":{…}}`.
//!
//! `statement` is the exact signed text as a JSON string: it is verified as it stands, never rebuilt. Reading is strict:
//! sizes are bounded, unknown and repeated members are refused, Base64 has one spelling. Certificates are kept as
//! bytes here; whether they are any good is for the checks to say.
//!
//! `attachments` holds, by the names that the statement signs, the bytes of photos; it may be left out, and then the
//! certificate verifies without them.
//!
//! `asOf` is the issuer's signed statement of which events there were when the file was written
//! ([`crate::statement::AsOfStatement`]); without it the status is not known.
//!
//! `copy` makes the file a copy for one use: the issuer's signed statement of its purpose and of its end
//! ([`crate::statement::CopyStatement`]).

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value, json};

use crate::{
    canonical::{CanonicalError, canonical_text, read_strict},
    chain,
    signature::ALGORITHM,
};

/// The format's name and version.
pub const FORMAT: &str = "zhengzhao-certificate/1";
/// Largest file that is read, in bytes, its photos included.
pub const MAX_SIZE: usize = 32 * 1024 * 1024;
/// Most events that are read.
pub const MAX_EVENTS: usize = 10_000;

/// Most attachments that are read.
pub const MAX_ATTACHMENTS: usize = 10_000;

/// A certificate as it is exported: signed text, and the signed texts of its status events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The exact text of the certificate's statement.
    pub statement: String,
    /// Its signature; a certificate collected from elsewhere may come without.
    pub signature: Option<SignatureBlock>,
    /// Status events, oldest first.
    pub events: Vec<SignedText>,
    /// Photos and other bytes that the statement names, by [`crate::attachment::name_of`]; all, some or none.
    pub attachments: BTreeMap<String, Vec<u8>>,
    /// Which events there were when the file was written.
    pub as_of: Option<SignedText>,
    /// For what and until when, where the file is a copy for one use.
    pub copy: Option<SignedText>,
}

/// A signature value and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureBlock {
    /// DER `SEQUENCE {r, s}`.
    pub value: Vec<u8>,
    /// DER certificates: the signer, then each the issuer of the one before; the root may be left out.
    pub certificates: Vec<Vec<u8>>,
}

/// What is stated of the status, with its signature: one event, or which events there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedText {
    /// The exact text of the statement.
    pub statement: String,
    /// Its signature.
    pub signature: Option<SignatureBlock>,
}

/// Why bytes are no exported certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Too large.
    #[error("the file has {0} bytes; at most {MAX_SIZE} are read")]
    TooLarge(usize),
    /// Too many events or certificates.
    #[error("{path} has {count} entries; at most {limit} are read")]
    TooMany {
        /// Where.
        path: String,
        /// How many.
        count: usize,
        /// How many are read.
        limit: usize,
    },
    /// Not strict JSON.
    #[error("{0}")]
    Json(#[from] CanonicalError),
    /// Another format, or another version of it.
    #[error("the format is {0:?}, not {FORMAT:?}")]
    Format(String),
    /// A member that does not belong here.
    #[error("{0} is not a member of this format")]
    Unknown(String),
    /// A member that is not there or not what it should be.
    #[error("{path} is not {expected}")]
    Expected {
        /// Where.
        path: String,
        /// What should stand there.
        expected: &'static str,
    },
}

impl Envelope {
    /// Reads an exported certificate.
    ///
    /// # Errors
    /// Says what is wrong, and where in the file.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > MAX_SIZE {
            return Err(EnvelopeError::TooLarge(bytes.len()));
        }
        let value = read_strict(bytes)?;
        let root = members(&value, "", &["format", "statement", "signature", "events", "attachments", "asOf", "copy"])?;
        let format = text(root, "", "format")?;
        if format != FORMAT {
            return Err(EnvelopeError::Format(format.to_owned()));
        }
        let events = match root.get("events") {
            None => &[][..],
            Some(value) => value.as_array().ok_or_else(|| expected("events", "an array"))?,
        };
        at_most("events", events.len(), MAX_EVENTS)?;
        Ok(Self {
            statement: text(root, "", "statement")?.to_owned(),
            signature: signature(root, "")?,
            events: events
                .iter()
                .enumerate()
                .map(|(place, event)| read_signed(event, &format!("events[{place}]")))
                .collect::<Result<_, _>>()?,
            attachments: read_attachments(root)?,
            as_of: root.get("asOf").map(|value| read_signed(value, "asOf")).transpose()?,
            copy: root.get("copy").map(|value| read_signed(value, "copy")).transpose()?,
        })
    }

    /// Writes the file, in RFC 8785 form.
    ///
    /// # Errors
    /// None that these members can cause; the serializer's own are passed on.
    pub fn to_json(&self) -> Result<String, EnvelopeError> {
        let mut root = Map::new();
        root.insert("format".to_owned(), FORMAT.into());
        root.insert("statement".to_owned(), self.statement.as_str().into());
        if let Some(block) = &self.signature {
            root.insert("signature".to_owned(), write_signature(block));
        }
        root.insert("events".to_owned(), self.events.iter().map(write_signed).collect());
        if !self.attachments.is_empty() {
            let attachments = self.attachments.iter().map(|(name, bytes)| (name.clone(), Base64::encode_string(bytes).into()));
            root.insert("attachments".to_owned(), Value::Object(attachments.collect()));
        }
        if let Some(as_of) = &self.as_of {
            root.insert("asOf".to_owned(), write_signed(as_of));
        }
        if let Some(copy) = &self.copy {
            root.insert("copy".to_owned(), write_signed(copy));
        }
        Ok(canonical_text(&Value::Object(root))?)
    }
}

fn read_attachments(root: &Map<String, Value>) -> Result<BTreeMap<String, Vec<u8>>, EnvelopeError> {
    let Some(value) = root.get("attachments") else {
        return Ok(BTreeMap::new());
    };
    let attachments = value.as_object().ok_or_else(|| expected("attachments", "an object"))?;
    at_most("attachments", attachments.len(), MAX_ATTACHMENTS)?;
    let decode = |(name, value): (&String, &Value)| Ok((name.clone(), base64(value.as_str(), &join("attachments", name))?));
    attachments.iter().map(decode).collect()
}

fn read_signed(value: &Value, path: &str) -> Result<SignedText, EnvelopeError> {
    let signed = members(value, path, &["statement", "signature"])?;
    Ok(SignedText { statement: text(signed, path, "statement")?.to_owned(), signature: signature(signed, path)? })
}

fn write_signed(signed: &SignedText) -> Value {
    match &signed.signature {
        Some(block) => json!({"statement": signed.statement, "signature": write_signature(block)}),
        None => json!({"statement": signed.statement}),
    }
}

fn signature(object: &Map<String, Value>, path: &str) -> Result<Option<SignatureBlock>, EnvelopeError> {
    let Some(value) = object.get("signature") else {
        return Ok(None);
    };
    let path = join(path, "signature");
    let block = members(value, &path, &["algorithm", "value", "certificates"])?;
    if text(block, &path, "algorithm")? != ALGORITHM {
        return Err(expected(&join(&path, "algorithm"), "\"SM2-SM3\""));
    }
    let list = join(&path, "certificates");
    let certificates = block.get("certificates").and_then(Value::as_array).ok_or_else(|| expected(&list, "an array"))?;
    at_most(&list, certificates.len(), chain::MAX_LENGTH)?;
    let decode = |(place, value): (usize, &Value)| base64(value.as_str(), &format!("{list}[{place}]"));
    Ok(Some(SignatureBlock {
        value: base64(Some(text(block, &path, "value")?), &join(&path, "value"))?,
        certificates: certificates.iter().enumerate().map(decode).collect::<Result<_, _>>()?,
    }))
}

fn write_signature(block: &SignatureBlock) -> Value {
    let certificates: Vec<String> = block.certificates.iter().map(|der| Base64::encode_string(der)).collect();
    json!({"algorithm": ALGORITHM, "value": Base64::encode_string(&block.value), "certificates": certificates})
}

fn members<'a>(value: &'a Value, path: &str, known: &[&str]) -> Result<&'a Map<String, Value>, EnvelopeError> {
    let object = value.as_object().ok_or_else(|| expected(if path.is_empty() { "the file" } else { path }, "an object"))?;
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(EnvelopeError::Unknown(join(path, name))),
        None => Ok(object),
    }
}

fn text<'a>(object: &'a Map<String, Value>, path: &str, name: &str) -> Result<&'a str, EnvelopeError> {
    object.get(name).and_then(Value::as_str).ok_or_else(|| expected(&join(path, name), "a text"))
}

/// Decodes, and encodes again: the unused bits of the last character would be a second spelling.
fn base64(text: Option<&str>, path: &str) -> Result<Vec<u8>, EnvelopeError> {
    text.and_then(|text| Base64::decode_vec(text).ok().filter(|bytes| Base64::encode_string(bytes) == text))
        .ok_or_else(|| expected(path, "Base64 with padding"))
}

fn at_most(path: &str, count: usize, limit: usize) -> Result<(), EnvelopeError> {
    if count > limit { Err(EnvelopeError::TooMany { path: path.to_owned(), count, limit }) } else { Ok(()) }
}

fn expected(path: &str, expected: &'static str) -> EnvelopeError {
    EnvelopeError::Expected { path: path.to_owned(), expected }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(value: &[u8]) -> Option<SignatureBlock> {
        Some(SignatureBlock { value: value.to_vec(), certificates: vec![vec![1, 2], vec![3]] })
    }

    fn envelope() -> Envelope {
        Envelope {
            statement: r#"{"a":"张"}"#.to_owned(),
            signature: block(b"der!"),
            events: vec![SignedText { statement: "{}".to_owned(), signature: block(b"x") }],
            attachments: BTreeMap::from([("sm3:00".to_owned(), b"photo".to_vec())]),
            as_of: Some(SignedText { statement: "{\"v\":1}".to_owned(), signature: block(b"y") }),
            copy: Some(SignedText { statement: "{\"v\":2}".to_owned(), signature: block(b"z") }),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = envelope().to_json().unwrap();
        assert_eq!(Envelope::from_json(text.as_bytes()), Ok(envelope()));
    }

    #[test]
    fn faults_say_what_and_where() {
        let text = envelope().to_json().unwrap();
        for (from, to, says) in [
            ("certificate/1", "certificate/2", "the format is \"zhengzhao-certificate/2\""),
            ("\"format\":", "\"format\":\"x\",\"format\":", "stands twice"),
            ("\"events\":[{", "\"events\":[{\"extra\":1,", "events[0].extra is not a member"),
            ("SM2-SM3", "ECDSA", "signature.algorithm is not \"SM2-SM3\""),
            ("AQI=", "AQJ=", "certificates[0] is not Base64"),
            ("AQI=", "AQI", "certificates[0] is not Base64"),
            ("cGhvdG8=", "cGhvdG9=", "attachments.sm3:00 is not Base64"),
            ("\"asOf\":{", "\"asOf\":{\"extra\":1,", "asOf.extra is not a member"),
            ("\"asOf\"", "\"statusAsOf\"", "statusAsOf is not a member"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            let error = Envelope::from_json(changed.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(says), "{from} → {error}");
        }
        assert_eq!(Envelope::from_json(&vec![b' '; MAX_SIZE + 1]), Err(EnvelopeError::TooLarge(MAX_SIZE + 1)));
        let mut many = envelope();
        many.events = vec![SignedText { statement: String::new(), signature: None }; MAX_EVENTS + 1];
        let text = many.to_json().unwrap();
        assert!(matches!(Envelope::from_json(text.as_bytes()), Err(EnvelopeError::TooMany { .. })));
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Envelope::from_json(&bytes);
        }

        #[test]
        fn a_changed_file_never_panics(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = envelope().to_json().unwrap().into_bytes();
            let place = place.index(bytes.len());
            bytes[place] = byte;
            let _ = Envelope::from_json(&bytes);
        }
    }
}
