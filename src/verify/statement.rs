//! What is signed: the statement of a certificate, one statement for each later status event, and in an exported file
//! one of which events there were.
//!
//! Both are signed as their RFC 8785 bytes and verified from the bytes that were kept. The first event names the
//! SM3 of the certificate's statement, each later one that of the event before it: a missing or foreign event shows.
//! Members without a value are left out, never `null`, so that one fact has one spelling.

mod as_of;
mod copy;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

use crate::{
    canonical::{CanonicalError, canonical_text, is_surely_canonical, read_canonical},
    digest::is_sm3_hex,
    status::CertificateStatus,
};

pub use as_of::AsOfStatement;
pub use copy::{CopyBase, CopyStatement};

/// The version of both objects that this program writes and reads.
pub const VERSION: u16 = 1;

/// What an issuer states about one version of a certificate.
///
/// Here and below the members stand in the order of RFC 8785, so that they are written canonically at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement<Data = Map<String, Value>> {
    /// The properties of the type file.
    pub data: Data,
    /// 持证主体, in the order of the certificate.
    pub holders: Vec<StatedHolder>,
    /// GB/T 36904 identifier.
    pub identifier: String,
    /// 颁发日期.
    pub issued_on: NaiveDate,
    /// 颁发机构.
    pub issuer: StatedIssuer,
    /// 证照编号 as printed.
    pub number: String,
    /// Identifier of the version this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// SM3 of the type file, 64 lower-case hexadecimal digits.
    pub schema_digest: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照类型名称 at the time of issue.
    pub type_name: String,
    /// Semantic version of the type file.
    pub type_version: String,
    /// Format version, [`VERSION`].
    pub v: u16,
    /// First day of the term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day of the term; without it the term is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
}

/// The authority that issues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedIssuer {
    /// Unified social credit code.
    pub code: String,
    /// Name at the time of issue.
    pub name: String,
}

/// One holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatedHolder {
    /// Code of the holder's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why there is no code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_absent: Option<String>,
    /// What the code is, after GB/T 36903 appendix A (001, 111, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_type: Option<String>,
    /// Name.
    pub name: String,
}

/// A statement whose data were seen to be sound and not kept: most checks look at the rest alone.
pub(crate) type Outline = Statement<()>;

/// What an issuer states about a change of status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatusStatement {
    /// When, UTC with microseconds.
    #[serde(with = "microseconds")]
    pub at: DateTime<Utc>,
    /// The code in that scheme.
    pub code: String,
    /// Identifier of the certificate it is about.
    pub identifier: String,
    /// `suspend`, `resume`, `revoke`, `cancel`, `amend`, `renew`, or another the type file names.
    pub operation: String,
    /// SM3 of the statement before: the certificate's own for the first event.
    pub previous: String,
    /// Why, in the words of the officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The type's own status scheme.
    pub scheme: String,
    /// 1 for the first event, then without a gap.
    pub seq: u32,
    /// The normalised status of that code.
    pub status: CertificateStatus,
    /// Identifier of the version that replaces this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// Format version, [`VERSION`].
    pub v: u16,
}

/// Why bytes are no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not RFC 8785 bytes.
    #[error("{0}")]
    Canonical(#[from] CanonicalError),
    /// A member is missing, unknown or of another shape.
    #[error("the statement's members are not as expected: {0}")]
    Members(String),
    /// A member's value breaks its rule.
    #[error("{member} is {value:?}, which is not {rule}")]
    Value {
        /// Which member.
        member: &'static str,
        /// As written.
        value: String,
        /// What it has to be.
        rule: &'static str,
    },
}

impl Statement {
    /// The text to sign, keep and export.
    ///
    /// # Errors
    /// When a number in `data` has no exact canonical form, or a member breaks its rule.
    pub fn to_text(&self) -> Result<String, StatementError> {
        self.check()?;
        write(self)
    }

    /// Reads a statement from the exact text that was signed.
    ///
    /// # Errors
    /// When it is not canonical, or not this object in its one spelling.
    pub fn from_text(text: &str) -> Result<Self, StatementError> {
        let statement: Self = read(text)?;
        statement.check()?;
        Ok(statement)
    }
}

