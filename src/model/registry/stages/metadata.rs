//! Do the GB/T 36903 elements come from properties that are there and fit?

use chrono::NaiveDate;

use super::super::diagnostic::{Code, Message};
use super::super::path;
use super::super::pointer::Pointer;
use super::super::raw::{RawHolder, RawHolders, RawMetadata, RawRule, RawSource, section};
use super::super::source::Part;
use super::super::{FieldKind, HolderSource, Metadata, Source};
use super::paths::{Known, Reached, is_end_date, is_text, kind_name, unfit};
use super::{Desk, identity, personal};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Name,
    IssuedOn,
    ValidFrom,
    ValidTo,
    HolderText,
    CodeType,
}

pub(super) fn check(desk: &mut Desk<'_>, known: Known<'_>) -> Option<Metadata> {
    let raw: RawMetadata = section(desk.root(), "metadata")?;
    let mut element = |name: &str, source: Option<RawSource>, element: Element, default: Source| {
        let at = Pointer::certificate(&["metadata", name]);
        source.map_or(Some(default), |source| self::source(desk, known, source, element, &at).map(|(source, _)| source))
    };
    let name = element("name", raw.name, Element::Name, Source::Title);
    let issued_on = element("issuedOn", raw.issued_on, Element::IssuedOn, Source::IssueDay);
    let valid_from = element("validFrom", raw.valid_from, Element::ValidFrom, Source::IssuedOn);
    let valid_to = element("validTo", raw.valid_to, Element::ValidTo, Source::Validity);
    let at = Pointer::certificate(&["metadata", "holders"]);
    let holders: Vec<Option<HolderSource>> = match raw.holders {
        RawHolders::One(holder) => vec![self::holder(desk, known, holder, &at)],
        RawHolders::Several(holders) => {
            holders.into_iter().enumerate().map(|(index, holder)| self::holder(desk, known, holder, &at.index(index))).collect()
        }
    };
    let holders: Option<Vec<HolderSource>> = holders.into_iter().collect();
    Some(Metadata { name: name?, issued_on: issued_on?, valid_from: valid_from?, valid_to: valid_to?, holders: holders? })
}

fn holder(desk: &mut Desk<'_>, known: Known<'_>, raw: RawHolder, at: &Pointer) -> Option<HolderSource> {
    let (mut inside, mut each) = (known, None);
    if let Some(list) = &raw.each {
        let reached = known.reach(desk, list, &at.child("each"))?;
        match (reached.kind, reached.listed) {
            (FieldKind::Object(object), true) => inside = Known::of(&object.fields),
            (kind, _) => {
                let needed = Message::new("由对象组成的数组", "a list of objects");
                let help = Message::new(
                    "each 指每项是一个持证主体的数组；单个持证主体不写 each",
                    "each names a list whose items are holders; for a single holder leave it out",
                );
                unfit(desk, &at.child("each"), list, kind, &needed, help);
                return None;
            }
        }
        each = Some(path::parse(list));
    }
    let name = source(desk, inside, raw.name, Element::HolderText, &at.child("name"));
    let code = source(desk, inside, raw.code, Element::HolderText, &at.child("code"));
    let code_type = source(desk, inside, raw.code_type, Element::CodeType, &at.child("codeType"));
    let absent_given = raw.code_absent.is_some();
    let code_absent = match raw.code_absent {
        Some(raw) => Some(source(desk, inside, raw, Element::HolderText, &at.child("codeAbsent"))?.0),
        None => None,
    };
    if let Some((Source::From(path), false)) = &name {
        optional(desk, &path.join("."), "名称", "name", "", "", &at.child("name").child("from"));
    }
    if let Some((Source::From(path), false)) = &code
        && !absent_given
    {
        let zh = "，或用 codeAbsent 指出没有代码的理由写在哪个属性";
        let en = ", or name by codeAbsent the property that says why there is no code";
        optional(desk, &path.join("."), "代码", "code", zh, en, &at.child("code").child("from"));
    }
    Some(HolderSource { each, name: name?.0, code: code?.0, code_type: code_type?.0, code_absent })
}

fn optional(desk: &mut Desk<'_>, path: &str, zh: &str, en: &str, more_zh: &str, more_en: &str, at: &Pointer) {
    let message = Message::new(
        format!("持证主体{zh}取自“{path}”，而它不是必填的"),
        format!("the holder's {en} comes from “{path}”, which is not required"),
    );
    let help = Message::new(
        format!("把“{path}”列入 required，且不可为 null{more_zh}"),
        format!("list “{path}” in required and do not let it be null{more_en}"),
    );
    desk.error(Code::OptionalHolder, at, Part::Value, message, help);
}

