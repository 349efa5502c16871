//! 持证主体: one, several, or one for each item of a list; a code may be absent with a reason.

use chrono::NaiveDate;
use model::registry::{CertificateType, HolderSource, Source, path};
use model::standards::Standards;
use model::standards::citizen_number::CitizenNumber;
use model::standards::credit_code::CreditCode;
use serde_json::{Map, Value};
use verify::messages::Lang;
use verify::statement::StatedHolder;

use super::dates::data_path;
use super::error::Fault;

/// Codes of HolderCodeType that have a checker.
const CREDIT_CODE: &str = "001";
const CITIZEN_NUMBER: &str = "111";

/// Finds the holders; every fault at once.
pub(super) fn holders(ty: &CertificateType, data: &Map<String, Value>, today: NaiveDate, faults: &mut Vec<Fault>) -> Vec<StatedHolder> {
    let mut found = Vec::new();
    for source in &ty.metadata.holders {
        match &source.each {
            None => found.extend(holder(source, data, "data", today, faults)),
            Some(steps) => {
                for (place, item) in path::values(data, steps).into_iter().enumerate() {
                    let at = format!("{}[{place}]", data_path(steps));
                    if let Value::Object(item) = item {
                        found.extend(holder(source, item, &at, today, faults));
                    }
                }
            }
        }
    }
    if found.is_empty() && faults.is_empty() {
        faults.push(Fault::new("data", "没有持证主体", "there is no holder"));
    }
    found
}

fn holder(source: &HolderSource, data: &Map<String, Value>, at: &str, today: NaiveDate, faults: &mut Vec<Fault>) -> Option<StatedHolder> {
    let Some(name) = text(&source.name, data) else {
        faults.push(Fault::new(place(&source.name, at), "持证主体名称不能为空", "the holder's name is empty"));
        return None;
    };
    let Some(code) = text(&source.code, data) else {
        let reason = source.code_absent.as_ref().and_then(|source| text(source, data));
        if reason.is_none() {
            let (zh, en) = match &source.code_absent {
                Some(_) => ("没有持证主体代码时须说明原因", "a holder without a code needs a reason for it"),
                None => ("持证主体代码不能为空", "the holder's code is empty"),
            };
            faults.push(Fault::new(place(&source.code, at), zh, en));
        }
        return Some(StatedHolder { name, code: None, code_type: None, code_absent: reason });
    };
    let code_type = text(&source.code_type, data);
    check(&code, code_type.as_deref(), source, at, today, faults);
    Some(StatedHolder { name, code: Some(code), code_type, code_absent: None })
}

fn check(code: &str, code_type: Option<&str>, source: &HolderSource, at: &str, today: NaiveDate, faults: &mut Vec<Fault>) {
    let Some(code_type) = code_type else {
        faults.push(Fault::new(place(&source.code_type, at), "缺少持证主体代码类型", "the type of the holder's code is missing"));
        return;
    };
    let known = Standards::embedded().table("HolderCodeType").is_some_and(|table| table.code(code_type).is_some());
    if !known {
        let path = place(&source.code_type, at);
        faults.push(Fault::new(
            path,
            format!("代码表 HolderCodeType 中没有 {code_type:?}"),
            format!("{code_type:?} is no code of HolderCodeType"),
        ));
    }
    // The faults of these checkers never hold the code itself.
    let fault = match code_type {
        CREDIT_CODE => CreditCode::parse(code).err().map(|fault| (fault.message(Lang::Zh), fault.message(Lang::En))),
        CITIZEN_NUMBER => CitizenNumber::parse(code, today).err().map(|fault| (fault.message(Lang::Zh), fault.message(Lang::En))),
        _ => None,
    };
    if let Some((zh, en)) = fault {
        faults.push(Fault::new(place(&source.code, at), zh, en));
    }
}

fn text(source: &Source, data: &Map<String, Value>) -> Option<String> {
    let text = match source {
        Source::From(steps) => match path::value(data, steps)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        },
        Source::Constant(text) => text.clone(),
        Source::Title | Source::IssueDay | Source::IssuedOn | Source::Validity | Source::OpenEnded => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn place(source: &Source, at: &str) -> String {
    match source {
        Source::From(steps) => format!("{at}.{}", steps.join(".")),
        _ => at.to_owned(),
    }
}
