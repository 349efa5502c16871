//! The claims of a code as deterministic CBOR (RFC 8949 §4.2): an array of seven, nothing more, one spelling.

use chrono::{DateTime, Days, NaiveDate, Utc};
use minicbor::{Decoder, Encoder, data::Type};

use super::{Claims, KeyId, MAX_HOLDER};

/// Version of the format.
const VERSION: u8 = 1;
const MEMBERS: u64 = 7;

/// `[version, key, signed at in minutes, fresh for in minutes, first day, last day, holder]`; days are counted from 1970-01-01, and
/// null where there is none.
pub(super) fn write(claims: &Claims) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(64));
    let written = (|| {
        encoder.array(MEMBERS)?.u8(VERSION)?.bytes(&claims.key.0)?;
        encoder.i64(claims.signed_at.timestamp().div_euclid(60))?.u32(claims.fresh_minutes)?;
        for day in [claims.valid_from, claims.valid_to] {
            match day {
                Some(day) => encoder.i64(days(day))?,
                None => encoder.null()?,
            };
        }
        encoder.str(&claims.holder)?.ok()
    })();
    // Writing into memory does not fail.
    let _: Result<(), minicbor::encode::Error<std::convert::Infallible>> = written;
    encoder.into_writer()
}

/// The claims behind an identifier; None where the bytes are not exactly what [`write`] makes.
pub(super) fn read(identifier: &str, bytes: &[u8]) -> Option<Claims> {
    let mut decoder = Decoder::new(bytes);
    if decoder.array().ok()? != Some(MEMBERS) || decoder.u8().ok()? != VERSION {
        return None;
    }
    let key = KeyId(decoder.bytes().ok()?.try_into().ok()?);
    let signed_at = DateTime::<Utc>::from_timestamp(decoder.i64().ok()?.checked_mul(60)?, 0)?;
    let fresh_minutes = decoder.u32().ok()?;
    let mut day = || match decoder.datatype().ok()? {
        Type::Null => decoder.null().ok().map(|()| None),
        _ => date(decoder.i64().ok()?).map(Some),
    };
    let (valid_from, valid_to) = (day()?, day()?);
    let holder = decoder.str().ok().filter(|holder| holder.chars().count() <= MAX_HOLDER)?.to_owned();
    let claims = Claims { identifier: identifier.to_owned(), key, signed_at, fresh_minutes, valid_from, valid_to, holder };
    (write(&claims) == bytes).then_some(claims)
}

fn days(day: NaiveDate) -> i64 {
    day.signed_duration_since(NaiveDate::default()).num_days()
}

fn date(days: i64) -> Option<NaiveDate> {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 { NaiveDate::default().checked_sub_days(distance) } else { NaiveDate::default().checked_add_days(distance) }
}
