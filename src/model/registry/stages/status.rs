//! Status scheme and transitions: every code is there, and every operation leads somewhere that makes sense.

use verify::status::CertificateStatus;

use crate::standards::{Standards, StatusScheme};

use super::super::diagnostic::{Code, Message};
use super::super::names::nearest;
use super::super::pointer::Pointer;
use super::super::raw::{RawStatus, section};
use super::super::source::Part;
use super::super::{Operation, StatusRule, Transition};
use super::Desk;

pub(super) fn check(desk: &mut Desk<'_>) -> Option<StatusRule> {
    let raw: RawStatus = section(desk.root(), "status")?;
    let at = Pointer::certificate(&["status"]);
    let Some(scheme) = Standards::embedded().scheme(&raw.scheme) else {
        let names: Vec<&str> = Standards::embedded().schemes().map(|scheme| scheme.scheme.as_str()).collect();
        let message = Message::new(format!("没有名为“{}”的状态表", raw.scheme), format!("there is no status scheme “{}”", raw.scheme));
        let help = match nearest(&raw.scheme, names.iter().copied()) {
            Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
            None => Message::new(
                format!("已有的状态表：{}；来源未给出状态代码时用 GeneralStatus", names.join("、")),
                format!("schemes there are: {}; where the source gives no codes use GeneralStatus", names.join(", ")),
            ),
        };
        desk.error(Code::UnknownStatusScheme, &at.child("scheme"), Part::Value, message, help);
        return None;
    };
    let before = desk.errors();
    known(desk, scheme, &raw.initial, &at.child("initial"));
    if scheme.status(&raw.initial).is_some_and(|status| status != CertificateStatus::Valid) {
        let message = Message::new(
            format!("初始状态“{}”不是“有效”一类，证照一签发就不可用", raw.initial),
            format!("the initial code “{}” does not mean VALID: certificates would be unusable when issued", raw.initial),
        );
        let help = Message::new("initial 写该状态表里表示“有效”的代码", "let initial be the scheme's code for VALID");
        desk.error(Code::UnfitTransition, &at.child("initial"), Part::Value, message, help);
    }
    let mut transitions = indexmap::IndexMap::new();
    for (operation, transition) in raw.transitions {
        let place = at.child("transitions").child(operation.as_str());
        for (index, code) in transition.from.iter().enumerate() {
            known(desk, scheme, code, &place.child("from").index(index));
        }
        for (index, code) in transition.to.iter().enumerate() {
            let there = place.child("to").index(index);
            known(desk, scheme, code, &there);
            fits(desk, scheme, operation, code, &there);
        }
        transitions.insert(operation, Transition { from: transition.from, to: transition.to, operation: transition.operation });
    }
    if transitions.contains_key(&Operation::Suspend) && !transitions.contains_key(&Operation::Resume) {
        let message = Message::new(
            "有暂扣（suspend）而没有恢复（resume）：暂扣后再也回不到有效",
            "there is suspend but no resume: nothing leads back to valid",
        );
        let help = Message::new("加上 resume，或确认这是本意后不理会", "add resume, or leave it where that is meant");
        desk.warn(Code::UnfitTransition, &at.child("transitions").child("suspend"), Part::Key, message, help);
    }
    (desk.errors() == before).then_some(StatusRule {
        scheme: raw.scheme,
        initial: raw.initial,
        issue_operation: raw.issue_operation,
        transitions,
    })
}

fn known(desk: &mut Desk<'_>, scheme: &StatusScheme, code: &str, at: &Pointer) {
    if scheme.code(code).is_some() {
        return;
    }
    let codes: Vec<String> = scheme.codes.iter().map(|entry| format!("{} {}", entry.code, entry.zh)).collect();
    let codes_en: Vec<String> = scheme.codes.iter().map(|entry| format!("{} {}", entry.code, entry.en)).collect();
    let message = Message::new(
        format!("状态表 {} 里没有代码“{code}”", scheme.scheme),
        format!("the status scheme {} has no code “{code}”", scheme.scheme),
    );
    let help = Message::new(format!("该表的代码：{}", codes.join("、")), format!("its codes: {}", codes_en.join(", ")));
    desk.error(Code::UnknownStatusCode, at, Part::Value, message, help);
}

/// Where an operation may lead, by the normalised status. A code that means `OTHER` says nothing, and is let pass.
fn fits(desk: &mut Desk<'_>, scheme: &StatusScheme, operation: Operation, code: &str, at: &Pointer) {
    use CertificateStatus as S;
    let allowed: &[CertificateStatus] = match operation {
        Operation::Suspend => &[S::Suspended],
        Operation::Resume => &[S::Valid],
        Operation::Revoke => &[S::Revoked],
        Operation::Cancel => &[S::Cancelled, S::Expired, S::Transferred, S::Revoked],
        Operation::Amend | Operation::Renew => return,
    };
    let Some(status) = scheme.status(code).filter(|status| *status != S::Other && !allowed.contains(status)) else {
        return;
    };
    let list: Vec<&str> = allowed.iter().map(|status| status.as_str()).collect();
    let message = Message::new(
        format!("{} 之后的状态“{code}”意为 {}，与这一操作不符", operation.as_str(), status.as_str()),
        format!("{} leads to “{code}”, which means {}: that is not what the operation does", operation.as_str(), status.as_str()),
    );
    let fit: Vec<&str> = scheme.codes.iter().filter(|entry| allowed.contains(&entry.status)).map(|entry| entry.code.as_str()).collect();
    let help = if fit.is_empty() {
        Message::new(
            format!("状态表 {} 没有意为 {} 的代码：删去这一操作", scheme.scheme, list.join("、")),
            format!("{} has no code that means {}: leave the operation out", scheme.scheme, list.join(" or ")),
        )
    } else {
        Message::new(
            format!("意为 {} 的代码：{}", list.join("、"), fit.join("、")),
            format!("codes that mean {}: {}", list.join(" or "), fit.join(", ")),
        )
    };
    desk.error(Code::UnfitTransition, at, Part::Value, message, help);
}
