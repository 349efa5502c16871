//! SQL text with its parameters. Values are only ever parameters.

use sea_orm::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Text of the program's own; `?` stands for parameters and for nothing else.
    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A parameter.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('?');
        self
    }

    /// Parameters with commas between.
    pub(super) fn binds(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        for (place, value) in values.into_iter().enumerate() {
            self.push(if place == 0 { "" } else { ", " }).bind(value);
        }
        self
    }

    /// `(…)` for `IN`, padded to the next power of two by the last value, so that few texts exist. An empty list matches nothing.
    pub(super) fn list(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        let mut values: Vec<Value> = values.into_iter().collect();
        match values.last().cloned() {
            None => self.push("(NULL)"),
            Some(last) => {
                values.resize(values.len().next_power_of_two(), last);
                self.push("(").binds(values).push(")")
            }
        }
    }

    /// A part written by itself.
    pub(super) fn adopt(&mut self, part: Self) -> &mut Self {
        self.text.push_str(&part.text);
        self.values.extend(part.values);
        self
    }

    /// Text and values: `$1, $2 …` on PostgreSQL. SQLite looks names of parameters up one by one, so there they have none.
    pub(super) fn finish(self, dialect: Dialect) -> (String, Vec<Value>) {
        if dialect == Dialect::Sqlite {
            return (self.text, self.values);
        }
        let mut numbered = String::with_capacity(self.text.len() + 4 * self.values.len());
        for (place, part) in self.text.split('?').enumerate() {
            if place > 0 {
                numbered.push_str(&format!("${place}"));
            }
            numbered.push_str(part);
        }
        (numbered, self.values)
    }
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
    fn lists_are_padded_to_powers_of_two() {
        let rendered = |count: i64| {
            let mut sql = Sql::new("x IN ");
            sql.list((0..count).map(Value::from));
            sql.finish(Dialect::Postgres)
        };
        assert_eq!(rendered(0).0, "x IN (NULL)");
        assert_eq!(rendered(1).0, "x IN ($1)");
        let (text, values) = rendered(3);
        assert_eq!(text, "x IN ($1, $2, $3, $4)");
        assert_eq!(values, [0, 1, 2, 2].map(|value: i64| Value::from(value)));
        assert_eq!(rendered(500).1.len(), 512);
        let mut sql = Sql::new("a = ");
        sql.bind(1i64).push(" AND b = ").bind(2i64);
        assert_eq!(sql.finish(Dialect::Sqlite).0, "a = ? AND b = ?");
    }

    #[test]
    fn no_nul_reaches_a_database() {
        assert_eq!(text("a\0b"), Value::from("a\u{fffd}b"));
    }
}
