//! `CertificateFile`: what can be downloaded of a certificate.

use async_graphql::Value;
use async_graphql::dynamic::{Field, Object, TypeRef};
use model::registry::CertificateType;
use uuid::Uuid;

use crate::graphql::ask::read;

pub(crate) const FILE: &str = "CertificateFile";

pub(crate) struct Cell {
    pub format: &'static str,
    pub media_type: &'static str,
    pub path: String,
}

/// The files of a certificate: its signed data, and where its type has a face and a seal, PDF and OFD, which are made at the first
/// download.
pub(crate) fn of(identifier: &str, ty: &CertificateType) -> Vec<Cell> {
    if !ty.shows_files() {
        return Vec::new();
    }
    let cell = |format: &'static str, media_type: &'static str| Cell {
        format,
        media_type,
        path: format!("/certificates/{identifier}.{}", format.to_ascii_lowercase()),
    };
    let mut files = vec![cell("JSON", "application/json"), cell("P7M", "application/pkcs7-mime")];
    if ty.has_face() {
        files.insert(0, cell("PDF", "application/pdf"));
        files.insert(1, cell("OFD", "application/ofd"));
    }
    files
}

/// The files of a copy for one use, for whoever had it made.
pub(crate) fn of_copy(id: Uuid) -> Vec<Cell> {
    let cell = |format: &'static str, media_type: &'static str| Cell {
        format,
        media_type,
        path: format!("/copies/{id}.{}", format.to_ascii_lowercase()),
    };
    vec![cell("PDF", "application/pdf"), cell("OFD", "application/ofd")]
}

pub(crate) fn object() -> Object {
    Object::new(FILE)
        .field(
            Field::new("format", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Cell>(&context, |file| Some(Value::from(file.format)))
            })
            .description("PDF、OFD（证照文件，经签章） / sealed documents；JSON（签名数据）、P7M（GB/T 35275 签名数据） / signed data"),
        )
        .field(Field::new("mediaType", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Cell>(&context, |file| Some(Value::from(file.media_type)))
        }))
        .field(
            Field::new("path", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Cell>(&context, |file| Some(Value::from(file.path.as_str())))
            })
            .description("下载路径，须带令牌与用途 / path at this hub; needs a token and X-Purpose"),
        )
}
