//! Is a grant sound: does what it names exist, and does it agree with the others?

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;
use verify::messages::Lang;

use super::{FILES, Fields, Grant, HOLDERS, NUMBER, Variables, rows};
use crate::plan::check_rows;
use crate::registry::{CertificateType, Registry};
use crate::standards::credit_code::CreditCode;

/// What is wrong with a grant, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{path}: {en}")]
pub struct GrantFault {
    pub path: String,
    pub en: String,
    pub zh: String,
}

impl GrantFault {
    fn new(path: impl Into<String>, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { path: path.into(), en: en.into(), zh: zh.into() }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("{}：{}", self.path, self.zh),
            Lang::En => self.to_string(),
        }
    }
}

/// Everything that is wrong with a grant by itself.
pub fn check(grant: &Grant, registry: &Registry, now: DateTime<Utc>) -> Vec<GrantFault> {
    let mut faults = Vec::new();
    let mut fault = |path: &str, en: String, zh: String| faults.push(GrantFault::new(path, en, zh));
    let letters = grant.name.chars().all(|character| character.is_ascii_alphanumeric() || character == '-');
    if grant.name.is_empty() || grant.name.len() > 60 || !letters {
        fault("name", "1 to 60 letters, digits or hyphens".into(), "须为1至60个字母、数字或连字符".into());
    }
    if CreditCode::parse(&grant.department).is_err() {
        let code = &grant.department;
        fault("department", format!("{code:?} is no credit code (GB 32100)"), format!("{code:?} 不是统一社会信用代码（GB 32100）"));
    }
    if grant.legal_basis.trim().is_empty() || grant.legal_basis.chars().count() > 500 {
        fault("legalBasis", "say in 1 to 500 characters what allows it".into(), "须用1至500字写明法律依据".into());
    }
    if !grant.holds(&crate::plan::today(now)) {
        fault("until", "that day is over: a grant that has ended allows nothing".into(), "该日期已过，授权不会生效".into());
    }
    let unsound = |item: &String| item.trim().is_empty() || item.len() > 100;
    if grant.items.as_ref().is_some_and(|items| items.is_empty() || items.len() > 1000 || items.iter().any(unsound)) {
        fault(
            "items",
            "name 1 to 1000 item codes of at most 100 bytes, or leave it out for any".into(),
            "须列出1至1000个事项编码，每个至多100字节；不限事项请去掉该项".into(),
        );
    }
    let Some(known) = registry.get(&grant.type_name) else {
        let name = &grant.type_name;
        fault("type", format!("no certificate type is named {name:?}"), format!("没有名为 {name:?} 的证照类型"));
        return faults;
    };
    let ty = &known.ty;
    let plain = match &grant.fields {
        Fields::All => None,
        Fields::Only(names) => Some(names),
    };
    if plain.is_some_and(BTreeSet::is_empty) && grant.masked.is_empty() {
        fault("fields", "name at least one field".into(), "须至少列出一个字段".into());
    }
    for (path, names) in [("fields", plain), ("masked", Some(&grant.masked))] {
        for name in names.into_iter().flatten().filter(|name| !exists(ty, name)) {
            fault(
                path,
                format!("{} has no field {name:?}: name its properties, number, holders or files", ty.name),
                format!("{} 没有字段 {name:?}：可写该类型的属性，以及 number、holders、files", ty.name),
            );
        }
    }
    if grant.masked.contains(FILES) {
        fault("masked", "files are granted or not: there are no masked ones".into(), "files 不能脱敏，只能授予或不授予".into());
    }
    for name in &grant.masked {
        if plain.is_none_or(|plain| plain.contains(name)) {
            fault("masked", format!("{name} is granted in clear as well"), format!("{name} 已按明文授予"));
        }
    }
    if let Some(written) = &grant.rows {
        let rows = rows::read(written, &Variables::any());
        if let Err(sentence) = rows.and_then(|rows| check_rows(ty, &rows, now).map_err(|error| error.to_string())) {
            fault("rows", sentence.clone(), sentence);
        }
    }
    faults
}

/// The first of these grants with which a new one does not agree: for a matter of both they would allow other rows, and then it
/// could not be said which fields of which row are allowed.
pub fn conflict<'a>(grant: &Grant, others: &'a [Arc<Grant>]) -> Option<&'a Arc<Grant>> {
    others.iter().find(|other| {
        let same = other.department == grant.department && other.type_name == grant.type_name && other.name != grant.name;
        same && other.meets(grant) && other.rows != grant.rows
    })
}

fn exists(ty: &CertificateType, name: &str) -> bool {
    [NUMBER, HOLDERS, FILES].contains(&name) || ty.field(name).is_some()
}
