//! What elements mean.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use const_oid::ObjectIdentifier;

use super::{
    cursor::Element,
    scan::{DerFault, Malformed},
    tag,
};

/// How many extensions one structure may have.
const MAX_EXTENSIONS: usize = 64;

/// AlgorithmIdentifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Algorithm {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) parameters: Parameters,
}

/// What stands beside an algorithm's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameters {
    Absent,
    Null,
    Other,
}

/// An extension of a certificate's kind (RFC 5280, 4.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
    /// Where its value begins.
    pub(crate) at: usize,
}

impl<'a> Element<'a> {
    pub(crate) fn oid(&self) -> Result<ObjectIdentifier, Malformed> {
        self.tagged(tag::OID, "an object identifier")?;
        ObjectIdentifier::from_bytes(self.value).map_err(|_| self.is_not("a readable object identifier"))
    }

    /// A whole number from 0 to 2^63 − 1, whatever its tag.
    pub(crate) fn number(&self) -> Result<u64, Malformed> {
        match self.value {
            [0..=0x7f, ..] if self.value.len() <= 8 => Ok(self.value.iter().fold(0, |number, digit| number << 8 | u64::from(*digit))),
            _ => Err(self.is_not("a number within its bounds")),
        }
    }

    /// Bytes of a BIT STRING that has whole bytes.
    pub(crate) fn bits(&self) -> Result<&'a [u8], Malformed> {
        match self.tagged(tag::BIT_STRING, "a bit string")?.value {
            [0, bytes @ ..] => Ok(bytes),
            _ => Err(self.is_not("a bit string of whole bytes")),
        }
    }

    pub(crate) fn algorithm(&self) -> Result<Algorithm, Malformed> {
        let mut parts = self.tagged(tag::SEQUENCE, "an algorithm identifier")?.elements();
        let oid = parts.next()?.oid()?;
        let parameters = match parts.is_at_end() {
            true => Parameters::Absent,
            false if parts.next()?.tag == tag::NULL => Parameters::Null,
            false => Parameters::Other,
        };
        parts.end()?;
        Ok(Algorithm { oid, parameters })
    }

    /// UTCTime or GeneralizedTime in whole seconds and Zulu time (RFC 5280, 4.1.2.5; years of two digits are 1950 to 2049).
    pub(crate) fn time(&self) -> Result<DateTime<Utc>, Malformed> {
        let not = self.is_not("a time in whole seconds of Zulu time");
        match (self.tag, self.value) {
            (tag::UTC_TIME, [year @ .., _, _, _, _, _, _, _, _, _, _, b'Z']) if year.len() == 2 => {
                let century = if year < b"50".as_slice() { *b"20" } else { *b"19" };
                moment(&[&century, self.value].concat()).ok_or(not)
            }
            (tag::GENERALIZED_TIME, value) if value.len() == 15 => moment(value).ok_or(not),
            _ => Err(not),
        }
    }

    /// GeneralizedTime that may have a fraction without needless zeros (RFC 3161, 2.4.2), to the nanosecond.
    pub(crate) fn fine_time(&self) -> Result<DateTime<Utc>, Malformed> {
        let not = self.is_not("a GeneralizedTime of Zulu time");
        let value = self.tagged(tag::GENERALIZED_TIME, "a GeneralizedTime")?.value;
        let (whole, fraction) = match value.split_at_checked(14).ok_or(not)? {
            (_, [b'Z']) => return moment(value).ok_or(not),
            (whole, [b'.', fraction @ .., b'Z']) => (whole, fraction),
            _ => return Err(not),
        };
        let sound = !fraction.is_empty() && fraction.len() <= 9 && fraction.iter().all(u8::is_ascii_digit) && !fraction.ends_with(b"0");
        let base = moment(&[whole, b"Z"].concat()).filter(|_| sound).ok_or(not)?;
        let digits = fraction.iter().chain(std::iter::repeat(&b'0')).take(9);
        let nanoseconds = digits.fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'));
        base.checked_add_signed(TimeDelta::nanoseconds(nanoseconds)).ok_or(not)
    }

    /// SEQUENCE OF Extension, none of them twice.
    pub(crate) fn extensions(&self) -> Result<Vec<Extension<'a>>, Malformed> {
        let mut found: Vec<Extension<'a>> = Vec::new();
        for element in self.tagged(tag::SEQUENCE, "a list of extensions")?.elements().all(MAX_EXTENSIONS)? {
            let mut parts = element.tagged(tag::SEQUENCE, "an extension")?.elements();
            let oid = parts.next()?.oid()?;
            let critical = match parts.optional(tag::BOOLEAN)? {
                None => false,
                Some(flag) if flag.value == [0xff] => true,
                // The default is not written in DER.
                Some(flag) => return Err(DerFault::Value.at(flag.at)),
            };
            let value = parts.expect(tag::OCTET_STRING, "the value of an extension")?;
            parts.end()?;
            if found.iter().any(|other| other.oid == oid) {
                return Err(element.is_not("an extension that stands once"));
            }
            found.push(Extension { oid, critical, value: value.value, at: value.value_at() });
        }
        Ok(found)
    }
}

