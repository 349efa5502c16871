use std::sync::Arc;

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
