//! Certificate type codes (证照类型代码): the defining authority's credit code and three digits.

use std::fmt;

use thiserror::Error;
use verify::messages::Lang;

use super::credit_code::{self, CreditCode, CreditCodeFault};

/// How long a type code is.
pub const LENGTH: usize = credit_code::LENGTH + 3;

/// A type code whose credit code is right and whose sequence is three digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TypeCode {
    text: String,
    defining_authority: CreditCode,
}

/// What is wrong with a text that should be a type code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TypeCodeFault {
    #[error("a certificate type code has 21 characters, this one has {found}")]
    Length { found: usize },
    #[error("the first 18 characters of a certificate type code are the defining authority's credit code: {0}")]
    Authority(#[source] CreditCodeFault),
    #[error("the last three characters of a certificate type code are digits, not “{found}”")]
    Sequence { found: String },
}

impl TypeCode {
    /// Reads a type code exactly as it stands.
    ///
    /// # Errors
    /// The first fault, in the order length, authority, sequence.
    pub fn parse(text: &str) -> Result<Self, TypeCodeFault> {
        let found = text.chars().count();
        if found != LENGTH {
            return Err(TypeCodeFault::Length { found });
        }
        let authority: String = text.chars().take(credit_code::LENGTH).collect();
        let defining_authority = CreditCode::parse(&authority).map_err(TypeCodeFault::Authority)?;
        let sequence: String = text.chars().skip(credit_code::LENGTH).collect();
        if !sequence.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TypeCodeFault::Sequence { found: sequence });
        }
        Ok(Self { text: text.to_owned(), defining_authority })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The body that defined the type.
    pub fn defining_authority(&self) -> &CreditCode {
        &self.defining_authority
    }

    /// The three digits that the defining body gave the type.
    pub fn sequence(&self) -> &str {
        self.text.get(credit_code::LENGTH..).unwrap_or_default()
    }
}

impl fmt::Display for TypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TypeCodeFault {
    /// The fault as a sentence for a person.
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, fault) => fault.to_string(),
            (Lang::Zh, Self::Length { found }) => {
                format!("证照类型代码应为 21 位，此处为 {found} 位")
            }
            (Lang::Zh, Self::Authority(fault)) => {
                format!("证照类型代码前 18 位是证照定义机构的统一社会信用代码：{}", fault.message(lang))
            }
            (Lang::Zh, Self::Sequence { found }) => {
                format!("证照类型代码末三位应为数字，此处为“{found}”")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::standards::Standards;

    #[test]
    fn every_known_type_code_is_read() {
        let table = Standards::embedded().table("CertificateTypeCode").unwrap();
        assert!(table.codes.len() > 10);
        for code in &table.codes {
            assert_eq!(TypeCode::parse(&code.code).unwrap().as_str(), code.code);
        }
        let local = TypeCode::parse("11410800MB18523953004").unwrap();
        assert_eq!((local.defining_authority().division(), local.sequence()), ("410800", "004"));
        assert!(TypeCode::parse("11990000000000GX2C001").is_ok());
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(TypeCode::parse("11100000000013338W").unwrap_err(), TypeCodeFault::Length { found: 18 });
        let authority = TypeCode::parse("11100000000013338X011").unwrap_err();
        let wrong = CreditCodeFault::CheckCharacter { expected: 'W', found: 'X' };
        assert_eq!(authority, TypeCodeFault::Authority(wrong));
        let sequence = TypeCode::parse("11100000000013338W01A").unwrap_err();
        assert_eq!(sequence, TypeCodeFault::Sequence { found: "01A".to_owned() });
        assert_eq!(sequence.message(Lang::Zh), "证照类型代码末三位应为数字，此处为“01A”");
    }

    proptest! {
        #[test]
        fn any_sequence_comes_back(sequence in "[0-9]{3}") {
            let text = format!("11990000000000GX2C{sequence}");
            let code = TypeCode::parse(&text).unwrap();
            prop_assert_eq!(code.sequence(), sequence.as_str());
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = TypeCode::parse(&text);
        }
    }
}
