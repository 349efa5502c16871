//! Nothing that can be written makes the registry panic.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::super::*;
use super::{file, sound};

/// Any JSON, with keywords among its keys so that the stages are reached.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "type",
            "properties",
            "items",
            "$ref",
            "$defs",
            "allOf",
            "if",
            "then",
            "oneOf",
            "required",
            "enum",
            "const",
            "x-field",
            "codes",
            "searchable",
            "pattern",
            "format",
            "title",
            "examples",
            "x-certificate",
            "status",
            "number",
            "template",
            "metadata",
            "holders",
            "relations",
            "from",
            "to",
            "by",
            "a",
            "personName",
            "not",
            "minimum",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z证{}~/]{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "string",
            "object",
            "array",
            "integer",
            "#/$defs/a",
            "#",
            "http://x/y",
            "date",
            "{seq:3}",
            "Sex",
            "(",
            "P1Y"
        ])
        .prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// All pointers of a value.
fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    found.push(at.clone());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            pointers(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| pointers(value, format!("{at}/{index}"), found)),
        _ => {}
    }
}

fn check_and_render(text: String) {
    let files = [SourceFile { name: "p.json".into(), text }];
    match resolve(&files, &Registry::empty()) {
        Ok(resolved) => {
            for ty in &resolved.types {
                for example in &ty.examples {
                    assert!(validate_data(ty, &Value::Object(example.clone())).is_empty());
                }
                changes(ty, ty);
            }
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for lang in [verify::messages::Lang::Zh, verify::messages::Lang::En] {
                assert!(!render(&faults, &files, lang).is_empty());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        check_and_render(text);
    }

    #[test]
    fn no_json_makes_it_panic(value in any_json()) {
        check_and_render(value.to_string());
    }

    #[test]
    fn no_change_to_a_sound_file_makes_it_panic(at in any::<prop::sample::Index>(), replacement in any_json(), remove in any::<bool>(), pretty in any::<bool>()) {
        let mut value = sound();
        let mut all = Vec::new();
        pointers(&value, String::new(), &mut all);
        let place = &all[at.index(all.len())];
        match place.rsplit_once('/') {
            Some((parent, last)) if remove => match value.pointer_mut(parent) {
                Some(Value::Object(map)) => drop(map.remove(&last.replace("~1", "/").replace("~0", "~"))),
                Some(Value::Array(items)) => drop(items.pop()),
                _ => {}
            },
            _ => if let Some(found) = value.pointer_mut(place) { *found = replacement },
        }
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        check_and_render(text.expect("JSON is written"));
    }

    #[test]
    fn no_cut_or_stray_character_makes_it_panic(at in any::<prop::sample::Index>(), insert in "[\\PC\\n\\t\"{}\\[\\]]{0,3}", cut in any::<bool>()) {
        let mut text = file(&sound()).text;
        let place = text.floor_char_boundary(at.index(text.len()));
        if cut { text.truncate(place) }
        text.insert_str(place, &insert);
        check_and_render(text);
    }
}
