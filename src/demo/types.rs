//! The type files that a demonstration starts with: a folder, else the copy in the program.

use std::path::Path;

use include_dir::{Dir, include_dir};
use model::registry::SourceFile;

static SCHEMA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schema");

/// The type files that were in `schema/` when the program was built.
pub fn embedded() -> Vec<SourceFile> {
    let text = |file: &include_dir::File<'static>| {
        let name = file.path().display().to_string();
        let text = file.contents_utf8().filter(|_| name.ends_with(".json"))?;
        Some(SourceFile { name: format!("schema/{name}"), text: text.to_owned() })
    };
    SCHEMA.files().filter_map(text).collect()
}

/// Every `*.json` of a folder, by name. Files that vanish or cannot be read meanwhile are left out: the next look sees them.
///
/// # Errors
/// The folder itself cannot be read.
pub fn of_folder(folder: &Path) -> std::io::Result<Vec<SourceFile>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let read =
        |path: &std::path::PathBuf| std::fs::read_to_string(path).ok().map(|text| SourceFile { name: path.display().to_string(), text });
    Ok(paths.iter().filter_map(read).collect())
}
