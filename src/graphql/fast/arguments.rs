//! Arguments and variables of a kept plan: put together anew for each request.

use async_graphql::parser::types::{BaseType, Field, OperationDefinition, Type};
use async_graphql::{Name, Value, Variables};
use indexmap::IndexMap;

use super::Stop::{self, Slow};
use crate::graphql::inputs::arguments::Arguments;
use crate::graphql::scalars;

/// The arguments of one field as the document writes them.
#[derive(Debug)]
pub(super) enum Args {
    /// No variable in them.
    Fixed(Arguments),
    /// The field, whose selection was taken off.
    Open(Box<Field>),
}

impl Args {
    pub(super) fn of(field: &Field) -> Self {
        let fixed: Result<Arguments, ()> =
            field.arguments.iter().map(|(name, value)| Ok((name.node.clone(), value.node.clone().into_const_with(|_| Err(()))?))).collect();
        fixed.map_or_else(
            |()| {
                let mut bare = field.clone();
                bare.selection_set.node.items.clear();
                Self::Open(Box::new(bare))
            },
            Self::Fixed,
        )
    }

    /// With the variables put in. A variable that is not given is the library's to tell.
    pub(super) fn bind(&self, variables: &Variables) -> Result<std::borrow::Cow<'_, Arguments>, Stop> {
        match self {
            Self::Fixed(arguments) => Ok(std::borrow::Cow::Borrowed(arguments)),
            Self::Open(field) => field
                .arguments
                .iter()
                .map(|(name, value)| {
                    let value = value.node.clone().into_const_with(|name| variables.get(&name).cloned().ok_or(Slow))?;
                    Ok((name.node.clone(), value))
                })
                .collect::<Result<IndexMap<_, _>, Stop>>()
                .map(std::borrow::Cow::Owned),
        }
    }
}

/// A variable that the operation declares.
#[derive(Debug)]
pub(super) struct Declared {
    name: Name,
    /// None: of a type that only the library judges.
    judged: Option<Judged>,
}

/// Types whose values are judged here, exactly as strictly as the library does or stricter.
#[derive(Debug)]
struct Judged {
    scalar: Plain,
    list: bool,
}

#[derive(Debug, Clone, Copy)]
enum Plain {
    Text,
    Integer,
    Flag,
}

impl Declared {
    pub(super) fn all(operation: &OperationDefinition) -> Vec<Self> {
        let definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
        definitions.map(|definition| Self { name: definition.name.node.clone(), judged: Judged::of(&definition.var_type.node) }).collect()
    }

    /// Is the value certainly one that validation lets pass? None: ask the library.
    pub(super) fn holds(&self, variables: &Variables) -> bool {
        match (&self.judged, variables.get(&self.name)) {
            // Where it is used, binding finds that it is not there.
            (Some(_), None) => true,
            (Some(judged), Some(value)) => judged.holds(value),
            (None, _) => false,
        }
    }
}

impl Judged {
    fn of(declared: &Type) -> Option<Self> {
        let (base, list) = match &declared.base {
            BaseType::Named(name) => (name, false),
            BaseType::List(item) => match &item.base {
                BaseType::Named(name) => (name, true),
                BaseType::List(_) => return None,
            },
        };
        let scalar = match base.as_str() {
            "String" | "ID" | scalars::DATE | scalars::DATE_TIME => Plain::Text,
            "Int" => Plain::Integer,
            "Boolean" => Plain::Flag,
            _ => return None,
        };
        Some(Self { scalar, list })
    }

    /// Null is left to the library: whether it may be null is a matter of the argument as well.
    fn holds(&self, value: &Value) -> bool {
        match value {
            Value::List(items) if self.list => items.iter().all(|item| self.scalar.holds(item)),
            _ if self.list => false,
            value => self.scalar.holds(value),
        }
    }
}

impl Plain {
    fn holds(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::String(_)) | (Self::Flag, Value::Boolean(_)) => true,
            (Self::Integer, Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            _ => false,
        }
    }
}
