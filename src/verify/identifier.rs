//! The identifier of an electronic certificate (电子证照标识) after GB/T 36904:
//! `1.2.156.3005.2 . type code . issuer . serial . version (3 digits) . check character`.
//!
//! The check character is ISO/IEC 7064 MOD 37,36 (GB/T 17710) over type, issuer, serial and version, without the root
//! and without dots. Grade: computed; it reproduces the published real identifiers, all but one whose maker deviates.
//! So a foreign identifier with a wrong check character is kept and reported; [`Identifier::build`] never makes one.

use std::{fmt, str::FromStr};

/// The root of every identifier; it has dots of its own.
pub const ROOT: &str = "1.2.156.3005.2";
/// Longest identifier that is read: the widest database column seen in the field.
pub const MAX_LENGTH: usize = 200;
/// Longest serial number that is built, so that an identifier fits the national table's varchar(128).
pub const MAX_SERIAL: usize = 64;

/// An identifier in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    type_code: String,
    issuer: String,
    serial: String,
    version: u16,
    check: char,
}

/// What reading an identifier found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The parts as written.
    pub identifier: Identifier,
    /// The check character the parts ask for; `None` when a part has characters outside 0–9, A–Z.
    pub expected_check: Option<char>,
}

impl Parsed {
    /// Whether the check character is right.
    pub fn check_is_right(&self) -> bool {
        self.expected_check == Some(self.identifier.check)
    }
}

/// Why a text is no identifier, or why none can be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Longer than any identifier may be.
    #[error("an identifier of {0} bytes is longer than {MAX_LENGTH}")]
    TooLong(usize),
    /// Not under the root of GB/T 36904.
    #[error("the identifier does not begin with {ROOT}.")]
    Root,
    /// Not five parts after the root.
    #[error("after the root stand {0} parts, not 5 (type code, issuer, serial, version, check character)")]
    Parts(usize),
    /// A part breaks its rule.
    #[error("the {part} {value:?} is not {rule}")]
    Part {
        /// Which part.
        part: &'static str,
        /// As written.
        value: String,
        /// What it has to be.
        rule: &'static str,
    },
}

impl Identifier {
    /// Builds an identifier with its check character.
    ///
    /// # Errors
    /// When a part breaks GB/T 36904: type code 21 characters ending in three digits, issuer an 18-character credit
    /// code, serial 1 to 64 characters, all of 0–9 and A–Z; version 1 to 999.
    pub fn build(type_code: &str, issuer: &str, serial: &str, version: u16) -> Result<Self, IdentifierError> {
        let three_digits = type_code.bytes().rev().take(3).all(|byte| byte.is_ascii_digit());
        require(
            type_code.len() == 21 && in_alphabet(type_code) && three_digits,
            "type code",
            type_code,
            "18 characters of 0–9, A–Z and three digits",
        )?;
        require(issuer.len() == 18 && in_alphabet(issuer), "issuer", issuer, "18 characters of 0–9, A–Z")?;
        require((1..=MAX_SERIAL).contains(&serial.len()) && in_alphabet(serial), "serial", serial, "1 to 64 characters of 0–9, A–Z")?;
        if !(1..=999).contains(&version) {
            return Err(part("version", &version.to_string(), "from 1 to 999"));
        }
        let checked = format!("{type_code}{issuer}{serial}{version:03}");
        let Some(check) = check_character(&checked) else {
            return Err(part("identifier", &checked, "of 0–9, A–Z alone"));
        };
        Ok(Self { type_code: type_code.to_owned(), issuer: issuer.to_owned(), serial: serial.to_owned(), version, check })
    }

