//! What a row of NDJSON says: an issue input, or the data alone.

use chrono::NaiveDate;
use model::registry::CertificateType;
use model::standards::date::read_date;
use serde_json::{Map, Value};
use verify::messages::Lang;

use crate::issue::{Fault, IssueInput};

/// The members of an issue input beside `data`.
pub(super) const MEMBERS: [&str; 6] = ["number", "issuer", "issuedOn", "validFrom", "validTo", "idempotencyKey"];

/// An object with `data` is an issue input; any other object is the data, unless the type has a property of that name.
pub(super) fn input(ty: &CertificateType, row: Value) -> Result<IssueInput, Vec<Fault>> {
    let Value::Object(mut members) = row else {
        return Err(vec![Fault::new("row", "一行应为一个 JSON 对象", "a row is one JSON object")]);
    };
    let own = ty.fields.iter().any(|field| field.name == "data");
    let wrapped = members.get("data").is_some_and(Value::is_object)
        && (!own || members.keys().all(|name| name == "data" || MEMBERS.contains(&name.as_str())));
    if !wrapped {
        return Ok(IssueInput { data: Value::Object(members), ..IssueInput::default() });
    }
    let data = members.remove("data").unwrap_or_default();
    let mut faults = Vec::new();
    let input = completed(data, &mut members, &mut faults);
    for name in members.keys() {
        faults.push(Fault::new(name, "没有这个成员；数据的属性写在 data 里", "there is no such member; the properties stand in `data`"));
    }
    if faults.is_empty() { Ok(input) } else { Err(faults) }
}

/// Takes the members of an issue input.
pub(super) fn completed(data: Value, members: &mut Map<String, Value>, faults: &mut Vec<Fault>) -> IssueInput {
    let mut text = |name: &str| match members.remove(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            faults.push(Fault::new(name, "应为文本", "must be a text"));
            None
        }
    };
    let [number, issuer, issued_on, valid_from, valid_to, idempotency_key] = MEMBERS.map(&mut text);
    let mut date = |name: &str, text: Option<String>| -> Option<NaiveDate> {
        let told = |fault: model::standards::date::DateFault| Fault::new(name, fault.message(Lang::Zh), fault.message(Lang::En));
        read_date(text?.trim()).map_err(|fault| faults.push(told(fault))).ok()
    };
    IssueInput {
        data,
        number,
        issuer,
        issued_on: date("issuedOn", issued_on),
        valid_from: date("validFrom", valid_from),
        valid_to: date("validTo", valid_to),
        idempotency_key,
    }
}
