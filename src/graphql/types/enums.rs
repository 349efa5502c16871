//! Enumerations of the API.

use async_graphql::dynamic::{Enum, EnumItem, SchemaBuilder};
use async_graphql::{Name, Value};
use serde::Serialize;
use verify::messages::Lang;
use verify::status::CertificateStatus;

pub(crate) const LANG: &str = "Lang";
pub(crate) const STATUS: &str = "CertificateStatus";
pub(crate) const DIRECTION: &str = "OrderDirection";
pub(crate) const RESULT: &str = "VerificationResult";
pub(crate) const OUTCOME: &str = "CheckOutcome";
pub(crate) const STATE: &str = "CertificateTypeState";
pub(crate) const ACCESS: &str = "Access";

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    schema
        .register(Enum::new(LANG).description("语言 / language of labels").items(["ZH", "EN"]))
        .register(
            Enum::new(STATUS)
                .description("证照状态（归一） / normalised status of a certificate at the time of the request")
                .item(EnumItem::new("VALID").description("有效"))
                .item(EnumItem::new("NOT_YET_VALID").description("未生效"))
                .item(EnumItem::new("SUSPENDED").description("暂扣、暂时失效"))
                .item(EnumItem::new("EXPIRED").description("过期"))
                .item(EnumItem::new("REVOKED").description("撤销、吊销"))
                .item(EnumItem::new("CANCELLED").description("注销"))
                .item(EnumItem::new("TRANSFERRED").description("已转出"))
                .item(EnumItem::new("SUPERSEDED").description("已被新版本替代"))
                .item(EnumItem::new("OTHER").description("其他")),
        )
        .register(Enum::new(DIRECTION).items(["ASC", "DESC"]))
        .register(
            Enum::new(RESULT)
                .description("验证结论 / genuine and usable now?")
                .item(EnumItem::new("PASSED").description("真实且有效"))
                .item(EnumItem::new("FAILED").description("不通过"))
                .item(EnumItem::new("INDETERMINATE").description("无法判定")),
        )
        .register(Enum::new(OUTCOME).items(["OK", "FAILED", "UNKNOWN", "NOT_APPLICABLE"]))
        .register(
            Enum::new(STATE)
                .item(EnumItem::new("DRAFT").description("草稿：不可签发、不可查询"))
                .item(EnumItem::new("PUBLISHED").description("已发布"))
                .item(EnumItem::new("WITHDRAWN").description("已停用：不再签发，仍可查询与验证")),
        )
        .register(Enum::new(ACCESS).items(["ALLOWED", "MASKED", "DENIED"]))
}

/// An enumeration's value as GraphQL writes it: the serde name.
pub(crate) fn value<T: Serialize>(item: &T) -> Value {
    match serde_json::to_value(item) {
        Ok(serde_json::Value::String(name)) => Value::Enum(Name::new(name)),
        _ => Value::Null,
    }
}

/// What people call a status.
pub(crate) const fn status_label(status: CertificateStatus, lang: Lang) -> &'static str {
    use CertificateStatus::{Cancelled, Expired, NotYetValid, Other, Revoked, Superseded, Suspended, Transferred, Valid};
    let (zh, en) = match status {
        Valid => ("有效", "valid"),
        NotYetValid => ("未生效", "not yet valid"),
        Suspended => ("暂停", "suspended"),
        Expired => ("过期", "expired"),
        Revoked => ("撤销或吊销", "revoked"),
        Cancelled => ("注销", "cancelled"),
        Transferred => ("已转出", "transferred"),
        Superseded => ("已被替代", "superseded"),
        Other => ("其他", "other"),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
