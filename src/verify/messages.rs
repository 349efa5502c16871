//! Reasons and details as sentences, in Chinese and English.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 中文, the users' first language.
    #[default]
    Zh,
    /// English.
    En,
}

/// Code, Chinese, English; `{name}` stands for a parameter.
const MESSAGES: &[(&str, &str, &str)] = &[
    ("FORMAT_FAILURE", "格式不正确：{where}（{what}）", "The format is wrong at {where}: {what}"),
    ("STATEMENT_UNREAD", "签名内容无法读取，此项无法检查", "The signed statement cannot be read, so this cannot be checked"),
    (
        "IDENTIFIER_MISMATCH",
        "证照标识中的 {inside} 与所载 {member} {stated} 不一致",
        "The identifier says {inside} where {member} is {stated}",
    ),
    (
        "IDENTIFIER_CHECK_CHARACTER",
        "证照标识校验位为 {written}，按规则应为 {expected}",
        "The identifier's check character is {written}; the rule gives {expected}",
    ),
    ("NO_ATTACHMENTS", "没有随附照片等附件", "No photo or other attachment came with it"),
    (
        "ATTACHMENT_MISMATCH",
        "附件与签名内容不符，或不属于本证照：{which}",
        "An attachment is not the one that was signed, or does not belong to this certificate: {which}",
    ),
    ("NO_SIGNATURE", "没有电子签名，真伪无法判断", "There is no signature, so whether it is genuine cannot be said"),
    ("SIGNER_UNREAD", "签名者证书无法读取，签名无法验证", "The signer's certificate cannot be read, so the signature cannot be verified"),
    ("SIG_CRYPTO_FAILURE", "签名与内容不符，内容或签名已被改动", "The signature does not belong to this content: one of them was changed"),
    ("NO_CERTIFICATE_CHAIN_FOUND", "签名者证书不属于本系统信任的根证书", "The signer's certificate does not lead to a root trusted here"),
    (
        "OUT_OF_BOUNDS_NO_POE",
        "证书“{subject}”在验证时不在有效期内，且无法证明签名在有效期内作出",
        "The certificate \"{subject}\" is not in force at this time, and nothing proves that the signature was made while it was",
    ),
    ("NO_REVOCATION_DATA", "没有提供吊销信息，策略也不要求", "No revocation data were given, and the policy does not ask for any"),
    (
        "TRY_LATER",
        "证书“{subject}”是否被吊销无从得知（{why}），请稍后再试",
        "Whether the certificate \"{subject}\" was revoked is not known ({why}); try again later",
    ),
    (
        "SIGNER_ON_HOLD",
        "证书“{subject}”自 {since} 起被暂停使用，能否恢复尚不可知",
        "The certificate \"{subject}\" has been suspended since {since}, which may end",
    ),
    (
        "REVOKED_NO_POE",
        "签名者证书“{subject}”已于 {since} 被吊销，且无法证明签名在此之前作出",
        "The signer's certificate \"{subject}\" was revoked at {since}, and nothing proves that the signature is older",
    ),
    (
        "REVOKED_CA_NO_POE",
        "上级证书“{subject}”已于 {since} 被吊销，且无法证明签名在此之前作出",
        "The authority's certificate \"{subject}\" was revoked at {since}, and nothing proves that the signature is older",
    ),
    (
        "REVOKED",
        "证书“{subject}”已于 {since} 被吊销，签名在此之后作出",
        "The certificate \"{subject}\" was revoked at {since}, and the signature was made after that",
    ),
    (
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        "签名者证书链第 {place} 级（从 0 起）无效：{fault}",
        "The signer's certificate chain does not hold at position {place} (from 0): {fault}",
    ),
    (
        "CHAIN_CONSTRAINTS_FAILURE",
        "签名者证书链第 {place} 级（从 0 起）不符合约束：{fault}",
        "The signer's certificate chain breaks a constraint at position {place} (from 0): {fault}",
    ),
    (
        "SIGNER_NOT_ISSUER",
        "签名者机构代码 {signer} 不是颁发机构 {issuer}",
        "The signer's organisation code {signer} is not that of the issuer, {issuer}",
    ),
    ("DOCUMENT_SUSPICIOUS", "文件含有可能误导的内容：{where}（{what}）", "The {where} holds what may deceive: {what}"),
    (
        "DOCUMENT_NOT_COVERED",
        "签名（{place}）没有覆盖整个文件：{what}",
        "The signature at {place} does not cover the whole document: {what}",
    ),
    (
        "DOCUMENT_UNSIGNED",
        "文件没有电子签名或签章，真伪无法判断",
        "The document has no signature or seal, so whether it is genuine cannot be said",
    ),
    ("DOCUMENT_SIGNATURE_BROKEN", "文件的签名已被破坏", "The document's signature was broken"),
    ("DOCUMENT_CHANGED", "文件签名后被改动（{where}）", "The document was changed after it was signed ({where})"),
    ("FOREIGN_ALGORITHM", "{where} 使用本系统不判断的算法：{what}", "{where} uses algorithms that are not judged here: {what}"),
    ("NO_SEAL", "没有电子印章", "There is no seal"),
    ("SEAL_FORGED", "印章不是制章者所制，或已被改动", "The seal is not its maker's work, or was changed"),
    ("SEAL_MAKER_NOT_TRUSTED", "制章者不受本系统信任", "The maker of the seal is not trusted here"),
    ("SEAL_NOT_THE_SIGNERS", "签名者不在印章的使用者名单内", "The signer is not among those who may use the seal"),
    (
        "SEAL_NOT_IN_FORCE",
        "签章时印章不在有效期（{from} 至 {to}）内",
        "The seal was not in force when it was used; it is from {from} to {to}",
    ),
    (
        "SEAL_LAPSED_NO_POE",
        "印章有效期（{from} 至 {to}）已过，且无法证明签章在有效期内作出",
        "The seal was in force from {from} to {to}, and nothing proves that it was used then",
    ),
    ("SEAL_SWAPPED", "文件中的印章与签章所用的印章不同", "The seal in the file is not the one that was used"),
    ("NO_TIMESTAMP", "没有时间戳", "There is no timestamp"),
    ("TIMESTAMP_INVALID", "时间戳无效：{what}", "The timestamp does not hold: {what}"),
    ("DOCUMENT_WITHOUT_DATA", "文件没有携带本系统可核验的证照数据", "The document carries no signed data of a certificate"),
    (
        "DOCUMENT_DATA_MISMATCH",
        "文件所载信息与签名数据不一致：{members}",
        "What the document says of itself differs from the signed data: {members}",
    ),
    ("NOT_GIVEN", "没有提交此项所查的内容", "What this looks at was not given"),
    ("CODE_UNSIGNED", "二维码只是链接，没有签名，须联网核验", "The code is a link without a signature: ask online"),
    ("CODE_KEY_UNKNOWN", "二维码所用签名密钥在此未知，须联网核验", "The key that signed the code is not known here: ask online"),
    ("CODE_MISMATCH", "二维码不属于本证照：{members} 不一致", "The code is not that of this certificate: {members} differ"),
    ("NO_EVENTS", "没有状态变更", "There are no status events"),
    ("EVENT_OF_ANOTHER_CERTIFICATE", "第 {event} 条状态变更属于另一证照", "Status event {event} belongs to another certificate"),
    (
        "EVENT_MISSING",
        "第 {event} 条状态变更缺失或次序不对（实为第 {found} 条）",
        "Status event {event} is missing or out of order: number {found} stands there",
    ),
    ("HASH_FAILURE", "第 {event} 条状态变更与前一条不衔接", "Status event {event} does not follow from the one before it"),
    ("NO_COPY", "不是用证副本", "This is no copy for one use"),
    ("COPY_MISMATCH", "用证副本与证照不符：{members} 不一致", "The copy is not of this certificate: {members} differ"),
    (
        "COPY_TAKEN_OUT",
        "数据取自一份用证副本，脱离该副本无效",
        "The data were taken out of a copy for one use, and are not good without it",
    ),
    ("COPY_LAPSED", "用证副本已失效（截至 {to}）", "The copy may no longer be used (its last day was {to})"),
    ("COPY_FROM_FUTURE", "用证副本的制作日期 {from} 晚于验证时间", "The copy is said to be made on {from}, which is later than now"),
    ("NO_RECORD", "没有可供比对的登记信息", "There is no record to compare with"),
    ("RECORD_MISMATCH", "登记信息与签名内容不一致：{members}", "The record differs from what was signed: {members}"),
    ("NOTHING_PRESENTED", "没有提交需要比对的信息", "No information was given to compare"),
    ("DATA_MISMATCH", "提交的信息与证照不一致", "The information given and the certificate do not agree"),
    ("TOO_LITTLE_GIVEN", "信息不全，无法验证，请提供：{what}", "Too little was given to verify; please give: {what}"),
    ("NOT_KNOWN", "查无此证照", "No such certificate is known here"),
    ("STATUS_UNREACHABLE", "证照状态无从得知", "The status is not known and cannot be reached"),
    ("STATUS_OF_RECORD", "状态取自登记信息", "The status is that of the record"),
    ("STATUS_OF_ANOTHER_CERTIFICATE", "所附状态声明属于另一证照", "The statement of the status belongs to another certificate"),
    (
        "STATUS_MISMATCH",
        "所附状态变更与颁发机构声明的不一致：声明 {stated} 条，实有 {found} 条",
        "The status events are not those that the issuer states: {stated} stated, {found} found",
    ),
    (
        "STATUS_BEFORE_ISSUE",
        "证照状态的查询时间 {asOf} 早于颁发日期 {issuedOn}",
        "The status is said to be of {asOf}, before the day of issue, {issuedOn}",
    ),
    ("STATUS_AGE_UNKNOWN", "不知道证照状态是何时查询的", "It is not known when the status was asked for"),
    ("STATUS_FROM_FUTURE", "证照状态的查询时间 {asOf} 晚于验证时间", "The status is said to be of {asOf}, which is later than now"),
    ("STATUS_TOO_OLD", "证照状态查询于 {asOf}，已超过 {limit} 秒", "The status is of {asOf}, more than {limit} seconds ago"),
    ("STATUS_OTHER", "颁发机构给出的状态没有通用含义", "The issuer's status has no general meaning"),
    ("NOT_YET_VALID", "证照尚未生效（有效期自 {from} 起）", "The certificate is not yet in force (its term begins on {from})"),
    ("EXPIRED", "证照已过有效期（截至 {to}）", "The certificate has expired (its term ended on {to})"),
    ("SUSPENDED", "证照已暂扣", "The certificate is suspended"),
    ("CERTIFICATE_REVOKED", "证照已被撤销或吊销", "The certificate has been revoked"),
    ("CANCELLED", "证照已注销", "The certificate has been cancelled"),
    ("TRANSFERRED", "证照已转出", "The certificate has been transferred"),
    ("SUPERSEDED", "证照已被新版本取代：{by}", "The certificate has been replaced by {by}"),
    ("IGNORED_BY_POLICY", "按验证策略不检查此项", "The policy leaves this check out"),
];

