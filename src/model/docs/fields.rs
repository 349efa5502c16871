//! The table of fields, nested ones by their path.

use super::words::{self, cell, code, comparisons, grade, inner, is_list, kind, sensitivity};
use crate::plan::METADATA;
use crate::registry::{CertificateType, Field};

const HEAD: &str = "| 字段 | 名称 | 标准短名 | 类型 | 必填 | 可检索 | 敏感级别 | 代码表 | 依据 |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";

/// Fields under the headings that the type file gives them.
pub(super) fn table(out: &mut String, ty: &CertificateType) {
    out.push_str("## 三、数据项\n\n查询中字段名即 GraphQL 名称；签发时为 `data` 的成员，代码字段写代码字符串。“必填”之外的条件性要求列在各表之后。\n");
    let mut groups: Vec<Option<&str>> = Vec::new();
    for field in &ty.fields {
        let group = field.group.as_deref();
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    for group in groups {
        out.push_str(&format!("\n### {}\n\n{}", group.map_or_else(|| "其他".into(), cell), HEAD));
        for field in ty.fields.iter().filter(|field| field.group.as_deref() == group) {
            row(out, "", field);
        }
    }
    let metadata: Vec<_> = METADATA.iter().map(|(name, ..)| format!("`{name}`")).collect();
    out.push_str(&format!("\n此外，元数据 {} 也可作条件；`holderCode` 只支持 `eq`、`in`。\n\n", metadata.join("、")));
}

fn row(out: &mut String, parent: &str, field: &Field) {
    let path = format!("{parent}{}", field.name);
    let english = field.title.en.as_deref().map(|english| format!(" {}", cell(english))).unwrap_or_default();
    let said = [field.description.as_deref(), field.note.as_deref()];
    let remark: String = said.iter().flatten().map(|text| format!("<br>{}", cell(text))).collect();
    let form = field.format.as_deref().filter(|format| !matches!(*format, "date" | "date-time" | "decimal"));
    out.push_str(&format!(
        "| {} | {}{english}{remark} | {} | {}{} | {} | {} | {} | {} | {} |\n",
        code(&path),
        cell(&field.title.zh),
        field.short_name.as_deref().map_or_else(String::new, code),
        kind(&field.kind),
        form.map(|format| format!("，格式 {}", code(format))).unwrap_or_default(),
        if field.required { "必填" } else { "" },
        comparisons(field).unwrap_or_default(),
        sensitivity(field.sensitivity),
        words::table(&field.kind).map_or_else(String::new, |name| format!("`{name}`")),
        field.grade.map_or("", grade),
    ));
    if let Some(fields) = inner(&field.kind) {
        let parent = format!("{path}{}.", if is_list(&field.kind) { "[]" } else { "" });
        for field in fields {
            row(out, &parent, field);
        }
    }
}
