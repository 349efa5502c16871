//! Why there is no file: the one translation into codes and sentences.

use model::plan::PlanError;
use render::RenderError;
use thiserror::Error;
use verify::messages::Lang;
use verify::statement::StatementError;
use verify::status::CertificateStatus;

use crate::sealing::SealRefusal;
use crate::sign::SignError;
use crate::store::StoreError;
use crate::verification::CodeError;

/// Why there is no file.
#[derive(Debug, Error)]
pub enum FileError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no such certificate")]
    Unknown,
    #[error("{0} has neither PDF nor OFD: its type file says so")]
    NoFace(String),
    #[error("no file was made while the certificate was in force, and it is {0:?} now")]
    NotInForce(CertificateStatus),
    #[error("an officer has to seal it first: certificates of this type are sealed by hand")]
    Waiting,
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
    Face(#[from] RenderError),
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
        Self::Broken(format!("{error:?}"))
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
            Self::Unknown => ("NOT_FOUND", pick("没有这份证照，或无权读取", "there is no such certificate, or no right to read it")),
            Self::NoFace(name) => ("NOT_FOUND", pick(&format!("{name} 没有 PDF 与 OFD：类型文件如此规定"), &self.to_string())),
            Self::NotInForce(status) => (
                "CONFLICT",
                pick(
                    &format!("证照现为 {}，有效期间未制作过文件", status.as_str()),
                    &format!("the certificate is {} now, and no file was made while it was in force", status.as_str()),
                ),
            ),
            Self::Waiting => ("CONFLICT", pick("待经办人签章：此类证照由人工签章", &self.to_string())),
            Self::Forbidden(issuer) => ("FORBIDDEN", pick(&format!("该令牌无权代表颁发机构 {issuer}"), &self.to_string())),
            Self::NotByHand(name) => ("INVALID_INPUT", pick(&format!("{name} 不由人工签章"), &self.to_string())),
            Self::Sealed => ("CONFLICT", pick("已签章，不能再拒绝", "it is sealed already and cannot be refused any more")),
            Self::Reason => ("INVALID_INPUT", pick("请写明原因，1至500字", &self.to_string())),
            Self::Seal(refusal) => ("CONFLICT", refusal.message(lang)),
            _ => return None,
        })
    }
}
