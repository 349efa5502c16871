//! What must hold of laid-out pages, whatever the template: every character has a glyph, no text is cut off by the page, every
//! page of a copy says so, and nothing is drawn that one of the two documents would show otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;

use typst::layout::Size;
use typst::model::Destination;
use typst::text::{TextItem, is_default_ignorable};
use typst::visualize::{ExchangeFormat, FixedStroke, Geometry, Image, ImageKind, Paint, RasterFormat, Shape};

use crate::error::{Drawing, RenderError};
use crate::matrix::{Bounds, mm};
use crate::sheet::{Mark, PageSize, SealPlace};
use crate::walk::{Clip, Place, Visitor};

/// How far a text may reach beyond the page, in mm: glyphs are measured by their font, not by their ink.
const TOLERANCE: f64 = 0.6;
/// Of the em: how far the ink of Han characters reaches above and below the baseline.
pub(crate) const ASCENT: f64 = 0.88;
pub(crate) const DESCENT: f64 = 0.12;

/// Looks at everything, and keeps what callers ask for.
pub(crate) struct Inspection<'a> {
    pages: &'a [PageSize],
    pub(crate) seals: Vec<SealPlace>,
    pub(crate) texts: Vec<String>,
    marks: BTreeMap<(usize, Arc<str>), Bounds>,
    copies: Vec<bool>,
}

impl<'a> Inspection<'a> {
    pub(crate) fn of(pages: &'a [PageSize]) -> Self {
        Self { pages, seals: Vec::new(), texts: vec![String::new(); pages.len()], marks: BTreeMap::new(), copies: vec![false; pages.len()] }
    }

    /// The first page without the mark of copies.
    pub(crate) fn page_without_copy_mark(&self) -> Option<usize> {
        self.copies.iter().position(|found| !found)
    }

    pub(crate) fn into_parts(self) -> (Vec<SealPlace>, Vec<Mark>, Vec<String>) {
        let marks = self.marks.into_iter().map(|((page, name), bounds)| Mark {
            page: page + 1,
            name: name.to_string(),
            x: rounded(bounds.left),
            y: rounded(bounds.top),
            width: rounded(bounds.width()),
            height: rounded(bounds.height()),
        });
        (self.seals, marks.collect(), self.texts)
    }

    fn page(&self, place: &Place) -> Bounds {
        let size = self.pages.get(place.page).copied().unwrap_or_default();
        Bounds { left: 0.0, top: 0.0, right: size.width, bottom: size.height }
    }

    fn note(&mut self, place: &Place, bounds: Bounds) {
        if let Some(mark) = &place.mark {
            self.marks.entry((place.page, Arc::clone(mark))).or_insert(Bounds::NOTHING).join(bounds);
        }
    }

    fn stroke(place: &Place, stroke: Option<&FixedStroke>) -> Result<(), RenderError> {
        stroke.map_or(Ok(()), |stroke| solid(place, &stroke.paint))
    }
}

/// To a ten-thousandth of a millimetre: points and back leave crumbs.
fn rounded(length: f64) -> f64 {
    (length * 1e4).round() / 1e4
}

fn refused(what: Drawing, place: &Place) -> RenderError {
    RenderError::NotInBoth { what, page: place.page + 1 }
}

fn solid(place: &Place, paint: &Paint) -> Result<(), RenderError> {
    if matches!(paint, Paint::Solid(_)) { Ok(()) } else { Err(refused(Drawing::Gradient, place)) }
}

fn clip(place: &Place) -> Result<(), RenderError> {
    if place.clip == Clip::Other { Err(refused(Drawing::Clip, place)) } else { Ok(()) }
}

/// The box around a run of text, by its font's em.
pub(crate) fn around(place: &Place, item: &TextItem) -> Bounds {
    let size = mm(item.size);
    Bounds::of(place.matrix, 0.0, -ASCENT * size, mm(item.width()), DESCENT * size)
}

impl Visitor for Inspection<'_> {
    type Error = RenderError;

    fn link(&mut self, place: &Place, target: &Destination) -> Result<(), RenderError> {
        match target {
            Destination::Url(url) if url.starts_with("https://") || url.starts_with("http://") => Ok(()),
            Destination::Url(_) => Err(refused(Drawing::Link, place)),
            Destination::Position(_) | Destination::Location(_) => Ok(()),
        }
    }

    fn text(&mut self, place: &Place, item: &TextItem) -> Result<(), RenderError> {
        clip(place)?;
        solid(place, &item.fill)?;
        Self::stroke(place, item.stroke.as_ref())?;
        let mark = || place.mark.as_deref().map(str::to_owned);
        for glyph in item.glyphs.iter().filter(|glyph| glyph.id == 0) {
            let character = item.text.get(glyph.range()).and_then(|text| text.chars().find(|c| !is_default_ignorable(*c)));
            if let Some(character) = character {
                return Err(RenderError::MissingGlyph { character, mark: mark(), page: place.page + 1 });
            }
        }
        let (bounds, page) = (around(place, item), self.page(place));
        let seen = match place.clip {
            Clip::Box(seen) => seen.meet(page),
            Clip::None | Clip::Other => page,
        };
        if !item.text.trim().is_empty() && !bounds.within(seen, TOLERANCE) {
            return Err(RenderError::OutsidePage { text: item.text.to_string(), mark: mark(), page: place.page + 1 });
        }
        self.note(place, bounds);
        if let Some(found) = self.copies.get_mut(place.page) {
            *found |= place.copy;
        }
        if let Some(text) = self.texts.get_mut(place.page) {
            text.push_str(&item.text);
            text.push('\n');
        }
        Ok(())
    }

    fn shape(&mut self, place: &Place, shape: &Shape) -> Result<(), RenderError> {
        clip(place)?;
        shape.fill.as_ref().map_or(Ok(()), |paint| solid(place, paint))?;
        Self::stroke(place, shape.stroke.as_ref())?;
        let (right, bottom) = match &shape.geometry {
            Geometry::Rect(size) => (mm(size.x), mm(size.y)),
            Geometry::Line(to) => (mm(to.x), mm(to.y)),
            Geometry::Curve(curve) => (mm(curve.bbox(None).max.x), mm(curve.bbox(None).max.y)),
        };
        self.note(place, Bounds::of(place.matrix, 0.0, 0.0, right, bottom));
        Ok(())
    }

    fn image(&mut self, place: &Place, image: &Image, size: Size) -> Result<(), RenderError> {
        clip(place)?;
        let known = |format: RasterFormat| !matches!(format, RasterFormat::Exchange(ExchangeFormat::Gif | ExchangeFormat::Webp));
        if !matches!(image.kind(), ImageKind::Raster(raster) if known(raster.format())) {
            return Err(refused(Drawing::Picture, place));
        }
        let whole = Bounds::of(place.matrix, 0.0, 0.0, mm(size.x), mm(size.y));
        let seen = match place.clip {
            Clip::Box(seen) => seen.meet(whole),
            Clip::None | Clip::Other => whole,
        };
        self.note(place, seen);
        Ok(())
    }

    fn seal(&mut self, place: &Place, name: &str, width: f64, height: f64) -> Result<(), RenderError> {
        let at = Bounds::of(place.matrix, 0.0, 0.0, width, height);
        self.seals.push(SealPlace { name: name.to_owned(), page: place.page + 1, x: rounded(at.left), y: rounded(at.top), width, height });
        Ok(())
    }
}
