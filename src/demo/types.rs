//! The type files that a demonstration starts with, and the templates of faces beside them: a folder, else the copy in the program.

use std::path::Path;

use include_dir::{Dir, include_dir};
use model::registry::SourceFile;

static SCHEMA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schema");

/// Extension of type files.
const TYPE: &str = "json";
/// Extension of faces: `<name>.typ` beside `<name>.json`.
const FACE: &str = "typ";

/// The type files that were in `schema/` when the program was built.
pub fn embedded() -> Vec<SourceFile> {
    embedded_with(TYPE)
}

/// The faces that were in `schema/` when the program was built.
pub fn embedded_faces() -> Vec<SourceFile> {
    embedded_with(FACE)
}

/// Every `*.json` of a folder, by name. Files that vanish or cannot be read meanwhile are left out: the next look sees them.
///
/// # Errors
/// The folder itself cannot be read.
pub fn of_folder(folder: &Path) -> std::io::Result<Vec<SourceFile>> {
    folder_with(folder, TYPE)
}

/// Every `*.typ` of a folder, as [`of_folder`].
///
/// # Errors
/// The folder itself cannot be read.
pub fn faces_of_folder(folder: &Path) -> std::io::Result<Vec<SourceFile>> {
    folder_with(folder, FACE)
}

/// Is this the face of a type, and not a type?
pub(super) fn is_face(file: &SourceFile) -> bool {
    Path::new(&file.name).extension().is_some_and(|extension| extension == FACE)
}

fn embedded_with(extension: &str) -> Vec<SourceFile> {
    let text = |file: &include_dir::File<'static>| {
        let text = file.contents_utf8().filter(|_| file.path().extension().is_some_and(|found| found == extension))?;
        Some(SourceFile { name: format!("schema/{}", file.path().display()), text: text.to_owned() })
    };
    SCHEMA.files().filter_map(text).collect()
}

fn folder_with(folder: &Path, extension: &str) -> std::io::Result<Vec<SourceFile>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let read =
        |path: &std::path::PathBuf| std::fs::read_to_string(path).ok().map(|text| SourceFile { name: path.display().to_string(), text });
    Ok(paths.iter().filter_map(read).collect())
}
