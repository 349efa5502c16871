//! The fields that the department is answered, and the codes that stand in them.

use super::super::document::{Block, code, plain};
use super::super::words::{comparisons, inner, is_list, table as code_table};
use super::{Handed, Say};
use crate::grant::{FILES, HOLDERS, NUMBER};
use crate::registry::{Field, FieldKind, Sensitivity, Sight};
use crate::standards::Standards;

pub(super) fn table(handed: &Handed<'_>) -> Vec<Block> {
    let (say, ty) = (Say(handed.lang), handed.ty);
    let shown = |sight: Sight| match sight {
        Sight::Plain => say.of("明文", "in clear"),
        Sight::Masked => say.of("脱敏", "masked"),
        Sight::Denied => say.of("不可读", "not answered"),
    };
    let mut rows = vec![
        vec![
            code(NUMBER),
            say.of("证照编号", "Number").into(),
            "`String`".into(),
            shown(ty.number_sight()).into(),
            String::new(),
            String::new(),
        ],
        vec![
            code(HOLDERS),
            say.of("持证主体", "Holders").into(),
            "`[Holder]`".into(),
            shown(ty.holders_sight()).into(),
            String::new(),
            String::new(),
        ],
    ];
    if ty.shows_files() {
        let files = say.of("证照文件：PDF、OFD、签名数据", "Files: PDF, OFD, signed data");
        rows.push(vec![code(FILES), files.into(), "`[CertificateFile]`".into(), shown(Sight::Plain).into(), String::new(), String::new()]);
    }
    for field in &ty.fields {
        row(&mut rows, handed, "", field, field.masked);
    }
    let head = [
        (say.of("字段", "Field"), 24),
        (say.of("名称", "Name"), 30),
        (say.of("类型", "Type"), 17),
        (say.of("应答", "Answered"), 10),
        (say.of("必填", "Always there"), 9),
        (say.of("可作条件", "Conditions"), 20),
    ];
    let intro = say.of(
        "下表是本部门可读的全部字段；未列出的字段对本部门不存在。各类型共有的 `identifier`、`status`、`issuer`、`issuedOn`、`validFrom`、`validTo` 等均以明文应答。脱敏的文字如“张**”；代码、数字、对象和照片没有脱敏形式，应答为 null。",
        "All fields that this department may read; for it there are no others. What every type has (`identifier`, `status`, `issuer`, `issuedOn`, `validFrom`, `validTo` and so on) is answered in clear. A masked text looks like 张**; codes, numbers, objects and photos have no masked form and are null.",
    );
    vec![Block::text(intro), Block::table(&head, rows)]
}

fn row(rows: &mut Vec<Vec<String>>, handed: &Handed<'_>, parent: &str, field: &Field, masked: bool) {
    let say = Say(handed.lang);
    let path = format!("{parent}{}", field.name);
    let personal =
        if field.sensitivity == Sensitivity::Personal || field.is_personal() { say.of("（个人信息）", " (personal)") } else { "" };
    let format = field.format.as_deref().filter(|format| !matches!(*format, "date" | "date-time" | "decimal"));
    let table = code_table(&field.kind).map(|name| format!(" {}", code(name))).unwrap_or_default();
    rows.push(vec![
        code(&path),
        format!("{}{personal}", plain(field.title.text(handed.lang))),
        format!("{}{table}{}", code(&graphql(&field.kind)), format.map(|format| format!(" {}", plain(format))).unwrap_or_default()),
        if masked { say.of("脱敏", "masked") } else { say.of("明文", "in clear") }.into(),
        if field.required { say.of("是", "yes") } else { "" }.into(),
        comparisons(field).unwrap_or_default(),
    ]);
    let parent = format!("{path}{}.", if is_list(&field.kind) { "[]" } else { "" });
    for field in inner(&field.kind).unwrap_or_default() {
        row(rows, handed, &parent, field, masked);
    }
}

/// The name in GraphQL.
fn graphql(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Text => "String".into(),
        FieldKind::Date => "Date".into(),
        FieldKind::DateTime => "DateTime".into(),
        FieldKind::Decimal => "Decimal".into(),
        FieldKind::Int => "Int".into(),
        FieldKind::Long => "Long".into(),
        FieldKind::Float => "Float".into(),
        FieldKind::Bool => "Boolean".into(),
        FieldKind::Base64 => "Base64".into(),
        FieldKind::Code(_) => "CodeValue".into(),
        FieldKind::Object(object) => object.name.clone(),
        FieldKind::List(item) => format!("[{}]", graphql(item)),
    }
}

/// The tables of codes that the shown fields use, whole.
pub(super) fn codes(handed: &Handed<'_>) -> Vec<Block> {
    let say = Say(handed.lang);
    let mut names = Vec::new();
    collect(&handed.ty.fields, &mut names);
    let mut blocks = Vec::new();
    let head = [(say.of("代码", "Code"), 20), (say.of("含义", "Chinese"), 40), (say.of("英文", "English"), 50)];
    for table in names.iter().filter_map(|name| Standards::embedded().table(name)) {
        let open = if table.complete {
            ""
        } else {
            say.of("；来源不全，可能还有其他代码", "; the source is not complete: there may be others")
        };
        blocks.push(Block::heading(say.with(&plain(table.title.get(handed.lang)), &code(&table.table))));
        blocks.push(Block::text(format!("{}{}{open}", say.of("来源：", "Source: "), plain(table.source.get(handed.lang)))));
        let rows = table.codes.iter().map(|row| vec![code(&row.code), plain(&row.zh), plain(&row.en)]).collect();
        blocks.push(Block::table(&head, rows));
    }
    blocks
}

fn collect<'a>(fields: &'a [Field], names: &mut Vec<&'a str>) {
    for field in fields {
        if let Some(name) = code_table(&field.kind).filter(|name| !names.contains(name)) {
            names.push(name);
        }
        collect(inner(&field.kind).unwrap_or_default(), names);
    }
}
