//! Status codes and what may follow what.

use super::words::{cell, code, operation};
use crate::registry::CertificateType;
use crate::standards::Standards;
use verify::messages::Lang;

pub(super) fn section(out: &mut String, ty: &CertificateType) {
    let rule = &ty.status;
    out.push_str(&format!(
        "## 五、状态\n\n`status` 是按请求时刻推定的归一状态，`statusCode` 是本类型自己的代码（状态码表 `{}`），签发时为 {}。\n\n",
        rule.scheme,
        code(&rule.initial)
    ));
    let scheme = Standards::embedded().scheme(&rule.scheme);
    if let Some(scheme) = scheme {
        out.push_str("| 代码 | 含义 | 归一状态 |\n| --- | --- | --- |\n");
        for known in &scheme.codes {
            out.push_str(&format!("| {} | {} | `{}` |\n", code(&known.code), cell(&known.zh), known.status));
        }
        out.push('\n');
    }
    let label = |value: &String| {
        let text = scheme.and_then(|scheme| scheme.label(value, Lang::Zh));
        text.map_or_else(|| code(value), |text| format!("{} {}", code(value), cell(text)))
    };
    let list = |values: &[String]| values.iter().map(label).collect::<Vec<_>>().join("、");
    if rule.transitions.is_empty() {
        out.push_str("签发以后没有可做的操作。\n\n");
        return;
    }
    out.push_str("| 操作 | 可从 | 变为 | 本类型的操作代码 |\n| --- | --- | --- | --- |\n");
    for (kind, transition) in &rule.transitions {
        let to = if transition.to.is_empty() { format!("新版本 {}", label(&rule.initial)) } else { list(&transition.to) };
        out.push_str(&format!(
            "| {}（`{}`） | {} | {to} | {} |\n",
            operation(*kind),
            kind.as_str(),
            list(&transition.from),
            transition.operation.as_deref().map_or_else(String::new, code)
        ));
    }
    out.push_str("\n暂扣、恢复、撤销、注销不产生新版本；变更、延续产生新版本，旧版本状态为 `SUPERSEDED`。可变为多个代码时取第一个，除非请求给出 `statusCode`。\n\n");
}
