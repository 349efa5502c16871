//! The interface document (对接文档) of a certificate type: what a department or a business system is handed, in Chinese,
//! as Markdown; and, with what was granted and run, for one department ([`department`]), as parts to be set.
//!
//! Everything in it follows from the checked type and the dictionary, so it cannot fall behind them.

mod answers;
mod codes;
mod conditions;
pub mod department;
pub mod document;
mod examples;
mod facts;
mod fields;
mod status;
mod words;

use crate::registry::{CertificateType, Registry};

/// The document of one type. `registry` gives the titles of related types; `endpoint` stands in the examples.
pub fn interface(ty: &CertificateType, registry: &Registry, endpoint: &str) -> String {
    let mut out = format!("# {} 数据接口说明\n\n", words::cell(&ty.title.zh));
    body(&mut out, ty, registry, endpoint);
    out
}

/// One document of several types, with a table of contents in front.
pub fn handbook(types: &[&CertificateType], registry: &Registry, endpoint: &str) -> String {
    let mut out = String::from("# 电子证照数据接口说明\n\n| 证照类型 | GraphQL 名称 | 类型代码 | 版本 |\n| --- | --- | --- | --- |\n");
    for ty in types {
        out.push_str(&format!("| {} | `{}` | `{}` | {} |\n", words::cell(&ty.title.zh), ty.name, ty.type_code, ty.version));
    }
    for ty in types {
        out.push_str(&format!("\n---\n\n# {}\n\n", words::cell(&ty.title.zh)));
        body(&mut out, ty, registry, endpoint);
    }
    out
}

fn body(out: &mut String, ty: &CertificateType, registry: &Registry, endpoint: &str) {
    facts::about(out, ty);
    facts::access(out, endpoint);
    fields::table(out, ty);
    conditions::section(out, ty);
    facts::metadata(out, ty);
    status::section(out, ty);
    facts::relations(out, ty, registry);
    codes::tables(out, ty);
    examples::section(out, ty, endpoint);
    answers::section(out);
    facts::notes(out, ty);
}

#[cfg(test)]
mod tests;
