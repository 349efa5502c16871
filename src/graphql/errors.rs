//! Refusals and failures as the API says them: the one table error → `extensions.code`.

use async_graphql::{ErrorExtensionValues, ErrorExtensions as _};
use model::plan::PlanError;
use serde_json::json;
use uuid::Uuid;
use verify::messages::Lang;

use crate::administrators::AdministratorError;
use crate::approvals::ApprovalError;
use crate::clients::ClientError;
use crate::files::FileError;
use crate::granting::GrantingError;
use crate::holders::HolderError;
use crate::issue::{Fault, IssueError};
use crate::registration::RegistrationError;
use crate::sealing::SealingError;
use crate::store::StoreError;

/// What something that was approved may be refused with.
const REFUSALS: [&str; 6] = ["CONFLICT", "FORBIDDEN", "INVALID_INPUT", "LIMIT_EXCEEDED", "NOT_FOUND", "UNAVAILABLE"];

/// What a resolver may answer instead of a value.
#[derive(Debug)]
pub enum ApiError {
    Plan(PlanError),
    Store(StoreError),
    Issue(IssueError),
    Registration(RegistrationError),
    File(FileError),
    Sealing(SealingError),
    Granting(GrantingError),
    Holder(HolderError),
    Client(ClientError),
    Administrator(AdministratorError),
    Approval(ApprovalError),
    /// A second person must agree to it: kept under this id.
    ApprovalRequired {
        id: Uuid,
        until: chrono::DateTime<chrono::Utc>,
    },
    /// What was approved could not be done: as it was told.
    NotDone {
        code: String,
        message: String,
    },
    /// Refused for this caller: what, in zh and en.
    Forbidden {
        zh: String,
        en: String,
    },
    Input {
        path: String,
        zh: String,
        en: String,
    },
    /// He was wrong too often, and waits.
    Slow {
        wait: std::time::Duration,
    },
    /// Ours to mend: logged, and not told.
    Bug(String),
}

impl From<PlanError> for ApiError {
    fn from(error: PlanError) -> Self {
        Self::Plan(error)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<IssueError> for ApiError {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Store(error) => Self::Store(error),
            other => Self::Issue(other),
        }
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Store(error) => Self::Store(error),
            other => Self::File(other),
        }
    }
}

impl From<RegistrationError> for ApiError {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::Store(error) => Self::Store(error),
            other => Self::Registration(other),
        }
    }
}

impl From<SealingError> for ApiError {
    fn from(error: SealingError) -> Self {
        match error {
            SealingError::Store(error) => Self::Store(error),
            other => Self::Sealing(other),
        }
    }
}

impl From<GrantingError> for ApiError {
    fn from(error: GrantingError) -> Self {
        match error {
            GrantingError::Store(error) => Self::Store(error),
            other => Self::Granting(other),
        }
    }
}

impl From<HolderError> for ApiError {
    fn from(error: HolderError) -> Self {
        match error {
            HolderError::Store(error) => Self::Store(error),
            other => Self::Holder(other),
        }
    }
}

impl From<ClientError> for ApiError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Store(error) => Self::Store(error),
            other => Self::Client(other),
        }
    }
}

impl From<AdministratorError> for ApiError {
    fn from(error: AdministratorError) -> Self {
        match error {
            AdministratorError::Store(error) => Self::Store(error),
            other => Self::Administrator(other),
        }
    }
}

impl From<ApprovalError> for ApiError {
    fn from(error: ApprovalError) -> Self {
        match error {
            ApprovalError::Store(error) => Self::Store(error),
            other => Self::Approval(other),
        }
    }
}

/// An error as it goes out.
#[derive(Debug, Clone)]
pub struct Told {
    pub code: &'static str,
    pub message: String,
    pub faults: Vec<(String, String)>,
    /// CONFLICT: the version that is current.
    pub current: Option<Uuid>,
    /// APPROVAL_REQUIRED: the request that waits.
    pub approval: Option<Uuid>,
}

impl Told {
    fn plain(code: &'static str, message: impl Into<String>) -> Self {
        debug_assert!(model::refusal::named(code).is_some(), "{code} is not declared in model::refusal");
        Self { code, message: message.into(), faults: Vec::new(), current: None, approval: None }
    }
}

