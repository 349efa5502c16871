//! What stands on the pages, as OFD's objects.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use typst::layout::Size;
use typst::text::TextItem;
use typst::visualize::{ExchangeFormat, FillRule, FixedStroke, Image, ImageKind, LineCap, LineJoin, Paint, RasterFormat, Shape};

use super::fonts::Fonts;
use super::path::Outline;
use super::xml::{Element, number, numbers};
use crate::error::RenderError;
use crate::matrix::{Bounds, Matrix, mm};
use crate::sheet::Part;
use crate::walk::{Clip, Place, Visitor};

/// Of the em, so that no ink is outside an object's boundary, which clips.
const ABOVE: f64 = 1.0;
const BELOW: f64 = 0.36;

/// A page's objects: those of the face, and the mark of copies in front of them.
#[derive(Default)]
pub(crate) struct Objects {
    pub(crate) body: Vec<Element>,
    pub(crate) front: Vec<Element>,
}

/// Writes objects as it visits the pages.
pub(crate) struct Writer {
    last_id: u32,
    pub(crate) colour_space: u32,
    pub(crate) fonts: Fonts,
    pub(crate) pages: Vec<Objects>,
    /// By mark: page and object.
    pub(crate) shown: BTreeMap<Arc<str>, Vec<(usize, u32)>>,
    pictures: Vec<(Image, Picture)>,
}

/// A picture's file.
pub(crate) struct Picture {
    pub(crate) id: u32,
    pub(crate) format: &'static str,
    pub(crate) part: Part,
}

/// Characters that are one unit for the font, and where.
struct Cluster<'a> {
    text: &'a str,
    glyphs: Vec<u16>,
    x: f64,
    y: f64,
}

impl Writer {
    pub(crate) fn new(pages: usize) -> Self {
        let mut writer = Self {
            last_id: 0,
            colour_space: 0,
            fonts: Fonts::default(),
            pages: (0..pages).map(|_| Objects::default()).collect(),
            shown: BTreeMap::new(),
            pictures: Vec::new(),
        };
        writer.colour_space = writer.id();
        writer
    }

    /// Every object and resource has a number of its own.
    pub(crate) fn id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn last_id(&self) -> u32 {
        self.last_id
    }

    pub(crate) fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.pictures.iter().map(|(_, picture)| picture)
    }

    fn put(&mut self, place: &Place, id: u32, object: Element) {
        if let Some(page) = self.pages.get_mut(place.page) {
            if place.copy { page.front.push(object) } else { page.body.push(object) }
        }
        if let Some(mark) = &place.mark {
            self.shown.entry(Arc::clone(mark)).or_default().push((place.page, id));
        }
    }

    /// An object's beginning: its number, and the box it is seen in, unless nothing of it is seen.
    fn object(&mut self, name: &str, place: &Place, bounds: Bounds) -> Option<(u32, Bounds, Element)> {
        let seen = match place.clip {
            Clip::Box(clip) => bounds.meet(clip),
            Clip::None | Clip::Other => bounds,
        };
        if seen.is_empty() {
            return None;
        }
        let id = self.id();
        let boundary = numbers([seen.left, seen.top, seen.width(), seen.height()]);
        Some((id, seen, Element::new(name).with("ID", id.to_string()).with("Boundary", boundary)))
    }

    fn clusters<'a>(&mut self, font: usize, item: &'a TextItem) -> Vec<Cluster<'a>> {
        let mut clusters: Vec<(std::ops::Range<usize>, Cluster<'a>)> = Vec::new();
        let (mut pen_x, mut pen_y) = (0.0, 0.0);
        for glyph in &item.glyphs {
            let (x, y) = (pen_x + mm(glyph.x_offset.at(item.size)), pen_y - mm(glyph.y_offset.at(item.size)));
            pen_x += mm(glyph.x_advance.at(item.size));
            pen_y -= mm(glyph.y_advance.at(item.size));
            let range = glyph.range();
            // What no font shows, such as a joiner, has glyph 0 and nothing to say in OFD.
            let (Some(text), true) = (item.text.get(range.clone()), glyph.id != 0) else { continue };
            let number = self.fonts.glyph(font, glyph.id);
            match clusters.last_mut() {
                Some((last, cluster)) if *last == range => cluster.glyphs.push(number),
                _ => clusters.push((range, Cluster { text, glyphs: vec![number], x, y })),
            }
        }
        let mut clusters: Vec<_> = clusters.into_iter().map(|(_, cluster)| cluster).collect();
        // Readers differ on spaces at either end of a text.
        let blank = |cluster: &Cluster<'_>| cluster.text.trim().is_empty();
        let end = clusters.iter().rposition(|cluster| !blank(cluster)).map_or(0, |last| last + 1);
        clusters.truncate(end);
        let start = clusters.iter().position(|cluster| !blank(cluster)).unwrap_or(0);
        clusters.drain(..start);
        clusters
    }

    /// The picture's number; its file is kept once.
    fn picture(&mut self, image: &Image) -> Result<u32, RenderError> {
        if let Some((_, known)) = self.pictures.iter().find(|(known, _)| known == image) {
            return Ok(known.id);
        }
        let ImageKind::Raster(raster) = image.kind() else { return Err(RenderError::Writing("not a raster picture".to_owned())) };
        let (format, bytes) = match raster.format() {
            // A photo that says it lies on its side is stored upright.
            RasterFormat::Exchange(ExchangeFormat::Jpg) if raster.exif_rotation().is_none() => ("JPEG", raster.data().to_vec()),
            RasterFormat::Exchange(ExchangeFormat::Png) if raster.exif_rotation().is_none() => ("PNG", raster.data().to_vec()),
            _ => {
                let mut bytes = Cursor::new(Vec::new());
                raster.dynamic().write_to(&mut bytes, image::ImageFormat::Png).map_err(|error| RenderError::Writing(error.to_string()))?;
                ("PNG", bytes.into_inner())
            }
        };
        let id = self.id();
        let path = format!("Doc_0/Res/image_{id}.{}", if format == "PNG" { "png" } else { "jpg" });
        self.pictures.push((image.clone(), Picture { id, format, part: Part { path, bytes } }));
        Ok(id)
    }
}

