//! What stands on a face.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use verify::messages::Lang;

use crate::bytes;

/// A certificate as it is to be shown. Dates are ISO text (`2026-03-02`) or words such as 长期.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Face {
    /// The language of labels and dates.
    pub lang: Lang,
    /// The certificate's name as printed: the type's title.
    pub name: String,
    /// 证照编号.
    pub number: String,
    /// 电子证照标识 (GB/T 36904): names the document, so it makes the document's identifiers.
    pub identifier: String,
    /// 颁发机构, the document's author.
    pub issuer: Party,
    /// 持证主体, in order.
    pub holders: Vec<Party>,
    /// 颁发日期.
    pub issued_on: String,
    /// 有效期起始.
    pub valid_from: Option<String>,
    /// 有效期截止.
    pub valid_to: Option<String>,
    /// The type's properties in the order of the type file; [`crate::typed::fields`] makes them.
    pub fields: Vec<Field>,
    /// The properties as they stand in the certificate, photos left out.
    pub data: Map<String, Value>,
    /// PNG or JPEG bytes, by property.
    #[serde(with = "bytes::by_name")]
    pub photos: BTreeMap<String, Arc<[u8]>>,
    /// What the QR code says.
    pub qr: Option<String>,
    /// Where readers that cannot judge the signature look the seal up, an address on the web: linked beside the seal.
    pub seal_link: Option<String>,
    /// Given for a copy for one use only.
    pub copy: Option<CopyMark>,
    /// Metadata of the document by short names (`ZZMC`, `ZZBH`, `KZ_certClass`), in order.
    pub metadata: Vec<Metadatum>,
    /// Files that travel inside both documents.
    pub attachments: Vec<Attachment>,
    /// When the document is made.
    pub created: DateTime<FixedOffset>,
}

/// An authority or a holder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name.
    pub name: String,
    /// The code, such as a unified social credit code; empty when there is none.
    pub code: String,
}

/// One property of the type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The property's key.
    pub name: String,
    /// Its title in the face's language.
    pub label: String,
    /// Whether the type file has it printed.
    pub printed: bool,
    /// Its value for readers; None when the certificate has none.
    pub shown: Option<Shown>,
}

/// A value as people read it: codes are their names, dates still ISO text, which templates write out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Shown {
    /// One text.
    Text {
        /// The text.
        text: String,
    },
    /// Several texts.
    List {
        /// The texts.
        items: Vec<String>,
    },
    /// Several objects of one shape.
    Rows {
        /// The titles of their properties.
        labels: Vec<String>,
        /// A text for each, empty where there is none.
        rows: Vec<Vec<String>>,
    },
    /// A picture of [`Face::photos`].
    Photo,
}

/// 使用件: a copy for one use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyMark {
    /// 制作者.
    pub maker: String,
    /// 事由.
    pub purpose: String,
    /// Until when it may be used, as it is to be printed.
    pub expires: String,
}

/// One element of the document's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadatum {
    /// The short name.
    pub name: String,
    /// The value.
    pub value: String,
    /// What on the face shows it: a property, or one of the names of [`crate::template`].
    pub mark: Option<String>,
}

impl Metadatum {
    /// An element that `mark` shows on the face, if any does.
    pub fn new(name: impl Into<String>, value: impl Into<String>, mark: Option<&str>) -> Self {
        Self { name: name.into(), value: value.into(), mark: mark.map(str::to_owned) }
    }
}

/// A file inside the document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    /// A plain file name: ASCII letters, digits, `.`, `-`, `_`.
    pub name: String,
    /// The media type, as `application/json`.
    pub mime: String,
    /// One sentence about it.
    pub description: String,
    /// The file.
    #[serde(with = "bytes")]
    pub bytes: Arc<[u8]>,
}
