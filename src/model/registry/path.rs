//! Dotted paths through the data: `specialities.validTo` reaches every item's value.

use serde_json::{Map, Value};

/// The steps of a dotted path.
pub fn parse(text: &str) -> Vec<String> {
    text.split('.').map(str::to_owned).collect()
}

/// Every value that the path reaches. Lists fan out at every step; absent members and nulls reach nothing.
pub fn values<'a>(data: &'a Map<String, Value>, path: &[String]) -> Vec<&'a Value> {
    let mut found = Vec::new();
    if let Some((first, rest)) = path.split_first()
        && let Some(value) = data.get(first)
    {
        walk(value, rest, &mut found);
    }
    found
}

/// The only value a path without lists reaches.
pub fn value<'a>(data: &'a Map<String, Value>, path: &[String]) -> Option<&'a Value> {
    values(data, path).into_iter().next()
}

fn walk<'a>(value: &'a Value, path: &[String], found: &mut Vec<&'a Value>) {
    match (value, path.split_first()) {
        (Value::Null, _) => {}
        (Value::Array(items), _) => items.iter().for_each(|item| walk(item, path, found)),
        (value, None) => found.push(value),
        (Value::Object(map), Some((first, rest))) => {
            if let Some(value) = map.get(first) {
                walk(value, rest, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_fan_out_and_nulls_reach_nothing() {
        let data = json!({"a": [{"b": [1, 2]}, {"b": null}, {}, {"b": [[3]]}], "c": "d"});
        let map = data.as_object().expect("an object");
        assert_eq!(values(map, &parse("a.b")), [&json!(1), &json!(2), &json!(3)]);
        assert_eq!(value(map, &parse("c")), Some(&json!("d")));
        assert!(values(map, &parse("c.d")).is_empty());
    }
}
