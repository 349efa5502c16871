//! The picture of a seal: an authority's name on an arc, a star, a second line, a code number on the lower arc; round or oval,
//! red on nothing.
//!
//! Sizes follow what is usual for electronic seals of authorities [K]: round 42 mm (40 mm for smaller ones) with a star of a third
//! of it, oval 45 × 30 mm. The law on who may have which seal is the seal register's concern, not this drawing's.

mod draw;
mod outline;

use crate::error::{Measure, RenderError};
use crate::limits::within;
use draw::{Arc, Line};
use outline::{Outline, Step};

/// Characters of one line, at most.
const CHARACTERS: usize = 40;
/// Sides of a seal in mm.
const SIDES: std::ops::RangeInclusive<f64> = 20.0..=60.0;
/// The red of a stamp.
const RED: [u8; 3] = [0xd7, 0x00, 0x0f];

/// What a seal says.
#[derive(Debug, Clone, PartialEq)]
pub struct Seal {
    /// The authority's name, on the upper arc.
    pub authority: String,
    /// Beneath the star, such as 电子证照专用章.
    pub second_line: Option<String>,
    /// The seal's number, on the lower arc.
    pub code: Option<String>,
    /// Its form.
    pub shape: SealShape,
}

/// A seal's form; lengths in mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SealShape {
    /// A circle.
    Round {
        /// Across.
        diameter: f64,
        /// With a five-pointed star in the middle.
        star: bool,
    },
    /// An ellipse, without a star.
    Oval {
        /// From left to right.
        width: f64,
        /// From top to bottom.
        height: f64,
    },
}

/// A seal as outlines: one drawing for every use.
#[derive(Debug, Clone)]
pub struct SealDrawing {
    width: f64,
    height: f64,
    steps: Vec<Step>,
}

impl Seal {
    /// Draws the seal. Long names are set narrower, then smaller.
    ///
    /// # Errors
    /// A character without glyph, a line of more than 40 characters, or a size no seal has.
    pub fn draw(&self) -> Result<SealDrawing, RenderError> {
        let (width, height, star) = match self.shape {
            SealShape::Round { diameter, star } => (diameter, diameter, star),
            SealShape::Oval { width, height } => (width, height, false),
        };
        if self.authority.trim().is_empty() || !SIDES.contains(&width) || !SIDES.contains(&height) {
            return Err(RenderError::SealForm { width, height });
        }
        for text in [Some(&self.authority), self.second_line.as_ref(), self.code.as_ref()].into_iter().flatten() {
            within(Measure::SealCharacters, text.chars().count(), CHARACTERS)?;
        }
        let (a, b) = (width / 2.0, height / 2.0);
        // Everything else is measured against the larger half: a round seal of 42 mm has a line of 1.2 mm.
        let unit = a.min(b * 1.3) / 21.0;
        let border = 1.2 * unit;
        let mut outline = Outline::default();
        outline.ring(a, b, border);
        if star {
            outline.star(a, b, a / 3.0);
        }
        let round = matches!(self.shape, SealShape::Round { .. });
        let name = Arc { centre: (a, b), outer: (a - border - 0.9 * unit, b - border - 0.9 * unit), span: if round { 4.25 } else { 3.9 } };
        name.above(&mut outline, &self.authority, 6.2 * unit)?;
        if let Some(text) = &self.second_line {
            let size = 3.3 * unit;
            let baseline = match (round, star) {
                (true, true) => b + a / 3.0 + 4.0 * unit,
                (true, false) => b + 1.2 * unit,
                (false, _) => b + 0.30 * b,
            };
            Line { centre: a, baseline, width: if round && star { 22.0 * unit } else { 1.05 * a } }.set(&mut outline, text, size)?;
        }
        if let Some(text) = &self.code {
            let arc = Arc { centre: (a, b), outer: (a - border - 0.8 * unit, b - border - 0.8 * unit), span: 1.7 };
            arc.below(&mut outline, text, 2.1 * unit)?;
        }
        Ok(SealDrawing { width, height, steps: outline.steps })
    }
}

