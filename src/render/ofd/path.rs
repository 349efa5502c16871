//! typst's shapes as OFD's abbreviated paths, in page millimetres.

use typst::layout::Point;
use typst::visualize::{CurveItem, Geometry};

use super::xml::number;
use crate::matrix::{Bounds, Matrix, mm};

/// A path's steps with their points already on the page.
#[derive(Debug)]
pub(crate) struct Outline {
    steps: Vec<(char, Vec<(f64, f64)>)>,
    pub(crate) bounds: Bounds,
}

impl Outline {
    pub(crate) fn of(geometry: &Geometry, matrix: Matrix) -> Self {
        let mut outline = Self { steps: Vec::new(), bounds: Bounds::NOTHING };
        let at = |point: &Point| matrix.apply(mm(point.x), mm(point.y));
        match geometry {
            Geometry::Line(to) => {
                outline.step('M', vec![matrix.apply(0.0, 0.0)]);
                outline.step('L', vec![at(to)]);
            }
            Geometry::Rect(size) => {
                let (w, h) = (mm(size.x), mm(size.y));
                outline.step('M', vec![matrix.apply(0.0, 0.0)]);
                for (x, y) in [(w, 0.0), (w, h), (0.0, h)] {
                    outline.step('L', vec![matrix.apply(x, y)]);
                }
                outline.step('C', Vec::new());
            }
            Geometry::Curve(curve) => {
                for item in &curve.0 {
                    match item {
                        CurveItem::Move(to) => outline.step('M', vec![at(to)]),
                        CurveItem::Line(to) => outline.step('L', vec![at(to)]),
                        CurveItem::Cubic(one, two, to) => outline.step('B', vec![at(one), at(two), at(to)]),
                        CurveItem::Close => outline.step('C', Vec::new()),
                    }
                }
            }
        }
        outline
    }

    /// Control points count as well: a box that is too large hides nothing.
    fn step(&mut self, letter: char, points: Vec<(f64, f64)>) {
        points.iter().for_each(|point| self.bounds.add(*point));
        self.steps.push((letter, points));
    }

    /// The steps as text, seen from a corner.
    pub(crate) fn data(&self, left: f64, top: f64) -> String {
        let mut text = String::new();
        for (letter, points) in &self.steps {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push(*letter);
            for (x, y) in points {
                for value in [x - left, y - top] {
                    text.push(' ');
                    text.push_str(&number(value));
                }
            }
        }
        text
    }
}
