//! Rows as JSON by hand: leaves of a statement are copied as they stand in it.

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::bare::Refused;

/// The data that the workloads ask for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Leaves<'a> {
    #[serde(borrow)]
    pub(super) person_name: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) birth_date: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) employer_name: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) employer_credit_code: &'a RawValue,
    #[serde(borrow)]
    pub(super) major: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Statement<'a> {
    #[serde(borrow)]
    data: Leaves<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    #[serde(borrow)]
    type_name: &'a RawValue,
}

impl<'a> Leaves<'a> {
    pub(super) fn read(statement: &'a [u8]) -> Result<Self, Refused> {
        Ok(serde_json::from_slice::<Statement<'a>>(statement)?.data)
    }

    pub(super) fn type_name(statement: &'a [u8]) -> Result<&'a RawValue, Refused> {
        Ok(serde_json::from_slice::<Named<'a>>(statement)?.type_name)
    }
}

/// JSON under way.
pub(super) struct Out {
    bytes: Vec<u8>,
    first: bool,
}

impl Out {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::with_capacity(1024), first: true }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn comma(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.bytes.push(b',');
        }
    }

    pub(super) fn open(&mut self, bracket: char) -> &mut Self {
        self.bytes.push(bracket as u8);
        self.first = true;
        self
    }

    /// An element of a list.
    pub(super) fn item(&mut self, bracket: char) -> &mut Self {
        self.comma();
        self.open(bracket)
    }

    pub(super) fn close(&mut self, bracket: char) -> &mut Self {
        self.bytes.push(bracket as u8);
        self.first = false;
        self
    }

    pub(super) fn key(&mut self, name: &str) -> &mut Self {
        self.comma();
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"\":");
        self
    }

    pub(super) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.key(name);
        // A text is always writable into memory.
        let _ = serde_json::to_writer(&mut self.bytes, value);
        self
    }

    pub(super) fn uuid(&mut self, name: &str, value: Uuid) -> &mut Self {
        let mut buffer = [0; 36];
        let text = value.hyphenated().encode_lower(&mut buffer);
        self.key(name).bytes.push(b'"');
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'"');
        self
    }

    pub(super) fn number(&mut self, name: &str, value: i64) -> &mut Self {
        self.key(name).bytes.extend_from_slice(value.to_string().as_bytes());
        self
    }

    pub(super) fn raw(&mut self, name: &str, value: Option<&RawValue>) -> &mut Self {
        let text = value.map_or("null", RawValue::get);
        self.key(name).bytes.extend_from_slice(text.as_bytes());
        self
    }
}
