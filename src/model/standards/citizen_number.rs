//! Citizen identification numbers (公民身份号码) by GB 11643.

use std::fmt;

use chrono::NaiveDate;
use thiserror::Error;
use verify::messages::Lang;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";
/// How long a citizen number is.
pub const LENGTH: usize = 18;

/// A citizen number whose form, birth date and check character are right.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenNumber {
    text: String,
    birth_date: NaiveDate,
    sex: Sex,
}

/// The sex that the sequence number of a citizen number carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    Male,
    Female,
}

/// What is wrong with a text that should be a citizen number. Never holds the number itself: faults are shown and logged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CitizenNumberFault {
    #[error("a citizen number has 18 characters, this one has {found}")]
    Length { found: usize },
    #[error("character {position} of a citizen number must be a digit (the last may be a capital X)")]
    Character { position: usize },
    #[error("characters 7 to 14 of a citizen number are the birth date; this one names a day that does not exist")]
    BirthDate,
    #[error("the birth date in this citizen number lies in the future")]
    FutureBirth,
    #[error("the check character of this citizen number is wrong")]
    CheckCharacter,
}

impl CitizenNumber {
    /// Reads a citizen number, whose holder must be born by `today`.
    ///
    /// # Errors
    /// The first fault, in the order length, characters, birth date, check character, future birth.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, CitizenNumberFault> {
        let number = Self::parse_undated(text)?;
        if number.birth_date > today {
            return Err(CitizenNumberFault::FutureBirth);
        }
        Ok(number)
    }

    /// Reads a citizen number where no day of comparison is at hand: everything but the future birth is checked.
    ///
    /// # Errors
    /// As [`Self::parse`], without the future birth.
    pub fn parse_undated(text: &str) -> Result<Self, CitizenNumberFault> {
        let found = text.chars().count();
        if found != LENGTH {
            return Err(CitizenNumberFault::Length { found });
        }
        let mut digits = [0; 17];
        let mut last = '0';
        for (index, character) in text.chars().enumerate() {
            match (digits.get_mut(index), character) {
                (Some(digit), '0'..='9') => *digit = u32::from(character) - u32::from('0'),
                (None, '0'..='9' | 'X') => last = character,
                _ => {
                    return Err(CitizenNumberFault::Character { position: index + 1 });
                }
            }
        }
        let number = |from: usize, to: usize| digits[from..to].iter().fold(0, |sum, digit| sum * 10 + digit);
        let birth_date = i32::try_from(number(6, 10))
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, number(10, 12), number(12, 14)))
            .ok_or(CitizenNumberFault::BirthDate)?;
        if check_character(digits) != last {
            return Err(CitizenNumberFault::CheckCharacter);
        }
        let sex = if digits[16] % 2 == 1 { Sex::Male } else { Sex::Female };
        Ok(Self { text: text.to_owned(), birth_date, sex })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The six digits of the division of first registration.
    pub fn division(&self) -> &str {
        self.text.get(..6).unwrap_or_default()
    }

    pub fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    pub fn sex(&self) -> Sex {
        self.sex
    }
}

/// Shows nothing of the number, which must not reach a log by accident.
impl fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CitizenNumber").finish_non_exhaustive()
    }
}

impl Sex {
    /// The code of GB/T 2261.1, as in the table `Sex`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
        }
    }
}

impl CitizenNumberFault {
    /// The fault as a sentence for a person.
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, fault) => fault.to_string(),
            (Lang::Zh, Self::Length { found }) => {
                format!("公民身份号码应为 18 位，此处为 {found} 位")
            }
            (Lang::Zh, Self::Character { position }) => {
                format!("公民身份号码第 {position} 位应为数字（末位可为大写 X）")
            }
            (Lang::Zh, Self::BirthDate) => "公民身份号码第 7 至 14 位是出生日期，此处的日期不存在".to_owned(),
            (Lang::Zh, Self::FutureBirth) => "公民身份号码中的出生日期在今天之后".to_owned(),
            (Lang::Zh, Self::CheckCharacter) => "公民身份号码的校验码不正确".to_owned(),
        }
    }
}

fn check_character(digits: [u32; 17]) -> char {
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let place = usize::try_from(sum % 11).unwrap_or_default();
    CHECK_CHARACTERS.get(place).map_or('1', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
    }

    fn fault(text: &str) -> CitizenNumberFault {
        CitizenNumber::parse(text, today()).unwrap_err()
    }

    #[test]
    fn well_known_numbers_pass() {
        let all = ["11010519491231002X", "440524188001010014", "990000190001010016", "99000019000102002X", "999999190102030031"];
        for text in all {
            assert_eq!(CitizenNumber::parse(text, today()).unwrap().as_str(), text);
        }
        let number = CitizenNumber::parse("11010519491231002X", today()).unwrap();
        assert_eq!(number.birth_date().to_string(), "1949-12-31");
        assert_eq!((number.sex(), number.sex().code(), number.division()), (Sex::Female, "2", "110105"));
        assert_eq!(CitizenNumber::parse("440524188001010014", today()).unwrap().sex(), Sex::Male);
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(fault("11010549123100"), CitizenNumberFault::Length { found: 14 });
        assert_eq!(fault("11010519491231002x"), CitizenNumberFault::Character { position: 18 });
        assert_eq!(fault("1101051949123100２X"), CitizenNumberFault::Character { position: 17 });
        assert_eq!(fault("990100190002290051"), CitizenNumberFault::BirthDate);
        assert_eq!(fault("990000209901010043"), CitizenNumberFault::FutureBirth);
        assert_eq!(fault("110105194912310021"), CitizenNumberFault::CheckCharacter);
        assert_eq!(fault("990000209901010043").message(Lang::Zh), "公民身份号码中的出生日期在今天之后");
        // Without a day of comparison the same number stands.
        assert!(CitizenNumber::parse_undated("990000209901010043").is_ok());
    }

    #[test]
    fn a_number_does_not_show_itself() {
        let number = CitizenNumber::parse("990000190001010016", today()).unwrap();
        assert!(!format!("{number:?}").contains("1900"));
    }

    fn any_number() -> impl Strategy<Value = String> {
        (100_000..1_000_000u32, 1850..2020i32, 1..=365u32, 0..1000u32).prop_map(|(division, year, day, sequence)| {
            let born = NaiveDate::from_yo_opt(year, day).unwrap().format("%Y%m%d");
            let body = format!("{division}{born}{sequence:03}");
            let mut digits = [0; 17];
            for (digit, character) in digits.iter_mut().zip(body.chars()) {
                *digit = character.to_digit(10).unwrap();
            }
            format!("{body}{}", check_character(digits))
        })
    }

    proptest! {
        #[test]
        fn what_is_completed_is_read_back(text in any_number()) {
            let number = CitizenNumber::parse(&text, today()).unwrap();
            prop_assert_eq!(number.as_str(), text.as_str());
            prop_assert_eq!(number.birth_date().format("%Y%m%d").to_string(), &text[6..14]);
        }

        #[test]
        fn one_changed_character_is_noticed(text in any_number(), place in 0..LENGTH, other in "[0-9X]") {
            let mut bytes = text.clone().into_bytes();
            prop_assume!(bytes[place] != other.as_bytes()[0]);
            bytes[place] = other.as_bytes()[0];
            prop_assert!(CitizenNumber::parse(&String::from_utf8(bytes).unwrap(), today()).is_err());
        }

        #[test]
        fn no_text_panics(text in any::<String>(), digits in "[0-9]{17}[0-9X]") {
            let _ = CitizenNumber::parse(&text, today());
            let _ = CitizenNumber::parse(&digits, today());
        }
    }
}
