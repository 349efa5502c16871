//! Faulty type files and what their authors are told: a case is a folder of `tests/faults`, its name a sentence.
//!
//! `*.json` are checked together, `known/*.json` are registered before; `expected.txt` holds the diagnostics in both languages
//! (`UPDATE=1 cargo test -p model --test faults` writes it anew), `why.md` says what the case is about.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::registry::{Code, Diagnostic, Registry, SourceFile, State, render, resolve};
use verify::messages::Lang;

/// Codes without a folder: what raises them is too large to keep, or made by unit tests.
const ELSEWHERE: &[Code] = &[Code::TooBig, Code::TooManyFaults, Code::TooManyProperties, Code::SchemaNotCompiled];

#[test]
fn every_faulty_file_gets_the_expected_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults");
    let mut cases: Vec<PathBuf> = entries(&root).into_iter().filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 25, "only {} cases in {}", cases.len(), root.display());
    let update = std::env::var_os("UPDATE").is_some();
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for case in cases {
        let files = sources(&case);
        let found = match resolve(&files, &known(&case)) {
            Ok(resolved) => resolved.warnings,
            Err(found) => found,
        };
        assert!(!found.is_empty(), "{} is not faulty", case.display());
        assert!(found.iter().all(|one| !one.help.zh.is_empty() && !one.help.en.is_empty()), "{} has a fault without help", case.display());
        for one in &found {
            // The place that a program reads is the place that a person sees.
            let place = format!("{}:{}:{}", one.file, one.line, one.column);
            assert!(render(std::slice::from_ref(one), &files, Lang::En).contains(&place), "{place} in {}", case.display());
        }
        seen.extend(found.iter().map(|one| one.code));
        assert!(case.join("why.md").is_file(), "{} does not say why", case.display());
        let text = both(&found, &files);
        let expected = case.join("expected.txt");
        if update {
            std::fs::write(&expected, &text).expect("expected.txt is written");
        } else if std::fs::read_to_string(&expected).ok().as_deref() != Some(text.as_str()) {
            wrong.push(format!("{}\n{text}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "other words than expected (UPDATE=1 takes them):\n{}", wrong.join("\n"));
    let missing: Vec<&str> =
        Code::ALL.iter().filter(|code| !seen.contains(*code) && !ELSEWHERE.contains(code)).map(|code| code.as_str()).collect();
    assert!(missing.is_empty(), "no case raises {}", missing.join(", "));
}

#[test]
fn every_type_file_of_the_project_is_sound() {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema"));
    assert!(!files.is_empty(), "schema/ has no type files");
    match resolve(&files, &Registry::empty()) {
        Ok(resolved) => {
            print!("{}", render(&resolved.warnings, &files, Lang::En));
            assert_eq!(resolved.types.len(), files.len());
            for ty in &resolved.types {
                assert!(!ty.examples.is_empty(), "{} has no example", ty.name);
            }
        }
        Err(found) => panic!("faulty type files:\n{}", render(&found, &files, Lang::En)),
    }
}

fn known(case: &Path) -> Registry {
    let folder = case.join("known");
    if !folder.is_dir() {
        return Registry::empty();
    }
    let resolved = resolve(&sources(&folder), &Registry::empty()).expect("known types are sound");
    resolved.types.into_iter().fold(Registry::empty(), |registry, ty| registry.with(ty, State::Published))
}

fn both(found: &[Diagnostic], files: &[SourceFile]) -> String {
    format!("{}{}", render(found, files, Lang::Zh), render(found, files, Lang::En)).trim_end().to_owned() + "\n"
}

fn sources(folder: &Path) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = entries(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| SourceFile {
            name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            text: std::fs::read_to_string(&path).expect("a type file is text"),
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").path()).collect()
}
