//! What verification may look up: anybody's question, answered by a report and never by the record itself.
//!
//! An [`EvidencePlan`] needs no rights and no purpose, since what the store gives for it goes to `verify` alone; the public
//! answer holds masked facts only.

use std::sync::Arc;

use super::PlanError;
use crate::registry::Registry;

/// Most certificates of one verification.
pub const MAX_VERIFIED: usize = 100;

/// A checked look-up for verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidencePlan {
    pub(crate) lookup: Lookup,
}

impl EvidencePlan {
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// Versions by opaque id or identifier.
    Keys(Vec<String>),
    /// Current versions of these types with this number (normalised).
    Number { types: Vec<Arc<str>>, number: String },
    /// Current versions of these types held under this code; at most 100.
    Holder { types: Vec<Arc<str>>, code: String },
}

/// Looks up by id or identifier.
///
/// # Errors
/// More than [`MAX_VERIFIED`] keys.
pub fn evidence_by_keys(keys: Vec<String>) -> Result<EvidencePlan, PlanError> {
    if keys.len() > MAX_VERIFIED {
        let count = keys.len();
        return Err(PlanError::limit(
            format!("ids: {count} given, at most {MAX_VERIFIED} at a time"),
            format!("ids：给出{count}个，每次最多{MAX_VERIFIED}个"),
        ));
    }
    Ok(EvidencePlan { lookup: Lookup::Keys(keys) })
}

/// Looks up by printed information: the number where there is one, else the holder's code.
///
/// # Errors
/// A type that is not known.
pub fn evidence_by_information(
    type_code: &str,
    number: Option<&str>,
    holder_code: Option<&str>,
    registry: &Registry,
) -> Result<Option<EvidencePlan>, PlanError> {
    let types: Vec<Arc<str>> = registry.named(type_code).into_iter().map(|known| known.ty.name.clone()).collect();
    if types.is_empty() {
        return Err(PlanError::input(
            "typeCode",
            format!("no certificate type is named {type_code:?}"),
            format!("没有名为 {type_code:?} 的证照类型"),
        ));
    }
    let number = number.map(verify::number::normalise_number).filter(|number| !number.is_empty());
    let code = holder_code.map(str::trim).filter(|code| !code.is_empty());
    Ok(match (number, code) {
        (Some(number), _) => Some(EvidencePlan { lookup: Lookup::Number { types, number } }),
        (None, Some(code)) => Some(EvidencePlan { lookup: Lookup::Holder { types, code: code.to_owned() } }),
        (None, None) => None,
    })
}
