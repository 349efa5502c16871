//! The metadata that a document carries, by the short names of GB/T 36903 (`standards/metadata.json`): common elements first, then
//! the type's own with the prefix KZ_ [inferred from three systems].

use model::registry::CertificateType;
use model::standards::Standards;
use render::{Field, Metadatum, Shown};
use verify::statement::Statement;

use super::Beside;

/// Between parallel values, such as several holders.
const DELIMITER: &str = "^";
/// Before the names of a type's own elements.
const EXTENSION: &str = "KZ_";
/// Between the texts of one row of a list of objects.
const WITHIN: &str = "|";

/// In the order of the standard's elements, then of the type file. Elements without a value are left out, and photos.
pub(super) fn of(statement: &Statement, ty: &CertificateType, fields: &[Field], beside: &Beside) -> Vec<Metadatum> {
    let elements = &Standards::embedded().metadata().elements;
    let common = elements.iter().filter_map(|element| {
        let (value, mark) = common(&element.key, statement, ty, beside)?;
        Some(Metadatum::new(element.short_name.as_deref()?, plain(&value), mark)).filter(|datum| !datum.value.is_empty())
    });
    let own = fields.iter().filter_map(|field| {
        let value = plain(&text(field.shown.as_ref()?)?);
        let short = ty.field(&field.name).and_then(|known| known.short_name.clone());
        let name = short.unwrap_or_else(|| format!("{EXTENSION}{}", field.name));
        Some(Metadatum::new(name, value, Some(&field.name))).filter(|datum| !datum.value.is_empty())
    });
    let mut found: Vec<Metadatum> = common.collect();
    for datum in own {
        // A property that is one of the common elements itself is told once.
        if found.iter().all(|known| known.name != datum.name) {
            found.push(datum);
        }
    }
    found
}

/// The value of a common element, and what on the face shows it.
fn common(key: &str, statement: &Statement, ty: &CertificateType, beside: &Beside) -> Option<(String, Option<&'static str>)> {
    let holders =
        |of: &dyn Fn(&verify::statement::StatedHolder) -> String| statement.holders.iter().map(of).collect::<Vec<_>>().join(DELIMITER);
    let coded = |code: &Option<String>| code.clone().unwrap_or_default();
    let copy = beside.copy.as_ref();
    Some(match key {
        "name" => (ty.certificate_name(&statement.data), Some("name")),
        "typeCode" => (statement.type_code.clone(), None),
        "number" => (statement.number.clone(), Some("number")),
        "identifier" => (statement.identifier.clone(), Some("identifier")),
        "issuerName" => (statement.issuer.name.clone(), Some("issuer")),
        "issuerCode" => (statement.issuer.code.clone(), None),
        "issuedOn" => (statement.issued_on.to_string(), Some("issuedOn")),
        "holderName" => (holders(&|holder| holder.name.clone()), Some("holder")),
        "holderCode" => (holders(&|holder| coded(&holder.code)), None),
        "holderCodeType" => (holders(&|holder| coded(&holder.code_type)), None),
        "validFrom" => (statement.valid_from?.to_string(), Some("validFrom")),
        "validTo" => (statement.valid_to?.to_string(), Some("validTo")),
        "signedAt" => (super::in_beijing(beside.seal.as_ref()?.1).format("%Y-%m-%dT%H:%M:%S").to_string(), None),
        "sealName" => (beside.seal.as_ref()?.0.clone(), None),
        "usageCopyMadeBy" => (copy?.maker.clone(), None),
        "usageCopyPurpose" => (copy?.purpose.clone(), None),
        "usageCopyExpiresAt" => (copy?.expires.clone(), None),
        "previousIdentifier" => (statement.previous.clone()?, None),
        _ => return None,
    })
}

fn text(shown: &Shown) -> Option<String> {
    Some(match shown {
        Shown::Text { text } => text.clone(),
        Shown::List { items } => items.join(DELIMITER),
        Shown::Rows { rows, .. } => rows.iter().map(|row| row.join(WITHIN)).collect::<Vec<_>>().join(DELIMITER),
        Shown::Photo => return None,
    })
}

/// XML holds no control characters; a break within a value is a space.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}
