//! A template tried on the examples of its type, before any certificate depends on it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use model::registry::CertificateType;
use render::{RenderError, Sheet, Template, lay_out, typed};
use serde_json::{Map, Value};
use verify::Lang;
use verify::statement::{StatedHolder, StatedIssuer, Statement, VERSION};

use super::{Beside, face};

/// What the issuer and the holder are called on a specimen; nobody's names.
const ISSUER: (&str, &str) = ("示例颁发机构（样张）", "11990000000000GX2C");
const HOLDER: &str = "样张";
const QR: &str = "HTTPS://HUB.TEST/VERIFY/SPECIMEN/";

/// A template, and the pages it makes of each example.
#[derive(Debug)]
pub struct Trial {
    pub template: Template,
    pub sheets: Vec<Sheet>,
}

/// Lays out every example of the type. Without a source: with the default face.
///
/// # Errors
/// The first fault of the template or of an example on it; its place is in the error.
pub fn try_template(ty: &CertificateType, source: Option<&str>, at: DateTime<Utc>) -> Result<Trial, RenderError> {
    let template = source.map_or_else(|| Ok(Template::default_face()), Template::new)?;
    let sheets = ty.examples.iter().map(|data| lay_out(&specimen(ty, data, at), &template)).collect::<Result<_, _>>()?;
    Ok(Trial { template, sheets })
}

fn specimen(ty: &CertificateType, data: &Map<String, Value>, at: DateTime<Utc>) -> render::Face {
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
    let qr = Some(format!("{QR}{}", "6BF$D3B:9+48F%5C7E-W2.Q1".repeat(8)));
    face(&statement, ty, Beside { photos: named, qr, ..Beside::default() }, at)
}
