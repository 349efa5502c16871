//! `CertificateFile`: what can be downloaded of a certificate.

use async_graphql::Value;
use async_graphql::dynamic::{Field, Object, TypeRef};

use crate::graphql::ask::read;

pub(crate) const FILE: &str = "CertificateFile";

pub(crate) struct Cell {
    pub format: &'static str,
    pub media_type: &'static str,
    pub path: String,
}

/// The files of a certificate. PDF and OFD join here when they are made.
pub(crate) fn of(identifier: &str) -> Vec<Cell> {
    vec![Cell { format: "JSON", media_type: "application/json", path: format!("/certificates/{identifier}.json") }]
}

pub(crate) fn object() -> Object {
    Object::new(FILE)
        .field(
            Field::new("format", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Cell>(&context, |file| Some(Value::from(file.format)))
            })
            .description("JSON（签名数据） / signed data"),
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
