//! Columns of a CSV file → the data of a certificate.
//!
//! A column is named as a fault names the place: `ownerName`, `house.area` for a member of an object, `owners[0].name` for one
//! of a list. A cell with several values of a list holds them with `|` between. An empty cell says nothing.

use std::collections::{BTreeMap, BTreeSet};

use model::registry::{CertificateType, Field, FieldKind};
use serde_json::{Map, Number, Value};

use super::ImportError;
use super::input::{MEMBERS, completed};
use crate::issue::{Fault, IssueInput};

/// Between the values of a list in one cell.
pub(super) const SEPARATOR: char = '|';
/// Highest place of a list that a column may name.
const MAX_PLACE: usize = 999;

/// What each column holds.
#[derive(Debug)]
pub(super) struct Mapping {
    columns: Vec<Column>,
}

#[derive(Debug)]
enum Column {
    /// A member of the issue input beside `data`.
    Member(&'static str),
    Data {
        steps: Vec<Step>,
        kind: Kind,
    },
    /// A column without a name, which holds nothing.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Name(String),
    Place(usize),
}

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scalar {
    Text,
    /// Dates and codes: blanks around them mean nothing.
    Word,
    Integer,
    Float,
    Bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    One(Scalar),
    List(Scalar),
}

impl Mapping {
    /// What the columns of a header mean for a type.
    ///
    /// # Errors
    /// Every column that names nothing, or names something twice, at once.
    pub(super) fn new<'a>(ty: &CertificateType, header: impl Iterator<Item = &'a str>) -> Result<Self, ImportError> {
        let mut columns = Vec::new();
        let mut wrong: Vec<(String, String)> = Vec::new();
        let mut seen = BTreeSet::new();
        for (place, name) in header.enumerate() {
            let name = name.trim();
            match column(&ty.fields, name) {
                Ok(column) => columns.push(column),
                Err(fault) => wrong.push(fault),
            }
            if MEMBERS.contains(&name) && !seen.insert(name.to_owned()) {
                let place = place + 1;
                wrong.push((format!("第 {place} 列“{name}”重复"), format!("column {place}, “{name}”, stands there twice")));
            }
        }
        let paths: Vec<&[Step]> = columns
            .iter()
            .filter_map(|column| if let Column::Data { steps, .. } = column { Some(steps.as_slice()) } else { None })
            .collect();
        // `a` beside `a[0]`, or `data.a` beside `a`.
        let clash =
            |(place, path): (usize, &&[Step])| paths.iter().enumerate().any(|(other, longer)| other != place && longer.starts_with(path));
        if paths.iter().enumerate().any(clash) {
            wrong.push(("有的列指向同一处数据".to_owned(), "some columns lead to the same place of the data".to_owned()));
        }
        if paths.is_empty() {
            let known: Vec<&str> = ty.fields.iter().map(|field| field.name.as_str()).collect();
            let known = known.join(", ");
            return Err(ImportError::file(
                format!("第一行须为列名，即 {} 的属性名：{known}", ty.name),
                format!("the first line must be the header, with the names of properties of {}: {known}", ty.name),
            ));
        }
        if wrong.is_empty() {
            return Ok(Self { columns });
        }
        let (zh, en): (Vec<String>, Vec<String>) = wrong.into_iter().unzip();
        Err(ImportError::file(format!("列名有误：{}", zh.join("；")), format!("the header is faulty: {}", en.join("; "))))
    }

    /// One row; None where no cell says anything.
    pub(super) fn row<'a>(&self, cells: impl Iterator<Item = &'a str>) -> Option<Result<IssueInput, Vec<Fault>>> {
        let mut members = Map::new();
        let mut tree = Tree::default();
        let (mut said, mut beyond, mut count) = (false, false, 0);
        for (place, cell) in cells.enumerate() {
            count = place + 1;
            if cell.trim().is_empty() {
                continue;
            }
            said = true;
            match self.columns.get(place) {
                Some(Column::Member(name)) => drop(members.insert((*name).to_owned(), cell.trim().into())),
                Some(Column::Data { steps, kind }) => tree.put(steps, value(*kind, cell)),
                Some(Column::Nothing) | None => beyond = true,
            }
        }
        if !said {
            return None;
        }
        let expected = self.columns.len();
        if beyond || count < expected {
            let zh = format!("这一行有 {count} 列，表头有 {expected} 列");
            return Some(Err(vec![Fault::new("row", zh, format!("the row has {count} columns, the header {expected}"))]));
        }
        let mut faults = Vec::new();
        let input = completed(tree.into_value(), &mut members, &mut faults);
        Some(if faults.is_empty() { Ok(input) } else { Err(faults) })
    }
}

fn column(fields: &[Field], name: &str) -> Result<Column, (String, String)> {
    if name.is_empty() {
        return Ok(Column::Nothing);
    }
    let own = fields.iter().any(|field| field.name == name);
    if let Some(member) = MEMBERS.into_iter().find(|member| *member == name && !own) {
        return Ok(Column::Member(member));
    }
    let unreadable = || (format!("“{name}”不是列名"), format!("“{name}” is no name of a column"));
    let steps = steps(name.strip_prefix("data.").unwrap_or(name)).ok_or_else(unreadable)?;
    let kind = found(fields, &steps, name)?;
    Ok(Column::Data { steps, kind })
}

