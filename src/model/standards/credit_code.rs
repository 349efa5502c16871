//! Unified social credit codes (统一社会信用代码) by GB 32100-2015.

use std::fmt;

use thiserror::Error;
use verify::messages::Lang;

/// The 31 characters of the code: digits and capital letters without I, O, S, V and Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// How long a credit code is.
pub const LENGTH: usize = 18;

/// A credit code whose form and check character are right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditCode(String);

/// What is wrong with a text that should be a credit code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CreditCodeFault {
    #[error("a unified social credit code has 18 characters, this one has {found}")]
    Length { found: usize },
    #[error(
        "character {position} of a unified social credit code cannot be “{found}”: only digits and capital letters without I, O, S, V, Z"
    )]
    Character { position: usize, found: char },
    #[error("characters 3 to 8 of a unified social credit code are the registration division, six digits; this one has “{found}”")]
    Division { found: String },
    #[error("the check character of this unified social credit code should be “{expected}”, not “{found}”")]
    CheckCharacter { expected: char, found: char },
}

impl CreditCode {
    /// Reads a credit code exactly as it stands: no trimming, no lower case.
    ///
    /// # Errors
    /// The first fault, in the order length, characters, division, check character.
    pub fn parse(text: &str) -> Result<Self, CreditCodeFault> {
        let found = text.chars().count();
        if found != LENGTH {
            return Err(CreditCodeFault::Length { found });
        }
        let mut sum = 0;
        let mut last = 0;
        for (index, character) in text.chars().enumerate() {
            let Some(value) = value_of(character) else {
                return Err(CreditCodeFault::Character { position: index + 1, found: character });
            };
            match WEIGHTS.get(index) {
                Some(weight) => sum += weight * value,
                None => last = value,
            }
        }
        let division: String = text.chars().skip(2).take(6).collect();
        if !division.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CreditCodeFault::Division { found: division });
        }
        let expected = (31 - sum % 31) % 31;
        if expected != last {
            return Err(CreditCodeFault::CheckCharacter { expected: character_of(expected), found: character_of(last) });
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The six digits of the division where the holder is registered.
    pub fn division(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }
}

/// The check character that completes the first 17 characters of a credit code; `None` where they are not 17 allowed ones.
pub fn check_character(body: &str) -> Option<char> {
    if body.chars().count() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (character, weight) in body.chars().zip(WEIGHTS) {
        sum += weight * value_of(character)?;
    }
    Some(character_of((31 - sum % 31) % 31))
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl CreditCodeFault {
    /// The fault as a sentence for a person.
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, fault) => fault.to_string(),
            (Lang::Zh, Self::Length { found }) => {
                format!("统一社会信用代码应为 18 位，此处为 {found} 位")
            }
            (Lang::Zh, Self::Character { position, found }) => {
                format!("统一社会信用代码第 {position} 位不能是“{found}”：只能用数字和除 I、O、S、V、Z 以外的大写字母")
            }
            (Lang::Zh, Self::Division { found }) => {
                format!("统一社会信用代码第 3 至 8 位是六位数字的登记管理机关行政区划码，此处为“{found}”")
            }
            (Lang::Zh, Self::CheckCharacter { expected, found }) => {
                format!("统一社会信用代码的校验码应为“{expected}”，此处为“{found}”")
            }
        }
    }
}

fn value_of(character: char) -> Option<u32> {
    let place = ALPHABET.iter().position(|known| char::from(*known) == character)?;
    u32::try_from(place).ok()
}

fn character_of(value: u32) -> char {
    let place = usize::try_from(value).unwrap_or_default();
    ALPHABET.get(place).map_or('0', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALID: [&str; 18] = [
        "91350100M000100Y43",
        "11100000000013338W",
        "1110000000001332XW",
        "11100000MB03271699",
        "11100000MB0143028R",
        "11100000000013127D",
        "11100000000019713D",
        "111000000000131433",
        "11430000006122244L",
        "11330105002500287C",
        "11110000000021135M",
        "12110000400777687U",
        "113700000045046442",
        "11370800MB28559184",
        "11410800MB18523953",
        "91990000MAH0TEXT1J",
        "91990000MAH0DEM078",
        "11990000000000GX2C",
    ];

    #[test]
    fn published_and_synthetic_codes_pass() {
        for code in VALID.into_iter().chain(["91990000MAH0FAKE94", "91990000MAH0XXX16U"]) {
            assert_eq!(CreditCode::parse(code).map(|parsed| parsed.to_string()), Ok(code.to_owned()));
        }
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(CreditCode::parse("").unwrap_err(), CreditCodeFault::Length { found: 0 });
        assert_eq!(CreditCode::parse("91990000MAH0TEXT1J ").unwrap_err(), CreditCodeFault::Length { found: 19 });
        let lower = CreditCode::parse("91990000MAH0TEXT1j").unwrap_err();
        assert_eq!(lower, CreditCodeFault::Character { position: 18, found: 'j' });
        let letter = CreditCode::parse("91990000MAH0TEXT1I").unwrap_err();
        assert_eq!(letter, CreditCodeFault::Character { position: 18, found: 'I' });
        let division = CreditCode::parse("9199000AMAH0TEXT1J").unwrap_err();
        assert_eq!(division, CreditCodeFault::Division { found: "99000A".to_owned() });
        let check = CreditCode::parse("91990000MAH0TEXT1K").unwrap_err();
        assert_eq!(check, CreditCodeFault::CheckCharacter { expected: 'J', found: 'K' });
        assert_eq!(check.message(Lang::Zh), "统一社会信用代码的校验码应为“J”，此处为“K”");
        // A citizen number in a credit-code column has the right length and is still refused.
        assert!(CreditCode::parse("990000190001010016").is_err());
    }

    fn any_code() -> impl Strategy<Value = String> {
        "[0-9ABCDEFGHJKLMNPQRTUWXY]{2}[0-9]{6}[0-9ABCDEFGHJKLMNPQRTUWXY]{9}"
            .prop_map(|body| format!("{body}{}", check_character(&body).unwrap()))
    }

    proptest! {
        #[test]
        fn what_is_completed_is_read_back(code in any_code()) {
            let parsed = CreditCode::parse(&code).unwrap();
            prop_assert_eq!(parsed.as_str(), code.as_str());
            prop_assert_eq!(parsed.division(), &code[2..8]);
        }

        #[test]
        fn one_changed_character_is_noticed(code in any_code(), place in 0..LENGTH, other in 0..31usize) {
            let mut bytes = code.clone().into_bytes();
            prop_assume!(bytes[place] != ALPHABET[other]);
            bytes[place] = ALPHABET[other];
            prop_assert!(CreditCode::parse(&String::from_utf8(bytes).unwrap()).is_err());
        }

        #[test]
        fn neighbours_exchanged_are_noticed(code in any_code(), place in 0..LENGTH - 2) {
            let mut bytes = code.into_bytes();
            prop_assume!(bytes[place] != bytes[place + 1]);
            bytes.swap(place, place + 1);
            prop_assert!(CreditCode::parse(&String::from_utf8(bytes).unwrap()).is_err());
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = CreditCode::parse(&text);
            let _ = check_character(&text);
        }
    }
}