impl Outline {
    /// Reads what [`Statement::from_text`] reads, with the same errors, in half the time: data that are surely canonical need
    /// not become values.
    pub(crate) fn of(text: &str) -> Result<Self, StatementError> {
        let Some(seen) = read_at_sight::<Statement<&RawValue>>(text).filter(|seen| seen.data.get().starts_with('{')) else {
            return Ok(Statement::from_text(text)?.without_data());
        };
        seen.check()?;
        Ok(seen.without_data())
    }
}

impl<Data> Statement<Data> {
    fn without_data(self) -> Outline {
        Statement {
            data: (),
            holders: self.holders,
            identifier: self.identifier,
            issued_on: self.issued_on,
            issuer: self.issuer,
            number: self.number,
            previous: self.previous,
            schema_digest: self.schema_digest,
            type_code: self.type_code,
            type_name: self.type_name,
            type_version: self.type_version,
            v: self.v,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        }
    }

    fn check(&self) -> Result<(), StatementError> {
        check_version(self.v)?;
        rule(is_sm3_hex(&self.schema_digest), "schemaDigest", &self.schema_digest, "an SM3 in lower-case hexadecimal")?;
        for (member, value) in [
            ("typeName", &self.type_name),
            ("number", &self.number),
            ("issuer.name", &self.issuer.name),
            ("issuer.code", &self.issuer.code),
        ] {
            rule(!value.trim().is_empty(), member, value, "a text with something in it")?;
        }
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to) {
            rule(from <= to, "validTo", &to.to_string(), "on or after validFrom")?;
        }
        Ok(())
    }
}

impl StatusStatement {
    /// The text to sign, keep and export. `at` is cut to microseconds.
    ///
    /// # Errors
    /// When a member breaks its rule.
    pub fn to_text(&self) -> Result<String, StatementError> {
        self.check()?;
        write(self)
    }

    /// Reads a status statement from the exact text that was signed.
    ///
    /// # Errors
    /// When it is not canonical, or not this object in its one spelling.
    pub fn from_text(text: &str) -> Result<Self, StatementError> {
        let statement: Self = read(text)?;
        statement.check()?;
        Ok(statement)
    }

    fn check(&self) -> Result<(), StatementError> {
        check_version(self.v)?;
        rule(self.seq >= 1, "seq", &self.seq.to_string(), "1 or more")?;
        rule(is_sm3_hex(&self.previous), "previous", &self.previous, "an SM3 in lower-case hexadecimal")?;
        rule(!self.operation.trim().is_empty(), "operation", &self.operation, "a text with something in it")
    }
}

fn check_version(v: u16) -> Result<(), StatementError> {
    rule(v == VERSION, "v", &v.to_string(), "1, the version this program knows")
}

fn rule(holds: bool, member: &'static str, value: &str, rule: &'static str) -> Result<(), StatementError> {
    if holds { Ok(()) } else { Err(StatementError::Value { member, value: value.to_owned(), rule }) }
}

fn write<T: Serialize>(statement: &T) -> Result<String, StatementError> {
    let mut value = serde_json::to_value(statement).map_err(|error| StatementError::Members(error.to_string()))?;
    value.sort_all_objects();
    // Most statements are canonical once their members are in order; the others are written by the rules.
    let text = value.to_string();
    if is_surely_canonical(&text) { Ok(text) } else { Ok(canonical_text(&value)?) }
}

/// Reads, and writes again: what serde forgives (a `null`, a date spelled otherwise) would be a second spelling.
fn read<T: Serialize + DeserializeOwned>(text: &str) -> Result<T, StatementError> {
    if let Some(statement) = read_at_sight(text) {
        return Ok(statement);
    }
    let value = read_canonical(text.as_bytes())?;
    let statement = serde_json::from_value(value).map_err(|error| StatementError::Members(without_values(&error.to_string())))?;
    if write(&statement)? == text {
        return Ok(statement);
    }
    Err(StatementError::Members("a member is null or spelled otherwise than this program spells it".to_owned()))
}

