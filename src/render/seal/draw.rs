//! Lettering along arcs and lines, and the drawing as PNG and PDF.

use std::fmt::Write as _;

use tiny_skia::{FillRule, Paint, PathBuilder, Pixmap, Transform};
use ttf_parser::{Face, GlyphId};

use super::RED;
use super::outline::{Outline, Point, Stand, Step};
use crate::error::RenderError;
use crate::fonts;
use crate::matrix::MM;

/// Narrowest a character is set before it is made smaller.
const NARROWEST: f64 = 0.56;
/// Of the em: a character's heads above its baseline, and the middle of it.
const HEAD: f64 = 0.86;
const MIDDLE: f64 = 0.38;
/// Points of an ellipse that its length is measured by.
const SAMPLES: u32 = 1440;

/// Room for a text inside an ellipse with half axes `outer`, `span` radians of it.
pub(super) struct Arc {
    pub(super) centre: Point,
    pub(super) outer: Point,
    pub(super) span: f64,
}

/// Room for a text on a straight line.
pub(super) struct Line {
    pub(super) centre: f64,
    pub(super) baseline: f64,
    pub(super) width: f64,
}

struct Letter {
    face: &'static Face<'static>,
    glyph: GlyphId,
    /// Of the em.
    advance: f64,
}

impl Letter {
    fn stand(&self, origin: Point, turn: f64, size: f64, narrow: f64) -> Stand {
        let unit = size / f64::from(self.face.units_per_em());
        Stand { origin, turn, across: unit * narrow, up: unit }
    }
}

fn letters(text: &str) -> Result<Vec<Letter>, RenderError> {
    let letter = |character: char| {
        let found = fonts::for_seals().find_map(|face| face.glyph_index(character).filter(|glyph| glyph.0 != 0).map(|glyph| (face, glyph)));
        let (face, glyph) = found.ok_or_else(|| RenderError::MissingGlyph { character, mark: Some("seal".to_owned()), page: 1 })?;
        let advance = f64::from(face.glyph_hor_advance(glyph).unwrap_or_default()) / f64::from(face.units_per_em());
        Ok(Letter { face, glyph, advance })
    };
    text.chars().filter(|c| !c.is_whitespace()).map(letter).collect()
}

impl Arc {
    /// Heads outwards, over the top.
    pub(super) fn above(&self, outline: &mut Outline, text: &str, largest: f64) -> Result<(), RenderError> {
        let letters = letters(text)?;
        let Some(count) = u32::try_from(letters.len()).ok().filter(|count| *count > 0).map(f64::from) else { return Ok(()) };
        let mut size = largest;
        let (pitch, narrow) = loop {
            let room = Ellipse::new((self.outer.0 - (HEAD - MIDDLE) * size, self.outer.1 - (HEAD - MIDDLE) * size)).length(self.span);
            // A short name is not pulled apart over the whole arc.
            let pitch = (room / count).min(1.5 * size);
            let narrow = (pitch * 0.94 / size).min(1.0);
            if narrow >= NARROWEST || size < 1.5 {
                break (pitch, narrow);
            }
            size *= 0.97;
        };
        let middle = Ellipse::new((self.outer.0 - (HEAD - MIDDLE) * size, self.outer.1 - (HEAD - MIDDLE) * size));
        for (index, letter) in letters.iter().enumerate() {
            let along = (f64::from(u32::try_from(index).unwrap_or_default()) - (count - 1.0) / 2.0) * pitch;
            let t = middle.angle(along);
            let (a, b) = middle.axes;
            let at = (self.centre.0 + a * t.sin(), self.centre.1 - b * t.cos());
            let turn = (b * t.sin()).atan2(a * t.cos());
            // From the character's middle to its origin: half its width back, and down to the baseline.
            let (back, down) = (letter.advance * size * narrow / 2.0, MIDDLE * size);
            let origin = (at.0 - back * turn.cos() - down * turn.sin(), at.1 - back * turn.sin() + down * turn.cos());
            outline.glyph(letter.face, letter.glyph, letter.stand(origin, turn, size, narrow));
        }
        Ok(())
    }

    /// Feet outwards, along the bottom, from left to right.
    pub(super) fn below(&self, outline: &mut Outline, text: &str, largest: f64) -> Result<(), RenderError> {
        let letters = letters(text)?;
        let Some(count) = u32::try_from(letters.len()).ok().filter(|count| *count > 0).map(f64::from) else { return Ok(()) };
        let feet = Ellipse::new(self.outer);
        let pitch = (feet.length(self.span) / count).min(largest * 0.95);
        let size = largest.min(pitch / 0.62);
        for (index, letter) in letters.iter().enumerate() {
            let along = (f64::from(u32::try_from(index).unwrap_or_default()) - (count - 1.0) / 2.0) * pitch;
            let t = feet.angle(along);
            let (a, b) = feet.axes;
            let at = (self.centre.0 + a * t.sin(), self.centre.1 + b * t.cos());
            let turn = (-b * t.sin()).atan2(a * t.cos());
            let back = letter.advance * size / 2.0;
            outline.glyph(letter.face, letter.glyph, letter.stand((at.0 - back * turn.cos(), at.1 - back * turn.sin()), turn, size, 1.0));
        }
        Ok(())
    }
}

