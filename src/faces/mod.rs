//! What stands on a certificate's face: out of its signed statement and its type, nothing else.
//!
//! ```text
//! Statement + type + photos ─▶ render::Face (fields with codes as names, metadata by short names, photos)
//! example of a type file    ─▶ specimen: what a template is tried on before it is registered
//! ```

mod metadata;
mod setting;
mod specimen;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use model::registry::{CertificateType, FieldKind};
use model::standards::Standards;
use render::{Attachment, CopyMark, Face, Party, typed};
use serde_json::Value;
use verify::Lang;
use verify::statement::Statement;

pub use setting::{Job, SETTING, SetFace, SettingFault, Typesetters, set_within_limits};

/// Documents state local time.
const BEIJING: i32 = 8 * 3600;

/// What a face shows beside the statement.
#[derive(Debug, Default)]
pub struct Beside {
    /// Bytes of the photos that the statement names, by name.
    pub photos: BTreeMap<String, Vec<u8>>,
    /// What the QR code says.
    pub qr: Option<String>,
    /// Where the seal can be looked up.
    pub seal_link: Option<String>,
    /// Name and moment of the seal that will be put to it.
    pub seal: Option<(String, DateTime<Utc>)>,
    pub copy: Option<CopyMark>,
    /// Files that travel inside.
    pub attachments: Vec<Attachment>,
}

/// The face of a certificate, in Chinese, made at `at`.
pub fn face(statement: &Statement, ty: &CertificateType, beside: Beside, at: DateTime<Utc>) -> Face {
    let (mut data, mut photos) = (statement.data.clone(), BTreeMap::new());
    for field in ty.fields.iter().filter(|field| matches!(field.kind, FieldKind::Base64)) {
        let Some(value) = data.get_mut(&field.name) else { continue };
        let bytes = value.as_str().and_then(|name| beside.photos.get(name));
        match bytes {
            Some(bytes) => drop(photos.insert(field.name.clone(), Arc::from(bytes.as_slice()))),
            // What is named and not there is shown as a place without a photo.
            None => *value = Value::Null,
        }
    }
    let fields = typed::fields(ty, &data, Standards::embedded(), Lang::Zh);
    photos.keys().for_each(|name| drop(data.insert(name.clone(), Value::Null)));
    let metadata = metadata::of(statement, ty, &fields, &beside);
    Face {
        lang: Lang::Zh,
        name: ty.certificate_name(&statement.data),
        number: statement.number.clone(),
        identifier: statement.identifier.clone(),
        issuer: Party { name: statement.issuer.name.clone(), code: statement.issuer.code.clone() },
        holders: statement
            .holders
            .iter()
            .map(|holder| Party { name: holder.name.clone(), code: holder.code.clone().unwrap_or_default() })
            .collect(),
        issued_on: statement.issued_on.to_string(),
        valid_from: statement.valid_from.map(|date| date.to_string()),
        valid_to: statement.valid_to.map(|date| date.to_string()),
        fields,
        data,
        photos,
        qr: beside.qr,
        seal_link: beside.seal_link,
        copy: beside.copy,
        metadata,
        attachments: beside.attachments,
        created: in_beijing(at),
    }
}

/// The day in Beijing, by which terms are reckoned.
pub fn day_in_beijing(at: DateTime<Utc>) -> NaiveDate {
    in_beijing(at).date_naive()
}

fn in_beijing(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    FixedOffset::east_opt(BEIJING).map_or_else(|| at.fixed_offset(), |offset| at.with_timezone(&offset))
}