/// The short way for what is right, with no tree of values in between; None says nothing, and the long way then says what is
/// wrong. serde_json writes canonical text again as it was, for the members of each type are declared in the order of RFC 8785.
fn read_at_sight<'t, T: Serialize + Deserialize<'t>>(text: &'t str) -> Option<T> {
    let statement = is_surely_canonical(text).then(|| serde_json::from_str(text).ok())??;
    let again = serde_json::to_string(&statement).ok()?;
    (again == text).then_some(statement)
}

/// A fault may be shown to anybody, so what serde quotes from the statement is left out.
fn without_values(fault: &str) -> String {
    match (fault.find('"'), fault.rfind('"')) {
        (Some(from), Some(to)) if from < to => format!("{}…{}", &fault[..from], &fault[to + 1..]),
        _ => fault.to_owned(),
    }
}

/// RFC 3339 in UTC with exactly six decimals.
mod microseconds {
    use super::{DateTime, Deserialize, Deserializer, Serializer, SubsecRound, Utc};

    pub(super) fn serialize<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&at.trunc_subsecs(6).format("%Y-%m-%dT%H:%M:%S%.6fZ"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| serde::de::Error::custom(format_args!("{text:?} is no time: {error}")))
    }
}

/// The same where there may be none.
mod optional_microseconds {
    use super::{DateTime, Deserializer, Serializer, Utc, microseconds};

