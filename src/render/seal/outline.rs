//! Outlines in millimetres, y down, filled where they wind around a point.

use ttf_parser::{Face, GlyphId, OutlineBuilder};

pub(super) type Point = (f64, f64);

/// A step of an outline.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Move(Point),
    Line(Point),
    Cubic(Point, Point, Point),
    Close,
}

impl Step {
    /// Where it ends.
    pub(super) fn end(&self) -> Option<Point> {
        match *self {
            Self::Move(to) | Self::Line(to) | Self::Cubic(_, _, to) => Some(to),
            Self::Close => None,
        }
    }
}

/// Outlines drawn so far.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) steps: Vec<Step>,
}

/// Where a glyph stands: its origin, the turn of its baseline (radians, clockwise), mm per font unit across and up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand {
    pub(super) origin: Point,
    pub(super) turn: f64,
    pub(super) across: f64,
    pub(super) up: f64,
}

impl Outline {
    /// An ellipse's line around the middle, drawn inwards from half axes `a` and `b`.
    pub(super) fn ring(&mut self, a: f64, b: f64, width: f64) {
        self.ellipse((a, b), (a, b), true);
        self.ellipse((a, b), (a - width, b - width), false);
    }

    /// By four curves; 0.5523 is their usual tangent length for a quarter of a circle.
    fn ellipse(&mut self, (x, y): Point, (a, b): Point, clockwise: bool) {
        const K: f64 = 0.552_284_75;
        let s = if clockwise { 1.0 } else { -1.0 };
        self.steps.push(Step::Move((x + a, y)));
        for (from, to) in [((1.0, 0.0), (0.0, s)), ((0.0, s), (-1.0, 0.0)), ((-1.0, 0.0), (0.0, -s)), ((0.0, -s), (1.0, 0.0))] {
            let at = |u: f64, v: f64| (x + a * u, y + b * v);
            let one = at(from.0 + K * to.0, from.1 + K * to.1);
            let two = at(to.0 + K * from.0, to.1 + K * from.1);
            self.steps.push(Step::Cubic(one, two, at(to.0, to.1)));
        }
        self.steps.push(Step::Close);
    }

    /// A five-pointed star, one point up.
    pub(super) fn star(&mut self, x: f64, y: f64, radius: f64) {
        // The inner corners of a pentagram.
        let inner = radius * 0.381_966;
        for corner in 0..10u32 {
            let angle = f64::from(corner) * std::f64::consts::PI / 5.0;
            let r = if corner % 2 == 0 { radius } else { inner };
            let to = (x + r * angle.sin(), y - r * angle.cos());
            self.steps.push(if corner == 0 { Step::Move(to) } else { Step::Line(to) });
        }
        self.steps.push(Step::Close);
    }

    pub(super) fn glyph(&mut self, face: &Face<'_>, glyph: GlyphId, stand: Stand) {
        face.outline_glyph(glyph, &mut Pen { outline: self, stand, last: (0.0, 0.0) });
    }
}

struct Pen<'a> {
    outline: &'a mut Outline,
    stand: Stand,
    last: Point,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> Point {
        let Stand { origin, turn, across, up } = self.stand;
        let (u, v) = (f64::from(x) * across, f64::from(y) * up);
        (origin.0 + u * turn.cos() + v * turn.sin(), origin.1 + u * turn.sin() - v * turn.cos())
    }

    fn push(&mut self, step: Step) {
        if let Some(end) = step.end() {
            self.last = end;
        }
        self.outline.steps.push(step);
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.push(Step::Move(self.at(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push(Step::Line(self.at(x, y)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, control, to) = (self.last, self.at(x1, y1), self.at(x, y));
        let towards = |end: Point| (end.0 + (control.0 - end.0) * 2.0 / 3.0, end.1 + (control.1 - end.1) * 2.0 / 3.0);
        self.push(Step::Cubic(towards(from), towards(to), to));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.push(Step::Cubic(self.at(x1, y1), self.at(x2, y2), self.at(x, y)));
    }

    fn close(&mut self) {
        self.push(Step::Close);
    }
}
