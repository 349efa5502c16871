//! Certificates as files that anybody can keep: PDF and OFD, laid out by the type's face, sealed by the issuing authority, with the
//! signed data inside. Made at the first wish (decision 11: never in the issue path), kept, and never changed.
//!
//! ```text
//! version ─▶ kept? ──────────────────────────────────────────────▶ the file
//!             └─▶ evidence ─▶ faces ─▶ make (render, sign) ─▶ verify its own work ─▶ kept
//! ```
//!
//! A file says what was so when it was made: its certificate was in force, and its data hold the issuer's statement of that
//! moment. What happened later is what a verifier asks the hub for.

mod copies;
mod error;
mod make;
mod many;
mod queue;
mod sealed;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use model::actor::{Actor, Granted, Role};
use model::plan::evidence_by_keys;
use model::registry::{CertificateType, Registry, SealingMode};
use uuid::Uuid;
use verify::digest::sm3_hex;
use verify::report::VerificationResult;
use verify::statement::Statement;
use verify::status::{CertificateStatus, derive};

use self::copies::OfCopy;
pub use self::copies::{MOST_DAYS, UsageCopy};
pub use self::error::FileError;
use self::make::{Made, data_file, make};
pub use self::many::Sealed;
pub use self::sealed::SealedFile;
use crate::faces::{Beside, Job, Typesetters, face};
use crate::sealing::{SealUse, Sealing};
use crate::sign::KeyRing;
use crate::store::rows::Evidence;
use crate::store::{FileRow, Store};
use crate::verification::Verification;

/// PDF or OFD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Pdf,
    Ofd,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Pdf, Self::Ofd];

    /// As it is stored, and the file's extension.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Ofd => "ofd",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
        }
    }

    pub fn of(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == extension)
    }
}

/// Makes and keeps files.
pub struct Files {
    store: Store,
    registry: Arc<ArcSwap<Registry>>,
    verification: Arc<Verification>,
    sealing: Arc<Sealing>,
    keys: Arc<KeyRing>,
    /// Where outsiders reach this hub: codes lead there.
    origin: String,
    typesetters: Arc<Typesetters>,
    /// Files being made, so that many who wish for one at once have it made once.
    making: Mutex<HashMap<Uuid, Weak<tokio::sync::Mutex<()>>>>,
}

impl Files {
    pub fn new(
        store: Store,
        registry: Arc<ArcSwap<Registry>>,
        verification: Arc<Verification>,
        sealing: Arc<Sealing>,
        keys: Arc<KeyRing>,
        typesetters: Arc<Typesetters>,
        origin: &str,
    ) -> Self {
        Self { store, registry, verification, sealing, keys, origin: origin.to_owned(), typesetters, making: Mutex::default() }
    }

    /// The file of a version: the one that is kept, else made now.
    ///
    /// # Errors
    /// [`FileError`]: a certificate that is not in force, a seal that may not be used, a face that cannot be laid out …
    pub async fn file(&self, version_id: Uuid, format: Format, at: DateTime<Utc>) -> Result<FileRow, FileError> {
        if let Some(kept) = self.store.certificate_file(version_id, format.as_str()).await? {
            return Ok(kept);
        }
        let evidence = self.store.evidence(&evidence_by_keys(vec![version_id.to_string()])?).await?.pop().ok_or(FileError::Unknown)?;
        let ty = self.type_of(&evidence)?;
        if !ty.has_face() {
            return Err(FileError::NoFace(ty.name.to_string()));
        }
        if ty.sealing.mode == SealingMode::Manual {
            return Err(FileError::Waiting);
        }
        self.made(version_id, evidence, &ty, &hub_itself(), None, at).await?;
        self.store.certificate_file(version_id, format.as_str()).await?.ok_or(FileError::Unknown)
    }

    fn type_of(&self, evidence: &Evidence) -> Result<Arc<CertificateType>, FileError> {
        self.registry.load().get(&evidence.row.type_name).map(|known| known.ty.clone()).ok_or(FileError::Unknown)
    }

