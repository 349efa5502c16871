//! The schema itself: the committed SDL, names kept for the hub, every class buildable.

use std::path::Path;

use model::registry::{Registry, State, names, resolve};
use zhengzhao::graphql::sdl_for;

use crate::support::hub::type_files;

fn registry(keep: impl Fn(&str) -> bool) -> Registry {
    let resolved = resolve(&type_files(), &Registry::empty()).unwrap_or_else(|found| panic!("{found:#?}"));
    resolved.types.into_iter().filter(|ty| keep(&ty.name)).fold(Registry::empty(), |registry, ty| registry.with(ty, State::Published))
}

/// `docs/schema.graphql` is the SDL of a hub with one type. `UPDATE_SCHEMA=1` writes it anew; what the change breaks is then
/// seen in the diff, by people.
#[test]
fn the_committed_sdl_is_what_a_hub_with_one_type_serves() {
    let sdl = sdl_for(&registry(|name| name == "SafetyProductionLicence")).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema.graphql");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &sdl).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let difference = similar_asserts(&committed, &sdl);
    assert!(difference.is_empty(), "docs/schema.graphql differs (UPDATE_SCHEMA=1 writes it):\n{difference}");
}

fn similar_asserts(committed: &str, served: &str) -> String {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let (old, new) = (lines(committed), lines(served));
    let gone = old.difference(&new).map(|line| format!("- {line}"));
    gone.chain(new.difference(&old).map(|line| format!("+ {line}"))).collect::<Vec<_>>().join("\n")
}

/// A type file may not take a name that the hub's own schema uses: the registry's list must hold them all.
#[test]
fn every_name_of_the_hubs_own_schema_is_reserved() {
    let sdl = sdl_for(&Registry::empty()).unwrap();
    let declared = sdl.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let kind = words.next()?;
        ["type", "interface", "enum", "input", "scalar", "union"].contains(&kind).then(|| words.next().map(str::to_owned)).flatten()
    });
    let missing: Vec<_> = declared.filter(|name| !names::BUILT_IN_TYPES.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "add to BUILT_IN_TYPES: {missing:?}");
    for (root, known) in [("Query", names::BUILT_IN_QUERIES), ("Mutation", names::BUILT_IN_MUTATIONS)] {
        let body = sdl.split(&format!("type {root} {{")).nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or_default();
        let fields = body
            .lines()
            .filter_map(|line| line.strip_prefix('\t').filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase())));
        let missing: Vec<_> = fields.filter_map(|line| line.split(['(', ':']).next()).filter(|name| !known.contains(name)).collect();
        assert!(missing.is_empty(), "add to the built-in {root} fields: {missing:?}");
    }
}

#[test]
fn a_schema_of_all_types_builds() {
    let sdl = sdl_for(&registry(|_| true)).unwrap();
    for name in [
        "type SafetyOfficerCertificate implements Certificate & Node",
        "issueSafetyOfficerCertificates(",
        "SafetyOfficerCertificateConnection",
    ] {
        assert!(sdl.contains(name), "{name}");
    }
}
