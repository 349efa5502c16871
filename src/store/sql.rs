//! SQL text with its parameters. Values are only ever parameters.

use sea_orm::Value;
use sea_orm::sqlx::postgres::PgArguments;
use sea_orm::sqlx::{Arguments as _, Encode, Postgres, Type};
use uuid::Uuid;

use super::error::Fault;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parameter {
    One(Value),
    /// One parameter for values of one kind, whatever their number. PostgreSQL's alone.
    Array(Vec<Value>),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Sql {
    text: String,
    values: Vec<Parameter>,
}

/// Where a list stands in the text; neither mark is written by the program.
const IN: char = '\u{1}';
const NOT_IN: char = '\u{2}';

impl Sql {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Text of the program's own; `?` stands for parameters and for nothing else.
    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// A parameter.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(Parameter::One(value.into()));
        self.text.push('?');
        self
    }

    /// One of few words of the program's own, a status or a type's name, as a literal: how frequent it is decides the plan, and a plan
    /// for any value would not know. What is no such word is a parameter.
    pub(super) fn word(&mut self, word: &str) -> &mut Self {
        if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.push("'").push(word).push("'")
        } else {
            self.bind(text(word))
        }
    }

    /// Parameters with commas between.
    pub(super) fn binds(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        for (place, value) in values.into_iter().enumerate() {
            self.push(if place == 0 { "" } else { ", " }).bind(value);
        }
        self
    }

    /// An array parameter of values of one kind, which PostgreSQL alone knows; there must be one at least.
    pub(super) fn array(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        self.values.push(Parameter::Array(values.into_iter().collect()));
        self.text.push('?');
        self
    }

    /// The list behind an `IN ` or `NOT IN ` just written. There is one text whatever its length on PostgreSQL, which is given an
    /// array (`= ANY`); SQLite gets the list padded to the next power of two by its last value, so that few texts exist. An empty
    /// list matches nothing. One value is compared by itself: PostgreSQL takes an array for ten values, so that no plan for any array
    /// would seem as good as one made anew each time, which costs more than the rows.
    pub(super) fn list(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        let values: Vec<Value> = values.into_iter().collect();
        let marked =
            [("NOT IN ", NOT_IN), ("IN ", IN)].into_iter().find_map(|(words, mark)| Some((self.text.strip_suffix(words)?.len(), mark)));
        match marked {
            Some((end, mark)) if values.len() == 1 => {
                self.text.truncate(end);
                self.push(if mark == IN { "= " } else { "<> " });
                values.into_iter().fold(self, Self::bind)
            }
            Some((end, mark)) if !values.is_empty() => {
                self.text.truncate(end);
                self.text.push(mark);
                self.values.push(Parameter::Array(values));
                self
            }
            _ => self.push("(NULL)"),
        }
    }

    /// A part written by itself.
    pub(super) fn adopt(&mut self, part: Self) -> &mut Self {
        self.text.push_str(&part.text);
        self.values.extend(part.values);
        self
    }

    /// Text and values: `$1, $2 …` on PostgreSQL. SQLite looks names of parameters up one by one, so there they have none.
    pub(super) fn finish(self, dialect: Dialect) -> (String, Vec<Parameter>) {
        let mut text = String::with_capacity(self.text.len() + 4 * self.values.len());
        let mut values = Vec::with_capacity(self.values.len());
        let mut given = self.values.into_iter();
        for character in self.text.chars() {
            match (character, dialect) {
                ('?', Dialect::Sqlite) => text.push('?'),
                ('?', Dialect::Postgres) => number(&mut text, "$", values.len() + 1, ""),
                (IN, Dialect::Postgres) => number(&mut text, "= ANY($", values.len() + 1, ")"),
                (NOT_IN, Dialect::Postgres) => number(&mut text, "<> ALL($", values.len() + 1, ")"),
                (IN | NOT_IN, Dialect::Sqlite) => {
                    text.push_str(if character == IN { "IN (" } else { "NOT IN (" });
                    let Some(Parameter::Array(mut listed)) = given.next() else { continue };
                    if let Some(last) = listed.last().cloned() {
                        listed.resize(listed.len().next_power_of_two(), last);
                    }
                    text.push_str(&vec!["?"; listed.len()].join(", "));
                    text.push(')');
                    values.extend(listed.into_iter().map(Parameter::One));
                    continue;
                }
                (other, _) => {
                    text.push(other);
                    continue;
                }
            }
            values.extend(given.next());
        }
        (text, values)
    }
}

fn number(text: &mut String, before: &str, number: usize, behind: &str) {
    text.push_str(before);
    text.push_str(&number.to_string());
    text.push_str(behind);
}

