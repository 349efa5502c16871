//! `SignatureInfo`: who signed the statement, and the means to check it elsewhere.

use async_graphql::Value;
use async_graphql::dynamic::{Field, Object, TypeRef};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::registry::CertificateType;
use serde_json::Value as Json;

use crate::graphql::ask::{Cert, read};
use crate::graphql::scalars;

pub(crate) const SIGNATURE: &str = "SignatureInfo";

pub(crate) struct Cell(pub Cert);

pub(crate) fn object() -> Object {
    Object::new(SIGNATURE)
        .description("数据签名 / the SM2 signature over the RFC 8785 statement; the statement itself is in the certificate's .json file")
        .field(Field::new("algorithm", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Cell>(&context, |_| Some(Value::from("SM2-SM3")))
        }))
        .field(
            Field::new("value", TypeRef::named_nn(scalars::BASE64), |context| {
                read::<Cell>(&context, |cell| Some(Value::from(value(&cell.0.ty, &cell.0.row.signature))))
            })
            .description("DER SEQUENCE{r, s}"),
        )
        .field(
            Field::new("signer", TypeRef::named_nn(TypeRef::STRING), |context| read::<Cell>(&context, |cell| Some(signer(&cell.0))))
                .description("签名机构名称"),
        )
        .field(
            Field::new("certificateDigest", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Cell>(&context, |cell| Some(Value::from(&*cell.0.row.signer)))
            })
            .description("签名证书的 SM3 摘要 / SM3 of the signer's certificate"),
        )
        .field(
            Field::new("statementDigest", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Cell>(&context, |cell| Some(Value::from(statement_digest(&cell.0.ty, cell.0.row.statement.as_bytes()))))
            })
            .description("陈述的 SM3 摘要"),
        )
}

/// Empty for whom grants show no files: with it any guess at what was signed can be checked.
pub(crate) fn value(ty: &CertificateType, signature: &[u8]) -> String {
    if ty.shows_files() { STANDARD.encode(signature) } else { String::new() }
}

/// As [`value`].
pub(crate) fn statement_digest(ty: &CertificateType, statement: &[u8]) -> String {
    if ty.shows_files() { verify::digest::sm3_hex(statement) } else { String::new() }
}

/// The issuer signs with its own key; its name stands in the signed statement.
fn signer(cert: &Cert) -> Value {
    let name = cert.statement.get("issuer").and_then(|issuer| issuer.get("name")).and_then(Json::as_str);
    Value::from(name.unwrap_or(&cert.row.issuer))
}