    /// Reads an identifier, one's own or a foreign one: parts of other lengths, or a serial with `_`, are kept.
    ///
    /// # Errors
    /// When the parts cannot be told apart or the version is no number from 001 to 999.
    pub fn parse(text: &str) -> Result<Parsed, IdentifierError> {
        if text.len() > MAX_LENGTH {
            return Err(IdentifierError::TooLong(text.len()));
        }
        let body = text.strip_prefix(ROOT).and_then(|rest| rest.strip_prefix('.')).ok_or(IdentifierError::Root)?;
        let parts: Vec<&str> = body.split('.').collect();
        let &[type_code, issuer, serial, version, check] = parts.as_slice() else {
            return Err(IdentifierError::Parts(parts.len()));
        };
        let written = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        for (name, value) in [("type code", type_code), ("issuer", issuer), ("serial", serial)] {
            require(written(value), name, value, "made of ASCII letters, digits, - and _")?;
        }
        let number = version
            .parse::<u16>()
            .ok()
            .filter(|number| *number > 0 && version.len() == 3 && version.bytes().all(|byte| byte.is_ascii_digit()))
            .ok_or_else(|| part("version", version, "three digits from 001 to 999"))?;
        let check_rule = || part("check character", check, "one character of 0–9, A–Z");
        let mut characters = check.chars();
        let (Some(check), None) = (characters.next(), characters.next()) else {
            return Err(check_rule());
        };
        value_of(check).ok_or_else(check_rule)?;
        Ok(Parsed {
            expected_check: check_character(&format!("{type_code}{issuer}{serial}{version}")),
            identifier: Self {
                type_code: type_code.to_owned(),
                issuer: issuer.to_owned(),
                serial: serial.to_owned(),
                version: number,
                check,
            },
        })
    }

    /// 证照类型代码: credit code of the defining body and three digits.
    pub fn type_code(&self) -> &str {
        &self.type_code
    }

    /// 证照颁发机构代码: credit code of the issuing authority.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// 流水号: the issuer's serial.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// 版本号, 1 to 999.
    pub fn version(&self) -> u16 {
        self.version
    }

    /// 校验位 as written.
    pub fn check(&self) -> char {
        self.check
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { type_code, issuer, serial, version, check } = self;
        write!(formatter, "{ROOT}.{type_code}.{issuer}.{serial}.{version:03}.{check}")
    }
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    /// As [`Identifier::parse`], whatever the check character.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).map(|parsed| parsed.identifier)
    }
}

/// The MOD 37,36 check character of `text`; `None` when a character is not one of 0–9, A–Z.
///
/// The hybrid system of ISO/IEC 7064: P starts at 36; for each character S = (P + value) mod 36, or 36 for 0, and
/// P = 2·S mod 37; the check character has the value (37 − P) mod 36.
pub fn check_character(text: &str) -> Option<char> {
    let mut product = 36;
    for character in text.chars() {
        let sum = (product + value_of(character)?) % 36;
        product = (if sum == 0 { 36 } else { sum } * 2) % 37;
    }
    char::from_digit((37 - product) % 36, 36).map(|character| character.to_ascii_uppercase())
}

fn value_of(character: char) -> Option<u32> {
    if character.is_ascii_lowercase() { None } else { character.to_digit(36) }
}

fn in_alphabet(text: &str) -> bool {
    text.chars().all(|character| value_of(character).is_some())
}

fn part(part: &'static str, value: &str, rule: &'static str) -> IdentifierError {
    IdentifierError::Part { part, value: value.to_owned(), rule }
}