impl SealDrawing {
    /// Width and height in mm.
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// A PNG with transparent ground, which says its resolution.
    ///
    /// # Errors
    /// When `dpi` is not within 72 to 1200.
    pub fn png(&self, dpi: u32) -> Result<Vec<u8>, RenderError> {
        if !(72..=1200).contains(&dpi) {
            return Err(RenderError::TooMuch { what: Measure::Dpi, found: usize::try_from(dpi).unwrap_or(usize::MAX), limit: 1200 });
        }
        draw::png(self.width, self.height, &self.steps, dpi)
    }

    /// A PDF content stream that fills the seal in `[0 0 w h]`, `w` and `h` in points as [`Self::size_in_points`] says: the stream
    /// of an appearance (form XObject) with that as its BBox. It uses no resources; its colour is DeviceRGB, which PDF/A allows
    /// where the document has an RGB output intent, as the sheets of this package have.
    pub fn content(&self) -> Vec<u8> {
        draw::content(self.height, &self.steps)
    }

    /// Width and height in points of 1/72 inch.
    pub fn size_in_points(&self) -> (f64, f64) {
        (self.width / crate::matrix::MM, self.height / crate::matrix::MM)
    }

    /// A PDF of one page of the seal's size.
    pub fn pdf(&self) -> Vec<u8> {
        let (width, height) = self.size_in_points();
        draw::pdf(width, height, &self.content())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(authority: &str, shape: SealShape) -> Seal {
        Seal {
            authority: authority.to_owned(), second_line: Some("电子证照专用章".into()), code: Some("9900000012345".into()), shape
        }
    }

    const ROUND: SealShape = SealShape::Round { diameter: 42.0, star: true };
    const OVAL: SealShape = SealShape::Oval { width: 45.0, height: 30.0 };

    #[test]
    fn a_seal_is_a_transparent_picture_of_its_size() {
        let drawing = seal("测试省住房和城乡建设厅", ROUND).draw().unwrap();
        assert_eq!(drawing.size(), (42.0, 42.0));
        let png = drawing.png(300).unwrap();
        assert_eq!(png, drawing.png(300).unwrap());
        let image = image::load_from_memory(&png).unwrap().to_rgba8();
        assert_eq!(image.dimensions(), (496, 496));
        assert_eq!(image.get_pixel(0, 0).0[3], 0, "outside the circle there is nothing");
        assert_eq!(image.get_pixel(248, 248).0, [0xd7, 0, 0x0f, 255], "the star is red");
        assert_eq!(image.get_pixel(248, 4).0, [0xd7, 0, 0x0f, 255], "so is the border");
        assert!(drawing.png(10).is_err());
    }

    #[test]
    fn everything_stays_inside_the_border_however_long_the_name() {
        let long = "测试自治区样例市示例经济技术开发区管理委员会行政审批服务局建设工程分局";
        for authority in ["测试局", "测试省住房和城乡建设厅", long] {
            for shape in [ROUND, OVAL, SealShape::Round { diameter: 40.0, star: false }] {
                let drawing = seal(authority, shape).draw().unwrap();
                let (a, b) = (drawing.width / 2.0, drawing.height / 2.0);
                for point in drawing.steps.iter().filter_map(Step::end) {
                    let (x, y) = ((point.0 - a) / a, (point.1 - b) / b);
                    assert!(x * x + y * y <= 1.0 + 1e-9, "{authority}: {point:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_seal_is_refused() {
        assert!(matches!(seal(" ", ROUND).draw(), Err(RenderError::SealForm { .. })));
        assert!(matches!(seal("测试局", SealShape::Round { diameter: 420.0, star: true }).draw(), Err(RenderError::SealForm { .. })));
        assert!(matches!(seal(&"测".repeat(41), ROUND).draw(), Err(RenderError::TooMuch { found: 41, .. })));
        assert!(matches!(seal("测试🙂局", ROUND).draw(), Err(RenderError::MissingGlyph { character: '🙂', .. })));
    }

    #[test]
    fn the_drawing_is_a_pdf_page_too() {
        let drawing = seal("测试省住房和城乡建设厅", ROUND).draw().unwrap();
        let pdf = drawing.pdf();
        assert!(pdf.starts_with(b"%PDF-1.7\n") && pdf.ends_with(b"%%EOF\n"));
        let content = String::from_utf8(drawing.content()).unwrap();
        assert!(content.starts_with("q 0.843 0 0.059 rg\n") && content.ends_with("f Q\n"));
    }
}
