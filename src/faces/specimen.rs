//! A template tried on the examples of its type, before any certificate depends on it.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use model::registry::CertificateType;
use render::{Face, RenderError, Sheet, Template, lay_out, typed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use verify::Lang;
use verify::statement::{StatedHolder, StatedIssuer, Statement, VERSION};

use super::{Beside, face};
use crate::guard::Work;

/// What the issuer and the holder are called on a specimen; nobody's names.
const ISSUER: (&str, &str) = ("示例颁发机构（样张）", "11990000000000GX2C");
const HOLDER: &str = "样张";
const SEAL_LINK: &str = "https://hub.test/verify/SPECIMEN#seal";
const QR: &str = "HTTPS://HUB.TEST/VERIFY/SPECIMEN/";

/// A template, and the pages it makes of each example.
#[derive(Debug)]
pub struct Trial {
    pub template: Template,
    pub sheets: Vec<Sheet>,
}

/// Laying out the examples of a type on a template that nobody knows yet. Fonts take some fifty megabytes of the memory.
pub const TRYING: Work = Work { command: "try-face", seconds: 20, memory: 1 << 30, patience: Duration::from_secs(60) };

/// Faces to be tried, and on what: as a process of its own is handed them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Specimens {
    faces: Vec<Face>,
    source: Option<String>,
}

impl Specimens {
    /// Every example of the type. Without a source: on the default face.
    pub fn of(ty: &CertificateType, source: Option<&str>, at: DateTime<Utc>) -> Self {
        Self { faces: ty.examples.iter().map(|data| specimen(ty, data, at)).collect(), source: source.map(str::to_owned) }
    }

    /// Lays all of them out.
    ///
    /// # Errors
    /// The first fault of the template or of an example on it; its place is in the error.
    pub fn try_out(&self) -> Result<Trial, RenderError> {
        let template = self.source.as_deref().map_or_else(|| Ok(Template::default_face()), Template::new)?;
        let sheets = self.faces.iter().map(|face| lay_out(face, &template)).collect::<Result<_, _>>()?;
        Ok(Trial { template, sheets })
    }
}

/// What the child does: whatever comes of it, it ends.
///
/// # Errors
/// The system refuses the limits, or what it is handed does not read.
pub fn try_within_limits(bytes: impl FnOnce() -> std::io::Result<Vec<u8>>) -> std::io::Result<()> {
    TRYING.take_limits()?;
    let specimens: Specimens = serde_json::from_slice(&bytes()?)?;
    // Its faults are told by whoever tries it again.
    let _ = specimens.try_out();
    Ok(())
}

fn specimen(ty: &CertificateType, data: &Map<String, Value>, at: DateTime<Utc>) -> Face {
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
    face(&statement, ty, Beside { photos: named, qr, seal_link: Some(SEAL_LINK.to_owned()), ..Beside::default() }, at)
}
