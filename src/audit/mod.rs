//! What the hub remembers of who did and read what: the catalogue of access events.
//!
//! A command's entry is written in the command's own transaction; entries of reads are appended by the journal.
//! Both are unnumbered here: a sequencer numbers and hashes them later. No entry holds a personal value.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::actor::{Caller, Purpose, Role};
use uuid::Uuid;

/// Everything that leaves an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Issue,
    Amend,
    Renew,
    Suspend,
    Resume,
    Revoke,
    Cancel,
    Query,
    Statistics,
    Download,
    Verify,
    CreateCopy,
    Seal,
    RefuseSeal,
    RegisterType,
    RegisterFace,
    SetTypeState,
    RegisterAuthority,
    RegisterSeal,
    SuspendSeal,
    ResumeSeal,
    DestroySeal,
    CreateToken,
    RevokeToken,
    PutGrant,
    WithdrawGrant,
    RequestAccess,
    DecideAccess,
    OpenHolderSession,
    AppointAgent,
    WithdrawMandate,
    MakeUseCode,
    WithdrawUseCode,
    FreezeHolder,
    UnfreezeHolder,
    RegisterDepartment,
    RegisterClient,
    ReviewClient,
    RevokeClient,
    AddCredential,
    RevokeCredential,
    GrantToken,
    RefuseToken,
    SignIn,
    RefuseSignIn,
    SignOut,
    EndSessions,
    AddAdministrator,
    ChangeAdministrator,
    DisableAdministrator,
    AskApproval,
    Approve,
    RefuseApproval,
    /// Something was asked for that the caller has no right to.
    Refuse,
}

impl Kind {
    /// Every kind, as the documents list them.
    pub const ALL: [Self; 54] = [
        Self::Issue,
        Self::Amend,
        Self::Renew,
        Self::Suspend,
        Self::Resume,
        Self::Revoke,
        Self::Cancel,
        Self::Query,
        Self::Statistics,
        Self::Download,
        Self::Verify,
        Self::CreateCopy,
        Self::Seal,
        Self::RefuseSeal,
        Self::RegisterType,
        Self::RegisterFace,
        Self::SetTypeState,
        Self::RegisterAuthority,
        Self::RegisterSeal,
        Self::SuspendSeal,
        Self::ResumeSeal,
        Self::DestroySeal,
        Self::CreateToken,
        Self::RevokeToken,
        Self::PutGrant,
        Self::WithdrawGrant,
        Self::RequestAccess,
        Self::DecideAccess,
        Self::OpenHolderSession,
        Self::AppointAgent,
        Self::WithdrawMandate,
        Self::MakeUseCode,
        Self::WithdrawUseCode,
        Self::FreezeHolder,
        Self::UnfreezeHolder,
        Self::RegisterDepartment,
        Self::RegisterClient,
        Self::ReviewClient,
        Self::RevokeClient,
        Self::AddCredential,
        Self::RevokeCredential,
        Self::GrantToken,
        Self::RefuseToken,
        Self::SignIn,
        Self::RefuseSignIn,
        Self::SignOut,
        Self::EndSessions,
        Self::AddAdministrator,
        Self::ChangeAdministrator,
        Self::DisableAdministrator,
        Self::AskApproval,
        Self::Approve,
        Self::RefuseApproval,
        Self::Refuse,
    ];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Amend => "amend",
            Self::Renew => "renew",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
            Self::Cancel => "cancel",
            Self::Query => "query",
            Self::Statistics => "statistics",
            Self::Download => "download",
            Self::Verify => "verify",
            Self::CreateCopy => "createCopy",
            Self::Seal => "seal",
            Self::RefuseSeal => "refuseSeal",
            Self::RegisterType => "registerType",
            Self::RegisterFace => "registerFace",
            Self::SetTypeState => "setTypeState",
            Self::RegisterAuthority => "registerAuthority",
            Self::RegisterSeal => "registerSeal",
            Self::SuspendSeal => "suspendSeal",
            Self::ResumeSeal => "resumeSeal",
            Self::DestroySeal => "destroySeal",
            Self::CreateToken => "createToken",
            Self::RevokeToken => "revokeToken",
            Self::PutGrant => "putGrant",
            Self::WithdrawGrant => "withdrawGrant",
            Self::RequestAccess => "requestAccess",
            Self::DecideAccess => "decideAccess",
            Self::OpenHolderSession => "openHolderSession",
            Self::AppointAgent => "appointAgent",
            Self::WithdrawMandate => "withdrawMandate",
            Self::MakeUseCode => "makeUseCode",
            Self::WithdrawUseCode => "withdrawUseCode",
            Self::FreezeHolder => "freezeHolder",
            Self::UnfreezeHolder => "unfreezeHolder",
            Self::RegisterDepartment => "registerDepartment",
            Self::RegisterClient => "registerClient",
            Self::ReviewClient => "reviewClient",
            Self::RevokeClient => "revokeClient",
            Self::AddCredential => "addCredential",
            Self::RevokeCredential => "revokeCredential",
            Self::GrantToken => "grantToken",
            Self::RefuseToken => "refuseToken",
            Self::SignIn => "signIn",
            Self::RefuseSignIn => "refuseSignIn",
            Self::SignOut => "signOut",
            Self::EndSessions => "endSessions",
            Self::AddAdministrator => "addAdministrator",
            Self::ChangeAdministrator => "changeAdministrator",
            Self::DisableAdministrator => "disableAdministrator",
            Self::AskApproval => "askApproval",
            Self::Approve => "approve",
            Self::RefuseApproval => "refuseApproval",
            Self::Refuse => "refuse",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Ok,
    Refused,
    Conflict,
    Failed,
}

