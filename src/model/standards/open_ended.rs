//! The end of a validity period, which may be open (长期).
//!
//! Real data spell “no end” in four ways: a day at the end of year 9999, the last day of 2099, the word 长期, and nothing at all.
//! Whether 2099-12-31 means an open end depends on the kind of certificate, so the caller says it.

use chrono::{Datelike, NaiveDate};

use super::date::{DateFault, read_date};

/// What the day 2099-12-31 means in the data at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOf2099 {
    /// No end, as real-estate certificates have it.
    Open,
    /// The day it names.
    Day,
}

/// Reads the end of a validity period: `None` is an open end. Blanks around the text do not count.
///
/// # Errors
/// The text is neither an open-ended spelling nor a date ([`read_date`]).
pub fn read_end(text: &str, end_of_2099: EndOf2099) -> Result<Option<NaiveDate>, DateFault> {
    let text = text.trim();
    if is_open_word(text) {
        return Ok(None);
    }
    let date = read_date(text)?;
    Ok(if is_open_day(date, end_of_2099) { None } else { Some(date) })
}

/// Whether a text is spelt as an open end.
pub fn is_open_ended(text: &str, end_of_2099: EndOf2099) -> bool {
    read_end(text, end_of_2099) == Ok(None)
}

/// Whether a text says “no end” without a date: 长期, or nothing.
pub fn is_open_word(text: &str) -> bool {
    matches!(text.trim(), "" | "长期")
}

/// Whether a day stands for an open end.
pub fn is_open_day(date: NaiveDate, end_of_2099: EndOf2099) -> bool {
    match (date.year(), date.month(), date.day()) {
        (9999, 12, 30 | 31) => true,
        (2099, 12, 31) => end_of_2099 == EndOf2099::Open,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::standards::date::write_date;

    #[test]
    fn the_four_spellings_are_open() {
        for text in ["9999-12-30", "9999-12-31", "99991231", "2099-12-31", "20991231", "长期", "", " 长期 "] {
            assert_eq!(read_end(text, EndOf2099::Open), Ok(None), "{text}");
        }
    }

    #[test]
    fn the_end_of_2099_may_be_a_day() {
        let day = NaiveDate::from_ymd_opt(2099, 12, 31);
        assert_eq!(read_end("2099-12-31", EndOf2099::Day), Ok(day));
        assert!(is_open_ended("9999-12-30", EndOf2099::Day));
    }

    #[test]
    fn other_days_and_words_are_not_open() {
        assert!(!is_open_ended("9999-12-29", EndOf2099::Open));
        assert!(!is_open_ended("2099-12-30", EndOf2099::Open));
        for text in ["--", "空", "长期有效期", "2099-12-32"] {
            assert!(read_end(text, EndOf2099::Open).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_ordinary_end_comes_back(year in 1900..2099i32, day in 1..=365u32) {
            let date = NaiveDate::from_yo_opt(year, day).unwrap();
            prop_assert_eq!(read_end(&write_date(date), EndOf2099::Open), Ok(Some(date)));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = read_end(&text, EndOf2099::Open);
        }
    }
}
