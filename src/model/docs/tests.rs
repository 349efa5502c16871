use std::sync::Arc;

use serde_json::json;

use crate::plan::METADATA;
use crate::registry::{CertificateType, Field, Registry, SourceFile, State, names, resolve};
use crate::standards::Standards;

fn registry() -> Registry {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("schema/ is there") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(SourceFile { name: path.display().to_string(), text: std::fs::read_to_string(&path).expect("readable") });
        }
    }
    let resolved = resolve(&files, &Registry::empty()).unwrap_or_else(|faults| panic!("{faults:?}"));
    resolved.types.iter().fold(Registry::empty(), |known, ty| known.with(Arc::clone(ty), State::Published))
}

fn every_field<'a>(fields: &'a [Field], found: &mut Vec<&'a Field>) {
    for field in fields {
        found.push(field);
        every_field(super::words::inner(&field.kind).unwrap_or_default(), found);
    }
}

#[test]
fn a_document_names_every_field_code_status_and_relation() {
    let registry = registry();
    assert!(registry.len() >= 15);
    for known in registry.types() {
        let ty: &CertificateType = &known.ty;
        let text = super::interface(ty, &registry, "http://hub.example/graphql");
        let mut fields = Vec::new();
        every_field(&ty.fields, &mut fields);
        for field in fields {
            assert!(text.contains(&field.name) && text.contains(&super::words::cell(&field.title.zh)), "{}: {}", ty.name, field.name);
            if let Some(table) = super::words::table(&field.kind).and_then(|name| Standards::embedded().table(name)) {
                for code in &table.codes {
                    assert!(
                        text.contains(&format!("| `{}` | {} |", code.code, super::words::cell(&code.zh))),
                        "{}: {} {}",
                        ty.name,
                        table.table,
                        code.code
                    );
                }
            }
        }
        for operation in ty.status.transitions.keys() {
            assert!(text.contains(&format!("（`{}`）", operation.as_str())), "{}: {}", ty.name, operation.as_str());
        }
        for relation in &ty.relations {
            assert!(text.contains(&format!("| `{}` |", relation.name)), "{}: {}", ty.name, relation.name);
        }
        for root in [names::root_one(ty), names::root_many(ty), names::root_statistics(ty), names::root_issue(ty)] {
            assert!(text.contains(&root), "{}: {root}", ty.name);
        }
        let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
        for row in rows {
            assert!(row.ends_with(" |"), "{}: a row is broken: {row}", ty.name);
        }
    }
}

/// The document of special-operation certificates with these keywords at the root.
fn with_keywords(keywords: &serde_json::Value) -> String {
    let source = include_str!("../../../schema/special-operation.json");
    let mut value: serde_json::Value = serde_json::from_str(source).expect("JSON");
    let map = value.as_object_mut().expect("an object");
    map.remove("allOf");
    map["examples"].as_array_mut().expect("a list").retain(|example| example.get("categoryDescription").is_some());
    map.extend(keywords.as_object().expect("an object").clone());
    let file = SourceFile { name: "type.json".into(), text: value.to_string() };
    let resolved = resolve(&[file], &registry()).unwrap_or_else(|faults| panic!("{faults:?}"));
    super::interface(&resolved.types[0], &registry(), "http://hub.example/graphql")
}

#[test]
fn a_simple_condition_is_a_sentence() {
    let known = registry();
    let special = super::interface(&known.get("SpecialOperationCertificate").expect("there").ty, &known, "http://hub.example/graphql");
    assert!(special.contains("- `operationCategory`（"), "{special}");
    assert!(special.contains("时，必填 `categoryDescription`（"), "{special}");
    assert!(special.contains("为 `111`（") && special.contains("须符合格式 `citizen-number`。"), "{special}");
    for (keywords, sentence) in [
        (
            json!({"if": {"not": {"required": ["identityCard"]}}, "then": {"required": ["categoryDescription"]}}),
            "- 没有填写 `identityCard`",
        ),
        (json!({"if": {"required": ["identityCard"]}, "then": {"required": ["categoryDescription"]}}), "- 填写了 `identityCard`"),
        (json!({"dependentRequired": {"identityCard": ["categoryDescription"]}}), "时，必填 `categoryDescription`"),
        (
            json!({"if": {"properties": {"categoryDescription": {"enum": ["a", "b"]}}}, "then": {"required": ["identityCard"]}}),
            "）未填写或为 `a`、`b` 时，必填 `identityCard`",
        ),
    ] {
        let text = with_keywords(&keywords);
        assert!(text.contains("### 条件性要求\n\n- ") && text.contains(sentence), "{sentence}\n{text}");
    }
}

#[test]
fn another_condition_is_shown_as_it_is() {
    for keywords in [
        json!({"anyOf": [{"required": ["identityCard"]}, {"required": ["categoryDescription"]}]}),
        json!({"if": {"properties": {"identityCard": {"minLength": 3}}}, "then": {"required": ["categoryDescription"]}}),
    ] {
        let text = with_keywords(&keywords);
        let shown = text.split("```json\n").nth(1).and_then(|rest| rest.split("\n```").next()).expect("a block");
        assert_eq!(serde_json::from_str::<serde_json::Value>(shown).expect("JSON"), keywords);
    }
    assert!(!with_keywords(&json!({})).contains("条件性要求\n"));
}

/// `where` asks them of every type: a searchable property of that name would stand there twice.
#[test]
fn no_property_is_called_as_a_condition_of_every_type() {
    for (name, ..) in METADATA {
        assert!(names::RESERVED_PROPERTIES.contains(&name) || names::CONDITIONS.contains(&name), "{name}");
    }
}

#[test]
fn the_bodies_to_copy_are_json() {
    let registry = registry();
    let types: Vec<&CertificateType> = registry.types().map(|known| &*known.ty).collect();
    let text = super::handbook(&types, &registry, "http://hub.example/graphql");
    let bodies: Vec<&str> = text.split("<<'JSON'\n").skip(1).filter_map(|rest| rest.split("\nJSON\n").next()).collect();
    assert!(bodies.len() >= 7 * types.len(), "{}", bodies.len());
    for body in bodies {
        let value: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|fault| panic!("{fault}: {body}"));
        assert!(value["query"].is_string());
    }
}