    /// Makes both files, of the certificate or of a copy, and keeps them by `file_id`, on the word of `officer`.
    async fn made(
        &self,
        file_id: Uuid,
        evidence: Evidence,
        ty: &Arc<CertificateType>,
        officer: &Actor,
        copy: Option<OfCopy>,
        at: DateTime<Utc>,
    ) -> Result<(), FileError> {
        let turn = self.turn(file_id);
        let _turn = turn.lock().await;
        // Somebody else made it meanwhile.
        if self.store.certificate_file(file_id, Format::Ofd.as_str()).await?.is_some() {
            return Ok(());
        }
        let row = &evidence.row;
        let status = derive(row.event_status, row.valid_from, row.valid_to, at);
        if status != CertificateStatus::Valid {
            return Err(FileError::NotInForce(status));
        }
        let seal = self.sealing.seal_for(&row.issuer, &ty.name, at).await?;
        let face_row = self.store.face(&ty.name).await?;
        let statement = Statement::from_text(&row.statement)?;
        let (mark, signed) = copy.map(|copy| (copy.mark, copy.signed)).unzip();
        let envelope = self.verification.export_copy(&evidence, signed, at);
        let json = envelope.to_json().map_err(|error| FileError::Broken(error.to_string()))?;
        let beside = Beside {
            photos: evidence.attachments.iter().map(|apart| (apart.name.clone(), apart.bytes.clone())).collect(),
            qr: Some(self.verification.code_for(&evidence, &self.origin, 0, at)?),
            seal_link: Some(format!("{}/verify/{}#seal", self.origin, row.identifier)),
            seal: Some((seal.name.clone(), at)),
            copy: mark,
            attachments: vec![data_file(json)],
        };
        let face = face(&statement, ty, beside, at);
        let said = make::Said { name: face.issuer.name.clone(), reason: format!("{}（{}）", face.name, face.number) };
        let (source, digest) = face_row.map(|row| (row.source.to_string(), row.digest)).unzip();
        let set = self.typesetters.set(Job { faces: vec![face], source }).await?.pop();
        let set = set.ok_or_else(|| FileError::Broken("nothing was laid out".to_owned()))?;
        let (version_id, used) = (row.id, seal.clone());
        let evidence = make::Evidence { unit: self.keys.timestamp_unit(), trust: self.verification.trust() };
        let Made { pdf, ofd } = tokio::task::spawn_blocking(move || make(set, &said, &used, &evidence, at))
            .await
            .map_err(|error| FileError::Broken(error.to_string()))??;
        let row = |format: Format, bytes: Vec<u8>| FileRow {
            version_id: file_id,
            format: format.as_str().to_owned(),
            digest: sm3_hex(&bytes),
            face: digest.clone().unwrap_or_default(),
            seal: seal.code.clone(),
            made_at: at,
            bytes: bytes.into(),
        };
        let files = [row(Format::Pdf, pdf), row(Format::Ofd, ofd)];
        for file in &files {
            self.sound(file, at).await?;
        }
        let uses = Format::ALL.map(|format| {
            let digest = files.iter().find(|file| file.format == format.as_str()).map(|file| file.digest.clone()).unwrap_or_default();
            SealUse { version_id, at, format: format.as_str(), digest }
        });
        self.sealing.record_use(&seal, officer, &uses).await?;
        Ok(self.store.put_files(&files).await?)
    }

    /// A file leaves only when verification passes it: what is made wrongly is found here and not by its holder.
    async fn sound(&self, file: &FileRow, at: DateTime<Utc>) -> Result<(), FileError> {
        let report = self.verification.file(&file.bytes, at).await.map_err(|error| FileError::Unsound(format!("{error:?}")))?;
        if report.result == VerificationResult::Passed {
            return Ok(());
        }
        let reasons: Vec<_> = report.reasons.iter().map(|reason| reason.code.to_string()).collect();
        Err(FileError::Unsound(format!("{} is {:?}: {}", file.format, report.result, reasons.join(", "))))
    }

    /// The turn of one file: held while it is made.
    fn turn(&self, file_id: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        making.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = making.get(&file_id).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::default();
        making.insert(file_id, Arc::downgrade(&turn));
        turn
    }
}

/// Who seals where a type is sealed automatically.
fn hub_itself() -> Actor {
    Actor::new(Role::Issuer, "hub", None, Granted::All, Granted::All)
}

impl std::fmt::Debug for Files {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Files").field("origin", &self.origin).finish_non_exhaustive()
    }
}
