//! A template tried on the examples of its type, before any certificate depends on it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use model::registry::CertificateType;
use render::{Attachment, Face, typed};
use serde_json::{Map, Value};
use verify::Lang;
use verify::document::CERTIFICATE_FILE;
use verify::statement::{StatedHolder, StatedIssuer, Statement, VERSION};

use super::{Beside, face};

/// What the issuer and the holder are called on a specimen; nobody's names.
const ISSUER: (&str, &str) = ("示例颁发机构（样张）", "11990000000000GX2C");
const HOLDER: &str = "样张";
const SEAL_LINK: &str = "https://hub.test/verify/SPECIMEN#seal";
const QR: &str = "HTTPS://HUB.TEST/VERIFY/SPECIMEN/";

/// The face of an example, as a certificate's would be.
pub(super) fn specimen(ty: &CertificateType, data: &Map<String, Value>, at: DateTime<Utc>) -> Face {
    let photos = typed::photos(ty, data);
    let mut data = data.clone();
    let mut named = BTreeMap::new();
    for (name, bytes) in photos {
        let digest = verify::attachment::name_of(&bytes);
        data.insert(name, Value::String(digest.clone()));
        named.insert(digest, bytes.to_vec());
    }
    let day: NaiveDate = at.date_naive();
    let statement = Statement {
        data,
        holders: vec![StatedHolder { code: None, code_absent: Some("样张".to_owned()), code_type: None, name: HOLDER.to_owned() }],
        identifier: format!("1.2.156.3005.2.{}.{}.SPECIMEN.001.X", ty.type_code, ISSUER.1),
        issued_on: day,
        issuer: StatedIssuer { code: ISSUER.1.to_owned(), name: ISSUER.0.to_owned() },
        number: "样张〔2026〕0001号".to_owned(),
        previous: None,
        schema_digest: ty.digest.to_string(),
        type_code: ty.type_code.clone(),
        type_name: ty.title.text(Lang::Zh).to_owned(),
        type_version: ty.version.to_string(),
        v: VERSION,
        valid_from: Some(day),
        valid_to: day.checked_add_months(chrono::Months::new(36)),
    };
    // As every file carries its signed data: a template that attaches a file of that name is found out here.
    let data = Attachment {
        name: CERTIFICATE_FILE.to_owned(),
        mime: "application/json".to_owned(),
        description: "specimen".to_owned(),
        bytes: b"{}".as_slice().into(),
    };
    let qr = Some(format!("{QR}{}", "6BF$D3B:9+48F%5C7E-W2.Q1".repeat(8)));
    face(
        &statement,
        ty,
        Beside { photos: named, qr, seal_link: Some(SEAL_LINK.to_owned()), attachments: vec![data], ..Beside::default() },
        at,
    )
}