impl Parameter {
    /// Adds it to a statement of PostgreSQL.
    pub(super) fn add_to(&self, arguments: &mut PgArguments) -> Result<(), Fault> {
        match self {
            Self::One(Value::String(value)) => add(arguments, value.as_deref()),
            Self::One(Value::BigInt(value)) => add(arguments, *value),
            Self::One(Value::Uuid(value)) => add(arguments, *value),
            Self::One(Value::Bytes(value)) => add(arguments, value.as_deref()),
            Self::One(other) => Err(unknown(other)),
            Self::Array(values) => match values.first() {
                Some(Value::String(_)) => {
                    add(arguments, each(values, |value| if let Value::String(value) = value { Some(value.as_deref()) } else { None })?)
                }
                Some(Value::BigInt(_)) => {
                    add(arguments, each(values, |value| if let Value::BigInt(value) = value { Some(*value) } else { None })?)
                }
                Some(Value::Uuid(_)) => {
                    add(arguments, each::<Option<Uuid>>(values, |value| if let Value::Uuid(value) = value { Some(*value) } else { None })?)
                }
                Some(Value::Bytes(_)) => {
                    add(arguments, each(values, |value| if let Value::Bytes(value) = value { Some(value.as_deref()) } else { None })?)
                }
                Some(other) => Err(unknown(other)),
                None => Err(Fault::nonsense("an array without a kind")),
            },
        }
    }
}

fn add<'t, T: Encode<'t, Postgres> + Type<Postgres>>(arguments: &mut PgArguments, value: T) -> Result<(), Fault> {
    arguments.add(value).map_err(|error| Fault::nonsense(error.to_string()))
}

fn each<'v, T>(values: &'v [Value], of: impl Fn(&'v Value) -> Option<T>) -> Result<Vec<T>, Fault> {
    values.iter().map(|value| of(value).ok_or_else(|| unknown(value))).collect()
}

/// Says nothing of the value.
fn unknown(_: &Value) -> Fault {
    Fault::nonsense("a parameter of a kind that this program does not write")
}

/// A text as parameter. PostgreSQL's text cannot hold U+0000, so neither database is given one.
pub(super) fn text(value: &str) -> Value {
    if value.contains('\0') { Value::from(value.replace('\0', "\u{fffd}")) } else { Value::from(value) }
}

pub(super) fn optional_text(value: Option<&str>) -> Value {
    value.map_or(Value::String(None), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_text_on_postgres_and_few_on_sqlite() {
        let rendered = |dialect, count: i64| {
            let mut sql = Sql::new("a = ");
            sql.bind(7i64)
                .push(" AND x IN ")
                .list((0..count).map(Value::from))
                .push(" AND y NOT IN ")
                .list(["z".into(), "zz".into()])
                .push(" AND z IN ")
                .list([1i64.into()]);
            sql.finish(dialect)
        };
        assert_eq!(rendered(Dialect::Postgres, 3).0, "a = $1 AND x = ANY($2) AND y <> ALL($3) AND z = $4");
        assert_eq!(rendered(Dialect::Postgres, 3).1[1], Parameter::Array([0, 1, 2].map(|value: i64| value.into()).into()));
        assert_eq!(rendered(Dialect::Postgres, 0).0, "a = $1 AND x IN (NULL) AND y <> ALL($2) AND z = $3");
        let (text, values) = rendered(Dialect::Sqlite, 3);
        assert_eq!(text, "a = ? AND x IN (?, ?, ?, ?) AND y NOT IN (?, ?) AND z = ?");
        assert_eq!(values[1..5], [0, 1, 2, 2].map(|value: i64| Parameter::One(value.into())));
        assert_eq!(rendered(Dialect::Sqlite, 500).1.len(), 516);
    }

    #[test]
    fn a_word_is_written_out_and_nothing_else_is() {
        let mut sql = Sql::default();
        sql.word("NOT_YET_VALID").push(", ").word("x' OR 'a' = 'a").push(", ").word("").push(", ").word("证");
        assert_eq!(sql.finish(Dialect::Postgres).0, "'NOT_YET_VALID', $1, $2, $3");
    }

    #[test]
    fn an_array_holds_one_kind() {
        let mut arguments = PgArguments::default();
        let mixed = Parameter::Array(vec![1i64.into(), "a".into()]);
        assert!(mixed.add_to(&mut arguments).is_err() && Parameter::Array(vec![]).add_to(&mut arguments).is_err());
        let absent = Parameter::Array(vec![Value::String(None), "a".into()]);
        assert!(absent.add_to(&mut arguments).is_ok());
    }

    #[test]
    fn no_nul_reaches_a_database() {
        assert_eq!(text("a\0b"), Value::from("a\u{fffd}b"));
    }
}
