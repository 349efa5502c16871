//! `AccessRule`: what may be seen, and the rule that says so.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, Object, TypeRef};
use async_graphql::{Name, Value};
use model::actor::{Actor, Role};
use model::grant::{FILES, Fields, Grant, HOLDERS, NUMBER};
use model::registry::Sight;
use verify::messages::Lang;

use super::enums;
use crate::graphql::ask::{Ask, read};
use crate::graphql::scalars;

pub(crate) const ACCESS_RULE: &str = "AccessRule";

#[derive(Clone)]
pub(crate) struct Cell {
    /// Where a query selects it.
    pub path: Option<String>,
    pub type_name: String,
    pub field: Option<String>,
    pub sight: Sight,
    pub rule: String,
    /// The grants behind it.
    pub grants: Vec<Arc<Grant>>,
    /// What to do to see more.
    pub apply: Option<&'static str>,
}

pub(crate) fn object() -> Object {
    let text = |name: &'static str, get: fn(&Cell) -> Option<&str>| {
        Field::new(name, TypeRef::named(TypeRef::STRING), move |context| read::<Cell>(&context, |cell| get(cell).map(Value::from)))
    };
    Object::new(ACCESS_RULE)
        .description("访问规则：类型或字段，以及依据 / what may be read, and why")
        .field(Field::new("type", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Cell>(&context, |cell| Some(Value::from(cell.type_name.as_str())))
        }))
        .field(text("field", |cell| cell.field.as_deref()).description("空为整个类型"))
        .field(text("path", |cell| cell.path.as_deref()).description("在所解释查询中的位置 / where the explained query selects it"))
        .field(Field::new("access", TypeRef::named_nn(enums::ACCESS), |context| {
            read::<Cell>(&context, |cell| {
                Some(Value::Enum(Name::new(match cell.sight {
                    Sight::Plain => "ALLOWED",
                    Sight::Masked => "MASKED",
                    Sight::Denied => "DENIED",
                })))
            })
        }))
        .field(Field::new("rule", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Cell>(&context, |cell| Some(Value::from(cell.rule.as_str())))
        }))
        .field(
            Field::new("items", TypeRef::named_nn_list(TypeRef::STRING), |context| {
                read::<Cell>(&context, |cell| {
                    let items: Vec<_> = cell.grants.iter().filter_map(|grant| grant.items.as_ref()).flatten().collect();
                    (!items.is_empty()).then(|| Value::List(items.into_iter().map(|item| Value::from(item.as_str())).collect()))
                })
            })
            .description("限于这些事项；空为不限"),
        )
        .field(Field::new("until", TypeRef::named(scalars::DATE), |context| {
            read::<Cell>(&context, |cell| {
                cell.grants.iter().filter_map(|grant| grant.until).min().map(|until| Value::from(until.to_string()))
            })
        }))
        .field(
            Field::new("legalBasis", TypeRef::named_nn_list(TypeRef::STRING), |context| {
                read::<Cell>(&context, |cell| {
                    let texts = cell.grants.iter().map(|grant| Value::from(grant.legal_basis.as_str()));
                    (!cell.grants.is_empty()).then(|| Value::List(texts.collect()))
                })
            })
            .description("法律依据"),
        )
        .field(text("apply", |cell| cell.apply).description("如何申请 / how to ask for more"))
}

/// One rule for each type, and for each field of a type that is named.
pub(crate) fn rules(ask: &Arc<Ask>, named: Option<&str>) -> FieldValue<'static> {
    let actor = &ask.caller.actor;
    let mut cells = Vec::new();
    // The hub's own types: of what is not granted its name and its rule are told, as the catalogue tells them.
    let registry = ask.hub.registry.load();
    let asked = |known: &model::registry::Registered| named.is_none_or(|name| &*known.ty.name == name || known.ty.type_code == name);
    for known in registry.types().filter(|known| asked(known)) {
        let name = &known.ty.name;
        cells.push(type_rule(actor, name, ask.lang));
        if named.is_some() {
            let properties = known.ty.fields.iter().map(|field| field.name.as_str());
            cells.extend(properties.chain([NUMBER, HOLDERS, FILES]).map(|field| field_rule(actor, name, field, ask.lang)));
        }
    }
    list(cells)
}

