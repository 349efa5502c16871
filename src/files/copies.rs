//! Copies for one use (加注件): the certificate with a mark on every page of who may use it, for what and until when, which the issuer signs
//! with it. A copy that has lapsed verifies as that, whatever has become of the certificate.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use model::actor::{Actor, Caller, Granted, Purpose};
use model::plan::{ById, PlanError, Request, evidence_by_keys, plan};
use model::registry::{CertificateType, SealingMode};
use render::CopyMark;
use uuid::Uuid;
use verify::digest::sm3_hex;
use verify::envelope::{SignatureBlock, SignedText};
use verify::statement::{CopyBase, CopyStatement, StatedIssuer, Statement, VERSION};
use verify::status::{CertificateStatus, derive};

use super::{FileError, Files, Format};
use crate::audit::{Entry, Kind};
use crate::store::rows::Evidence;
use crate::store::{Answer, CopyRow, FileRow, SignerRow};
use crate::verification::CodeError;

/// A copy is used within so many days [K: 180 is what platforms set]; a type may not say otherwise yet.
pub const MOST_DAYS: u64 = 180;
/// Characters of a purpose: it is printed.
const PURPOSE: usize = 100;

/// Every character of a purpose stands on each page: in a font that is carried along, and seen.
fn is_printed(character: char) -> bool {
    let unseen = matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !character.is_control() && !unseen && (character == ' ' || !character.is_whitespace()) && render::fonts::has(character)
}

/// A copy and what its statement says.
#[derive(Debug, Clone)]
pub struct UsageCopy {
    pub row: CopyRow,
    pub stated: CopyStatement,
}

/// What a file is made of beside the certificate.
pub(super) struct OfCopy {
    pub mark: CopyMark,
    pub signed: SignedText,
}

impl Files {
    /// Makes a copy of a certificate that the caller may read, for one purpose, until the end of a day in Asia/Shanghai.
    ///
    /// # Errors
    /// What the caller may not read; one that is not in force; no purpose, or one too long for its mark; an end that has passed, lies beyond the
    /// certificate's own or further than [`MOST_DAYS`]; an issuer that does not sign here.
    pub async fn create_copy(
        &self,
        caller: &Caller,
        id: &str,
        purpose: &str,
        expires_on: NaiveDate,
        at: DateTime<Utc>,
    ) -> Result<UsageCopy, FileError> {
        let purpose = purpose.trim();
        if purpose.is_empty() || purpose.chars().count() > PURPOSE || !purpose.chars().all(is_printed) {
            return Err(FileError::Purpose);
        }
        let evidence = self.readable(caller, id, purpose, at).await?;
        let ty = self.type_of(&evidence)?;
        if !ty.has_face() {
            return Err(FileError::NoFace(ty.name.to_string()));
        }
        self.may_be_copied(&evidence, &ty).await?;
        let row = &evidence.row;
        let status = derive(row.event_status, row.valid_from, row.valid_to, at);
        if status != CertificateStatus::Valid {
            return Err(FileError::NotInForce(status));
        }
        // What cannot be sealed now is told now, and not when the file is asked for.
        self.sealing.seal_for(&row.issuer, &ty.name, at).await?;
        let today = crate::faces::day_in_beijing(at);
        let last = today.checked_add_days(Days::new(MOST_DAYS)).unwrap_or(today);
        let last = row.valid_to.map_or(last, |end| last.min(end));
        if expires_on < today || expires_on > last {
            return Err(FileError::CopyEnd { first: today, last });
        }
        let statement = Statement::from_text(&row.statement)?;
        let stated = CopyStatement {
            base: CopyBase { digest: sm3_hex(row.statement.as_bytes()), identifier: row.identifier.clone() },
            expires_on,
            holder: statement.holders.first().map(|holder| holder.name.clone()),
            made_on: today,
            maker: self.maker(&caller.actor).await?,
            purpose: purpose.to_owned(),
            v: VERSION,
        };
        let text = stated.to_text()?;
        let signer = self.keys.signer(&row.issuer).ok_or_else(|| CodeError::NoSigner(row.issuer.clone()))?;
        let copy = CopyRow {
            id: Uuid::now_v7(),
            version_id: row.id,
            signature: signer.sign(text.as_bytes())?,
            statement: text.into(),
            signer: signer.id().to_owned(),
            actor: caller.actor.name.to_string(),
            made_at: at,
        };
        self.store.put_signer(&SignerRow { id: signer.id().into(), chain: signer.chain().to_vec() }).await?;
        let event = Entry::new(caller, Kind::CreateCopy, at).of_version(&row.type_name, row.id);
        self.store.put_copy(&copy, &event.into()).await?;
        Ok(UsageCopy { row: copy, stated })
    }