/// The sentence for a code; an unknown code stands for itself. `event` is put in front where it is given.
pub fn message(code: &str, params: &BTreeMap<&'static str, String>, lang: Lang) -> String {
    let Some((_, zh, en)) = MESSAGES.iter().find(|(known, _, _)| *known == code) else {
        return code.to_owned();
    };
    let template = match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let sentence = fill(template, params);
    match params.get("event") {
        Some(event) if !template.contains("{event}") => match lang {
            Lang::Zh => format!("第 {event} 条状态变更：{sentence}"),
            Lang::En => format!("Status event {event}: {sentence}"),
        },
        _ => sentence,
    }
}

/// One pass, so that a brace inside a parameter stays what it is.
fn fill(template: &str, params: &BTreeMap<&'static str, String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        filled.push_str(params.get(name).map_or("–", String::as_str));
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_name_the_same_parameters() {
        for (code, zh, en) in MESSAGES {
            let names = |text: &str| {
                let mut names: Vec<String> =
                    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect();
                names.sort();
                names
            };
            assert_eq!(names(zh), names(en), "{code}");
            assert_eq!(MESSAGES.iter().filter(|(other, _, _)| other == code).count(), 1, "{code} stands once");
        }
    }

    #[test]
    fn parameters_are_put_in_once() {
        let params = BTreeMap::from([("where", "{what}".to_owned()), ("what", "坏".to_owned())]);
        assert_eq!(message("FORMAT_FAILURE", &params, Lang::Zh), "格式不正确：{what}（坏）");
        assert_eq!(
            message("HASH_FAILURE", &BTreeMap::from([("event", "2".to_owned())]), Lang::En),
            "Status event 2 does not follow from the one before it"
        );
        assert_eq!(
            message("SIG_CRYPTO_FAILURE", &BTreeMap::from([("event", "2".to_owned())]), Lang::Zh),
            "第 2 条状态变更：签名与内容不符，内容或签名已被改动"
        );
        assert_eq!(message("NO_SUCH_CODE", &BTreeMap::new(), Lang::En), "NO_SUCH_CODE");
    }
}
