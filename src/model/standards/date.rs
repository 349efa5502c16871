//! Dates and date-times by GB/T 7408 (ISO 8601) as certificate data write them.
//!
//! Certificates count in Chinese time, so a date-time without an offset is read as +08:00.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use thiserror::Error;
use verify::messages::Lang;

const CHINA_OFFSET_SECONDS: i32 = 8 * 3600;

/// What is wrong with a text that should be a date or a date-time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DateFault {
    #[error("“{text}” is not written as a date: YYYYMMDD or YYYY-MM-DD is expected")]
    Form { text: String },
    #[error("“{text}” names a day that does not exist")]
    NoSuchDay { text: String },
    #[error("“{text}” is not written as a date and time: YYYYMMDDhhmmss or YYYY-MM-DDThh:mm:ss with Z or an offset is expected")]
    TimeForm { text: String },
    #[error("“{text}” names a time of day or an offset that does not exist")]
    NoSuchTime { text: String },
}

/// Reads `YYYYMMDD` or `YYYY-MM-DD`; only days that exist.
///
/// # Errors
/// The form or the day is wrong.
pub fn read_date(text: &str) -> Result<NaiveDate, DateFault> {
    let compact: Vec<u8> = match text.as_bytes() {
        plain @ [_, _, _, _, _, _, _, _] => plain.to_vec(),
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
            vec![*y1, *y2, *y3, *y4, *m1, *m2, *d1, *d2]
        }
        _ => {
            return Err(DateFault::Form { text: text.to_owned() });
        }
    };
    let day = || {
        let year = i32::try_from(digits(compact.get(..4)?)?).ok()?;
        Some((year, digits(compact.get(4..6)?)?, digits(compact.get(6..8)?)?))
    };
    let (year, month, day) = day().ok_or_else(|| DateFault::Form { text: text.to_owned() })?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| DateFault::NoSuchDay { text: text.to_owned() })
}

/// Reads `YYYYMMDDhhmmss`, `YYYYMMDDThhmmss`, `YYYY-MM-DDThh:mm:ss` or the same with a space, each with an optional fraction
/// of a second (at most nine digits) and an optional `Z`, `±hh:mm` or `±hhmm`.
///
/// # Errors
/// The form, the day, the time of day or the offset is wrong.
pub fn read_date_time(text: &str) -> Result<DateTime<FixedOffset>, DateFault> {
    let form = || DateFault::TimeForm { text: text.to_owned() };
    let none = || DateFault::NoSuchTime { text: text.to_owned() };
    let extended = text.as_bytes().get(4) == Some(&b'-');
    let (date, rest) = text.split_at_checked(if extended { 10 } else { 8 }).ok_or_else(form)?;
    let rest = match rest.strip_prefix(['T', ' ']) {
        Some(rest) => rest,
        None if extended => return Err(form()),
        None => rest,
    };
    let (clock, rest) = rest.split_at_checked(if extended { 8 } else { 6 }).ok_or_else(form)?;
    let (hour, minute, second) = match clock.as_bytes() {
        [h1, h2, b':', m1, m2, b':', s1, s2] if extended => ([*h1, *h2], [*m1, *m2], [*s1, *s2]),
        [h1, h2, m1, m2, s1, s2] if !extended => ([*h1, *h2], [*m1, *m2], [*s1, *s2]),
        _ => return Err(form()),
    };
    let (nanosecond, rest) = fraction(rest).ok_or_else(form)?;
    let offset = offset(rest).ok_or_else(form)?.ok_or_else(none)?;
    let part = |bytes: [u8; 2]| digits(&bytes).ok_or_else(form);
    let day = read_date(date).map_err(|fault| match fault {
        DateFault::NoSuchDay { .. } => DateFault::NoSuchDay { text: text.to_owned() },
        _ => form(),
    })?;
    let time = NaiveTime::from_hms_nano_opt(part(hour)?, part(minute)?, part(second)?, nanosecond).ok_or_else(none)?;
    NaiveDateTime::new(day, time).and_local_timezone(offset).single().ok_or_else(none)
}

/// `YYYY-MM-DD`.
pub fn write_date(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// `YYYYMMDD`, as the national exchange rows have it.
pub fn write_compact_date(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}

impl DateFault {
    /// The fault as a sentence for a person.
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, fault) => fault.to_string(),
            (Lang::Zh, Self::Form { text }) => {
                format!("“{text}”不是日期：应写作 YYYYMMDD 或 YYYY-MM-DD")
            }
            (Lang::Zh, Self::NoSuchDay { text }) => format!("“{text}”这一天不存在"),
            (Lang::Zh, Self::TimeForm { text }) => {
                format!("“{text}”不是日期时间：应写作 YYYYMMDDhhmmss 或 YYYY-MM-DDThh:mm:ss，可带 Z 或时差")
            }
            (Lang::Zh, Self::NoSuchTime { text }) => format!("“{text}”中的时刻或时差不存在"),
        }
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