    /// The file of a copy, for whoever had it made.
    ///
    /// # Errors
    /// As [`Self::file`]; a copy of somebody else is as one that is not there.
    pub async fn copy_file(&self, caller: &Caller, id: Uuid, format: Format, at: DateTime<Utc>) -> Result<(FileRow, CopyRow), FileError> {
        let copy = self.store.copy(id).await?.filter(|copy| copy.actor == *caller.actor.name).ok_or(FileError::Unknown)?;
        // Who may no longer read the certificate gets no copy of it, whatever was made before.
        let purpose = CopyStatement::from_text(&copy.statement)?.purpose;
        self.readable(caller, &copy.version_id.to_string(), &purpose, at).await?;
        if let Some(kept) = self.store.certificate_file(id, format.as_str()).await? {
            return Ok((kept, copy));
        }
        let evidence = self.store.evidence(&evidence_by_keys(vec![copy.version_id.to_string()])?).await?.pop().ok_or(FileError::Unknown)?;
        let ty = self.type_of(&evidence)?;
        self.may_be_copied(&evidence, &ty).await?;
        let stated = CopyStatement::from_text(&copy.statement)?;
        let chain = self.store.signers(&[copy.signer.as_str().into()]).await?.pop().map(|signer| signer.chain).unwrap_or_default();
        let of_copy = OfCopy {
            mark: CopyMark {
                maker: stated.maker.name.clone(),
                purpose: stated.purpose.clone(),
                expires: stated.expires_on.format("%Y年%m月%d日").to_string(),
            },
            signed: SignedText {
                statement: copy.statement.to_string(),
                signature: Some(SignatureBlock { value: copy.signature.clone(), certificates: chain }),
            },
        };
        self.made(id, evidence, &ty, &caller.actor, Some(of_copy), at).await?;
        let made = self.store.certificate_file(id, format.as_str()).await?.ok_or(FileError::Unknown)?;
        Ok((made, copy))
    }

    /// What waits for its officer's seal, or was refused it, has no copies either.
    async fn may_be_copied(&self, evidence: &Evidence, ty: &CertificateType) -> Result<(), FileError> {
        if ty.sealing.mode != SealingMode::Manual {
            return Ok(());
        }
        let sealed = self.store.certificate_file(evidence.row.id, Format::Pdf.as_str()).await?;
        if sealed.is_some() { Ok(()) } else { Err(FileError::Waiting) }
    }

    /// The certificate, where the caller may read it for this purpose.
    async fn readable(&self, caller: &Caller, id: &str, purpose: &str, at: DateTime<Utc>) -> Result<Evidence, FileError> {
        let said = || Purpose { use_for: purpose.to_owned(), ..Purpose::default() };
        let caller = Caller::new(Arc::clone(&caller.actor), caller.purpose.clone().or_else(|| Some(said())));
        let request = Request::ById(ById::of(vec![id.to_owned()]));
        let plan = plan(&request, &self.registry.load(), &caller, at)?;
        let Answer::Rows(rows) = self.store.run(&plan).await? else { return Err(FileError::Unknown) };
        let row = rows.into_iter().next().ok_or(FileError::Unknown)?;
        if self.store.is_of_frozen(row.record_id).await? {
            return Err(FileError::Frozen);
        }
        // A copy shows everything, and so do files.
        if !caller.actor.reads_whole(&row.type_name) {
            return Err(PlanError::Forbidden { what: format!("files of {}", row.type_name) }.into());
        }
        self.store.evidence(&evidence_by_keys(vec![row.id.to_string()])?).await?.pop().ok_or(FileError::Unknown)
    }

    /// Who has the copy made, as its mark names him: a department, or the only authority that an issuer acts for.
    async fn maker(&self, actor: &Actor) -> Result<StatedIssuer, FileError> {
        if let Some(department) = &actor.department {
            return Ok(StatedIssuer { code: department.code.clone(), name: department.name.clone() });
        }
        match &actor.authorities {
            Granted::Only(codes) if codes.len() == 1 => {
                let known = self.store.authorities_by(&codes.iter().cloned().collect::<Vec<_>>()).await?.pop();
                known.map(|row| StatedIssuer { code: row.code, name: row.name }).ok_or(FileError::NoMaker)
            }
            _ => Err(FileError::NoMaker),
        }
    }
}
