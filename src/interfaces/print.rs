//! The document on paper: the same parts, set by the typesetters that set faces, on a template of our own.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use model::docs::document::Document;
use render::{Face, Party};
use serde_json::Value;
use verify::messages::Lang;

use super::{BEIJING, InterfaceError};
use crate::faces::Job;
use crate::hub::Hub;

const TEMPLATE: &str = include_str!("interface.typ");

/// PDF/A-3b, with its fonts.
///
/// # Errors
/// It cannot be set: a character that no font has, say.
pub async fn pdf(hub: &Hub, document: &Document, lang: Lang, now: DateTime<Utc>) -> Result<Vec<u8>, InterfaceError> {
    let Ok(Value::Object(data)) = serde_json::to_value(document) else {
        return Err(InterfaceError::Rehearsal("a document is written as an object".into()));
    };
    let zone = FixedOffset::east_opt(BEIJING).unwrap_or_else(|| now.fixed_offset().timezone());
    let face = Face {
        lang,
        name: document.title.clone(),
        number: String::new(),
        // It makes the file's own identifiers: the same document has the same.
        identifier: verify::digest::sm3_hex(serde_json::to_string(document).unwrap_or_default().as_bytes()),
        issuer: Party { name: hub.settings.public_url.clone(), code: String::new() },
        holders: Vec::new(),
        issued_on: String::new(),
        valid_from: None,
        valid_to: None,
        fields: Vec::new(),
        data,
        photos: BTreeMap::new(),
        qr: None,
        seal_link: None,
        copy: None,
        metadata: Vec::new(),
        attachments: Vec::new(),
        created: now.with_timezone(&zone),
    };
    let job = Job { faces: vec![face], source: Some(TEMPLATE.to_owned()) };
    let set = hub.typesetters.set(job).await?;
    set.into_iter().next().map(|one| one.pdf).ok_or_else(|| InterfaceError::Rehearsal("nothing was set".into()))
}
