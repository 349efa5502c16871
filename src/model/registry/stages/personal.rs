//! What everybody sees of a certificate, its number, its identifier and its name: does it tell something of a person?
//!
//! Warnings, all of them: some numbers are personal by law (driving licences), and the author knows.

use super::super::diagnostic::{Code, Message};
use super::super::path;
use super::super::pointer::Pointer;
use super::super::source::Part;
use super::super::types::{personal_in_number, personal_in_template, personal_on_the_way};
use super::super::{NumberRule, SerialRule, Template};
use super::Desk;
use super::paths::Known;

/// A number made from a personal value is personal itself ([`super::super::CertificateType::number_is_personal`]): said once,
/// since it costs the callers every comparison but equality.
pub(super) fn number(desk: &mut Desk<'_>, known: Known<'_>, from: Option<&str>, template: Option<&Template>, at: &Pointer) {
    let steps = from.map(path::parse);
    let taken = personal_in_number(known.fields, steps.as_deref(), None);
    let found = taken.map(|name| ("from", name)).or_else(|| Some(("template", personal_in_number(known.fields, None, template)?)));
    let Some((key, name)) = found else { return };
    let message = Message::new(
        format!("编号用到个人信息“{name}”：编号因此也按个人信息处理，只能用 eq、in 检索，不能比较大小、按前缀查或排序"),
        format!(
            "the number uses “{name}”, which is personal: the number is personal too and can be asked for by eq and in only, without range, prefix or order"
        ),
    );
    let help = Message::new(
        format!("若规定的编号就是如此（如驾驶证），不必改；否则换一个属性，或（若“{name}”其实不是个人信息）改它的 sensitivity"),
        format!(
            "leave it where the rule says so (as for driving licences); else take another property, or another sensitivity if “{name}” is not personal after all"
        ),
    );
    desk.warn(Code::PersonalNumber, &at.child(key), Part::Value, message, help);
}

/// The serial stands in the identifier, which is in clear wherever the certificate is named: in addresses, in codes to scan, in
/// the signed statement, in messages.
pub(super) fn serial(desk: &mut Desk<'_>, known: Known<'_>, serial: &SerialRule, number: Option<&NumberRule>) {
    let found = match serial {
        SerialRule::Template(template) => personal_in_template(known.fields, template).map(|name| ("template", name)),
        SerialRule::NumberDigits(_) => number
            .and_then(|number| personal_in_number(known.fields, number.from.as_deref(), number.template.as_ref()))
            .map(|name| ("numberDigits", name)),
    };
    let Some((key, name)) = found else { return };
    let message = Message::new(
        format!("流水号用到个人信息“{name}”：它会明文出现在证照标识里，凡见到标识（网址、二维码、消息）的人都看得到"),
        format!(
            "the serial uses “{name}”, which is personal: it stands in clear in the identifier, for whoever sees one in an address, a code or a message"
        ),
    );
    let help = Message::new(
        "改用计数，如 \"template\": \"{year}{seq:7}\"；标识不应说出持证人的任何信息",
        "count instead, as with \"template\": \"{year}{seq:7}\": an identifier should tell nothing of the holder",
    );
    desk.warn(Code::PersonalSerial, &Pointer::certificate(&["serial", key]), Part::Value, message, help);
}

/// The certificate's name is shown wherever certificates are listed, and nobody expects a person's data in it.
pub(super) fn name(desk: &mut Desk<'_>, known: Known<'_>, from: &str, at: &Pointer) {
    let Some(name) = personal_on_the_way(known.fields, &path::parse(from)) else { return };
    let message = Message::new(
        format!("证照名称取自个人信息“{name}”：名称不按个人信息处理，凡能看到证照的人都看得到"),
        format!(
            "the certificate's name comes from “{name}”, which is personal: names are shown as what is not, to everybody who sees the certificate"
        ),
    );
    let help = Message::new(
        "写 {\"rule\": \"title\"} 或常量；持证主体的姓名写在 holders.name",
        "write {\"rule\": \"title\"} or a constant; a holder's name belongs to holders.name",
    );
    desk.warn(Code::PersonalName, at, Part::Value, message, help);
}
