//! `StatusCode`: the type's own status code.

use async_graphql::Value;
use async_graphql::dynamic::{Field, InputValue, Object, TypeRef};
use model::standards::Standards;

use super::enums;
use crate::graphql::ask::read;
use crate::graphql::values::label_lang;

pub(crate) const STATUS_CODE: &str = "StatusCode";

pub(crate) struct Cell {
    pub scheme: String,
    pub code: String,
}

pub(crate) fn object() -> Object {
    Object::new(STATUS_CODE)
        .description("状态代码：同一代码在不同方案中含义不同 / a code means what its scheme says")
        .field(Field::new("scheme", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Cell>(&context, |cell| Some(Value::from(cell.scheme.as_str())))
        }))
        .field(Field::new("code", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Cell>(&context, |cell| Some(Value::from(cell.code.as_str())))
        }))
        .field(
            Field::new("label", TypeRef::named(TypeRef::STRING), |context| {
                let lang = label_lang(&context);
                read::<Cell>(&context, |cell| Standards::embedded().scheme(&cell.scheme)?.label(&cell.code, lang).map(Value::from))
            })
            .argument(InputValue::new("lang", TypeRef::named(enums::LANG))),
        )
}
