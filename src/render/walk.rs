//! Laid-out pages as runs of text, paths and pictures, each with its place, its clip and the mark it stands under.

use std::sync::Arc;

use typst::foundations::Value;
use typst::introspection::{Location, MetadataElem, Tag};
use typst::layout::{Frame, FrameItem, Size};
use typst::model::Destination;
use typst::pdf::ArtifactElem;
use typst::text::TextItem;
use typst::visualize::{Curve, CurveItem, Image, Shape};
use typst_layout::PagedDocument;

use crate::matrix::{Bounds, Matrix, mm};

/// Where and under what something stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// From 0.
    pub(crate) page: usize,
    pub(crate) matrix: Matrix,
    /// What can be seen of it; a clip that is no upright box is [`Clip::Other`].
    pub(crate) clip: Clip,
    /// The innermost open mark.
    pub(crate) mark: Option<Arc<str>>,
    /// Part of the mark of copies.
    pub(crate) copy: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Clip {
    None,
    Box(Bounds),
    Other,
}

/// Takes what stands on the pages, in the order it is painted.
pub(crate) trait Visitor {
    type Error;
    fn text(&mut self, place: &Place, item: &TextItem) -> Result<(), Self::Error>;
    fn shape(&mut self, place: &Place, shape: &Shape) -> Result<(), Self::Error>;
    fn image(&mut self, place: &Place, image: &Image, size: Size) -> Result<(), Self::Error>;
    /// Where a link leads; nothing of it is drawn.
    fn link(&mut self, _place: &Place, _target: &Destination) -> Result<(), Self::Error> {
        Ok(())
    }
    /// A place for a seal, in millimetres.
    fn seal(&mut self, place: &Place, name: &str, width: f64, height: f64) -> Result<(), Self::Error>;
}

/// Visits every page.
pub(crate) fn walk<V: Visitor>(document: &PagedDocument, visitor: &mut V) -> Result<(), V::Error> {
    let mut walker = Walker { marks: Vec::new(), aside: Vec::new(), visitor };
    for (page, it) in document.pages().iter().enumerate() {
        let place = Place { page, matrix: Matrix::IDENTITY, clip: Clip::None, mark: None, copy: false };
        walker.frame(&place, &it.frame)?;
    }
    Ok(())
}

struct Walker<'a, V> {
    marks: Vec<Arc<str>>,
    /// Marks put aside while a page's header, footer, fore- or background is visited: those stand under none of the body's.
    aside: Vec<(Location, Vec<Arc<str>>)>,
    visitor: &'a mut V,
}

const COPY: &str = "copy";

impl<V: Visitor> Walker<'_, V> {
    /// typst bounds how deep frames nest.
    fn frame(&mut self, outer: &Place, frame: &Frame) -> Result<(), V::Error> {
        for (point, item) in frame.items() {
            let here = |walker: &Self| Place {
                matrix: outer.matrix.then_after(Matrix::translate(mm(point.x), mm(point.y))),
                mark: walker.marks.last().cloned(),
                copy: walker.marks.iter().any(|mark| &**mark == COPY),
                ..outer.clone()
            };
            match item {
                FrameItem::Group(group) => {
                    let mut place = here(self);
                    place.matrix = place.matrix.then_after(Matrix::of(group.transform));
                    if let Some(curve) = &group.clip {
                        place.clip = clipped(place.clip, place.matrix, curve);
                    }
                    self.frame(&place, &group.frame)?;
                }
                FrameItem::Text(text) => self.visitor.text(&here(self), text)?,
                FrameItem::Shape(shape, _) => self.visitor.shape(&here(self), shape)?,
                FrameItem::Image(image, size, _) => self.visitor.image(&here(self), image, *size)?,
                FrameItem::Link(target, ..) => self.visitor.link(&here(self), target)?,
                FrameItem::Tag(tag) => self.tag(tag, &here(self))?,
            }
        }
        Ok(())
    }

    fn tag(&mut self, tag: &Tag, place: &Place) -> Result<(), V::Error> {
        match tag {
            Tag::Start(content, _) => {
                if let Some(metadata) = content.to_packed::<MetadataElem>() {
                    return self.mark(&metadata.value, place);
                }
                if content.is::<ArtifactElem>()
                    && let Some(location) = content.location()
                {
                    self.aside.push((location, std::mem::take(&mut self.marks)));
                }
            }
            Tag::End(location, ..) => {
                if let Some((_, marks)) = self.aside.pop_if(|it| it.0 == *location) {
                    self.marks = marks;
                }
            }
        }
        Ok(())
    }

    /// `(mark: "open" | "close" | "seal", name: …)`, as `/zhengzhao.typ` leaves them.
    fn mark(&mut self, value: &Value, place: &Place) -> Result<(), V::Error> {
        let Value::Dict(dict) = value else { return Ok(()) };
        let text = |key: &str| match dict.get(key) {
            Ok(Value::Str(text)) => Some(text.as_str()),
            _ => None,
        };
        let number = |key: &str| match dict.get(key) {
            Ok(Value::Int(number)) => Some(f64::from(i32::try_from(*number).unwrap_or_default())),
            Ok(Value::Float(number)) => Some(*number),
            _ => None,
        };
        match (text("mark"), text("name")) {
            (Some("open"), Some(name)) => self.marks.push(name.into()),
            (Some("close"), Some(name)) => {
                // Closes what was opened last under this name, and whatever was left open within.
                if let Some(opened) = self.marks.iter().rposition(|mark| &**mark == name) {
                    self.marks.truncate(opened);
                }
            }
            (Some("seal"), Some(name)) => {
                if let (Some(width), Some(height)) = (number("w"), number("h")) {
                    return self.visitor.seal(place, name, width, height);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// An upright box out of a clip's curve, within the clip around it.
fn clipped(outer: Clip, matrix: Matrix, curve: &Curve) -> Clip {
    let mut bounds = Bounds::NOTHING;
    let mut corners = Vec::new();
    for item in &curve.0 {
        match item {
            CurveItem::Move(point) | CurveItem::Line(point) => {
                let corner = matrix.apply(mm(point.x), mm(point.y));
                bounds.add(corner);
                corners.push(corner);
            }
            CurveItem::Cubic(..) => return Clip::Other,
            CurveItem::Close => {}
        }
    }
    let near = |one: f64, two: f64| (one - two).abs() < 1e-6;
    let at_corner =
        |(x, y): &(f64, f64)| (near(*x, bounds.left) || near(*x, bounds.right)) && (near(*y, bounds.top) || near(*y, bounds.bottom));
    if !(4..=5).contains(&corners.len()) || !corners.iter().all(at_corner) || !matrix.keeps_upright() {
        return Clip::Other;
    }
    match outer {
        Clip::None => Clip::Box(bounds),
        Clip::Box(other) => Clip::Box(other.meet(bounds)),
        Clip::Other => Clip::Other,
    }
}
