//! `Approval`: something that one person asked for and another must agree to.

use std::sync::Arc;

use async_graphql::dynamic::{Enum, EnumItem, Field, FieldFuture, Object, SchemaBuilder, TypeRef};
use async_graphql::{Name, Value};

use crate::graphql::ask::{Ask, read};
use crate::graphql::{scalars, values};
use crate::store::{ApprovalRow, ApprovalState};

pub(crate) const APPROVAL: &str = "Approval";
const STATE: &str = "ApprovalState";

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    let state = Enum::new(STATE)
        .item(EnumItem::new("WAITING").description("待批准"))
        .item(EnumItem::new("EXPIRED").description("已过期"))
        .item(
            EnumItem::new("APPROVED")
                .description("已批准，正在办理（长时间如此：办理中断，请重新提出） / being carried out; what stays so was broken off"),
        )
        .item(EnumItem::new("DONE").description("已办理"))
        .item(EnumItem::new("FAILED").description("已批准，未能办理"))
        .item(EnumItem::new("REFUSED").description("已拒绝、撤回或作废"));
    schema.register(state).register(object())
}

fn object() -> Object {
    let of = |name: &'static str, ty: TypeRef, get: fn(&ApprovalRow) -> Option<Value>| {
        Field::new(name, ty, move |context| -> FieldFuture<'_> { read::<ApprovalRow>(&context, get) })
    };
    let text = || TypeRef::named_nn(TypeRef::STRING);
    let optional = || TypeRef::named(TypeRef::STRING);
    let moment = || TypeRef::named_nn(scalars::DATE_TIME);
    Object::new(APPROVAL)
        .description("须第二人批准的申请 / what one person asked for and another must agree to")
        .field(of("id", TypeRef::named_nn(TypeRef::ID), |row| Some(Value::from(row.id.to_string()))))
        .field(of("action", text(), |row| Some(Value::from(row.action.as_str()))).description("grant、type、key"))
        .field(of("mutation", text(), |row| Some(Value::from(row.mutation.as_str()))).description("要办理的操作"))
        .field(
            of("arguments", TypeRef::named_nn(scalars::JSON), |row| {
                serde_json::from_str(&row.arguments).ok().and_then(|json| Value::from_json(json).ok())
            })
            .description("其参数，批准后原样办理 / carried out exactly so"),
        )
        .field(of("reason", optional(), |row| row.reason.as_deref().map(Value::from)).description("申请时说明的用途"))
        .field(of("askedBy", text(), |row| Some(Value::from(row.person.as_str()))).description("申请人的账号"))
        .field(of("askedAt", moment(), |row| Some(values::time(row.asked_at))))
        .field(of("until", moment(), |row| Some(values::time(row.until))).description("最晚批准时间"))
        .field(Field::new("state", TypeRef::named_nn(STATE), |context| {
            FieldFuture::new(async move {
                let ask = context.ctx.data::<Arc<Ask>>()?;
                let row = context.parent_value.downcast_ref::<ApprovalRow>();
                Ok(row.map(|row| Value::Enum(Name::new(state(row, ask)))))
            })
        }))
        .field(of("decidedBy", optional(), |row| row.decided_by.as_deref().map(Value::from)).description("办理人的账号"))
        .field(of("decidedAt", TypeRef::named(scalars::DATE_TIME), |row| row.decided_at.map(values::time)))
        .field(of("outcome", optional(), |row| row.outcome.as_deref().map(Value::from)).description("未办理的原因"))
        .field(
            Field::new("mine", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
                FieldFuture::new(async move {
                    let ask = context.ctx.data::<Arc<Ask>>()?;
                    let row = context.parent_value.downcast_ref::<ApprovalRow>();
                    let own = ask.caller.actor.person.as_ref().map(|person| &*person.name);
                    Ok(Some(Value::from(row.is_some_and(|row| Some(row.person.as_str()) == own))))
                })
            })
            .description("是本人提出的，不能由本人批准"),
        )
}

fn state(row: &ApprovalRow, ask: &Ask) -> &'static str {
    match row.state {
        ApprovalState::Waiting if row.until <= ask.now => "EXPIRED",
        ApprovalState::Waiting => "WAITING",
        ApprovalState::Approved => "APPROVED",
        ApprovalState::Done => "DONE",
        ApprovalState::Failed => "FAILED",
        ApprovalState::Refused => "REFUSED",
    }
}
