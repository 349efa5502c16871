//! This project's own JSON Schema formats, for `jsonschema`'s `with_format`. Each judges the text of one value and no more:
//! what needs a day of comparison (a birth in the future) is judged where the day is known.

use verify::identifier::Identifier;

use super::citizen_number::CitizenNumber;
use super::credit_code::CreditCode;
use super::date::read_date;
use super::division::DivisionCode;
use super::open_ended::is_open_word;

/// A format: its name in a type file, and whether a text has it.
pub type Format = (&'static str, fn(&str) -> bool);

/// All formats beside those of JSON Schema itself.
pub const FORMATS: [Format; 6] = [
    ("credit-code", is_credit_code),
    ("citizen-number", is_citizen_number),
    ("open-date", is_open_date),
    ("decimal", is_decimal),
    ("division-code", is_division_code),
    ("certificate-identifier", is_certificate_identifier),
];

/// A unified social credit code whose check character is right.
pub fn is_credit_code(text: &str) -> bool {
    CreditCode::parse(text).is_ok()
}

/// A citizen number with a birth date that exists and a right check character; whether the birth lies in the future is not
/// judged here, for a format knows no today: see [`CitizenNumber::parse`].
pub fn is_citizen_number(text: &str) -> bool {
    CitizenNumber::parse_undated(text).is_ok()
}

/// `YYYY-MM-DD`, or an open end: 长期 or nothing (the two open-ended days are dates anyway).
pub fn is_open_date(text: &str) -> bool {
    is_open_word(text) || (text.len() == 10 && read_date(text).is_ok())
}

/// A plain decimal: no exponent, no leading zeros, no sign but a minus, no bare point.
pub fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits)
}

/// A division code of six digits, or of twelve padded with zeros.
pub fn is_division_code(text: &str) -> bool {
    DivisionCode::parse(text).is_ok()
}

/// An identifier of GB/T 36904 in its five parts. A wrong check character is no fault of form: foreign certificates may have
/// one, and are kept with a warning.
pub fn is_certificate_identifier(text: &str) -> bool {
    Identifier::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn holds(name: &str, text: &str) -> bool {
        FORMATS.iter().find(|(known, _)| *known == name).unwrap().1(text)
    }

    #[test]
    fn each_format_takes_what_it_should_and_refuses_the_rest() {
        for (name, right, wrong) in [
            ("credit-code", vec!["91990000MAH0TEXT1J"], vec!["", "91990000MAH0TEXT1K", "990000190001010016"]),
            ("citizen-number", vec!["990000190001010016", "990000209901010043"], vec!["990100190002290051", "x"]),
            ("open-date", vec!["2026-01-31", "2099-12-31", "9999-12-30", "长期", ""], vec!["2026-02-30", "20260131", "--"]),
            (
                "decimal",
                vec!["0", "-0.50", "12345678901234567890.000000001", "100"],
                vec!["", "-", ".5", "5.", "01", "+1", "1e3", "1,000", "１", "1.2.3", "--1"],
            ),
            ("division-code", vec!["990000", "370800000000"], vec!["99000", "370800001000", "099000"]),
            (
                "certificate-identifier",
                vec![
                    "1.2.156.3005.2.11100000000013338W011.11990000000000GX2C.20260000001.001.P",
                    "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M",
                ],
                vec!["", "1.2.156.3005.2", "1.2.156.3003.2.A.B.C.001.0"],
            ),
        ] {
            for text in right {
                assert!(holds(name, text), "{name}: {text:?}");
            }
            for text in wrong {
                assert!(!holds(name, text), "{name}: {text:?}");
            }
        }
    }

    #[test]
    fn the_validator_uses_them() {
        let schema = json!({ "properties": { "code": { "type": "string", "format": "credit-code" } } });
        let mut options = jsonschema::options().should_validate_formats(true);
        for (name, holds) in FORMATS {
            options = options.with_format(name, holds);
        }
        let validator = options.build(&schema).unwrap();
        assert!(validator.is_valid(&json!({ "code": "91990000MAH0TEXT1J" })));
        assert!(!validator.is_valid(&json!({ "code": "91990000MAH0TEXT1K" })));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            for (_, holds) in FORMATS {
                let _ = holds(&text);
            }
        }

        #[test]
        fn every_plain_decimal_is_one(text in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,12})?") {
            prop_assert!(is_decimal(&text));
        }
    }
}
