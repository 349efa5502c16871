//! Who may ask: the first check of every plan.

use std::sync::Arc;

use super::{PlanError, TypeScope};
use crate::actor::{Caller, Role};
use crate::registry::{CertificateType, Registry};

/// Departments and issuers say what they read for; nobody reads without a token. Every plan begins with this; an answer that needs
/// no plan because it is kept asks it by itself.
///
/// # Errors
/// [`PlanError::Unauthenticated`], [`PlanError::PurposeRequired`], or what is wrong with the purpose.
pub fn purpose(caller: &Caller) -> Result<(), PlanError> {
    if caller.actor.role == Role::Anonymous {
        return Err(PlanError::Unauthenticated);
    }
    match &caller.purpose {
        None if caller.actor.needs_purpose() => Err(PlanError::PurposeRequired),
        None => Ok(()),
        Some(purpose) => purpose.check().map_err(|sentence| PlanError::input("purpose", sentence.clone(), sentence)),
    }
}

/// The one type asked for.
pub(super) fn one(name: &str, registry: &Registry, caller: &Caller) -> Result<Arc<CertificateType>, PlanError> {
    let registered = registry.get(name).ok_or_else(|| unknown(name))?;
    if caller.actor.reads(&registered.ty.name) { Ok(registered.ty.clone()) } else { Err(PlanError::Forbidden { what: name.to_owned() }) }
}

/// Everything the caller may read.
pub(super) fn readable(registry: &Registry, caller: &Caller) -> Result<TypeScope, PlanError> {
    if caller.actor.administers() {
        return Ok(TypeScope::All);
    }
    let names: Vec<_> = registry.types().map(|known| known.ty.name.clone()).filter(|name| caller.actor.reads(name)).collect();
    if names.is_empty() { Err(PlanError::Forbidden { what: "any certificate type".into() }) } else { Ok(TypeScope::Only(names)) }
}

/// The named types (GraphQL names or type codes), or everything the caller may read.
/// A type named and not granted is refused, not silently left out.
pub(super) fn named(names: Option<&[String]>, registry: &Registry, caller: &Caller) -> Result<TypeScope, PlanError> {
    let Some(names) = names else { return readable(registry, caller) };
    let mut found = Vec::new();
    for name in names {
        let known = registry.named(name);
        if known.is_empty() {
            return Err(unknown(name));
        }
        let granted: Vec<_> = known.iter().map(|known| known.ty.name.clone()).filter(|name| caller.actor.reads(name)).collect();
        if granted.is_empty() {
            return Err(PlanError::Forbidden { what: name.clone() });
        }
        found.extend(granted);
    }
    found.sort();
    found.dedup();
    Ok(TypeScope::Only(found))
}

fn unknown(name: &str) -> PlanError {
    PlanError::input(
        "typeCodes",
        format!("no certificate type is named {name:?}: see certificateTypes {{ name typeCode }}"),
        format!("没有名为 {name:?} 的证照类型：请查看 certificateTypes {{ name typeCode }}"),
    )
}
