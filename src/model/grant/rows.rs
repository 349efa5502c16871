//! The condition on rows: the language of `where`, as JSON, with variables for what the caller is.

use serde_json::Value as Json;

use crate::actor::Department;
use crate::plan::{Compare, Filter};
use crate::standards::credit_code::CreditCode;

/// What stands in a condition instead of a value.
const VARIABLE: &str = "variable";

/// What the caller is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    pub department: Option<String>,
    /// Six digits of GB/T 2260.
    pub division: Option<String>,
}

impl Variables {
    /// Of this department.
    pub fn of(department: Option<&Department>) -> Self {
        // Where nobody said it, the credit code holds the division that registered the department.
        let of_code = |code: &str| CreditCode::parse(code).ok().map(|code| code.division().to_owned());
        let division = department.and_then(|known| known.division.clone().or_else(|| of_code(&known.code)));
        Self { department: department.map(|known| known.code.clone()), division }
    }

    /// Some, for checking a condition for whoever it may be.
    pub(super) fn any() -> Self {
        Self { department: Some("11990000MB0000000X".into()), division: Some("990100".into()) }
    }

    fn get(&self, name: &str) -> Result<String, String> {
        let missing = || format!("the caller's {name} is not known");
        match name {
            "department" => self.department.clone().ok_or_else(missing),
            "division" => self.division.clone().ok_or_else(missing),
            // 990000 is a province, 990100 a city: what lies within begins with the digits before the zeros.
            "divisionPrefix" => {
                let division = self.division.as_deref().ok_or_else(missing)?;
                let mut prefix = division;
                while prefix.len() > 2 && prefix.ends_with("00") && prefix.is_char_boundary(prefix.len() - 2) {
                    prefix = &prefix[..prefix.len() - 2];
                }
                Ok(prefix.to_owned())
            }
            other => Err(format!("no variable is called {other:?}: department, division or divisionPrefix")),
        }
    }
}

/// Reads a condition.
///
/// # Errors
/// What is wrong, and where.
pub(super) fn read(rows: &Json, variables: &Variables) -> Result<Filter, String> {
    tree(rows, variables, 0)
}

fn tree(value: &Json, variables: &Variables, depth: usize) -> Result<Filter, String> {
    let Json::Object(members) = value else { return Err(format!("rows: {value} is no object of conditions")) };
    if depth > 8 {
        return Err("rows: nested deeper than 8".into());
    }
    let many = |name: &str, value: &Json| match value {
        Json::Array(parts) if parts.is_empty() => Err(format!("rows.{name}: an empty list says nothing")),
        Json::Array(parts) => parts.iter().map(|part| tree(part, variables, depth + 1)).collect::<Result<Vec<_>, _>>(),
        _ => Err(format!("rows.{name} is no list of conditions")),
    };
    let mut parts = Vec::new();
    for (name, value) in members {
        match name.as_str() {
            "and" => parts.push(Filter::And(many(name, value)?)),
            "or" => parts.push(Filter::Or(many(name, value)?)),
            "not" => parts.push(Filter::Not(Box::new(tree(value, variables, depth + 1)?))),
            field => {
                let Json::Object(comparisons) = value else { return Err(format!("rows.{field} is no object such as {{\"eq\": …}}")) };
                for (compare, value) in comparisons {
                    let known = Compare::ALL.into_iter().find(|known| known.as_str() == compare);
                    let compare = known.ok_or_else(|| format!("rows.{field}: no comparison is called {compare:?}"))?;
                    parts.push(Filter::Field { field: field.to_owned(), compare, value: put_in(value, variables)? });
                }
            }
        }
    }
    match parts.len() {
        0 => Err("rows: an empty condition says nothing; leave it out to grant every row".into()),
        1 => Ok(parts.remove(0)),
        _ => Ok(Filter::And(parts)),
    }
}

fn put_in(value: &Json, variables: &Variables) -> Result<Json, String> {
    match value {
        Json::Object(members) => match (members.len(), members.get(VARIABLE)) {
            (1, Some(Json::String(name))) => variables.get(name).map(Json::String),
            _ => Err(format!("rows: {value} is neither a value nor {{\"variable\": …}}")),
        },
        Json::Array(items) => items.iter().map(|item| put_in(item, variables)).collect::<Result<Vec<_>, _>>().map(Json::Array),
        other => Ok(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(division: &str) -> Variables {
        Variables { department: Some("d".into()), division: Some(division.into()) }
    }

    #[test]
    fn variables_stand_for_the_caller() {
        let rows = json!({"issuerDivision": {"startsWith": {"variable": "divisionPrefix"}}});
        for (division, prefix) in [("990000", "99"), ("990100", "9901"), ("990102", "990102"), ("000000", "00")] {
            let read = read(&rows, &of(division)).unwrap();
            assert!(matches!(read, Filter::Field { value, .. } if value == json!(prefix)));
        }
        assert!(read(&rows, &Variables::default()).unwrap_err().contains("divisionPrefix"));
    }

    #[test]
    fn what_is_no_condition_says_so() {
        for (rows, part) in [
            (json!([]), "no object"),
            (json!({}), "empty"),
            (json!({"a": 1}), "rows.a"),
            (json!({"a": {"like": 1}}), "like"),
            (json!({"a": {"eq": {"variable": "who"}}}), "who"),
            (json!({"a": {"eq": {"x": 1}}}), "neither"),
            (json!({"or": {}}), "rows.or"),
            (json!({"and": []}), "rows.and"),
        ] {
            let fault = read(&rows, &of("990000")).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        }
    }
}