impl<'a> Extension<'a> {
    /// The one element that its value is.
    pub(crate) fn element(&self) -> Result<Element<'a>, Malformed> {
        super::scan(self.value).map_err(|malformed| malformed.fault.at(self.at + malformed.at))?;
        Element::only(self.value, self.at)
    }
}

/// `YYYYMMDDHHMMSSZ`.
fn moment(text: &[u8]) -> Option<DateTime<Utc>> {
    let [digits @ .., b'Z'] = text else { return None };
    if digits.len() != 14 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |from: usize, to: usize| {
        digits.get(from..to).unwrap_or_default().iter().fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    let year = i32::try_from(number(0, 4)).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(4, 6), number(6, 8))?;
    Some(date.and_hms_opt(number(8, 10), number(10, 12), number(12, 14))?.and_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::element, *};

    fn read<T>(tag: u8, value: &[u8], how: impl Fn(&Element<'_>) -> Result<T, Malformed>) -> Option<T> {
        how(&Element::only(&element(tag, &[value]), 0).unwrap()).ok()
    }

    #[test]
    fn times_have_one_spelling() {
        let time = |tag, text: &str| read(tag, text.as_bytes(), |read| read.time()).map(|time| time.to_rfc3339());
        assert_eq!(time(tag::UTC_TIME, "491231235959Z").as_deref(), Some("2049-12-31T23:59:59+00:00"));
        assert_eq!(time(tag::UTC_TIME, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00+00:00"));
        assert_eq!(time(tag::GENERALIZED_TIME, "20500101000000Z").as_deref(), Some("2050-01-01T00:00:00+00:00"));
        for wrong in ["4912312359Z", "491231235959", "491231235959+0800", "491331235959Z", "490230000000Z", "49123123595:Z", ""] {
            assert_eq!(time(tag::UTC_TIME, wrong), None, "{wrong}");
        }
        for wrong in ["20500101000000.5Z", "491231235959Z", "20500101000060Z", "2050010100000ZZ"] {
            assert_eq!(time(tag::GENERALIZED_TIME, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_timestamp_may_have_a_fraction() {
        let time = |text: &str| read(tag::GENERALIZED_TIME, text.as_bytes(), |read| read.fine_time()).map(|time| time.to_rfc3339());
        assert_eq!(time("20260601000000.25Z").as_deref(), Some("2026-06-01T00:00:00.250+00:00"));
        assert_eq!(time("20260601000000Z").as_deref(), Some("2026-06-01T00:00:00+00:00"));
        for wrong in
            ["20260601000000.Z", "20260601000000.250Z", "20260601000000.1234567891Z", "20260601000000,5Z", "2026", "20260601000000.-5Z"]
        {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn foreign_values_never_panic(tag in prop::sample::select(vec![2_u8, 3, 4, 6, 0x17, 0x18, 0x30]), value in prop::collection::vec(any::<u8>(), 0..40)) {
            let bytes = element(tag, &[&value]);
            let element = Element::only(&bytes, 0).unwrap();
            let _ = (element.oid(), element.number(), element.bits(), element.algorithm(), element.time(), element.fine_time());
            let _ = element.extensions().map(|found| found.len());
        }

        #[test]
        fn times_come_back(seconds in 0_i64..4_000_000_000) {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            let bytes = super::super::time(at).unwrap();
            prop_assert_eq!(Element::only(&bytes, 0).unwrap().time(), Ok(at));
            let bytes = super::super::generalized_time(at).unwrap();
            prop_assert_eq!(Element::only(&bytes, 0).unwrap().fine_time(), Ok(at));
        }
    }
}
