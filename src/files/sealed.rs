//! What anybody may know of the seals on a certificate's files: for readers of PDF and OFD that cannot judge them.

use chrono::{DateTime, Utc};
use model::plan::evidence_by_keys;
use verify::chain::X509;
use verify::document::{Document, Proof};
use verify::report::{Check, VerificationResult};

use super::{FileError, Files, Format};
use crate::store::SealRow;

/// One file of a certificate, as it was handed out: who sealed it, and what its seal comes to now.
#[derive(Debug, Clone)]
pub struct SealedFile {
    pub format: Format,
    pub made_at: DateTime<Utc>,
    /// SM3 of the file, hex: whoever has the very same file has this.
    pub digest: String,
    /// The seal as the register has it now; None where it came from another register.
    pub seal: Option<SealRow>,
    /// Who signed: the certificate's subject.
    pub signer: Option<String>,
    pub result: VerificationResult,
    /// Those about the document, its signature and its seal.
    pub checks: Vec<Check>,
}

impl Files {
    /// The files of a version that were made, by its identifier; none for one that is not known.
    ///
    /// # Errors
    /// The store.
    pub async fn sealed(&self, identifier: &str, at: DateTime<Utc>) -> Result<Vec<SealedFile>, FileError> {
        let found = self.store.evidence(&evidence_by_keys(vec![identifier.to_owned()])?).await?;
        let Some(row) = found.into_iter().map(|evidence| evidence.row).find(|row| row.identifier == identifier) else {
            return Ok(Vec::new());
        };
        let mut sealed = Vec::new();
        for format in Format::ALL {
            let Some(file) = self.store.certificate_file(row.id, format.as_str()).await? else { continue };
            // A file takes some milliseconds: as many at a time as there are cores, off the threads that answer.
            let report =
                self.verification.file_apart(file.bytes.clone(), at).await.map_err(|fault| FileError::Broken(fault.to_string()))?;
            let checks = report.checks.into_iter().filter(|check| check.name.starts_with("document-")).collect();
            let seal = self.store.seal(&file.seal).await?;
            let signer = signer(format, &file.bytes);
            sealed.push(SealedFile { format, made_at: file.made_at, digest: file.digest, seal, signer, result: report.result, checks });
        }
        Ok(sealed)
    }
}

fn signer(format: Format, bytes: &[u8]) -> Option<String> {
    let read = match format {
        Format::Pdf => Document::from_pdf(bytes),
        Format::Ofd => Document::from_ofd(bytes),
    };
    match &read.ok()?.signatures.first()?.proof {
        Proof::Cms { envelope, .. } => envelope.signer().ok().map(|signer| signer.subject()),
        Proof::Seal { signature, .. } => X509::from_der(&signature.certificate).ok().map(|signer| signer.subject()),
        Proof::Foreign(_) | Proof::Unreadable(_) => None,
    }
}