impl ApiError {
    /// The one translation: code and sentence in the caller's language. Failures of ours are logged here, once.
    pub fn tell(&self, lang: Lang) -> Told {
        let pick = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
        match self {
            Self::Plan(error) => {
                let code = match error {
                    PlanError::Unauthenticated => "UNAUTHENTICATED",
                    PlanError::Forbidden { .. } => "FORBIDDEN",
                    PlanError::PurposeRequired => "PURPOSE_REQUIRED",
                    PlanError::Input { .. } => "INVALID_INPUT",
                    PlanError::Limit { .. } => "LIMIT_EXCEEDED",
                };
                let mut told = Told::plain(code, error.message(lang));
                if let PlanError::Input { path, zh, en } = error {
                    told.faults.push((path.clone(), pick(zh, en)));
                }
                told
            }
            Self::Store(error) => store(error, lang),
            Self::Issue(error) => issue(error, lang),
            Self::Registration(error) => match error {
                RegistrationError::Conflict { zh, en } => Told::plain("CONFLICT", pick(zh, en)),
                RegistrationError::Input { path, zh, en } => {
                    Told { faults: vec![(path.clone(), pick(zh, en))], ..Told::plain("INVALID_INPUT", pick(zh, en)) }
                }
                RegistrationError::Unavailable { zh, en } => Told::plain("UNAVAILABLE", pick(zh, en)),
                RegistrationError::Store(error) => store(error, lang),
                RegistrationError::Bug(detail) => bug(detail, lang),
            },
            Self::File(error) => match error.told(lang) {
                Some((code, message)) => Told::plain(code, message),
                None => bug(&error.to_string(), lang),
            },
            Self::Holder(HolderError::Store(error)) => store(error, lang),
            Self::Holder(error) => {
                let message = error.message(lang);
                let faults = match error {
                    HolderError::Input { path, .. } => vec![((*path).to_owned(), message.clone())],
                    _ => Vec::new(),
                };
                Told { faults, ..Told::plain(error.code().unwrap_or("INTERNAL"), message) }
            }
            Self::Granting(error) => match error {
                GrantingError::Faults(faults) => {
                    let told = faults.iter().map(|fault| (fault.path.clone(), fault.message(lang))).collect();
                    Told { faults: told, ..Told::plain("INVALID_INPUT", error.message(lang)) }
                }
                GrantingError::Conflict { .. } => Told::plain("CONFLICT", error.message(lang)),
                GrantingError::NotFound { .. } => Told::plain("NOT_FOUND", error.message(lang)),
                GrantingError::Store(error) => store(error, lang),
            },
            Self::Sealing(error) => match error {
                SealingError::Input { path, .. } => {
                    let message = error.message(lang);
                    Told { faults: vec![((*path).to_owned(), message.clone())], ..Told::plain("INVALID_INPUT", message) }
                }
                SealingError::Conflict { .. } => Told::plain("CONFLICT", error.message(lang)),
                SealingError::NotFound { .. } => Told::plain("NOT_FOUND", error.message(lang)),
                SealingError::Unavailable { .. } => Told::plain("UNAVAILABLE", error.message(lang)),
                SealingError::Store(error) => store(error, lang),
                SealingError::Bug(detail) => bug(detail, lang),
            },
            Self::Client(error) => match error {
                ClientError::Input { path, .. } => {
                    let message = error.message(lang);
                    Told { faults: vec![((*path).to_owned(), message.clone())], ..Told::plain("INVALID_INPUT", message) }
                }
                ClientError::Conflict { .. } => Told::plain("CONFLICT", error.message(lang)),
                ClientError::NotFound { .. } => Told::plain("NOT_FOUND", error.message(lang)),
                ClientError::Store(error) => store(error, lang),
                ClientError::Bug(detail) => bug(detail, lang),
            },
            Self::Administrator(AdministratorError::Store(error)) => store(error, lang),
            Self::Administrator(AdministratorError::Bug(detail)) => bug(detail, lang),
            Self::Administrator(error) => {
                let message = error.message(lang);
                let faults = error.path().map(|path| (path.to_owned(), message.clone())).into_iter().collect();
                Told { faults, ..Told::plain(error.code().unwrap_or("INTERNAL"), message) }
            }
            Self::Approval(ApprovalError::Store(error)) => store(error, lang),
            Self::Approval(error) => Told::plain(error.code().unwrap_or("INTERNAL"), error.message(lang)),
            Self::ApprovalRequired { id, until } => {
                let until = until.format("%Y-%m-%dT%H:%M:%SZ");
                let message = pick(
                    &format!("须由另一管理员批准：已提出申请 {id}，最晚 {until}"),
                    &format!("another administrator must approve it: asked for as {id}, until {until}"),
                );
                Told { approval: Some(*id), ..Told::plain("APPROVAL_REQUIRED", message) }
            }
            Self::NotDone { code, message } => {
                let known = REFUSALS.into_iter().find(|known| known == code);
                Told::plain(known.unwrap_or("INTERNAL"), message.clone())
            }
            Self::Forbidden { zh, en } => Told::plain("FORBIDDEN", pick(zh, en)),
            Self::Input { path, zh, en } => {
                Told { faults: vec![(path.clone(), pick(zh, en))], ..Told::plain("INVALID_INPUT", format!("{path}: {}", pick(zh, en))) }
            }
            Self::Slow { wait } => {
                let seconds = wait.as_secs() + 1;
                Told::plain(
                    "RATE_LIMITED",
                    pick(
                        &format!("核对不符的次数过多，请在 {seconds} 秒后重试"),
                        &format!("too many wrong attempts: try again in {seconds} s"),
                    ),
                )
            }
            Self::Bug(detail) => bug(detail, lang),
        }
    }

