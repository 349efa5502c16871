//! Input → everything a version states but its number: validated data, dates, holders, and where number and serial come from.
//!
//! Pure: the day and the authority are arguments.

use std::sync::Arc;

use chrono::NaiveDate;
use model::registry::{CertificateType, TemplatePart, validate};
use serde_json::{Map, Value};
use verify::envelope::MAX_ATTACHMENTS;
use verify::statement::StatedHolder;

use super::attachments;
use super::dates::{self, Asked, Dates};
use super::error::Fault;
use super::holders;
use super::numbering::{self, Number, Serial};
use crate::store::rows::{Attachment, AuthorityRow};

/// A version that only lacks its counters.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) ty: Arc<CertificateType>,
    pub(super) authority: AuthorityRow,
    /// With the names of photos in the places of their bytes, as it is signed.
    pub(super) data: Map<String, Value>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) holders: Vec<StatedHolder>,
    pub(super) dates: Dates,
    pub(super) number: Number,
    pub(super) serial: Serial,
}

impl Draft {
    /// The holders' codes, each once.
    pub(super) fn holder_codes(&self) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for code in self.holders.iter().filter_map(|holder| holder.code.as_ref()) {
            if !codes.contains(code) {
                codes.push(code.clone());
            }
        }
        codes
    }
}

/// What is given with a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) data: &'a Value,
    pub(super) number: Option<&'a str>,
    pub(super) issued_on: Option<NaiveDate>,
    pub(super) valid_from: Option<NaiveDate>,
    pub(super) valid_to: Option<NaiveDate>,
}

/// Number, serial and term of the version that is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Predecessor {
    pub(super) number: String,
    pub(super) serial: String,
    /// Kept by an amendment; None: computed anew.
    pub(super) term: Option<(Option<NaiveDate>, Option<NaiveDate>)>,
    pub(super) data: Map<String, Value>,
}

/// Checks and completes the input.
///
/// # Errors
/// Every fault of the data; where the data are sound, every fault of dates, holders and number.
pub(super) fn prepare(
    ty: &Arc<CertificateType>,
    authority: &AuthorityRow,
    given: Given<'_>,
    predecessor: Option<&Predecessor>,
    today: NaiveDate,
) -> Result<Draft, Vec<Fault>> {
    let Value::Object(data) = given.data else {
        return Err(vec![Fault::new("data", "data 须为对象", "data is not an object")]);
    };
    let mut faults: Vec<Fault> = validate::validate_data(ty, given.data).into_iter().map(from_schema).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let (data, attachments) = attachments::set_apart(&ty.fields, data.clone());
    if attachments.len() > MAX_ATTACHMENTS {
        let zh = format!("照片等附件最多 {MAX_ATTACHMENTS} 个");
        return Err(vec![Fault::new("data", zh, format!("at most {MAX_ATTACHMENTS} photos or other attachments"))]);
    }
    let asked = Asked {
        issued_on: given.issued_on,
        valid_from: given.valid_from,
        valid_to: given.valid_to,
        today,
        kept: predecessor.and_then(|predecessor| predecessor.term),
    };
    let dates = dates::dates(ty, &data, asked, &mut faults);
    let holders = holders::holders(ty, &data, today, &mut faults);
    let (number, serial) = match predecessor {
        None => (numbering::number(ty, &data, given.number, &mut faults), Serial::Rule),
        Some(predecessor) => (kept_number(ty, &data, predecessor, &mut faults), Serial::Kept(predecessor.serial.clone())),
    };
    match dates {
        Some(dates) if faults.is_empty() => {
            Ok(Draft { ty: ty.clone(), authority: authority.clone(), data, attachments, holders, dates, number, serial })
        }
        _ => Err(faults),
    }
}

/// A successor keeps its number: a number that stands in the data must still be the same.
fn kept_number(ty: &CertificateType, data: &Map<String, Value>, predecessor: &Predecessor, faults: &mut Vec<Fault>) -> Number {
    use model::registry::path;
    use verify::number::normalise_number;
    if let Some(steps) = &ty.number.from
        && let Some(Value::String(text)) = path::value(data, steps)
        && normalise_number(text) != normalise_number(&predecessor.number)
    {
        faults.push(Fault::new(
            dates::data_path(steps),
            "变更、延续不改变证照编号；编号有变时请另行颁发",
            "amending and renewing keep the number; a certificate with another number is issued anew",
        ));
    }
    for part in ty.number.template.iter().flat_map(|template| &template.0) {
        let TemplatePart::Property(name) = part else { continue };
        let text = |data: &Map<String, Value>| data.get(name).and_then(Value::as_str).map(str::to_owned);
        if let Some(before) = text(&predecessor.data)
            && text(data).as_ref() != Some(&before)
            && predecessor.number.contains(&before)
        {
            faults.push(Fault::new(
                format!("data.{name}"),
                format!("证照编号中含有 {before}，变更、延续不改变编号；取值有变时请另行颁发"),
                format!("the number says {before}, and amending and renewing keep the number; issue a certificate anew"),
            ));
        }
    }
    Number::Known(predecessor.number.clone())
}

fn from_schema(fault: validate::Fault) -> Fault {
    use verify::messages::Lang;
    Fault::new(fault.path.clone(), fault.message.text(Lang::Zh), fault.message.text(Lang::En))
}
