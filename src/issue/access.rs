//! Who may issue and change what, in whose name.

use std::sync::Arc;

use model::actor::{Actor, Granted};
use model::registry::{Registered, Registry, State};

use super::error::IssueError;

/// The type, where this actor issues it.
///
/// # Errors
/// A type that is not known or not granted.
pub(super) fn granted(registry: &Registry, actor: &Actor, type_name: &str) -> Result<Arc<Registered>, IssueError> {
    if !actor.issues(type_name) {
        return Err(IssueError::forbidden(
            format!("该令牌无权颁发或变更 {type_name}"),
            format!("this token may not issue or change {type_name}"),
        ));
    }
    registry.get(type_name).cloned().ok_or_else(|| {
        IssueError::fault("type", format!("没有名为 {type_name:?} 的证照类型"), format!("no certificate type is named {type_name:?}"))
    })
}

/// A type that new versions may be made of.
///
/// # Errors
/// A draft, or one that was withdrawn: it is still read, verified and revoked.
pub(super) fn published(registered: &Registered) -> Result<(), IssueError> {
    let name = &registered.ty.name;
    match registered.state {
        State::Published => Ok(()),
        State::Draft => {
            Err(IssueError::conflict(format!("{name} 尚未发布，不能颁发"), format!("{name} is a draft: nothing is issued of it yet")))
        }
        State::Withdrawn => {
            Err(IssueError::conflict(format!("{name} 已停用，不能颁发"), format!("{name} was withdrawn: nothing is issued of it any more")))
        }
    }
}

/// The authority in whose name this actor issues: the one named, else the token's only one.
///
/// # Errors
/// None named where the token has several, or one that the token may not act for.
pub(super) fn issuer(actor: &Actor, named: Option<&str>) -> Result<String, IssueError> {
    let code = match (named, &actor.authorities) {
        (Some(code), _) => code.trim().to_owned(),
        (None, Granted::Only(codes)) if codes.len() == 1 => codes.iter().next().cloned().unwrap_or_default(),
        (None, _) => {
            return Err(IssueError::fault(
                "issuer",
                "该令牌可代表多个颁发机构，须指明 issuer",
                "this token acts for several authorities: name the issuer",
            ));
        }
    };
    acts_for(actor, &code)?;
    Ok(code)
}

/// # Errors
/// An authority that the token may not act for.
pub(super) fn acts_for(actor: &Actor, code: &str) -> Result<(), IssueError> {
    if actor.acts_for(code) {
        return Ok(());
    }
    Err(IssueError::forbidden(format!("该令牌无权代表颁发机构 {code}"), format!("this token may not act for the authority {code}")))
}