/// Nanoseconds and what follows the fraction; `None` when a point is not followed by one to nine digits.
fn fraction(rest: &str) -> Option<(u32, &str)> {
    let Some(rest) = rest.strip_prefix('.') else {
        return Some((0, rest));
    };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (part, rest) = rest.split_at_checked(end)?;
    if !(1..=9).contains(&part.len()) {
        return None;
    }
    Some((format!("{part:0<9}").parse().ok()?, rest))
}

/// The outer `None`: not written as an offset; the inner one: no such offset.
fn offset(rest: &str) -> Option<Option<FixedOffset>> {
    let (sign, clock) = match rest.as_bytes() {
        [] => return Some(FixedOffset::east_opt(CHINA_OFFSET_SECONDS)),
        [b'Z'] => return Some(FixedOffset::east_opt(0)),
        [b'+', h1, h2, b':', m1, m2] | [b'+', h1, h2, m1, m2] => (1, [*h1, *h2, *m1, *m2]),
        [b'-', h1, h2, b':', m1, m2] | [b'-', h1, h2, m1, m2] => (-1, [*h1, *h2, *m1, *m2]),
        _ => return None,
    };
    let number = i32::try_from(digits(&clock)?).ok()?;
    let (hours, minutes) = (number / 100, number % 100);
    if hours > 23 || minutes > 59 {
        return Some(None);
    }
    Some(FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date_time(text: &str) -> Result<String, DateFault> {
        read_date_time(text).map(|moment| moment.to_rfc3339())
    }

    #[test]
    fn both_forms_of_a_date_are_read() {
        assert_eq!(read_date("20120109").map(write_date), Ok("2012-01-09".to_owned()));
        assert_eq!(read_date("2012-01-09").map(write_compact_date), Ok("20120109".to_owned()));
        assert_eq!(read_date("2000-02-29").map(write_date), Ok("2000-02-29".to_owned()));
        assert_eq!(read_date("9999-12-30").map(write_date), Ok("9999-12-30".to_owned()));
    }

    #[test]
    fn only_days_that_exist() {
        for text in ["1900-02-29", "20230229", "2026-13-01", "20260100", "2026-04-31"] {
            assert_eq!(read_date(text).unwrap_err(), DateFault::NoSuchDay { text: text.to_owned() });
        }
        for text in ["", "2026", "2026-1-1", "2026/01/01", "2026-01-01T00:00:00", " 20260101", "+2026101", "２０２６0101", "长期"] {
            assert_eq!(read_date(text).unwrap_err(), DateFault::Form { text: text.to_owned() });
        }
    }

    #[test]
    fn date_times_without_an_offset_are_chinese_time() {
        assert_eq!(date_time("20260102030405"), Ok("2026-01-02T03:04:05+08:00".to_owned()));
        assert_eq!(date_time("20260102T030405Z"), Ok("2026-01-02T03:04:05+00:00".to_owned()));
        assert_eq!(date_time("2026-01-02 03:04:05"), Ok("2026-01-02T03:04:05+08:00".to_owned()));
        assert_eq!(date_time("2026-01-02T03:04:05.25-0530"), Ok("2026-01-02T03:04:05.250-05:30".to_owned()));
    }

    #[test]
    fn wrong_date_times_are_named() {
        let none = |text: &str| DateFault::NoSuchTime { text: text.to_owned() };
        for text in ["2026-01-02T24:00:00", "20260102036005", "2026-01-02T03:04:60", "2026-01-02T03:04:05+24:00"] {
            assert_eq!(read_date_time(text).unwrap_err(), none(text));
        }
        for text in
            ["2026-01-02", "20260102", "2026-01-0203:04:05", "2026-01-02T030405", "2026-01-02T03:04:05.", "20260102030405+8", "日期"]
        {
            assert_eq!(read_date_time(text).unwrap_err(), DateFault::TimeForm { text: text.to_owned() });
        }
        let day = read_date_time("2026-02-30T00:00:00").unwrap_err();
        assert_eq!(day, DateFault::NoSuchDay { text: "2026-02-30T00:00:00".to_owned() });
        assert_eq!(day.message(Lang::Zh), "“2026-02-30T00:00:00”这一天不存在");
    }

    proptest! {
        #[test]
        fn every_day_comes_back(year in 0..=9999i32, day in 1..=365u32) {
            let date = NaiveDate::from_yo_opt(year, day).unwrap();
            prop_assert_eq!(read_date(&write_date(date)), Ok(date));
            prop_assert_eq!(read_date(&write_compact_date(date)), Ok(date));
        }

        #[test]
        fn every_moment_comes_back(seconds in 0..253_402_214_400i64, nanosecond in 0..1_000_000_000u32, quarter in -56..=56i32) {
            let offset = FixedOffset::east_opt(quarter * 900).unwrap();
            let moment = DateTime::from_timestamp(seconds, nanosecond).unwrap().with_timezone(&offset);
            let text = moment.to_rfc3339();
            prop_assume!(text.starts_with(|c: char| c.is_ascii_digit()));
            prop_assert_eq!(read_date_time(&text), Ok(moment));
        }

        #[test]
        fn no_text_panics(text in any::<String>(), near in "[0-9TZ: .+-]{0,32}") {
            for text in [text, near] {
                let _ = read_date(&text);
                let _ = read_date_time(&text);
            }
        }
    }
}
