//! The code tables that the type's fields use, in full.

use super::words::{cell, code, inner, table};
use crate::registry::{CertificateType, Field};
use crate::standards::Standards;

pub(super) fn tables(out: &mut String, ty: &CertificateType) {
    let mut names = Vec::new();
    collect(&ty.fields, &mut names);
    if names.is_empty() {
        return;
    }
    out.push_str("## 七、代码表\n\n");
    for known in names.iter().filter_map(|name| Standards::embedded().table(name)) {
        let complete = if known.complete { "" } else { "；来源不全，可能还有其他代码" };
        out.push_str(&format!(
            "### {}（`{}`）\n\n来源：{}{complete}\n\n| 代码 | 含义 | 英文 |\n| --- | --- | --- |\n",
            cell(&known.title.zh),
            known.table,
            cell(&known.source.zh)
        ));
        for row in &known.codes {
            out.push_str(&format!("| {} | {} | {} |\n", code(&row.code), cell(&row.zh), cell(&row.en)));
        }
        out.push('\n');
    }
}

fn collect<'a>(fields: &'a [Field], names: &mut Vec<&'a str>) {
    for field in fields {
        if let Some(name) = table(&field.kind).filter(|name| !names.contains(name)) {
            names.push(name);
        }
        if let Some(fields) = inner(&field.kind) {
            collect(fields, names);
        }
    }
}