pub(crate) fn list(cells: Vec<Cell>) -> FieldValue<'static> {
    FieldValue::list(cells.into_iter().map(FieldValue::owned_any))
}

/// What the actor may see of a type.
pub(crate) fn type_rule(actor: &Actor, type_name: &str, lang: Lang) -> Cell {
    let sight = if actor.reads(type_name) { Sight::Plain } else { Sight::Denied };
    cell(actor, type_name, None, sight, lang)
}

/// What it may see of a field, or of number, holders and files.
pub(crate) fn field_rule(actor: &Actor, type_name: &str, field: &str, lang: Lang) -> Cell {
    // A signature proves what was signed, as the files do.
    let granted_as = if field == "signature" { FILES } else { field };
    let sight = match actor.granted(type_name) {
        Some(rights) => rights.sight(granted_as),
        None if actor.reads(type_name) => Sight::Plain,
        None => Sight::Denied,
    };
    cell(actor, type_name, Some(field), sight, lang)
}

fn cell(actor: &Actor, type_name: &str, field: Option<&str>, sight: Sight, lang: Lang) -> Cell {
    let (mut grants, mut rule) = (Vec::new(), token_rule(actor.role, sight != Sight::Denied, lang).to_owned());
    if let Some(rights) = actor.granted(type_name) {
        let of_field = |grant: &Grant| {
            let name = if field == Some("signature") { Some(FILES) } else { field };
            name.is_none_or(|name| match &grant.fields {
                Fields::All => true,
                Fields::Only(names) => names.contains(name) || grant.masked.contains(name),
            })
        };
        let named =
            |grant: &&Arc<Grant>| rights.rules.iter().any(|name| **name == *grant.name) && (sight == Sight::Denied || of_field(grant));
        grants = actor.matters.iter().flat_map(|matters| matters.grants()).filter(named).cloned().collect();
        let names = grants.iter().map(|grant| grant.name.as_str()).collect::<Vec<_>>().join(", ");
        rule = match (sight, lang) {
            (Sight::Denied, Lang::Zh) => format!("授权 {names} 不含该字段"),
            (Sight::Denied, Lang::En) => format!("not among the fields of grant {names}"),
            (_, Lang::Zh) => format!("授权 {names}"),
            (_, Lang::En) => format!("grant {names}"),
        };
    }
    let may_ask = actor.role == Role::Department && sight != Sight::Plain;
    Cell {
        path: None,
        type_name: type_name.to_owned(),
        field: field.map(str::to_owned),
        sight,
        rule,
        grants,
        apply: may_ask.then_some("requestAccess(type, fields, items, legalBasis)"),
    }
}

const fn token_rule(role: Role, allowed: bool, lang: Lang) -> &'static str {
    match (role, allowed, lang) {
        (Role::Administrator, ..) => "role administrator",
        (Role::Holder, _, Lang::Zh) => "本人的证照",
        (Role::Holder, _, Lang::En) => "certificates of one's own",
        (Role::Agent, true, Lang::Zh) => "委托人授权了该类型",
        (Role::Agent, true, Lang::En) => "the holder's mandate names this type",
        (_, true, Lang::Zh) => "令牌授权了该类型",
        (_, true, Lang::En) => "the token is granted this type",
        (Role::Anonymous, false, Lang::Zh) => "无令牌：只能验证与查看目录",
        (Role::Anonymous, false, Lang::En) => "no token: verification and the catalogue only",
        (_, false, Lang::Zh) => "没有授权该类型",
        (_, false, Lang::En) => "nothing grants this type",
    }
}
