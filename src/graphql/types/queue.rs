//! `SealingTask`: a certificate that waits for an officer's seal, or what became of it.

use async_graphql::dynamic::{Enum, Field, Object, SchemaBuilder, TypeRef};
use async_graphql::{Name, Value};

use super::certificate::{CERTIFICATE, loaders};
use crate::graphql::ask::{Cert, answer, read};
use crate::graphql::loaders::VersionKey;
use crate::graphql::{scalars, values};
use crate::store::{QueueRow, QueueState};

pub(crate) const TASK: &str = "SealingTask";
pub(crate) const STATE: &str = "SealingState";

/// For those who see the queue, and those who decide.
pub(crate) fn register(schema: SchemaBuilder, decides: bool) -> SchemaBuilder {
    let state = QueueState::ALL
        .into_iter()
        .fold(Enum::new(STATE).description("待签章、已签章、已拒绝"), |built, state| built.item(state.as_str()));
    let schema = schema.register(state).register(task());
    if decides { schema.register(result()) } else { schema }
}

fn task() -> Object {
    let time = |name: &'static str, of: fn(&QueueRow) -> Option<chrono::DateTime<chrono::Utc>>| {
        Field::new(name, TypeRef::named(scalars::DATE_TIME), move |context| read::<QueueRow>(&context, |row| of(row).map(values::time)))
    };
    Object::new(TASK)
        .description("人工签章的一项 / one certificate in the officers' queue")
        .field(Field::new("id", TypeRef::named_nn(TypeRef::ID), |context| {
            read::<QueueRow>(&context, |row| Some(Value::from(row.version_id.to_string())))
        }))
        .field(Field::new("certificate", TypeRef::named(CERTIFICATE), |context| {
            let id = context.parent_value.downcast_ref::<QueueRow>().map(|row| row.version_id);
            answer(context, move |context, _| async move {
                let Some(id) = id else { return Ok(None) };
                Ok(loaders(&context)?.load_one(VersionKey(id)).await?.map(Cert::into_interface))
            })
        }))
        .field(Field::new("state", TypeRef::named_nn(STATE), |context| {
            read::<QueueRow>(&context, |row| Some(Value::Enum(Name::new(row.state.as_str()))))
        }))
        .field(time("enteredAt", |row| Some(row.entered_at)))
        .field(time("decidedAt", |row| row.decided_at))
        .field(
            Field::new("officer", TypeRef::named(TypeRef::STRING), |context| {
                read::<QueueRow>(&context, |row| row.officer.as_deref().map(Value::from))
            })
            .description("签章或拒绝的经办人 / who sealed or refused it"),
        )
        .field(
            Field::new("reason", TypeRef::named(TypeRef::STRING), |context| {
                read::<QueueRow>(&context, |row| row.reason.as_deref().map(Value::from))
            })
            .description("拒绝的原因 / why it was refused"),
        )
}

/// What became of one certificate of a request to seal several.
pub(crate) struct SealedCell {
    pub id: String,
    /// Code and sentence; None: it is sealed.
    pub refused: Option<(&'static str, String)>,
}

pub(crate) const SEALED: &str = "SealingResult";

fn result() -> Object {
    let part = |name: &'static str, of: fn(&SealedCell) -> Option<&str>| {
        Field::new(name, TypeRef::named(TypeRef::STRING), move |context| read::<SealedCell>(&context, |cell| of(cell).map(Value::from)))
    };
    Object::new(SEALED)
        .field(Field::new("id", TypeRef::named_nn(TypeRef::ID), |context| {
            read::<SealedCell>(&context, |cell| Some(Value::from(cell.id.as_str())))
        }))
        .field(Field::new("ok", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
            read::<SealedCell>(&context, |cell| Some(Value::from(cell.refused.is_none())))
        }))
        .field(part("code", |cell| cell.refused.as_ref().map(|(code, _)| *code)))
        .field(part("message", |cell| cell.refused.as_ref().map(|(_, message)| message.as_str())))
}

/// The state of an argument.
pub(crate) fn state(name: &str) -> Option<QueueState> {
    QueueState::ALL.into_iter().find(|state| state.as_str() == name)
}