    pub(super) fn serialize<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => microseconds::serialize(at, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
        microseconds::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn event() -> StatusStatement {
        StatusStatement {
            v: 1,
            identifier: "1.2.156.3005.2.11100000000013338W011.11990000000000GX2C.20260000001.001.P".into(),
            seq: 1,
            operation: "suspend".into(),
            scheme: "AG_STATE".into(),
            code: "02".into(),
            status: CertificateStatus::Suspended,
            reason: Some("检查".into()),
            at: "2026-05-06T07:08:09.123456789Z".parse().unwrap(),
            superseded_by: None,
            previous: "0".repeat(64),
        }
    }

    fn copy() -> CopyStatement {
        CopyStatement {
            base: CopyBase { digest: "0".repeat(64), identifier: "i".into() },
            expires_on: "2026-05-31".parse().unwrap(),
            holder: Some("张某某".into()),
            made_on: "2026-05-01".parse().unwrap(),
            maker: StatedIssuer { code: "c".into(), name: "n".into() },
            purpose: "投标".into(),
            v: 1,
        }
    }

    #[test]
    fn an_event_has_one_spelling() {
        let text = event().to_text().unwrap();
        assert!(text.contains(r#""at":"2026-05-06T07:08:09.123456Z""#), "{text}");
        let read = StatusStatement::from_text(&text).unwrap();
        assert_eq!(read.to_text().unwrap(), text);
        for (from, to) in [
            ("09.123456Z", "09.123456+00:00"),
            ("09.123456Z", "09.12345600Z"),
            (r#""seq":1"#, r#""seq":1.0"#),
            (r#""seq":1"#, r#""seq":0"#),
            (r#""v":1"#, r#""v":2"#),
            (r#""v":1"#, r#""v":1,"w":1"#),
            (r#""v":1"#, r#""supersededBy":null,"v":1"#),
            ("SUSPENDED", "PAUSED"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert!(StatusStatement::from_text(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn what_is_right_is_read_at_sight() {
        let text = event().to_text().unwrap();
        assert_eq!(read_at_sight::<StatusStatement>(&text), Some(StatusStatement::from_text(&text).unwrap()));
        let as_of = AsOfStatement {
            v: 1,
            identifier: "i".into(),
            events: 0,
            last: "0".repeat(64),
            as_of: event().at,
            recorded_at: None,
            copy: None,
        };
        assert!(read_at_sight::<AsOfStatement>(&as_of.to_text().unwrap()).is_some());
        let recorded = AsOfStatement { recorded_at: "2026-01-02T03:04:05Z".parse().ok(), ..as_of.clone() };
        let text = recorded.to_text().unwrap();
        assert!(text.contains(r#""recordedAt":"2026-01-02T03:04:05.000000Z""#), "{text}");
        assert!(read_at_sight::<AsOfStatement>(&text).is_some());
        assert!(AsOfStatement::from_text(&text.replace("2026-01-02", "2027-01-02")).is_err(), "on record before it is stated");
        let copy = copy();
        let text = copy.to_text().unwrap();
        assert_eq!(read_at_sight::<CopyStatement>(&text), Some(copy));
        assert!(CopyStatement::from_text(&text.replace("2026-05-31", "2025-05-31")).is_err(), "over before it was made");
        let statement = Statement {
            v: 1,
            identifier: "i".into(),
            type_code: "t".into(),
            type_name: "n".into(),
            type_version: "1.0.0".into(),
            schema_digest: "0".repeat(64),
            number: "演（2026）\"1\"".into(),
            issuer: StatedIssuer { code: "c".into(), name: "n".into() },
            holders: vec![StatedHolder {
                name: "张".into(),
                code: Some("1".into()),
                code_type: Some("111".into()),
                code_absent: Some("x".into()),
            }],
            issued_on: "2026-01-01".parse().unwrap(),
            valid_from: "2026-01-01".parse().ok(),
            valid_to: "2027-01-01".parse().ok(),
            previous: Some("p".into()),
            data: json!({"丙": {"b": [1, -2, true, null, "\n"]}}).as_object().unwrap().clone(),
        };
        let text = statement.to_text().unwrap();
        assert_eq!(read_at_sight::<Statement>(&text).as_ref(), Some(&statement), "{text}");
        for (from, to) in [("\"issuedOn\":\"2026-01-01\"", "\"issuedOn\":\"2026-1-1\""), ("\"codeAbsent\":\"x\"", "\"codeAbsent\":null")] {
            let changed = text.replace(from, to);
            assert!(changed != text && read_at_sight::<Statement>(&changed).is_none());
        }
    }

    #[test]
    fn null_and_a_backward_term_are_refused() {
        let text = |extra: Value| {
            let mut value = json!({
                "v": 1, "identifier": "i", "typeCode": "t", "typeName": "n", "typeVersion": "1.0.0",
                "schemaDigest": "0".repeat(64), "number": "N", "issuer": {"code": "c", "name": "n"},
                "holders": [], "issuedOn": "2026-01-01", "data": {}
            });
            if let (Some(value), Value::Object(extra)) = (value.as_object_mut(), extra) {
                value.extend(extra);
            }
            canonical_text(&value).unwrap()
        };
        assert!(Statement::from_text(&text(json!({}))).is_ok());
        assert!(Statement::from_text(&text(json!({"validTo": null}))).is_err());
        assert!(Statement::from_text(&text(json!({"issuedOn": "2026-1-1"}))).is_err());
        assert!(Statement::from_text(&text(json!({"validFrom": "2026-01-02", "validTo": "2026-01-01"}))).is_err());
        assert!(Statement::from_text(&text(json!({"number": " "}))).is_err());
    }

    proptest! {
        #[test]
        fn an_outline_is_read_of_what_reads_and_of_nothing_else(
            place in any::<prop::sample::Index>(), by in r#"[ "\\{}\[\],:0-9a-fn.é😀]{0,2}"#, data in r#"(\{"a":-?[0-9]{0,3}\}|[\[\]{}"1]{0,3})"#,
        ) {
            let sound = format!(
                r#"{{"data":{data},"holders":[{{"code":"1","name":"张"}}],"identifier":"i","issuedOn":"2026-01-01","issuer":{{"code":"c","name":"n"}},"number":"N","schemaDigest":"{}","typeCode":"t","typeName":"n","typeVersion":"1.0.0","v":1,"validTo":"2027-01-01"}}"#,
                "0".repeat(64),
            );
            let mut characters: Vec<char> = sound.chars().collect();
            let place = place.index(characters.len());
            characters.splice(place..=place, by.chars());
            for text in [sound, characters.into_iter().collect()] {
                let whole = Statement::from_text(&text).map(Statement::without_data);
                prop_assert_eq!(Outline::of(&text), whole, "{}", text);
            }
        }

        #[test]
        fn reading_never_panics(text in ".{0,200}") {
            let _ = Statement::from_text(&text);
            let _ = StatusStatement::from_text(&text);
            let _ = AsOfStatement::from_text(&text);
            let _ = CopyStatement::from_text(&text);
        }
    }
}