impl Visitor for Writer {
    type Error = RenderError;

    fn text(&mut self, place: &Place, item: &TextItem) -> Result<(), RenderError> {
        let last_id = &mut self.last_id;
        let font = self.fonts.index(item.font.font(), || {
            *last_id += 1;
            *last_id
        });
        let clusters = self.clusters(font, item);
        let Some(first) = clusters.first() else { return Ok(()) };
        let (size, matrix) = (mm(item.size), place.matrix);
        let bounds = Bounds::of(matrix, 0.0, -ABOVE * size, mm(item.width()), BELOW * size);
        let Some((id, seen, mut object)) = self.object("TextObject", place, bounds) else { return Ok(()) };

        // Turned or stretched text is written around its own origin, and put in place by the matrix.
        let origin = if matrix.only_moves() {
            (matrix.e - seen.left, matrix.f - seen.top)
        } else {
            let Matrix { a, b, c, d, e, f } = Matrix::translate(-seen.left, -seen.top).then_after(matrix);
            object = object.with("CTM", numbers([a, b, c, d, e, f]));
            (0.0, 0.0)
        };
        object = object.with("Font", self.fonts.id(font).to_string()).with("Size", number(size));
        object = object.with_some("Weight", self.fonts.is_bold(font).then_some("700"));
        if let Some(stroke) = &item.stroke {
            object = object.with("Stroke", "true").with("LineWidth", number(mm(stroke.thickness)));
        }
        object = object.child(colour("FillColor", &item.fill));
        if let Some(stroke) = &item.stroke {
            object = object.child(colour("StrokeColor", &stroke.paint));
        }

        let mut code = Element::new("TextCode").with("X", number(origin.0 + first.x)).with("Y", number(origin.1 + first.y));
        let mut text = String::new();
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        for cluster in &clusters {
            let mut characters = cluster.text.chars();
            let simple = match (characters.next(), characters.next(), cluster.glyphs.as_slice()) {
                (Some(character), None, [glyph]) => self.fonts.is_mapped(font, character, *glyph),
                _ => false,
            };
            if !simple {
                let transform = Element::new("CGTransform")
                    .with("CodePosition", text.chars().count().to_string())
                    .with("CodeCount", cluster.text.chars().count().to_string())
                    .with("GlyphCount", cluster.glyphs.len().to_string())
                    .leaf("Glyphs", cluster.glyphs.iter().map(u16::to_string).collect::<Vec<_>>().join(" "));
                object = object.child(transform);
            }
            for _ in cluster.text.chars() {
                xs.push(cluster.x);
                ys.push(cluster.y);
            }
            text.push_str(cluster.text);
        }
        code = code.with_some("DeltaX", deltas(&xs)).with_some("DeltaY", deltas(&ys).filter(|_| ys.iter().any(|y| *y != first.y)));
        self.put(place, id, object.child(code.text(&text)));
        Ok(())
    }

