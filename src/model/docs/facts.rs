//! What the type is, who may ask, where the metadata come from.

use super::words::{cell, code, graded, period, source, template};
use crate::registry::{CertificateType, HolderSource, Kind, Registry, RelationBy, RelationFrom, Scope, SealingMode, SerialRule};
use crate::standards::Standards;
use verify::messages::Lang;

pub(super) fn about(out: &mut String, ty: &CertificateType) {
    if let Some(description) = &ty.description {
        out.push_str(&format!("{}\n\n", cell(description)));
    }
    out.push_str("## 一、证照类型\n\n| 项目 | 内容 |\n| --- | --- |\n");
    let mut row = |name: &str, value: String| out.push_str(&format!("| {name} | {value} |\n"));
    row("证照类型名称", cell(&ty.title.zh));
    if let Some(english) = &ty.title.en {
        row("英文名称", cell(english));
    }
    row("GraphQL 名称", format!("{}，复数 {}", code(&ty.name), code(&ty.plural)));
    row("证照类型代码", format!("{}{}", code(&ty.type_code), graded(ty.type_code_grade)));
    row("标准", ty.standard.as_deref().map_or_else(|| "未注明".into(), cell));
    row("类型文件版本", format!("{}，文件摘要（SM3）{}", ty.version, code(&ty.digest)));
    row("定义机构", format!("{}（{}）", cell(&ty.defining_authority.name), code(&ty.defining_authority.code)));
    row("种类", if ty.kind == Kind::Record { "记录（无照面、不加盖印章）" } else { "证照" }.into());
    let labelled = |table: &str, value: &Option<String>| {
        let value = value.as_ref()?;
        let label = Standards::embedded().table(table).and_then(|table| table.label(value, Lang::Zh));
        Some(label.map_or_else(|| code(value), |label| format!("{} {}", code(value), cell(label))))
    };
    let facts = &ty.catalogue;
    for (name, value) in [
        ("持证主体类别", labelled("HolderCategory", &facts.holder_category)),
        ("颁发机构级别", labelled("AuthorityLevel", &facts.issuing_level)),
        ("目录类别", labelled("CertificateCatalogueType", &facts.category)),
        ("有效期限范围", ty.validity.range.as_deref().map(cell)),
    ] {
        if let Some(value) = value {
            row(name, value);
        }
    }
    if !facts.related_items.is_empty() {
        let items: Vec<_> = facts
            .related_items
            .iter()
            .map(|(name, item)| format!("{}{}", cell(name), item.as_deref().map(|item| format!("（{}）", code(item))).unwrap_or_default()))
            .collect();
        row("相关事项", items.join("、"));
    }
    let sealing = match ty.sealing.mode {
        SealingMode::Automatic => "自动",
        SealingMode::Manual => "人工",
        SealingMode::None => "不加盖",
    };
    row("加盖印章", sealing.into());
    out.push('\n');
}

pub(super) fn access(out: &mut String, endpoint: &str) {
    out.push_str(&format!(
        "## 二、接入\n\n\
         - 地址：`POST {endpoint}`，请求体为 JSON：`{{\"query\", \"variables\", \"operationName\", \"extensions\"}}`。\n\
         - 身份：请求头 `Authorization: Bearer <令牌>`，令牌由枢纽管理员发放，限定证照类型；签发令牌还限定颁发机构。\n\
         - 用途：用证部门和颁发机构读取证照时必须说明用途，写在 `extensions.purpose`：`useFor`（用途，必填）、`itemCode`、`itemName`（事项编码、名称）、\
         `businessCode`（业务流水号）、`operator`（经办人）；也可把同样的 JSON 百分号编码后放在请求头 `X-Purpose`。每次读取连同用途记入日志。\n\
         - 语言：请求头 `Accept-Language`，默认中文。\n\
         - 验证（`verifyCertificate` 等）和目录（`certificateTypes`）不需要令牌和用途。\n\n",
    ));
}

pub(super) fn metadata(out: &mut String, ty: &CertificateType) {
    out.push_str("## 四、元数据（GB/T 36903）\n\n| 元素 | GraphQL 字段 | 来源 |\n| --- | --- | --- |\n");
    let mut row = |title: &str, name: &str, value: String| out.push_str(&format!("| {title} | `{name}` | {value} |\n"));
    row("证照名称", "name", source(&ty.metadata.name));
    row("证照编号", "number", number(ty));
    row(
        "电子证照标识",
        "identifier",
        format!("按 GB/T 36904 由类型代码、颁发机构代码、流水号、版本号、校验位组成；流水号{}", serial(&ty.serial)),
    );
    row("颁发日期", "issuedOn", source(&ty.metadata.issued_on));
    row("有效期起始日期", "validFrom", source(&ty.metadata.valid_from));
    row("有效期截止日期", "validTo", format!("{}；{}。含当日，空为长期", source(&ty.metadata.valid_to), validity(ty)));
    for holder in &ty.metadata.holders {
        row("持证主体", "holders", self::holder(holder));
    }
    out.push('\n');
    if !ty.lookup.is_empty() {
        let sets: Vec<_> = ty.lookup.iter().map(|set| set.iter().map(|name| code(name)).collect::<Vec<_>>().join(" + ")).collect();
        out.push_str(&format!("按证面信息验证（`verifyInformation`）须给出下列任一组：{}。\n\n", sets.join("；")));
    }
    if !ty.rules.is_empty() {
        out.push_str("签发时检查的跨证照规则：\n\n");
        for rule in &ty.rules {
            out.push_str(&format!("- {}（`{}`）\n", cell(&rule.message.zh), rule.code));
        }
        out.push('\n');
    }
}