/// `a.b[0].c` in steps.
fn steps(name: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in name.split('.') {
        let (word, mut places) = part.split_once('[').map_or((part, ""), |(word, places)| (word, places));
        if word.is_empty() {
            return None;
        }
        steps.push(Step::Name(word.to_owned()));
        while !places.is_empty() {
            let (place, rest) = places.split_once(']')?;
            let plain = !place.is_empty() && place.len() <= 3 && place.bytes().all(|byte| byte.is_ascii_digit());
            steps.push(Step::Place(place.parse().ok().filter(|place| plain && *place <= MAX_PLACE)?));
            places = if rest.is_empty() { rest } else { rest.strip_prefix('[')? };
        }
    }
    Some(steps)
}

/// What lies at the end of the steps.
fn found(fields: &[Field], steps: &[Step], name: &str) -> Result<Kind, (String, String)> {
    let unknown = |fields: &[Field], word: &str| match model::registry::names::nearest(word, fields.iter().map(|field| field.name.as_str()))
    {
        Some(hint) => (format!("没有属性“{name}”；是否想写“{hint}”？"), format!("there is no property “{name}”; did you mean “{hint}”?")),
        None => (format!("没有属性“{name}”"), format!("there is no property “{name}”")),
    };
    let Some((Step::Name(word), mut rest)) = steps.split_first() else { return Err(unknown(fields, name)) };
    let mut kind = &fields.iter().find(|field| field.name == *word).ok_or_else(|| unknown(fields, word))?.kind;
    while let Some((step, behind)) = rest.split_first() {
        kind = match (kind, step) {
            (FieldKind::Object(object), Step::Name(word)) => {
                &object.fields.iter().find(|field| field.name == *word).ok_or_else(|| unknown(&object.fields, word))?.kind
            }
            (FieldKind::List(item), Step::Place(_)) => item,
            (FieldKind::List(_), Step::Name(_)) => {
                return Err((
                    format!("“{name}”：其中有列表，须写出位置，如 owners[0].name"),
                    format!("“{name}” leads through a list: name the place, as in owners[0].name"),
                ));
            }
            _ => return Err(unknown(&[], word)),
        };
        rest = behind;
    }
    match kind {
        FieldKind::List(item) => scalar(item).map(Kind::List),
        other => scalar(other).map(Kind::One),
    }
    .ok_or_else(|| {
        (
            format!("“{name}”不是单个值：请逐个写出成员的列，如 house.area、owners[0].name"),
            format!("“{name}” is not one value: give a column for each member, as house.area or owners[0].name"),
        )
    })
}

const fn scalar(kind: &FieldKind) -> Option<Scalar> {
    Some(match kind {
        FieldKind::Text => Scalar::Text,
        FieldKind::Date | FieldKind::DateTime | FieldKind::Decimal | FieldKind::Base64 | FieldKind::Code(_) => Scalar::Word,
        FieldKind::Int | FieldKind::Long => Scalar::Integer,
        FieldKind::Float => Scalar::Float,
        FieldKind::Bool => Scalar::Bool,
        FieldKind::Object(_) | FieldKind::List(_) => return None,
    })
}

fn value(kind: Kind, cell: &str) -> Value {
    match kind {
        Kind::One(scalar) => one(scalar, cell),
        Kind::List(scalar) => cell.split(SEPARATOR).map(str::trim).filter(|part| !part.is_empty()).map(|part| one(scalar, part)).collect(),
    }
}

/// What does not read as its kind stays a text: the type's own validation tells what is wrong with it.
fn one(scalar: Scalar, text: &str) -> Value {
    let word = text.trim();
    let read = match scalar {
        Scalar::Text => return text.into(),
        Scalar::Word => None,
        Scalar::Integer => word.parse::<i64>().ok().map(Value::from),
        Scalar::Float => word.parse::<f64>().ok().and_then(Number::from_f64).map(Value::from),
        Scalar::Bool => match word.to_ascii_lowercase().as_str() {
            "true" | "1" | "是" => Some(true.into()),
            "false" | "0" | "否" => Some(false.into()),
            _ => None,
        },
    };
    read.unwrap_or_else(|| word.into())
}

/// Data that grow cell by cell. Places of a list that no cell fills are left out.
#[derive(Debug, Default)]
struct Tree {
    /// In the order of the columns.
    names: Vec<(String, Self)>,
    places: BTreeMap<usize, Self>,
    leaf: Option<Value>,
}

impl Tree {
    fn put(&mut self, steps: &[Step], value: Value) {
        match steps.split_first() {
            None => self.leaf = Some(value),
            Some((Step::Place(place), rest)) => self.places.entry(*place).or_default().put(rest, value),
            Some((Step::Name(name), rest)) => {
                let known = self.names.iter().position(|(known, _)| known == name);
                let place = known.unwrap_or(self.names.len());
                if known.is_none() {
                    self.names.push((name.clone(), Self::default()));
                }
                if let Some((_, tree)) = self.names.get_mut(place) {
                    tree.put(rest, value);
                }
            }
        }
    }

    fn into_value(self) -> Value {
        match self.leaf {
            Some(value) => value,
            None if !self.places.is_empty() => self.places.into_values().map(Self::into_value).collect(),
            None => Value::Object(self.names.into_iter().map(|(name, tree)| (name, tree.into_value())).collect()),
        }
    }
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
