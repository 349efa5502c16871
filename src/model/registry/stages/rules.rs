//! Rules across a holder's certificates, and the sets of information that are enough to verify.

use std::collections::HashSet;

use verify::status::CertificateStatus;

use super::super::diagnostic::{Code, Message};
use super::super::path;
use super::super::pointer::Pointer;
use super::super::raw::{RawHolderRule, RawLookup, RawSealing, section};
use super::super::source::Part;
use super::super::{FieldKind, HolderRule, HolderRuleKind, Sealing, SealingMode};
use super::paths::{Known, unfit};
use super::{Desk, identity};

/// Which of the holder's other certificates count where a rule does not say.
const COUNTED: [CertificateStatus; 3] = [CertificateStatus::Valid, CertificateStatus::NotYetValid, CertificateStatus::Suspended];

pub(super) fn check(desk: &mut Desk<'_>, known: Known<'_>) -> Vec<HolderRule> {
    let count = desk.root().pointer("/x-certificate/rules").and_then(|rules| rules.as_array()).map_or(0, Vec::len);
    let mut rules: Vec<HolderRule> = Vec::new();
    let mut codes = HashSet::new();
    for index in 0..count {
        let at = Pointer::certificate(&["rules"]).index(index);
        let raw = desk.root().pointer(&at.to_string()).and_then(|value| serde::Deserialize::deserialize(value).ok());
        let Some(raw): Option<RawHolderRule> = raw else {
            continue;
        };
        if !codes.insert(raw.code.clone()) {
            let message = Message::new(format!("规则代码“{}”用了两次", raw.code), format!("the rule code “{}” stands twice", raw.code));
            let help = Message::new("每条规则取不同的 code：违反时按它报告", "give each rule its own code: violations are told by it");
            desk.error(Code::DuplicateRule, &at.child("code"), Part::Value, message, help);
        }
        rules.extend(rule(desk, known, raw, &at));
    }
    rules
}

fn rule(desk: &mut Desk<'_>, known: Known<'_>, raw: RawHolderRule, at: &Pointer) -> Option<HolderRule> {
    let before = desk.errors();
    scalar(desk, known, &raw.property, &at.child("property"));
    for (name, codes) in &raw.among {
        let place = at.child("among").child(name.as_str());
        let Some(kind) = scalar(desk, known, name, &place) else {
            continue;
        };
        if let FieldKind::Code(table) = kind {
            for (index, code) in codes.iter().enumerate() {
                identity::known_code(desk, &table, code, &place.index(index));
            }
        }
    }
    (desk.errors() == before).then(|| HolderRule {
        code: raw.code,
        kind: if raw.kind == "unique" { HolderRuleKind::Unique } else { HolderRuleKind::Same },
        property: raw.property,
        among: raw.among,
        status: raw.status.unwrap_or_else(|| COUNTED.to_vec()),
        message: raw.message.into(),
    })
}

/// The kind of a single property at the top: rules compare one value with one value.
fn scalar(desk: &mut Desk<'_>, known: Known<'_>, name: &str, at: &Pointer) -> Option<FieldKind> {
    let reached = known.reach(desk, name, at)?;
    if path::parse(name).len() > 1 || reached.listed || matches!(reached.kind, FieldKind::Object(_) | FieldKind::Base64) {
        let help = Message::new("用最外层的单个属性", "name a single property at the top");
        unfit(desk, at, name, &reached.field.kind, &Message::new("最外层的单个值", "a single value at the top"), help);
        return None;
    }
    Some(reached.kind.clone())
}

pub(super) fn lookup(desk: &mut Desk<'_>, known: Known<'_>) -> Vec<Vec<String>> {
    let raw: Option<RawLookup> = section(desk.root(), "lookup");
    let Some(raw) = raw else {
        return [["number", "holderName"], ["number", "holderCode"]].map(|set| set.map(str::to_owned).to_vec()).to_vec();
    };
    for (outer, set) in raw.sufficient.iter().enumerate() {
        for (inner, name) in set.iter().enumerate() {
            if !["number", "holderName", "holderCode"].contains(&name.as_str()) {
                let at = Pointer::certificate(&["lookup", "sufficient"]).index(outer).index(inner);
                scalar(desk, known, name, &at);
            }
        }
    }
    raw.sufficient
}

pub(super) fn sealing(desk: &Desk<'_>) -> Sealing {
    let raw: Option<RawSealing> = section(desk.root(), "sealing");
    raw.map_or_else(Sealing::default, |raw| Sealing {
        mode: match raw.mode.as_str() {
            "manual" => SealingMode::Manual,
            "none" => SealingMode::None,
            _ => SealingMode::Automatic,
        },
        seal: raw.seal,
        signer: raw.signer,
    })
}