fn number(ty: &CertificateType) -> String {
    let mut ways = vec!["签发请求的 `number`".to_owned()];
    if let Some(path) = &ty.number.from {
        ways.push(format!("`{}`", path.join(".")));
    }
    if let Some(rule) = &ty.number.template {
        let scope = match ty.number.scope {
            Scope::Issuer => "每个颁发机构连续编号",
            Scope::IssuerYear => "每个颁发机构按年编号",
            Scope::IssuerDay => "每个颁发机构按日编号",
        };
        ways.push(format!("编号规则 {}（{scope}）", code(&template(rule))));
    }
    let pattern = ty.number.pattern.as_ref().map(|pattern| format!("；须符合 {}", code(pattern.as_str()))).unwrap_or_default();
    format!("依次取 {}{pattern}{}", ways.join("、"), graded(ty.number.grade))
}

fn serial(rule: &SerialRule) -> String {
    match rule {
        SerialRule::Template(rule) => format!("为 {}", code(&template(rule))),
        SerialRule::NumberDigits(count) => format!("为证照编号的末 {count} 位字母和数字"),
    }
}

fn validity(ty: &CertificateType) -> String {
    let rule = &ty.validity;
    let mut parts = Vec::new();
    if let Some(length) = rule.period {
        parts.push(format!("未给时自起始日期起 {}", period(length)));
    }
    if let Some(less) = rule.less {
        parts.push(format!("减 {}", period(less)));
    }
    if let Some(path) = &rule.latest {
        parts.push(format!("取 `{}` 中最晚的日期", path.join(".")));
    }
    if let Some(cap) = &rule.age_cap {
        let less = cap.less.map(|less| format!("前 {}", period(less))).unwrap_or_default();
        parts.push(format!("不晚于 `{}` 起满 {} 周岁{less}", cap.birth_date.join("."), cap.years));
    }
    if rule.open_ended {
        parts.push("未给时为长期".into());
    }
    let text = if parts.is_empty() { "须由数据给出".to_owned() } else { parts.join("，") };
    format!("{text}{}", graded(rule.grade))
}

fn holder(rule: &HolderSource) -> String {
    let each = rule.each.as_ref().map(|path| format!("`{}` 的每一项为一个持证主体：", path.join("."))).unwrap_or_default();
    let absent = rule.code_absent.as_ref().map(|reason| format!("；无代码时须说明原因，{}", source(reason))).unwrap_or_default();
    format!("{each}名称{}；代码{}；代码类型{}{absent}", source(&rule.name), source(&rule.code), source(&rule.code_type))
}

pub(super) fn relations(out: &mut String, ty: &CertificateType, registry: &Registry) {
    if ty.relations.is_empty() {
        return;
    }
    out.push_str("## 六、关联证照\n\n| 字段 | 含义 | 由何值 | 对应 | 证照类型 |\n| --- | --- | --- | --- | --- |\n");
    for relation in &ty.relations {
        let from = match &relation.from {
            RelationFrom::Holder => "持证主体代码".into(),
            RelationFrom::Number => "证照编号".into(),
            RelationFrom::Property(path) => format!("`{}`", path.join(".")),
        };
        let by = match &relation.by {
            RelationBy::Holder => "持证主体代码".into(),
            RelationBy::Number => "证照编号".into(),
            RelationBy::Property(name) => format!("`{name}`"),
        };
        let to: Vec<_> = relation
            .to
            .iter()
            .map(|name| registry.get(name).map_or_else(|| code(name), |known| format!("{}（{}）", cell(&known.ty.title.zh), code(name))))
            .collect();
        out.push_str(&format!("| `{}` | {} | {from} | {by} | {} |\n", relation.name, cell(&relation.title.zh), to.join("、")));
    }
    out.push_str("\n关联字段可带 `first`（默认 20，最多 100）；调用方对目标类型没有权限时该字段为空并附错误。\n\n");
}

pub(super) fn notes(out: &mut String, ty: &CertificateType) {
    if ty.notes.is_empty() {
        return;
    }
    out.push_str("## 十、来源未说明之处\n\n");
    for note in &ty.notes {
        out.push_str(&format!("- {}\n", cell(note)));
    }
}