/// The source, and whether a value is sure to be there.
fn source(desk: &mut Desk<'_>, known: Known<'_>, raw: RawSource, element: Element, at: &Pointer) -> Option<(Source, bool)> {
    match raw {
        RawSource::From { from } => {
            let at = at.child("from");
            let reached = known.reach(desk, &from, &at)?;
            let required = reached.required;
            fits(desk, &reached, &from, element, &at)?;
            if element == Element::Name {
                personal::name(desk, known, &from, &at);
            }
            Some((Source::From(path::parse(&from)), required))
        }
        RawSource::Constant { constant } => {
            constant_fits(desk, &constant, element, &at.child("constant"))?;
            Some((Source::Constant(constant), true))
        }
        RawSource::Rule { rule } => {
            let found = match (element, rule) {
                (Element::Name, RawRule::Title) => Source::Title,
                (Element::IssuedOn | Element::ValidFrom, RawRule::IssueDay) => Source::IssueDay,
                (Element::ValidFrom, RawRule::IssuedOn) => Source::IssuedOn,
                (Element::ValidTo, RawRule::Validity) => Source::Validity,
                (Element::ValidTo, RawRule::OpenEnded) => Source::OpenEnded,
                _ => {
                    let allowed = match element {
                        Element::Name => "title",
                        Element::IssuedOn => "issueDay",
                        Element::ValidFrom => "issuedOn, issueDay",
                        Element::ValidTo => "validity, openEnded",
                        Element::HolderText | Element::CodeType => "",
                    };
                    let message = Message::new("这条规则不适用于这个元数据项", "this rule does not apply to this element");
                    let help = if allowed.is_empty() {
                        Message::new(
                            "持证主体的各项写 {\"from\": 属性} 或 {\"constant\": 值}",
                            "a holder's elements are {\"from\": property} or {\"constant\": value}",
                        )
                    } else {
                        Message::new(format!("这里可用的规则：{allowed}"), format!("rules that apply here: {allowed}"))
                    };
                    desk.error(Code::UnfitRule, &at.child("rule"), Part::Value, message, help);
                    return None;
                }
            };
            Some((found, true))
        }
    }
}

fn fits(desk: &mut Desk<'_>, reached: &Reached<'_>, text: &str, element: Element, at: &Pointer) -> Option<()> {
    if reached.listed {
        let message = Message::new(
            format!("“{text}”经过数组，可能有几个值，这里只能有一个"),
            format!("“{text}” goes through a list and may have several values; one is needed here"),
        );
        let help = Message::new(
            "持证主体有多个时写 \"each\": 数组属性；有效期取最晚者写 validity.latest",
            "for several holders write \"each\": the list; for the latest date use validity.latest",
        );
        desk.error(Code::UnfitProperty, at, Part::Value, message, help);
        return None;
    }
    let (fit, needed, help) = match element {
        Element::Name | Element::HolderText => {
            (is_text(reached.kind), Message::new("文本", "text"), Message::new("指向字符串属性", "name a property of type string"))
        }
        Element::CodeType => (
            is_text(reached.kind),
            Message::new("HolderCodeType 的代码", "a code of HolderCodeType"),
            Message::new(
                "指向 x-field.codes 为 HolderCodeType 的字符串属性",
                "name a string property whose x-field.codes is HolderCodeType",
            ),
        ),
        Element::IssuedOn | Element::ValidFrom => (
            matches!(reached.kind, FieldKind::Date),
            Message::new("日期", "a date"),
            Message::new("给该属性加 \"format\": \"date\"", "give the property \"format\": \"date\""),
        ),
        Element::ValidTo => (
            is_end_date(reached),
            Message::new("日期或“长期”", "a date or an open end"),
            Message::new("给该属性加 \"format\": \"date\" 或 \"open-date\"", "give the property \"format\": \"date\" or \"open-date\""),
        ),
    };
    if !fit {
        unfit(desk, at, text, reached.kind, &needed, help);
        return None;
    }
    if let (Element::CodeType, FieldKind::Code(table)) = (element, reached.kind)
        && table != "HolderCodeType"
    {
        let found = kind_name(reached.kind);
        let message = Message::new(
            format!("“{text}”是{}，持证主体代码类型须取自 HolderCodeType", found.zh),
            format!("“{text}” is {}; a holder's code type is a code of HolderCodeType", found.en),
        );
        let help = Message::new(
            "指向 x-field.codes 为 HolderCodeType 的属性，或写常量 {\"constant\": \"111\"}",
            "name a property whose x-field.codes is HolderCodeType, or a constant {\"constant\": \"111\"}",
        );
        desk.error(Code::UnfitProperty, at, Part::Value, message, help);
        return None;
    }
    Some(())
}

fn constant_fits(desk: &mut Desk<'_>, constant: &str, element: Element, at: &Pointer) -> Option<()> {
    match element {
        Element::CodeType => {
            let before = desk.errors();
            identity::known_code(desk, "HolderCodeType", constant, at);
            (desk.errors() == before).then_some(())
        }
        Element::IssuedOn | Element::ValidFrom | Element::ValidTo if NaiveDate::parse_from_str(constant, "%Y-%m-%d").is_err() => {
            let message = Message::new(format!("常量“{constant}”不是日期"), format!("the constant “{constant}” is no date"));
            let help = Message::new(
                "写成 2026-11-22 的样子；没有期限写 {\"rule\": \"openEnded\"}",
                "write it as 2026-11-22; for no end write {\"rule\": \"openEnded\"}",
            );
            desk.error(Code::UnfitProperty, at, Part::Value, message, help);
            None
        }
        _ => Some(()),
    }
}
