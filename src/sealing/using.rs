//! A seal put to a file.

use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Utc};
use model::actor::{Actor, Granted};
use uuid::Uuid;
use verify::ses::{Force, Listing, Seal};

use super::{SealRefusal, Sealing, picture};
use crate::sign::Signer;
use crate::sign::pdf::SealPicture;
use crate::store::{SealFault, SealRow, SealUseRow};

/// A seal that may sign now, with all that signing takes. It holds for the moment it was asked for.
#[derive(Debug, Clone)]
pub struct SealInUse {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    /// SESeal (GB/T 38540), DER.
    pub ses: Vec<u8>,
    /// PNG, the same as in the seal.
    pub png: Vec<u8>,
    pub picture: Arc<SealPicture>,
    /// Millimetres.
    pub width: u32,
    pub height: u32,
    /// Whose key signs, with its chain: the seal lists its certificate.
    pub signer: Arc<dyn Signer>,
}

/// A file that was signed with a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealUse {
    pub version_id: Uuid,
    pub at: DateTime<Utc>,
    /// pdf or ofd.
    pub format: &'static str,
    /// SM3 (hex) of the signed file.
    pub digest: String,
}

impl Sealing {
    /// The seal of an authority that may be put to a certificate of this type at `at`: of several the one made for the type alone,
    /// else the newest.
    ///
    /// # Errors
    /// Why there is none; of several that may not, the reason of the first that would have been taken.
    pub async fn seal_for(&self, authority: &str, type_name: &str, at: DateTime<Utc>) -> Result<SealInUse, SealRefusal> {
        let mut seals = self.store.seals(Some(authority)).await?;
        // What was destroyed is thought of last, and what was made for other types before that.
        let all_types = |seal: &SealRow| matches!(seal.types, Granted::All);
        seals.sort_by_key(|seal| {
            let destroyed = SealRefusal::of_status(seal.status, "", None).is_some_and(|why| matches!(why, SealRefusal::Destroyed { .. }));
            (destroyed, !seal.types.contains(type_name), all_types(seal), std::cmp::Reverse(seal.id))
        });
        let signer = self.keys.signer(authority);
        let mut first = None;
        for seal in seals {
            match self.usable(seal, signer.as_ref(), type_name, at) {
                Ok(seal) => return Ok(seal),
                Err(refusal) => first = first.or(Some(refusal)),
            }
        }
        Err(first.unwrap_or_else(|| SealRefusal::NoSeal { authority: authority.to_owned() }))
    }

    /// Writes what a seal was used for, before the files leave.
    ///
    /// # Errors
    /// The seal is not active any more, or the store does not answer: then the files must not leave.
    pub async fn record_use(&self, seal: &SealInUse, actor: &Actor, uses: &[SealUse]) -> Result<(), SealRefusal> {
        let rows: Vec<_> = uses
            .iter()
            .map(|one| SealUseRow {
                id: Uuid::now_v7(),
                version_id: one.version_id,
                at: one.at,
                actor: actor.name.to_string(),
                format: one.format.to_owned(),
                digest: one.digest.clone(),
                identifier: None,
            })
            .collect();
        let code = || seal.code.clone();
        match self.store.put_seal_uses(seal.id, &rows).await? {
            Ok(()) => Ok(()),
            Err(SealFault::Status(status)) => Err(SealRefusal::of_status(status, &seal.code, None)
                .unwrap_or_else(|| SealRefusal::Damaged { code: code(), detail: "it changed while it was used".to_owned() })),
            Err(fault) => Err(SealRefusal::Damaged { code: code(), detail: format!("its use is not recorded: {fault:?}") }),
        }
    }

    fn usable(&self, row: SealRow, signer: Option<&Arc<dyn Signer>>, type_name: &str, at: DateTime<Utc>) -> Result<SealInUse, SealRefusal> {
        let code = || row.code.clone();
        let damaged = |detail: String| SealRefusal::Damaged { code: code(), detail };
        if let Some(refusal) = SealRefusal::of_status(row.status, &row.code, row.reason.as_deref()) {
            return Err(refusal);
        }
        if !row.types.contains(type_name) {
            return Err(SealRefusal::Type { code: code(), type_name: type_name.to_owned() });
        }
        // The register's own term and the seal's, which whoever verifies looks at.
        let seal = Seal::read(&row.seal).map_err(|fault| damaged(fault.to_string()))?;
        if at < row.valid_from {
            return Err(SealRefusal::NotYet { code: code(), from: row.valid_from });
        }
        if at > row.valid_to {
            return Err(SealRefusal::Expired { code: code(), to: row.valid_to });
        }
        match seal.force(at) {
            Force::InForce => {}
            Force::NotYet(from) => return Err(SealRefusal::NotYet { code: code(), from }),
            Force::Lapsed(to) => return Err(SealRefusal::Expired { code: code(), to }),
            Force::Never => return Err(damaged("it ends before it begins".to_owned())),
        }
        let signer = signer.ok_or_else(|| SealRefusal::NoSigner { authority: row.authority.clone() })?;
        let own = signer.chain().first().map(Vec::as_slice).unwrap_or_default();
        if !matches!(seal.listing(own), Listing::Certificate | Listing::Digest) {
            return Err(SealRefusal::SignerNotListed { code: code() });
        }
        let picture = self.picture(&row).map_err(damaged)?;
        Ok(SealInUse {
            id: row.id,
            picture,
            signer: signer.clone(),
            code: row.code,
            name: row.name,
            ses: row.seal,
            png: row.picture,
            width: row.width,
            height: row.height,
        })
    }

    fn picture(&self, row: &SealRow) -> Result<Arc<SealPicture>, String> {
        if let Some(known) = self.pictures.lock().unwrap_or_else(PoisonError::into_inner).get(&row.id) {
            return Ok(known.clone());
        }
        let decoded = Arc::new(picture::decoded(&row.picture)?);
        self.pictures.lock().unwrap_or_else(PoisonError::into_inner).put(row.id, decoded.clone());
        Ok(decoded)
    }
}
