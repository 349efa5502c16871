//! The code for the face of a certificate on record, signed by its issuer.

use chrono::{DateTime, SubsecRound, Utc};
use verify::qr::{Claims, KeyId, holder_of};
use verify::signature::SignatureFault;
use verify::statement::{Statement, StatementError};
use verify::status::{CertificateStatus, derive};

use super::Verification;
use crate::sign::SignError;
use crate::store::rows::Evidence;

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// A code says that the certificate was in force when it was signed.
    #[error("the certificate is {0:?}, and a code is signed only for one in force")]
    NotInForce(CertificateStatus),
    #[error("the issuer {0} has no signer here")]
    NoSigner(String),
    #[error("the statement on record does not read: {0}")]
    Statement(#[from] StatementError),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error("the signer made no SM2 signature: {0}")]
    Signature(#[from] SignatureFault),
}

impl Verification {
    /// The text of a code for a version on record: a link to `origin` (scheme and host) and what its issuer signs at `at`.
    /// `fresh_minutes` says for how long the status may be relied on offline: 0 for what is printed.
    ///
    /// # Errors
    /// A certificate that is not in force at `at`, or whose issuer does not sign here.
    pub fn code_for(&self, evidence: &Evidence, origin: &str, fresh_minutes: u32, at: DateTime<Utc>) -> Result<String, CodeError> {
        let row = &evidence.row;
        let status = derive(row.event_status, row.valid_from, row.valid_to, at);
        if status != CertificateStatus::Valid {
            return Err(CodeError::NotInForce(status));
        }
        let signer = self.keys.signer(&row.issuer).ok_or_else(|| CodeError::NoSigner(row.issuer.clone()))?;
        let statement = Statement::from_text(&row.statement)?;
        let claims = Claims {
            identifier: statement.identifier,
            key: signer.chain().first().map_or(KeyId([0; 8]), |certificate| KeyId::of(certificate)),
            signed_at: at.trunc_subsecs(0),
            fresh_minutes,
            valid_from: statement.valid_from,
            valid_to: statement.valid_to,
            holder: holder_of(&statement.holders),
        };
        let signature = signer.sign(&claims.to_be_signed())?;
        Ok(claims.text(origin, &signature)?)
    }
}
