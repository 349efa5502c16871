//! Administrative division codes (行政区划代码) by GB/T 2260: six digits, sometimes padded to twelve with zeros.

use std::fmt;

use thiserror::Error;
use verify::messages::Lang;

use super::tables::{Code, Standards};

/// The code of the whole country, which stands in no province.
pub const NATION: &str = "100000";

/// A division code of six digits. Whether such a county exists is not checked: the dictionary reaches to the provinces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DivisionCode(String);

/// What is wrong with a text that should be a division code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DivisionFault {
    #[error("a division code has 6 digits, or 12 when padded with zeros; “{text}” is neither")]
    Form { text: String },
    #[error("a division code of 12 digits ends in six zeros here; “{text}” names a place below the county")]
    BelowCounty { text: String },
    #[error("no division code begins with 0: “{text}”")]
    LeadingZero { text: String },
}

impl DivisionCode {
    /// Reads a division code of six digits, or of twelve with six zeros at the end.
    ///
    /// # Errors
    /// What is wrong with the form.
    pub fn parse(text: &str) -> Result<Self, DivisionFault> {
        if !matches!(text.len(), 6 | 12) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DivisionFault::Form { text: text.to_owned() });
        }
        let (code, padding) = text.split_at(6);
        if !padding.bytes().all(|byte| byte == b'0') {
            return Err(DivisionFault::BelowCounty { text: text.to_owned() });
        }
        if code.starts_with('0') {
            return Err(DivisionFault::LeadingZero { text: text.to_owned() });
        }
        Ok(Self(code.to_owned()))
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Twelve digits, as some provinces exchange it.
    pub fn padded(&self) -> String {
        format!("{}000000", self.0)
    }

    /// The code of the province the division lies in.
    pub fn province_code(&self) -> String {
        format!("{}0000", self.0.get(..2).unwrap_or_default())
    }

    /// The province with its names and its one-character short name; `None` for the nation and for codes of no province.
    pub fn province<'a>(&self, standards: &'a Standards) -> Option<&'a Code> {
        standards.table("Division")?.code(&self.province_code())
    }

    /// Whether `other` is this division or lies within it.
    pub fn contains(&self, other: &Self) -> bool {
        if self.0 == NATION {
            return true;
        }
        let significant = match self.0.as_bytes() {
            [_, _, b'0', b'0', b'0', b'0'] => 2,
            [_, _, _, _, b'0', b'0'] => 4,
            _ => 6,
        };
        self.0.get(..significant) == other.0.get(..significant)
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl DivisionFault {
    /// The fault as a sentence for a person.
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, fault) => fault.to_string(),
            (Lang::Zh, Self::Form { text }) => {
                format!("行政区划代码应为 6 位数字，或右补零到 12 位；“{text}”都不是")
            }
            (Lang::Zh, Self::BelowCounty { text }) => {
                format!("12 位行政区划代码此处应以六个零结尾；“{text}”是县级以下")
            }
            (Lang::Zh, Self::LeadingZero { text }) => format!("行政区划代码不以 0 开头：“{text}”"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn division(text: &str) -> DivisionCode {
        DivisionCode::parse(text).unwrap()
    }

    #[test]
    fn both_lengths_are_the_same_division() {
        assert_eq!(division("370800000000"), division("370800"));
        assert_eq!(division("370800").padded(), "370800000000");
    }

    #[test]
    fn the_province_is_found() {
        let standards = Standards::embedded();
        let short = |text: &str| division(text).province(standards).and_then(|code| code.short.as_deref());
        assert_eq!(short("220000"), Some("吉"));
        assert_eq!(short("110105"), Some("京"));
        assert_eq!(short("990100"), Some("测"));
        assert_eq!(short("100000"), None);
        assert_eq!(short("660000"), None);
    }

    #[test]
    fn a_division_contains_what_lies_in_it() {
        for (outer, inner, expected) in [
            ("100000", "220000", true),
            ("370000", "370811", true),
            ("370800", "370811", true),
            ("370811", "370800", false),
            ("370800", "370000", false),
            ("370000", "380000", false),
            ("370811", "370811", true),
        ] {
            assert_eq!(division(outer).contains(&division(inner)), expected, "{outer} {inner}");
        }
    }

    #[test]
    fn each_fault_is_named() {
        for text in ["", "37080", "3708000", "37080A", "３７０８００", "37"] {
            assert_eq!(DivisionCode::parse(text).unwrap_err(), DivisionFault::Form { text: text.to_owned() });
        }
        let below = DivisionCode::parse("370811001000").unwrap_err();
        assert_eq!(below, DivisionFault::BelowCounty { text: "370811001000".to_owned() });
        let zero = DivisionCode::parse("070800").unwrap_err();
        assert_eq!(zero.message(Lang::Zh), "行政区划代码不以 0 开头：“070800”");
    }

    proptest! {
        #[test]
        fn padding_comes_back(text in "[1-9][0-9]{5}") {
            prop_assert_eq!(division(&division(&text).padded()), division(&text));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = DivisionCode::parse(&text);
        }
    }
}
