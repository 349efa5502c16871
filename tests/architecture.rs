//! The walls of the house, held against the `use` lines: which room may use which, and whose types stay at home.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// Room → rooms it may use. The table of `src/lib.rs`, as data.
const MAY_USE: [(&str, &[&str]); 31] = [
    ("audit", &[]),
    ("sign", &[]),
    ("documents", &[]),
    ("fresh", &[]),
    ("guard", &[]),
    ("limits", &[]),
    ("passwords", &[]),
    ("faces", &["guard"]),
    ("config", &[]),
    ("store", &["audit", "fresh", "limits"]),
    ("verification", &["guard", "store", "sign", "fresh"]),
    ("journal", &["store", "audit"]),
    ("clients", &["journal", "limits", "passwords", "store", "sign", "audit"]),
    ("administrators", &["journal", "limits", "passwords", "store", "sign", "audit"]),
    ("issue", &["store", "sign", "audit", "verification"]),
    ("import", &["issue"]),
    ("sealing", &["store", "sign", "audit"]),
    ("granting", &["store", "audit"]),
    ("holders", &["store", "audit"]),
    ("approvals", &["store", "audit"]),
    ("registration", &["faces", "store", "sign", "audit", "journal", "sealing"]),
    ("files", &["faces", "sealing", "verification", "store", "sign", "audit"]),
    ("transparency", &["store", "sign"]),
    ("worker", &["hub", "files", "store"]),
    (
        "graphql",
        &[
            "administrators",
            "approvals",
            "clients",
            "files",
            "fresh",
            "granting",
            "holders",
            "store",
            "issue",
            "registration",
            "sealing",
            "verification",
            "journal",
            "audit",
            "hub",
        ],
    ),
    (
        "hub",
        &[
            "administrators",
            "approvals",
            "clients",
            "limits",
            "faces",
            "files",
            "transparency",
            "fresh",
            "guard",
            "store",
            "sign",
            "issue",
            "granting",
            "holders",
            "registration",
            "sealing",
            "verification",
            "journal",
            "graphql",
        ],
    ),
    (
        "http",
        &[
            "administrators",
            "clients",
            "limits",
            "holders",
            "files",
            "transparency",
            "verification",
            "fresh",
            "hub",
            "graphql",
            "store",
            "audit",
            "documents",
            "interfaces",
        ],
    ),
    ("interfaces", &["clients", "faces", "graphql", "hub", "issue", "registration", "sign", "store", "transparency"]),
    (
        "demo",
        &[
            "administrators",
            "approvals",
            "clients",
            "hub",
            "http",
            "store",
            "sign",
            "issue",
            "registration",
            "sealing",
            "transparency",
            "config",
        ],
    ),
    ("bench", &["files", "hub", "http", "store", "sign", "issue", "registration", "transparency", "verification", "config", "demo"]),
    (
        "cli",
        &[
            "administrators",
            "approvals",
            "bench",
            "clients",
            "limits",
            "passwords",
            "faces",
            "files",
            "transparency",
            "worker",
            "demo",
            "config",
            "import",
            "http",
            "hub",
            "graphql",
            "granting",
            "registration",
            "sealing",
            "verification",
            "issue",
            "journal",
            "store",
            "sign",
            "audit",
            "documents",
        ],
    ),
];

/// Crates that stay in their room.
const AT_HOME: [(&str, &[&str]); 11] = [
    ("sea_orm", &["store"]),
    // The bench measures what the driver costs without the hub.
    ("sqlx", &["store", "bench"]),
    ("migrations", &["store"]),
    ("async_graphql", &["graphql"]),
    ("axum", &["http", "cli", "demo", "bench"]),
    ("clap", &["cli"]),
    ("argon2", &["passwords"]),
    ("x509_cert", &["sign"]),
    ("redis", &["store"]),
    ("quick_cache", &["fresh"]),
    ("sdf", &["sign"]),
];

struct Paths(Vec<Vec<String>>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        collect(&item.tree, &mut Vec::new(), &mut self.0);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        // One segment alone names nothing of another crate or room: it is a variable.
        if path.segments.len() > 1 {
            self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        syn::visit::visit_path(self, path);
    }
}

fn collect(tree: &syn::UseTree, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match tree {
        syn::UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            collect(&path.tree, prefix, found);
            prefix.pop();
        }
        syn::UseTree::Group(group) => group.items.iter().for_each(|item| collect(item, prefix, found)),
        syn::UseTree::Name(name) => found.push([prefix.as_slice(), &[name.ident.to_string()]].concat()),
        syn::UseTree::Rename(name) => found.push([prefix.as_slice(), &[name.ident.to_string()]].concat()),
        syn::UseTree::Glob(_) => found.push(prefix.clone()),
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn rooms_use_only_what_the_table_allows() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table: BTreeMap<_, _> = MAY_USE.into_iter().collect();
    let mut all = Vec::new();
    files(&source, &mut all);
    let mut broken = Vec::new();
    for file in all {
        let relative = file.strip_prefix(&source).unwrap();
        let room = relative.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if ["verify", "model", "render", "tlog", "sdf", "lib", "main"].contains(&room.as_str()) {
            continue;
        }
        let allowed = table.get(room.as_str()).unwrap_or_else(|| panic!("src/{room} is in no row of the table"));
        let mut paths = Paths(Vec::new());
        paths.visit_file(&syn::parse_file(&std::fs::read_to_string(&file).unwrap()).unwrap());
        for path in paths.0 {
            let first = path.first().map(String::as_str).unwrap_or_default();
            let used = path.get(1).map(String::as_str).unwrap_or_default();
            if first == "crate" && table.contains_key(used) && used != room && !allowed.contains(&used) {
                broken.push(format!("src/{}: {room} may not use {used}", relative.display()));
            }
            if let Some((_, homes)) = AT_HOME.iter().find(|(name, _)| *name == first).filter(|(_, homes)| !homes.contains(&room.as_str())) {
                broken.push(format!("src/{}: {first} stays in {homes:?}", relative.display()));
            }
        }
    }
    broken.sort();
    broken.dedup();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Calling a device's library is unsafe. Exporting a function to browsers only counts as such: there is no block of it.
#[test]
fn unsafe_code_stands_in_the_packages_of_devices_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest =
        |folder: &str| -> toml::Table { std::fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap().parse().unwrap() };
    let workspace = manifest(".");
    assert_eq!(workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let members = members.iter().map(|member| member.as_str().unwrap()).chain(["."]);
    let with_unsafe = members.filter(|member| manifest(member)["lints"].get("workspace").and_then(toml::Value::as_bool) != Some(true));
    assert_eq!(with_unsafe.collect::<Vec<_>>(), ["src/sdf", "src/sdf/soft", "web/wasm"]);
    for file in ["lib.rs", "question.rs"] {
        let source = std::fs::read_to_string(root.join("web/wasm/src").join(file)).unwrap();
        assert!(!source.contains("unsafe {") && !source.contains("unsafe fn"), "web/wasm/src/{file}");
    }
}

/// Purity is a fact of the four packages' dependencies.
#[test]
fn the_pure_packages_depend_on_nothing_that_touches_the_world() {
    for package in ["verify", "model", "render", "tlog"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(package).join("Cargo.toml");
        let manifest: toml::Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
        let dependencies = manifest["dependencies"].as_table().unwrap();
        for forbidden in ["tokio", "sea-orm", "sqlx", "axum", "redis", "ureq", "rand", "getrandom", "uuid", "async-graphql"] {
            assert!(!dependencies.contains_key(forbidden), "{package} may not depend on {forbidden}");
        }
    }
}
