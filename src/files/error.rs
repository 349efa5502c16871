//! Why there is no file: the one translation into codes and sentences.

use chrono::NaiveDate;
use model::plan::PlanError;
use thiserror::Error;
use verify::messages::Lang;
use verify::statement::StatementError;
use verify::status::CertificateStatus;

use crate::faces::SettingFault;
use crate::sealing::SealRefusal;
use crate::sign::SignError;
use crate::store::StoreError;
use crate::verification::CodeError;

/// Why there is no file.
#[derive(Debug, Error)]
pub enum FileError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}", .0.message(Lang::En))]
    Plan(PlanError),
    #[error("there is no such certificate")]
    Unknown,
    #[error("the purpose has 1 to 100 characters, each in the fonts carried along: it is printed on every page")]
    Purpose,
    #[error("a copy made today may be used from {first} to {last} at most")]
    CopyEnd { first: NaiveDate, last: NaiveDate },
    #[error("a copy names who has it made: this token belongs to no department and to no single authority")]
    NoMaker,
    #[error("{0} has neither PDF nor OFD: its type file says so")]
    NoFace(String),
    #[error("no file was made while the certificate was in force, and it is {0:?} now")]
    NotInForce(CertificateStatus),
    #[error("an officer has to seal it first: certificates of this type are sealed by hand")]
    Waiting,
    #[error("a holder of it is frozen (on loss): no copies")]
    Frozen,
    #[error("this token may not act for the authority {0}")]
    Forbidden(String),
    #[error("{0} is not sealed by hand: its type file says so")]
    NotByHand(String),
    #[error("it is sealed already")]
    Sealed,
    #[error("say why, in 1 to 500 characters")]
    Reason,
    #[error(transparent)]
    Seal(#[from] SealRefusal),
    #[error("the face cannot be laid out: {0}")]
    Face(#[from] SettingFault),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Code(#[from] CodeError),
    #[error("the statement on record does not read: {0}")]
    Statement(#[from] StatementError),
    #[error("what was made does not pass its own verification: {0}")]
    Unsound(String),
    #[error("the work was broken off: {0}")]
    Broken(String),
}

impl From<PlanError> for FileError {
    fn from(error: PlanError) -> Self {
        Self::Plan(error)
    }
}

impl FileError {
    /// The code that callers know, and the sentence; None: ours to mend, which is logged and not told.
    pub fn told(&self, lang: Lang) -> Option<(&'static str, String)> {
        let pick = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
        Some(match self {
            Self::Store(_) | Self::Seal(SealRefusal::Store(_)) => {
                ("UNAVAILABLE", pick("数据库暂时不可用", "the database cannot answer now"))
            }
            Self::Plan(error) => {
                let code = match error {
                    PlanError::Unauthenticated => "UNAUTHENTICATED",
                    PlanError::Forbidden { .. } => "FORBIDDEN",
                    PlanError::PurposeRequired => "PURPOSE_REQUIRED",
                    PlanError::Input { .. } => "INVALID_INPUT",
                    PlanError::Limit { .. } => "LIMIT_EXCEEDED",
                };
                (code, error.message(lang))
            }
            Self::Purpose => ("INVALID_INPUT", pick("purpose：用途须为1至100个字体中有的字，将印在每一页", &format!("purpose: {self}"))),
            Self::CopyEnd { first, last } => (
                "INVALID_INPUT",
                pick(&format!("expiresOn：今日制作的加注件，有效期截止应在 {first} 至 {last} 之间"), &format!("expiresOn: {self}")),
            ),
            Self::NoMaker => ("FORBIDDEN", pick("加注件须注明制作者：该令牌不属于任何部门或单一颁发机构", &self.to_string())),
            Self::Unknown => ("NOT_FOUND", pick("没有这份证照，或无权读取", "there is no such certificate, or no right to read it")),
            Self::NoFace(name) => ("NOT_FOUND", pick(&format!("{name} 没有 PDF 与 OFD：类型文件如此规定"), &self.to_string())),
            Self::NotInForce(status) => (
                "CONFLICT",
                pick(
                    &format!("证照现为 {}，有效期间未制作过文件", status.as_str()),
                    &format!("the certificate is {} now, and no file was made while it was in force", status.as_str()),
                ),
            ),
            Self::Frozen => ("FORBIDDEN", pick("持证主体已挂失，不能使用加注件", &self.to_string())),
            Self::Waiting => ("CONFLICT", pick("待经办人签章：此类证照由人工签章", &self.to_string())),
            Self::Forbidden(issuer) => ("FORBIDDEN", pick(&format!("该令牌无权代表颁发机构 {issuer}"), &self.to_string())),
            Self::NotByHand(name) => ("INVALID_INPUT", pick(&format!("{name} 不由人工签章"), &self.to_string())),
            Self::Sealed => ("CONFLICT", pick("已签章，不能再拒绝", "it is sealed already and cannot be refused any more")),
            Self::Reason => ("INVALID_INPUT", pick("请写明原因，1至500字", &self.to_string())),
            Self::Seal(refusal) => ("CONFLICT", refusal.message(lang)),
            Self::Face(fault) => ("CONFLICT", pick(&format!("无法排版：{}", fault.zh), &format!("it cannot be laid out: {}", fault.en))),
            Self::Unsound(why) => (
                "CONFLICT",
                pick(
                    &format!("所制文件不能通过验证，未发出：{why}"),
                    &format!("what was made does not pass verification and does not leave: {why}"),
                ),
            ),
            _ => return None,
        })
    }
}