impl Line {
    pub(super) fn set(&self, outline: &mut Outline, text: &str, largest: f64) -> Result<(), RenderError> {
        let letters = letters(text)?;
        let ems: f64 = letters.iter().map(|letter| letter.advance).sum();
        if ems <= 0.0 {
            return Ok(());
        }
        let size = largest.min(self.width / ems / NARROWEST);
        let narrow = (self.width / (ems * size)).min(1.0);
        let mut x = self.centre - ems * size * narrow / 2.0;
        for letter in &letters {
            outline.glyph(letter.face, letter.glyph, letter.stand((x, self.baseline), 0.0, size, narrow));
            x += letter.advance * size * narrow;
        }
        Ok(())
    }
}

/// An ellipse measured along its line, from its top (or bottom) to either side.
struct Ellipse {
    axes: Point,
    /// Length from 0 to each sample of half the ellipse.
    lengths: Vec<f64>,
}

impl Ellipse {
    fn new(axes: Point) -> Self {
        let at = |index: u32| {
            let t = std::f64::consts::PI * f64::from(index) / f64::from(SAMPLES);
            (axes.0 * t.sin(), axes.1 * t.cos())
        };
        let mut lengths = vec![0.0];
        let mut sum = 0.0;
        for index in 1..=SAMPLES {
            let (one, two) = (at(index - 1), at(index));
            sum += (two.0 - one.0).hypot(two.1 - one.1);
            lengths.push(sum);
        }
        Self { axes, lengths }
    }

    /// The length of `span` radians of parameter, half to each side.
    fn length(&self, span: f64) -> f64 {
        let wanted = span / 2.0 / std::f64::consts::PI * f64::from(SAMPLES);
        let index = (0..=SAMPLES).take_while(|index| f64::from(*index) <= wanted).last().unwrap_or_default();
        2.0 * self.lengths.get(usize::try_from(index).unwrap_or_default()).copied().unwrap_or_default()
    }

    /// The parameter at a length to the right (or, negative, to the left).
    fn angle(&self, along: f64) -> f64 {
        let index = u32::try_from(self.lengths.partition_point(|length| *length < along.abs())).unwrap_or(SAMPLES).min(SAMPLES);
        (std::f64::consts::PI * f64::from(index) / f64::from(SAMPLES)).copysign(along)
    }
}

pub(super) fn png(width: f64, height: f64, steps: &[Step], dpi: u32) -> Result<Vec<u8>, RenderError> {
    let fails = |reason: &str| RenderError::Writing(format!("the seal's picture: {reason}"));
    let scale = f64::from(dpi) / 25.4;
    let at = |(x, y): Point| ((x * scale) as f32, (y * scale) as f32);
    let mut builder = PathBuilder::new();
    for step in steps {
        match *step {
            Step::Move(to) => builder.move_to(at(to).0, at(to).1),
            Step::Line(to) => builder.line_to(at(to).0, at(to).1),
            Step::Cubic(one, two, to) => builder.cubic_to(at(one).0, at(one).1, at(two).0, at(two).1, at(to).0, at(to).1),
            Step::Close => builder.close(),
        }
    }
    let path = builder.finish().ok_or_else(|| fails("nothing to draw"))?;
    let pixels = |length: f64| (length * scale).round() as u32;
    let mut pixmap = Pixmap::new(pixels(width), pixels(height)).ok_or_else(|| fails("no pixels"))?;
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(RED[0], RED[1], RED[2], 255);
    pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);

    let data: Vec<u8> = pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let colour = pixel.demultiply();
            [colour.red(), colour.green(), colour.blue(), colour.alpha()]
        })
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let per_metre = (f64::from(dpi) / 0.0254).round();
    let per_metre = per_metre as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header().map_err(|error| fails(&error.to_string()))?;
    writer.write_image_data(&data).map_err(|error| fails(&error.to_string()))?;
    writer.finish().map_err(|error| fails(&error.to_string()))?;
    Ok(bytes)
}

/// The drawing in points, y up.
pub(super) fn content(height: f64, steps: &[Step]) -> Vec<u8> {
    let number = |value: f64, places: usize| {
        let text = format!("{value:.places$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        if text == "-0" { "0".to_owned() } else { text.to_owned() }
    };
    let at = |(x, y): Point| format!("{} {}", number(x / MM, 3), number((height - y) / MM, 3));
    let [red, green, blue] = RED.map(|value| number(f64::from(value) / 255.0, 3));
    let mut text = format!("q {red} {green} {blue} rg\n");
    for step in steps {
        // Writing to a String cannot fail.
        let _ = match *step {
            Step::Move(to) => writeln!(text, "{} m", at(to)),
            Step::Line(to) => writeln!(text, "{} l", at(to)),
            Step::Cubic(one, two, to) => writeln!(text, "{} {} {} c", at(one), at(two), at(to)),
            Step::Close => writeln!(text, "h"),
        };
    }
    text.push_str("f Q\n");
    text.into_bytes()
}

/// One page, one classic cross-reference table.
pub(super) fn pdf(width: f64, height: f64, content: &[u8]) -> Vec<u8> {
    let objects: [Vec<u8>; 4] = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3} {height:.3}] /Resources << >> /Contents 4 0 R >>").into_bytes(),
        [format!("<< /Length {} >>\nstream\n", content.len()).as_bytes(), content, b"endstream"].concat(),
    ];
    let mut file = b"%PDF-1.7\n%\xc3\xa9\xc3\xa9\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        file.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(table.into_bytes());
    file.extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).into_bytes());
    file
}
