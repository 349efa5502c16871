//! How fast faces are made, beside what typst alone does on the same template: `cargo bench -p render`.
//!
//! typst alone: compile and export to PDF/A-3b, with everything it keeps between documents. Ours adds the certificate's data, the
//! QR code, and the checks of what was laid out. Every round is a new certificate (another number, another QR code), and all
//! works take turns.

#[path = "../tests/scenarios/certificates.rs"]
#[expect(dead_code, reason = "the scenarios use all of it")]
mod certificates;

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use render::{Face, Template, lay_out, workspace};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration as TypstDuration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

const ROUNDS: usize = 60;
const TYPES: [&str; 4] = ["safety-officer", "associate-constructor", "driving-licence", "labour-dispatch-licence"];

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let names = ["ZhengzhaoSong-Regular", "ZhengzhaoSong-Bold", "ZhengzhaoHei-Regular", "ZhengzhaoSongRare-Regular"];
    let read = |name: &&str| std::fs::read(format!("{}/fonts/{name}.otf", env!("CARGO_MANIFEST_DIR"))).unwrap();
    names.iter().map(|name| Font::new(Bytes::new(read(name)), 0).unwrap()).collect()
});
static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// A world of files in memory, as any program around typst has one.
struct Files {
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

fn id(path: &str) -> FileId {
    FileId::new(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).unwrap()))
}

impl Files {
    fn new(face: &Face, template: &Template) -> Self {
        let (mut sources, mut files) = (HashMap::new(), HashMap::new());
        for part in workspace(face, template).unwrap() {
            let at = id(&part.path);
            if part.path.ends_with(".typ") {
                sources.insert(at, Source::new(at, String::from_utf8(part.bytes).unwrap()));
            } else {
                files.insert(at, Bytes::new(part.bytes));
            }
        }
        Self { sources, files }
    }
}

impl World for Files {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }
    fn main(&self) -> FileId {
        id("/main.typ")
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or(FileError::AccessDenied)
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }
    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }
    fn today(&self, _: Option<TypstDuration>) -> Option<Datetime> {
        None
    }
}

fn alone(files: &Files) -> usize {
    let document = typst::compile::<PagedDocument>(files).output.unwrap();
    let options = PdfOptions {
        ident: Smart::Auto,
        timestamp: Datetime::from_ymd_hms(2026, 3, 2, 10, 20, 30).map(Timestamp::new_utc),
        standards: PdfStandards::new(&[PdfStandard::A_3b]).unwrap(),
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).unwrap().len()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn main() {
    println!("{:<26}{:>7}{:>12}{:>12}{:>9}{:>12}{:>12}", "type", "pages", "typst ms", "ours ms", "ratio", "OFD ms", "pages/s");
    for slug in TYPES {
        let template = certificates::template(slug);
        let (mut typst_alone, mut ours, mut ofd) = (Vec::new(), Vec::new(), Vec::new());
        let mut pages = 0;
        for round in 0..ROUNDS {
            let mut face = certificates::certificate(slug, 0);
            let files = |face: &mut Face, k: usize| {
                face.number = format!("测{:08}", 2 * round + k);
                face.qr = face.qr.as_ref().map(|text| format!("{}{:08}", &text[..text.len() - 8], 2 * round + k));
                Files::new(face, &template)
            };
            let world = files(&mut face, 0);
            let start = Instant::now();
            black_box(alone(&world));
            typst_alone.push(start.elapsed());
            drop(files(&mut face, 1));
            let start = Instant::now();
            let sheet = lay_out(&face, &template).unwrap();
            black_box(sheet.pdf().unwrap());
            ours.push(start.elapsed());
            let start = Instant::now();
            black_box(sheet.ofd().unwrap().parts);
            ofd.push(start.elapsed());
            pages = sheet.pages().len();
        }
        let (typst_alone, ours, ofd) = (median(typst_alone), median(ours), median(ofd));
        let per_second = f64::from(u32::try_from(pages).unwrap()) / ours * 1e3;
        println!("{slug:<26}{pages:>7}{typst_alone:>12.2}{ours:>12.2}{:>9.2}{ofd:>12.2}{per_second:>12.0}", typst_alone / ours);
    }
}
