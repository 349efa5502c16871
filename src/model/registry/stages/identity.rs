//! Type code, defining authority, version and the catalogue's codes.

use verify::messages::Lang;

use crate::standards::Standards;
use crate::standards::credit_code::CreditCode;
use crate::standards::type_code::TypeCode;

use super::super::diagnostic::{Code, Message};
use super::super::names::nearest;
use super::super::pointer::Pointer;
use super::super::raw::{RawAuthority, RawCatalogue, section};
use super::super::source::Part;
use super::super::{Catalogue, DefiningAuthority, Version};
use super::Desk;

pub(super) struct Identity {
    pub(super) type_code: String,
    pub(super) authority: DefiningAuthority,
    pub(super) version: Version,
    pub(super) catalogue: Catalogue,
}

pub(super) fn check(desk: &mut Desk<'_>) -> Option<Identity> {
    let type_code = type_code(desk);
    let authority = authority(desk, type_code.as_deref());
    let version = version(desk);
    let catalogue = catalogue(desk);
    Some(Identity { type_code: type_code?, authority: authority?, version: version?, catalogue })
}

fn type_code(desk: &mut Desk<'_>) -> Option<String> {
    let code: String = section(desk.root(), "typeCode")?;
    match TypeCode::parse(&code) {
        Ok(parsed) => Some(parsed.as_str().to_owned()),
        Err(fault) => {
            let message = Message::new(
                format!("证照类型代码“{code}”有误：{}", fault.message(Lang::Zh)),
                format!("the type code “{code}” is wrong: {}", fault.message(Lang::En)),
            );
            let help = Message::new(
                "证照类型代码 = 定义机构的统一社会信用代码（18 位）+ 3 位数字；尚未确定时用 11990000000000GX2C 加 3 位数字，并标 \"typeCodeGrade\": \"demo\"",
                "a type code is the defining authority's credit code (18) and 3 digits; where none is known use 11990000000000GX2C and 3 digits with \"typeCodeGrade\": \"demo\"",
            );
            desk.error(Code::TypeCode, &Pointer::certificate(&["typeCode"]), Part::Value, message, help);
            None
        }
    }
}

fn authority(desk: &mut Desk<'_>, type_code: Option<&str>) -> Option<DefiningAuthority> {
    let raw: RawAuthority = section(desk.root(), "definingAuthority")?;
    let at = Pointer::certificate(&["definingAuthority", "code"]);
    if let Err(fault) = CreditCode::parse(&raw.code) {
        let message = Message::new(
            format!("定义机构代码“{}”不是统一社会信用代码：{}", raw.code, fault.message(Lang::Zh)),
            format!("the defining authority's code “{}” is no credit code: {}", raw.code, fault.message(Lang::En)),
        );
        let help = Message::new("照抄该机构的 18 位统一社会信用代码", "copy the authority's credit code of 18 characters");
        desk.error(Code::DefiningAuthority, &at, Part::Value, message, help);
        return None;
    }
    if let Some(begin) = type_code.and_then(|code| code.get(..18)).filter(|begin| *begin != raw.code) {
        let message = Message::new(
            format!("定义机构代码“{}”与证照类型代码的前 18 位“{begin}”不同", raw.code),
            format!("the defining authority's code “{}” differs from the type code's first 18 characters “{begin}”", raw.code),
        );
        let help = Message::new("两处写同一个机构的代码", "write the same authority's code in both places");
        desk.error(Code::DefiningAuthority, &at, Part::Value, message, help);
        return None;
    }
    if let Some(level) = &raw.level {
        known_code(desk, "AuthorityLevel", level, &Pointer::certificate(&["definingAuthority", "level"]));
    }
    Some(DefiningAuthority { name: raw.name, code: raw.code, level: raw.level })
}

fn version(desk: &mut Desk<'_>) -> Option<Version> {
    let text: String = section(desk.root(), "version")?;
    let part = |text: &str| -> Option<u32> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        plain.then(|| text.parse().ok()).flatten()
    };
    let parts: Vec<Option<u32>> = text.split('.').map(part).collect();
    if let [Some(major), Some(minor), Some(patch)] = parts[..] {
        return Some(Version { major, minor, patch });
    }
    let message = Message::new(format!("版本“{text}”不是语义化版本"), format!("the version “{text}” is not semantic"));
    let help = Message::new(
        "写成 主.次.修订 三个数，如 1.0.0；不兼容的改动升主版本，新增升次版本",
        "write major.minor.patch such as 1.0.0; raise major for breaking changes, minor for additions",
    );
    desk.error(Code::Version, &Pointer::certificate(&["version"]), Part::Value, message, help);
    None
}

fn catalogue(desk: &mut Desk<'_>) -> Catalogue {
    let raw: RawCatalogue = section(desk.root(), "catalogue").unwrap_or_default();
    let checks = [
        ("holderCategory", "HolderCategory", &raw.holder_category),
        ("issuingLevel", "AuthorityLevel", &raw.issuing_level),
        ("category", "CertificateCatalogueType", &raw.category),
    ];
    for (name, table, code) in checks {
        if let Some(code) = code {
            known_code(desk, table, code, &Pointer::certificate(&["catalogue", name]));
        }
    }
    Catalogue {
        holder_category: raw.holder_category,
        issuing_level: raw.issuing_level,
        category: raw.category,
        related_items: raw.related_items.into_iter().map(|item| (item.name, item.code)).collect(),
    }
}

/// Reports a code that a complete table does not have. Tables marked incomplete let other codes pass.
pub(super) fn known_code(desk: &mut Desk<'_>, table: &str, code: &str, at: &Pointer) {
    let Some(found) = Standards::embedded().table(table) else {
        return;
    };
    if found.code(code).is_some() || !found.complete {
        return;
    }
    let all: Vec<&str> = found.codes.iter().map(|entry| entry.code.as_str()).collect();
    let message = Message::new(format!("代码表 {table} 里没有“{code}”"), format!("the code table {table} has no code “{code}”"));
    let list = if all.len() <= 24 { all.join(", ") } else { format!("{} …", all[..24].join(", ")) };
    let help = match nearest(code, all.iter().copied()).filter(|_| code.len() > 3) {
        Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
        None => Message::new(format!("可用的代码：{list}"), format!("codes it has: {list}")),
    };
    desk.error(Code::UnknownCode, at, Part::Value, message, help);
}
