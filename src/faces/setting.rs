//! Laying out, in processes that may be killed: a template may calculate without end, and typesetting itself knows no limit of time.
//!
//! ```text
//! faces, template ─▶ Typesetters ─▶ a process of the program's own (`set-faces`) ─▶ pages, places of seals, PDF and OFD unsigned
//! ```

use std::time::Duration;

use chrono::{DateTime, Utc};
use model::registry::CertificateType;
use render::{Face, Package, PageSize, RenderError, SealPlace, Template, lay_out};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use verify::Lang;

use super::specimen::specimen;
use crate::guard::{NoAnswer, Work, Workers, serve};

/// What such a process may take. Fonts take some fifty megabytes of the memory.
pub const SETTING: Work = Work { command: "set-faces", seconds: None, memory: 1 << 30, patience: Duration::from_secs(20) };

/// Faces to be laid out, and on what.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job {
    pub faces: Vec<Face>,
    /// The template; None: the default face.
    pub source: Option<String>,
}

/// One face, laid out.
#[derive(Debug, Serialize, Deserialize)]
pub struct SetFace {
    pub pages: Vec<PageSize>,
    pub seals: Vec<SealPlace>,
    /// PDF/A-3b, not signed.
    #[serde(with = "base64")]
    pub pdf: Vec<u8>,
    /// The files of an OFD package, not signed.
    pub package: Package,
}

/// Why a face is not laid out, in both languages; its place in the template is in the sentence.
#[derive(Debug, Clone, Error, Serialize, Deserialize)]
#[error("{en}")]
pub struct SettingFault {
    pub zh: String,
    pub en: String,
}

impl SettingFault {
    pub fn message(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }
}

impl From<RenderError> for SettingFault {
    fn from(error: RenderError) -> Self {
        Self { zh: error.message(Lang::Zh), en: error.message(Lang::En) }
    }
}

impl Job {
    /// Every example of a type, to try a template on.
    pub fn of_examples(ty: &CertificateType, source: Option<&str>, at: DateTime<Utc>) -> Self {
        let faces = ty.examples.iter().map(|data| specimen(ty, data, at)).collect();
        Self { faces, source: source.map(str::to_owned) }
    }

    /// Lays all of them out, here.
    ///
    /// # Errors
    /// The first fault of the template or of a face on it.
    pub fn set(&self) -> Result<Vec<SetFace>, SettingFault> {
        let template = self.source.as_deref().map_or_else(|| Ok(Template::default_face()), Template::new)?;
        let one = |face: &Face| {
            let sheet = lay_out(face, &template)?;
            Ok(SetFace { pages: sheet.pages().to_vec(), seals: sheet.seals().to_vec(), pdf: sheet.pdf()?, package: sheet.ofd()? })
        };
        self.faces.iter().map(one).collect()
    }
}

/// Lays out faces in processes that stay; without a program, in this one.
#[derive(Debug)]
pub struct Typesetters {
    workers: Option<Workers>,
}

impl Typesetters {
    /// `program` is this program's own file.
    pub fn new(program: Option<std::path::PathBuf>) -> Self {
        Self { workers: program.map(|program| Workers::new(program, SETTING)) }
    }

    /// Lays out.
    ///
    /// # Errors
    /// As [`Job::set`]; a job that takes too much.
    pub async fn set(&self, job: Job) -> Result<Vec<SetFace>, SettingFault> {
        let broken = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "faces cannot be laid out");
            SettingFault {
                zh: "排版服务暂时不可用，已记录".to_owned(), en: "faces cannot be laid out now; it has been logged".to_owned()
            }
        };
        let Some(workers) = &self.workers else {
            return tokio::task::spawn_blocking(move || job.set()).await.unwrap_or_else(|error| Err(broken(&error)));
        };
        let piece = serde_json::to_vec(&job).map_err(|error| broken(&error))?;
        match workers.ask(&piece).await {
            Ok(answer) => serde_json::from_slice::<Result<_, _>>(&answer).unwrap_or_else(|error| Err(broken(&error))),
            Err(NoAnswer::TooMuch) => {
                let (seconds, megabytes) = (SETTING.patience.as_secs(), SETTING.memory >> 20);
                Err(SettingFault {
                    zh: format!("版面排版超过 {seconds} 秒或 {megabytes} MB：请检查模板中的循环"),
                    en: format!("the face takes more than {seconds} s or {megabytes} MB to lay out: look at the loops of its template"),
                })
            }
            Err(NoAnswer::Process(error)) => Err(broken(&error)),
        }
    }
}

/// What such a process does.
///
/// # Errors
/// The system refuses the limits, or a pipe breaks.
pub fn set_within_limits() -> std::io::Result<()> {
    serve(&SETTING, |piece| {
        let answer: Result<Vec<SetFace>, SettingFault> = match serde_json::from_slice::<Job>(piece) {
            Ok(job) => job.set(),
            Err(error) => Err(SettingFault { zh: error.to_string(), en: error.to_string() }),
        };
        serde_json::to_vec(&answer).unwrap_or_default()
    })
}

/// Bytes inside JSON.
mod base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}
