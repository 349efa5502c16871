//! Who may ask: the first check of every plan.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::column::{Column, Value};
use super::{Comparison, PlanError, Predicate, TypeScope, predicate};
use crate::actor::{Caller, Role};
use crate::grant::Rights;
use crate::registry::{CertificateType, Registry, Sight};

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
    // A holder's rows are his own, whatever their type.
    if caller.actor.administers() || caller.actor.role == Role::Holder {
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

/// Those of the scope whose numbers, or holders, the caller may ask for.
pub(super) fn asked_by(scope: TypeScope, registry: &Registry, sight: impl Fn(&CertificateType) -> Sight) -> Result<TypeScope, PlanError> {
    let TypeScope::Only(mut names) = scope else { return Ok(scope) };
    names.retain(|name| registry.get(name).is_some_and(|known| sight(&known.ty) != Sight::Denied));
    if names.is_empty() { Err(PlanError::Forbidden { what: "number or holder".into() }) } else { Ok(TypeScope::Only(names)) }
}

/// The rows of these types that grants allow; None: all of them.
pub(super) fn rows(scope: &TypeScope, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Option<Predicate>, PlanError> {
    if let Some(key) = &caller.actor.holder {
        return Ok(Some(held_by(key)));
    }
    let TypeScope::Only(names) = scope else { return Ok(None) };
    if caller.actor.rights.is_none() {
        return Ok(None);
    }
    let mut limited = Vec::new();
    let mut others = Vec::new();
    for name in names {
        let mut of_type = None;
        if let (Some(rights), Some(known)) = (caller.actor.granted(name), registry.get(name)) {
            of_type = rights.rows().map(|rows| predicate::compile(known.ty.whole(), rows, now)).transpose()?;
            if let Some(key) = &rights.holder {
                of_type = Some(held_by(key).and(of_type));
            }
        }
        match of_type {
            Some(rows) => limited.push((name, rows)),
            None => others.push(Value::Text(name.to_string())),
        }
    }
    if let ([(_, _)], []) = (&limited[..], &others[..]) {
        return Ok(limited.pop().map(|(_, rows)| rows));
    }
    if limited.is_empty() {
        return Ok(None);
    }
    let of_type = |name: &str| Predicate::Column(Column::TypeName, Comparison::Eq(Value::Text(name.to_owned())));
    let mut parts: Vec<_> = limited.into_iter().map(|(name, rows)| Predicate::And(vec![of_type(name), rows])).collect();
    if !others.is_empty() {
        parts.push(Predicate::Column(Column::TypeName, Comparison::In(others)));
    }
    Ok(Some(Predicate::Or(parts)))
}

/// Does the caller see certificates of one holder alone: himself, or whoever consents? An earlier version may have been somebody else's.
pub(super) fn of_one_holder(caller: &Caller) -> bool {
    let consents = |rights: &Rights| rights.types().any(|(_, rights)| rights.holder.is_some());
    caller.actor.holder.is_some() || caller.actor.rights.as_deref().is_some_and(consents)
}

fn held_by(key: &str) -> Predicate {
    Predicate::Column(Column::Holder, Comparison::Eq(Value::Key(key.to_owned())))
}

/// The grants that a plan over these types rests on, by name.
pub(super) fn rules(scope: &TypeScope, caller: &Caller) -> Vec<Arc<str>> {
    // What an agent does rests on its mandate.
    if let Some(mandate) = &caller.actor.mandate {
        return vec![mandate.clone()];
    }
    let TypeScope::Only(names) = scope else { return Vec::new() };
    let mut rules: Vec<Arc<str>> =
        names.iter().filter_map(|name| caller.actor.granted(name)).flat_map(|rights| rights.rules.iter().cloned()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn unknown(name: &str) -> PlanError {
    PlanError::input(
        "typeCodes",
        format!("no certificate type is named {name:?}: see certificateTypes {{ name typeCode }}"),
        format!("没有名为 {name:?} 的证照类型：请查看 certificateTypes {{ name typeCode }}"),
    )
}