fn require(holds: bool, name: &'static str, value: &str, rule: &'static str) -> Result<(), IdentifierError> {
    if holds { Ok(()) } else { Err(part(name, value, rule)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_identifiers_are_right() {
        for text in [
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
            "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
            "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
            "1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
        ] {
            let parsed = Identifier::parse(text).unwrap();
            assert!(parsed.check_is_right(), "{text}");
            assert_eq!(parsed.identifier.to_string(), text);
        }
    }

    #[test]
    fn synthetic_identifiers_are_built() {
        for (type_digits, serial, version, check) in [
            ("011", "20260000001", 1, 'P'),
            ("032", "2026000001", 1, 'O'),
            ("050", "2026000001", 1, '6'),
            ("087", "99000020260101000001", 2, 'O'),
        ] {
            let type_code = format!("11100000000013338W{type_digits}");
            let identifier = Identifier::build(&type_code, "11990000000000GX2C", serial, version).unwrap();
            assert_eq!(identifier.check(), check, "{identifier}");
        }
    }

    #[test]
    fn check_characters_of_the_vectors() {
        for (text, check) in [
            ("11100000000013338W01111430000006122244L20230000403001", 'U'),
            ("11100000000013338W01111430000006122244L20230000403002", 'S'),
            ("11100000000013338W00911330105002500287C2025052201002", '0'),
            ("11100000000013338W03211220000013544541J2430599001", 'F'),
            ("11100000000013338W08711370800MB2855918437080001202411010001001", '3'),
            ("11100000000013338W05091610800064834709T2023000001001", '2'),
            ("11100000000013661B006113700000045046442209FA4E88F9E4C878F3E9BED2CE7EA49001", 'D'),
            ("A12425GABC1234002", 'M'),
            ("B159D8FA01240000", 'K'),
            ("0", '2'),
            ("1", 'Z'),
            ("A", 'H'),
            ("Z", '4'),
            ("00", '4'),
            ("ZZ", 'A'),
            ("0000000000", 'P'),
        ] {
            assert_eq!(check_character(text), Some(check), "{text}");
        }
        assert_eq!(check_character("a"), None);
    }

    #[test]
    fn a_foreign_identifier_with_a_wrong_check_is_kept() {
        let text = "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M";
        let parsed = Identifier::parse(text).unwrap();
        assert!(!parsed.check_is_right());
        assert_eq!((parsed.identifier.check(), parsed.expected_check), ('M', Some('D')));
        let local = Identifier::parse("1.2.156.3005.2.062301.340100.0624_001.001.U").unwrap();
        assert_eq!(local.expected_check, None);
    }

    #[test]
    fn no_wrong_identifier_is_built() {
        let (type_code, issuer) = ("11100000000013338W011", "11990000000000GX2C");
        assert!(Identifier::build(type_code, issuer, "1", 999).is_ok());
        for (type_code, issuer, serial, version) in [
            (type_code, issuer, "1", 0),
            (type_code, issuer, "1", 1000),
            (type_code, issuer, "", 1),
            (type_code, issuer, "a", 1),
            (type_code, issuer, "1_2", 1),
            (type_code, issuer, "１", 1),
            (type_code, "340100", "1", 1),
            ("11100000000013338W", issuer, "1", 1),
            ("11100000000013338W01X", issuer, "1", 1),
        ] {
            assert!(Identifier::build(type_code, issuer, serial, version).is_err());
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for text in [
            "",
            "1.2.156.3003.2.A.B.C.001.1",
            "1.2.156.3005.2.A.B.C.001",
            "1.2.156.3005.2.A.B.C.D.001.1",
            "1.2.156.3005.2.A.B.C.000.1",
            "1.2.156.3005.2.A.B.C.+01.1",
            "1.2.156.3005.2.A.B.C.1.1",
            "1.2.156.3005.2.A.B.C.001.",
            "1.2.156.3005.2.A.B.C.001.a",
            "1.2.156.3005.2.A..C.001.1",
            "1.2.156.3005.2.A.B.张.001.1",
        ] {
            assert!(Identifier::parse(text).is_err(), "{text}");
        }
    }

    fn any_identifier() -> impl Strategy<Value = Identifier> {
        ("[0-9A-Z]{18}[0-9]{3}", "[0-9A-Z]{18}", "[0-9A-Z]{1,64}", 1..=999_u16)
            .prop_map(|(type_code, issuer, serial, version)| Identifier::build(&type_code, &issuer, &serial, version).unwrap())
    }

    proptest! {
        #[test]
        fn what_is_built_is_read_back(identifier in any_identifier()) {
            let parsed = Identifier::parse(&identifier.to_string()).unwrap();
            prop_assert!(parsed.check_is_right());
            prop_assert_eq!(parsed.identifier, identifier);
        }

        #[test]
        fn one_changed_character_is_noticed(
            identifier in any_identifier(), place in any::<prop::sample::Index>(), other in "[0-9A-Z]"
        ) {
            let text = identifier.to_string();
            let place = ROOT.len() + 1 + place.index(text.len() - ROOT.len() - 1);
            prop_assume!(&text[place..=place] != "." && text[place..=place] != other);
            let changed = format!("{}{other}{}", &text[..place], &text[place + 1..]);
            prop_assert!(!Identifier::parse(&changed).is_ok_and(|parsed| parsed.check_is_right()));
        }

        #[test]
        fn reading_never_panics(text in ".{0,220}", tail in ".{0,40}") {
            let _ = Identifier::parse(&text);
            let _ = Identifier::parse(&format!("{ROOT}.{tail}"));
        }
    }
}
