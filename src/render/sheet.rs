//! Laid-out pages, ready to be written as PDF and as OFD.

use std::sync::Mutex;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use typst::diag::Warned;
use typst::foundations::Smart;
use typst::text::{Lang as TextLang, Locale, Region};
use typst_layout::PagedDocument;
use verify::Lang;

use crate::check::Inspection;
use crate::error::{Measure, RenderError};
use crate::face::{Attachment, Face, Metadatum};
use crate::limits;
use crate::matrix::mm;
use crate::template::Template;
use crate::walk::walk;
use crate::world::Desk;
use crate::{ofd, pdf};

/// A page's size in millimetres.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct PageSize {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Where a seal goes: millimetres from the page's top left corner to the seal's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealPlace {
    /// `seal`, or another name where the template has several.
    pub name: String,
    /// From 1.
    pub page: usize,
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
    /// The room's width; a seal of another size goes in the middle of it.
    pub width: f64,
    /// The room's height.
    pub height: f64,
}

/// Where a property, or another thing with a name, is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// From 1.
    pub page: usize,
    /// A property, or one of the names of [`crate::template`].
    pub name: String,
    /// From the left edge, in mm.
    pub x: f64,
    /// From the top edge, in mm.
    pub y: f64,
    /// In mm.
    pub width: f64,
    /// In mm.
    pub height: f64,
}

/// A file of an OFD package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// With `/` between folders, none in front.
    pub path: String,
    /// The file.
    #[serde(with = "crate::bytes::owned")]
    pub bytes: Vec<u8>,
}

/// The files of an OFD package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// `OFD.xml` first.
    pub parts: Vec<Part>,
    /// The IDs of the pages, in order: what a stamp refers to.
    pub pages: Vec<String>,
}

/// A certificate's pages.
#[derive(Debug)]
pub struct Sheet {
    pub(crate) document: PagedDocument,
    pub(crate) about: About,
    pages: Vec<PageSize>,
    seals: Vec<SealPlace>,
    marks: Vec<Mark>,
    texts: Vec<String>,
}

/// What both documents say of themselves.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) identifier: String,
    pub(crate) created: DateTime<FixedOffset>,
    pub(crate) metadata: Vec<Metadatum>,
    pub(crate) attachments: Vec<Attachment>,
}

/// Lays a certificate out by a template.
///
/// # Errors
/// See [`RenderError`]: a fault of the template, of a photo or text, or a limit.
pub fn lay_out(face: &Face, template: &Template) -> Result<Sheet, RenderError> {
    limits::check(face)?;
    let desk = Desk::new(face, template)?;
    let Warned { output, .. } = typst::compile::<PagedDocument>(&desk);
    forget();
    let mut document = output.map_err(|errors| desk.faults(&errors))?;
    limits::within(Measure::Pages, document.pages().len(), limits::PAGES)?;
    let about = About {
        title: face.name.clone(),
        author: face.issuer.name.clone(),
        identifier: face.identifier.clone(),
        created: face.created,
        metadata: face.metadata.clone(),
        attachments: face.attachments.clone(),
    };
    let info = document.info_mut();
    info.title = Some(about.title.as_str().into());
    info.author = vec![about.author.as_str().into()];
    info.keywords = vec![about.identifier.as_str().into()];
    info.description = None;
    info.date = Smart::Auto;
    info.locale = Smart::Custom(locale(face.lang));

    let pages: Vec<_> =
        document.pages().iter().map(|page| PageSize { width: mm(page.frame.width()), height: mm(page.frame.height()) }).collect();
    let mut inspection = Inspection::of(&pages);
    walk(&document, &mut inspection)?;
    if face.copy.is_some()
        && let Some(page) = inspection.page_without_copy_mark()
    {
        return Err(RenderError::CopyMarkMissing { page: page + 1 });
    }
    let (seals, marks, texts) = inspection.into_parts();
    Ok(Sheet { document, about, pages, seals, marks, texts })
}

/// The files a template sees, with which typst's own program shows the same pages: for authors of templates. `main.typ` is what
/// it compiles.
///
/// # Errors
/// As [`lay_out`], as far as nothing needs to be laid out.
pub fn workspace(face: &Face, template: &Template) -> Result<Vec<Part>, RenderError> {
    limits::check(face)?;
    Ok(Desk::new(face, template)?.parts())
}

fn locale(lang: Lang) -> Locale {
    match lang {
        Lang::Zh => Locale { lang: TextLang::CHINESE, region: "CN".parse::<Region>().ok() },
        Lang::En => Locale { lang: TextLang::ENGLISH, region: None },
    }
}

/// typst keeps what it computed, to use it again on the next certificate of the type; what many sheets did not use goes.
fn forget() {
    static SHEETS: Mutex<u32> = Mutex::new(0);
    const EVERY: u32 = 16;
    let mut sheets = SHEETS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    *sheets += 1;
    if *sheets >= EVERY {
        *sheets = 0;
        comemo::evict(4);
    }
}

impl Sheet {
    /// PDF/A-3b: tagged, fonts and attachments embedded, text in reading order; not signed.
    ///
    /// The file is one revision with one classic cross-reference table (`xref … trailer`), no object streams, no encryption, and
    /// nothing before the header or after `%%EOF`: a strict reader, and an incremental update, need no more.
    ///
    /// # Errors
    /// [`RenderError::Writing`] when typst's own check of PDF/A fails.
    pub fn pdf(&self) -> Result<Vec<u8>, RenderError> {
        pdf::write(self)
    }

    /// The files of an OFD package (GB/T 33190), `OFD.xml` first; to be zipped, and signed, elsewhere.
    ///
    /// # Errors
    /// [`RenderError::Writing`] when a font cannot be cut down.
    pub fn ofd(&self) -> Result<Package, RenderError> {
        ofd::write(self)
    }

    /// The pages' sizes.
    pub fn pages(&self) -> &[PageSize] {
        &self.pages
    }

    /// Where seals go, in the order of the template.
    pub fn seals(&self) -> &[SealPlace] {
        &self.seals
    }

    /// Where properties are shown, by page and name.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The text of each page, a line for each run.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}