    pub fn graphql(&self, lang: Lang) -> async_graphql::Error {
        let told = self.tell(lang);
        async_graphql::Error::new(told.message.clone()).extend_with(|_, extensions| extend(extensions, &told))
    }
}

fn extend(extensions: &mut ErrorExtensionValues, told: &Told) {
    extensions.set("code", told.code);
    if !told.faults.is_empty() {
        let faults: Vec<_> = told.faults.iter().map(|(path, message)| json!({ "path": path, "message": message })).collect();
        if let Ok(value) = async_graphql::Value::from_json(json!(faults)) {
            extensions.set("faults", value);
        }
    }
    if let Some(current) = told.current {
        extensions.set("current", current.to_string());
    }
    if let Some(approval) = told.approval {
        extensions.set("approval", approval.to_string());
    }
}

fn store(error: &StoreError, lang: Lang) -> Told {
    let zh = lang == Lang::Zh;
    match error {
        StoreError::TooMany { bound } => Told::plain(
            "LIMIT_EXCEEDED",
            if zh {
                format!("符合条件的证照超过{bound}条，无法按该方式排序或分组：请增加条件")
            } else {
                format!("more than {bound} candidates: add conditions, or order by the field you filter by")
            },
        ),
        StoreError::Misfit { .. } => Told::plain(
            "INVALID_INPUT",
            if zh {
                "游标不是本系统给出的：请原样使用 endCursor 或 edges.cursor"
            } else {
                "this cursor is not one that the hub gave: take endCursor or edges.cursor as they were given"
            },
        ),
        other => {
            tracing::error!(error = %other, "store failed");
            Told::plain("UNAVAILABLE", if zh { "数据库暂时不可用，请稍后重试" } else { "the database cannot answer now: try again" })
        }
    }
}

fn issue(error: &IssueError, lang: Lang) -> Told {
    let pick = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    match error {
        IssueError::Forbidden { zh, en } => Told::plain("FORBIDDEN", pick(zh, en)),
        IssueError::InvalidInput(faults) => {
            let faults: Vec<_> = faults.iter().map(|fault| told_fault(fault, lang)).collect();
            let head = pick("输入有误", "invalid input");
            let list = faults.iter().map(|(path, message)| format!("{path}: {message}")).collect::<Vec<_>>().join("; ");
            Told { faults, ..Told::plain("INVALID_INPUT", format!("{head}: {list}")) }
        }
        IssueError::Conflict { zh, en, current } => Told { current: *current, ..Told::plain("CONFLICT", pick(zh, en)) },
        IssueError::NotFound { .. } => Told::plain("NOT_FOUND", error.message(lang)),
        IssueError::Unavailable { zh, en } => Told::plain("UNAVAILABLE", pick(zh, en)),
        IssueError::Limit { zh, en } => Told::plain("LIMIT_EXCEEDED", pick(zh, en)),
        IssueError::Store(error) => store(error, lang),
        IssueError::Bug(detail) => bug(detail, lang),
    }
}

fn told_fault(fault: &Fault, lang: Lang) -> (String, String) {
    (fault.path.clone(), fault.message(lang).to_owned())
}

fn bug(detail: &str, lang: Lang) -> Told {
    tracing::error!(detail, "a bug of ours");
    Told::plain("INTERNAL", if lang == Lang::Zh { "系统内部错误，已记录" } else { "an internal error; it has been logged" })
}