    fn shape(&mut self, place: &Place, shape: &Shape) -> Result<(), RenderError> {
        let outline = Outline::of(&shape.geometry, place.matrix);
        let scale = place.matrix.scale();
        let width = shape.stroke.as_ref().map_or(0.0, |stroke| mm(stroke.thickness) * scale);
        // Sharp corners reach further than half the line.
        let Some((id, seen, object)) = self.object("PathObject", place, outline.bounds.grown(width + 0.01)) else { return Ok(()) };
        let yes = |yes: bool| if yes { "true" } else { "false" };
        let mut object = object.with("Stroke", yes(shape.stroke.is_some())).with("Fill", yes(shape.fill.is_some()));
        if shape.fill_rule == FillRule::EvenOdd {
            object = object.with("Rule", "Even-Odd");
        }
        if let Some(stroke) = &shape.stroke {
            object = line(object, stroke, scale).child(colour("StrokeColor", &stroke.paint));
        }
        if let Some(fill) = &shape.fill {
            object = object.child(colour("FillColor", fill));
        }
        self.put(place, id, object.leaf("AbbreviatedData", outline.data(seen.left, seen.top)));
        Ok(())
    }

    fn image(&mut self, place: &Place, image: &Image, size: Size) -> Result<(), RenderError> {
        let (width, height) = (mm(size.x), mm(size.y));
        let resource = self.picture(image)?;
        let bounds = Bounds::of(place.matrix, 0.0, 0.0, width, height);
        let Some((id, seen, object)) = self.object("ImageObject", place, bounds) else { return Ok(()) };
        let unit = Matrix { a: width, d: height, ..Matrix::IDENTITY };
        let Matrix { a, b, c, d, e, f } = Matrix::translate(-seen.left, -seen.top).then_after(place.matrix).then_after(unit);
        self.put(place, id, object.with("CTM", numbers([a, b, c, d, e, f])).with("ResourceID", resource.to_string()));
        Ok(())
    }

    fn seal(&mut self, _: &Place, _: &str, _: f64, _: f64) -> Result<(), RenderError> {
        Ok(())
    }
}

/// Steps between positions, each rounded where it stands, so that errors do not add up; None for one character.
fn deltas(positions: &[f64]) -> Option<String> {
    let rounded = |value: f64| (value * 1e4).round() / 1e4;
    let steps = positions.windows(2).filter_map(|pair| Some(rounded(*pair.get(1)?) - rounded(*pair.first()?)));
    (positions.len() > 1).then(|| numbers(steps))
}

fn line(object: Element, stroke: &FixedStroke, scale: f64) -> Element {
    let cap = match stroke.cap {
        LineCap::Butt => None,
        LineCap::Round => Some("Round"),
        LineCap::Square => Some("Square"),
    };
    let join = match stroke.join {
        LineJoin::Miter => None,
        LineJoin::Round => Some("Round"),
        LineJoin::Bevel => Some("Bevel"),
    };
    let dash = stroke.dash.as_ref().filter(|dash| !dash.array.is_empty());
    object
        .with("LineWidth", number(mm(stroke.thickness) * scale))
        .with_some("Cap", cap)
        .with_some("Join", join)
        .with("MiterLimit", number(stroke.miter_limit.get()))
        .with_some("DashOffset", dash.map(|dash| number(mm(dash.phase) * scale)))
        .with_some("DashPattern", dash.map(|dash| numbers(dash.array.iter().map(|length| mm(*length) * scale))))
}

/// A colour in the document's colour space.
fn colour(name: &str, paint: &Paint) -> Element {
    // The inspection has refused everything but solid paint.
    let hex = if let Paint::Solid(colour) = paint { colour.to_hex().to_string() } else { "#000000".to_owned() };
    let value = |index: usize| hex.get(1 + 2 * index..3 + 2 * index).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let rgb = (0..3).map(|index| value(index).unwrap_or_default().to_string()).collect::<Vec<_>>().join(" ");
    Element::new(name).with("Value", rgb).with_some("Alpha", value(3).filter(|alpha| *alpha < 255).map(|alpha| alpha.to_string()))
}
