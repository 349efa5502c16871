//! `myAccess`: what the caller may see, and the rule that says so.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, Object, TypeRef};
use async_graphql::{Name, Value};
use model::actor::Role;
use verify::messages::Lang;

use super::enums;
use crate::graphql::ask::{Ask, read};

pub(crate) const ACCESS_RULE: &str = "AccessRule";

#[derive(Clone)]
struct Cell {
    type_name: String,
    field: Option<String>,
    allowed: bool,
    rule: &'static str,
}

pub(crate) fn object() -> Object {
    Object::new(ACCESS_RULE)
        .description("访问规则：类型或字段，以及依据 / what may be read, and why")
        .field(Field::new("type", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Cell>(&context, |cell| Some(Value::from(cell.type_name.as_str())))
        }))
        .field(
            Field::new("field", TypeRef::named(TypeRef::STRING), |context| {
                read::<Cell>(&context, |cell| cell.field.as_deref().map(Value::from))
            })
            .description("空为整个类型"),
        )
        .field(Field::new("access", TypeRef::named_nn(enums::ACCESS), |context| {
            read::<Cell>(&context, |cell| Some(Value::Enum(Name::new(if cell.allowed { "ALLOWED" } else { "DENIED" }))))
        }))
        .field(Field::new("rule", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Cell>(&context, |cell| Some(Value::from(cell.rule)))
        }))
}

/// One rule for each type, and for each field of a type that is named.
pub(crate) fn rules(ask: &Arc<Ask>, named: Option<&str>) -> FieldValue<'static> {
    let actor = &ask.caller.actor;
    let mut cells = Vec::new();
    let asked = |known: &model::registry::Registered| named.is_none_or(|name| &*known.ty.name == name || known.ty.type_code == name);
    for known in ask.registry.types().filter(|known| asked(known)) {
        let allowed = actor.reads(&known.ty.name);
        let rule = rule(actor.role, allowed, ask.lang);
        cells.push(Cell { type_name: known.ty.name.to_string(), field: None, allowed, rule });
        if named.is_some() {
            cells.extend(known.ty.fields.iter().map(|field| Cell {
                type_name: known.ty.name.to_string(),
                field: Some(field.name.clone()),
                allowed,
                rule,
            }));
        }
    }
    FieldValue::list(cells.into_iter().map(FieldValue::owned_any))
}

const fn rule(role: Role, allowed: bool, lang: Lang) -> &'static str {
    match (role, allowed, lang) {
        (Role::Administrator, ..) => "role administrator",
        (_, true, Lang::Zh) => "令牌授权了该类型",
        (_, true, Lang::En) => "the token is granted this type",
        (Role::Anonymous, false, Lang::Zh) => "无令牌：只能验证与查看目录",
        (Role::Anonymous, false, Lang::En) => "no token: verification and the catalogue only",
        (_, false, Lang::Zh) => "令牌未授权该类型",
        (_, false, Lang::En) => "the token is not granted this type",
    }
}