impl Outcome {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
        }
    }
}

/// One entry, complete but for its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub kind: Kind,
    pub outcome: Outcome,
    /// Name of the token or account.
    pub actor: String,
    pub role: Role,
    pub purpose: Option<Purpose>,
    pub type_name: Option<String>,
    pub version_id: Option<Uuid>,
    /// How many certificates were answered or written.
    pub count: u32,
    /// The grants that allowed it, by name.
    pub rules: Vec<Arc<str>>,
}

impl Entry {
    /// An entry of this caller that ended well and touched nothing yet.
    pub fn new(caller: &Caller, kind: Kind, at: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            at,
            kind,
            outcome: Outcome::Ok,
            actor: caller.actor.name.to_string(),
            role: caller.actor.role,
            purpose: caller.purpose.clone(),
            type_name: None,
            version_id: None,
            count: 0,
            rules: Vec::new(),
        }
    }

    /// Allowed by these grants.
    #[must_use]
    pub fn by(mut self, rules: &[Arc<str>]) -> Self {
        self.rules = rules.to_vec();
        self
    }

    /// About one version of a certificate.
    #[must_use]
    pub fn of_version(mut self, type_name: &str, version_id: Uuid) -> Self {
        self.type_name = Some(type_name.to_owned());
        self.version_id = Some(version_id);
        self.count = 1;
        self
    }

    /// About so many certificates of a type, or of several.
    #[must_use]
    pub fn of_many(mut self, type_name: Option<&str>, count: u32) -> Self {
        self.type_name = type_name.map(str::to_owned);
        self.count = count;
        self
    }

    /// Of that version, whatever its type.
    #[must_use]
    pub fn about(mut self, version_id: Uuid) -> Self {
        self.version_id = Some(version_id);
        self
    }

    #[must_use]
    pub fn ended(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// The purpose as it is stored: JSON.
    pub fn purpose_json(&self) -> Option<String> {
        self.purpose.as_ref().and_then(|purpose| serde_json::to_string(purpose).ok())
    }

    /// The role as it is stored.
    pub const fn role_name(&self) -> &'static str {
        match self.role {
            Role::Anonymous => "anonymous",
            Role::Department => "department",
            Role::Issuer => "issuer",
            Role::Holder => "holder",
            Role::Agent => "agent",
            Role::Portal => "portal",
            Role::Administrator => "administrator",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use model::actor::Actor;

    use super::*;

    #[test]
    fn kinds_have_names_of_their_own() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
    }

    #[test]
    fn an_entry_says_who_for_what() {
        let purpose = Purpose { use_for: "资质审查".into(), ..Purpose::default() };
        let caller = Caller { actor: Arc::new(Actor::anonymous()), purpose: Some(purpose) };
        let entry = Entry::new(&caller, Kind::Verify, DateTime::UNIX_EPOCH).of_many(None, 3).ended(Outcome::Refused);
        assert_eq!((entry.role_name(), entry.outcome.as_str(), entry.count), ("anonymous", "refused", 3));
        assert_eq!(entry.purpose_json().as_deref(), Some(r#"{"useFor":"资质审查"}"#));
    }
}
