//! Rules across a holder's certificates, as the store checks them inside the commit.

use chrono::NaiveDate;
use model::plan::{Value, indexed, stored};
use model::registry::{CertificateType, HolderRule, HolderRuleKind};
use serde_json::Map;

use crate::store::commands::RuleCheck;

/// The checks this version must pass: each rule that speaks about its values, for each holder with a code.
pub(super) fn checks(
    ty: &CertificateType,
    data: &Map<String, serde_json::Value>,
    holder_codes: &[String],
    today: NaiveDate,
) -> Vec<RuleCheck> {
    let mut checks = Vec::new();
    for rule in &ty.rules {
        let Some(template) = check(ty, rule, data, today) else { continue };
        for code in holder_codes {
            checks.push(RuleCheck { holder_code: code.clone(), ..template.clone() });
        }
    }
    checks
}

fn check(ty: &CertificateType, rule: &HolderRule, data: &Map<String, serde_json::Value>, today: NaiveDate) -> Option<RuleCheck> {
    let mut among = Vec::new();
    for (property, allowed) in &rule.among {
        // "This one included": a rule among categories B and C says nothing about an A.
        let own = data.get(property)?.as_str()?;
        if !allowed.iter().any(|value| value == own) {
            return None;
        }
        let column = indexed(ty, property)?;
        let values = allowed.iter().filter_map(|value| stored(column.form, column.opaque, &value.as_str().into()));
        among.push((column.column, values.collect::<Vec<Value>>()));
    }
    let column = indexed(ty, &rule.property)?;
    let value = stored(column.form, column.opaque, data.get(&rule.property)?)?;
    Some(RuleCheck {
        code: rule.code.clone(),
        holder_code: String::new(),
        type_name: ty.name.to_string(),
        among,
        status: rule.status.clone(),
        today,
        column: column.column,
        value,
        unique: rule.kind == HolderRuleKind::Unique,
        message: (rule.message.zh.clone(), rule.message.en.clone().unwrap_or_else(|| rule.message.zh.clone())),
    })
}
