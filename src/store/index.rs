//! Columns of the index by name, and values as they lie in them.

use model::plan::{Column, Value, absent};
use model::registry::{Slot, SlotFamily};
use sm3::{Digest, Sm3};
use uuid::Uuid;

use super::StoreError;
use super::error::Fault;
use super::opaque::IndexKey;
use super::sql::text;

const TEXTS: [&str; 8] = ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"];
const DATES: [&str; 4] = ["d1", "d2", "d3", "d4"];
const NUMBERS: [&str; 4] = ["n1", "n2", "n3", "n4"];

/// Longest text in bytes that lies in the index as it is; PostgreSQL's b-trees take 2,700 an entry.
const LONGEST: usize = 1000;
/// So much of a longer text is kept before its digest.
const HEAD: usize = 930;

/// The column's name in `certificate_index`; None for holders, which have a table of their own, and for slots that do not exist.
pub(super) fn name(column: Column) -> Option<&'static str> {
    Some(match column {
        Column::Id => "id",
        Column::Number => "number_key",
        Column::Issuer => "issuer",
        Column::IssuedOn => "issued_on",
        Column::ValidFrom => "valid_from",
        Column::ValidTo => "valid_to",
        Column::EventStatus => "event_status",
        Column::StatusCode => "status_code",
        Column::Updated => "updated",
        Column::TypeName => "type_name",
        Column::Holder => return None,
        Column::Slot(Slot { family, number }) => {
            let place = usize::from(number).checked_sub(1)?;
            let names: &[&str] = match family {
                SlotFamily::Text => &TEXTS,
                SlotFamily::Date => &DATES,
                SlotFamily::Number => &NUMBERS,
            };
            return names.get(place).copied();
        }
    })
}

pub(super) fn known(column: Column) -> Result<&'static str, Fault> {
    name(column).ok_or_else(|| misfit(column).into())
}

pub(super) fn misfit(column: Column) -> StoreError {
    StoreError::Misfit { column: format!("{column:?}") }
}

/// A value as it lies in its column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lying {
    Text(String),
    Number(i64),
    Uuid(Uuid),
}

impl Lying {
    pub(super) fn into_sql(self) -> sea_orm::Value {
        match self {
            Self::Text(value) => text(&value),
            Self::Number(number) => number.into(),
            Self::Uuid(id) => id.into(),
        }
    }
}

/// Brings a value of a plan or command into the form in which it lies in the column.
pub(super) fn lying(key: &IndexKey, column: Column, value: &Value) -> Result<Lying, Fault> {
    let numbers = matches!(absent(column), Value::Number(_));
    Ok(match (column, value) {
        (Column::Id, Value::Text(id)) => Lying::Uuid(id.parse().map_err(|_| misfit(column))?),
        (Column::Holder, Value::Opaque(code) | Value::Text(code)) => Lying::Text(key.holder(code)),
        (Column::Holder, Value::Key(key)) => Lying::Text(key.clone()),
        (_, Value::Number(number)) if numbers => Lying::Number(*number),
        (_, Value::Text(value)) if !numbers && column != Column::Id => Lying::Text(short(value)),
        (_, Value::Opaque(value)) if !numbers && column != Column::Id => Lying::Text(key.opaque(value)),
        _ => return Err(misfit(column).into()),
    })
}

/// A normalised number in both forms in which it may lie in the index: in clear, and as an opaque key where it tells something
/// of a person.
pub(super) fn numbers(key: &IndexKey, number: &str) -> [String; 2] {
    [short(number), key.opaque(number)]
}

/// A text that fits an index entry. Longer ones end in their digest, so that equal stays equal; order and prefix hold for the first
/// 930 bytes.
pub(super) fn short(value: &str) -> String {
    let value = if value.contains('\0') { value.replace('\0', "\u{fffd}") } else { value.to_owned() };
    if value.len() <= LONGEST {
        return value;
    }
    let digest: String = Sm3::digest(value.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}…{digest}", head(&value))
}

/// The part of a text that lies in the index for certain.
pub(super) fn head(value: &str) -> &str {
    let mut end = HEAD.min(value.len());
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    &value[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_fit_and_stay_apart() {
        let long = "证".repeat(2000);
        let other = format!("{long}照");
        assert!(short(&long).len() <= LONGEST);
        assert_ne!(short(&long), short(&other));
        assert_eq!(short(&short(&long)), short(&long));
        assert_eq!(short("short"), "short");
    }

    #[test]
    fn a_forged_cursor_value_is_refused() {
        let key = IndexKey::new(&[0; 32]);
        assert!(lying(&key, Column::Id, &Value::Text("no id".into())).is_err());
        assert!(lying(&key, Column::Updated, &Value::Text("1".into())).is_err());
        assert!(lying(&key, Column::Number, &Value::Number(1)).is_err());
        assert_eq!(name(Column::Slot(Slot { family: SlotFamily::Date, number: 5 })), None);
        assert_eq!(name(Column::Slot(Slot { family: SlotFamily::Text, number: 0 })), None);
    }
}
