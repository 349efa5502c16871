//! All that a template can see.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Binding, Bytes, Datetime, Duration, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};

use crate::error::{Fault, Measure, RenderError};
use crate::face::{CopyMark, Face, Field};
use crate::fonts;
use crate::limits;
use crate::qr::Qr;
use crate::sheet::Part;
use crate::template::Template;

/// Where the template stands.
pub(crate) const FACE: &str = "/face.typ";
const MAIN_PATH: &str = "/main.typ";
const OWN_PATH: &str = "/zhengzhao.typ";
const DATA_PATH: &str = "/face.json";
const QR_PATH: &str = "/qr";
const REFUSED: &str = "a template may import /zhengzhao.typ; files and packages are out of its reach";

static MAIN: LazyLock<Source> = LazyLock::new(|| source(MAIN_PATH, include_str!("templates/main.typ")));
static OWN: LazyLock<Source> = LazyLock::new(|| source(OWN_PATH, include_str!("templates/zhengzhao.typ")));

/// typst's library without WebAssembly plugins, which could run for ever.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    let mut library = Library::default();
    if let Some(Ok(plugin)) = library.global.scope_mut().get_mut("plugin").map(Binding::write) {
        *plugin = Value::None;
    }
    library.std = Binding::detached(library.global.clone());
    LazyHash::new(library)
});

/// A source at a path of ours. Paths are few and fixed: typst keeps each for ever.
pub(crate) fn source(path: &str, text: &str) -> Source {
    Source::new(id(path), text.to_owned())
}

fn id(path: &str) -> FileId {
    // All paths are constants or end in a small number; none can be wrong.
    let path = VirtualPath::new(path).unwrap_or_else(|_| unreachable!("{path} is a plain path"));
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

/// One certificate on a typesetter's desk.
pub(crate) struct Desk {
    face: Source,
    files: BTreeMap<&'static str, Bytes>,
    numbered: Vec<(FileId, Bytes)>,
}

/// `/face.json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FaceData<'a> {
    language: &'static str,
    name: &'a str,
    number: &'a str,
    identifier: &'a str,
    issuer: &'a str,
    issuer_code: &'a str,
    holder: String,
    holders: &'a [crate::face::Party],
    issued_on: &'a str,
    valid_from: Option<&'a str>,
    valid_to: Option<&'a str>,
    fields: &'a [Field],
    data: &'a serde_json::Map<String, serde_json::Value>,
    photos: BTreeMap<&'a str, String>,
    qr: Option<QrData>,
    seal_link: Option<&'a str>,
    copy: Option<&'a CopyMark>,
    attachments: Vec<AttachmentData<'a>>,
}

#[derive(Serialize)]
struct QrData {
    pixels: usize,
}

#[derive(Serialize)]
struct AttachmentData<'a> {
    name: &'a str,
    path: String,
    mime: &'a str,
    description: &'a str,
}

impl Desk {
    pub(crate) fn new(face: &Face, template: &Template) -> Result<Self, RenderError> {
        let mut files = BTreeMap::new();
        let mut numbered = Vec::new();
        let mut keep = |path: String, bytes: &Arc<[u8]>| {
            numbered.push((id(&path), Bytes::new(Arc::clone(bytes))));
            path
        };
        let photos = face.photos.iter().enumerate().map(|(i, (name, bytes))| (name.as_str(), keep(format!("/photo-{i}"), bytes))).collect();
        let attachments = face
            .attachments
            .iter()
            .enumerate()
            .map(|(i, file)| AttachmentData {
                name: &file.name,
                path: keep(format!("/attachment-{i}"), &file.bytes),
                mime: &file.mime,
                description: &file.description,
            })
            .collect();
        let qr = match &face.qr {
            None => None,
            Some(text) => {
                let (bytes, pixels) = Qr::new(text)?.pixels();
                files.insert(QR_PATH, Bytes::new(bytes));
                Some(QrData { pixels })
            }
        };
        let data = FaceData {
            language: match face.lang {
                verify::Lang::Zh => "zh",
                verify::Lang::En => "en",
            },
            name: &face.name,
            number: &face.number,
            identifier: &face.identifier,
            issuer: &face.issuer.name,
            issuer_code: &face.issuer.code,
            holder: face.holders.iter().map(|holder| holder.name.as_str()).collect::<Vec<_>>().join("、"),
            holders: &face.holders,
            issued_on: &face.issued_on,
            valid_from: face.valid_from.as_deref(),
            valid_to: face.valid_to.as_deref(),
            fields: &face.fields,
            data: &face.data,
            photos,
            qr,
            seal_link: face.seal_link.as_deref(),
            copy: face.copy.as_ref(),
            attachments,
        };
        let json = serde_json::to_vec(&data).map_err(|error| RenderError::Writing(error.to_string()))?;
        limits::within(Measure::DataBytes, json.len(), limits::DATA_BYTES)?;
        files.insert(DATA_PATH, Bytes::new(json));
        Ok(Self { face: template.source.clone(), files, numbered })
    }

    /// Everything there is, by path.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let part = |id: FileId, bytes: &[u8]| Part { path: id.get().vpath().get_without_slash().to_owned(), bytes: bytes.to_vec() };
        let sources = [&*MAIN, &*OWN, &self.face].into_iter().map(|source| part(source.id(), source.text().as_bytes()));
        let files = self.files.iter().map(|(path, bytes)| part(id(path), bytes));
        sources.chain(files).chain(self.numbered.iter().map(|(id, bytes)| part(*id, bytes))).collect()
    }

    /// typst's diagnostics with the places they speak of.
    pub(crate) fn faults(&self, diagnostics: &[SourceDiagnostic]) -> RenderError {
        let fault = |diagnostic: &SourceDiagnostic| {
            // A fault inside a function of ours is the caller's: the template's own line says more.
            let own = |file: Option<FileId>| file == Some(self.face.id());
            let traced = diagnostic.trace.iter().find(|point| own(point.span.id())).map(|point| point.span.into());
            let span = if own(diagnostic.span.id()) { diagnostic.span } else { traced.unwrap_or(diagnostic.span) };
            let place = span.id().zip(self.range(span)).and_then(|(file, range)| {
                let source = self.source(file).ok()?;
                let (line, column) = source.lines().byte_to_line_column(range.start)?;
                Some((file.get().vpath().get_without_slash().to_owned(), line + 1, column + 1))
            });
            let (file, line, column) = place.unwrap_or_else(|| (FACE.trim_start_matches('/').to_owned(), 0, 0));
            let hints = diagnostic.hints.iter().map(|hint| hint.v.to_string()).collect();
            Fault { file, line, column, message: diagnostic.message.to_string(), hints }
        };
        RenderError::Template(diagnostics.iter().map(fault).collect())
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        fonts::book()
    }

    fn main(&self) -> FileId {
        MAIN.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.face, &*MAIN, &*OWN].into_iter().find(|source| source.id() == id).cloned().ok_or_else(refused)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get();
        if matches!(path.root(), VirtualRoot::Project)
            && let Some(bytes) = self.files.get(path.vpath().get_with_slash())
        {
            return Ok(bytes.clone());
        }
        self.numbered.iter().find(|(known, _)| *known == id).map(|(_, bytes)| bytes.clone()).ok_or_else(refused)
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::font(index)
    }

    /// A document that changed with the day it is made on could not be made again.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn refused() -> FileError {
    FileError::Other(Some(REFUSED.into()))
}
