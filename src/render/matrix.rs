//! Places on a page: affine maps, points and upright boxes, in millimetres from the page's top left corner, y down.

use typst::layout::{Abs, Transform};

/// Millimetres in a typographic point.
pub(crate) const MM: f64 = 25.4 / 72.0;

/// A length in millimetres.
pub(crate) fn mm(length: Abs) -> f64 {
    length.to_pt() * MM
}

/// x' = a x + c y + e; y' = b x + d y + f.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) a: f64,
    pub(crate) b: f64,
    pub(crate) c: f64,
    pub(crate) d: f64,
    pub(crate) e: f64,
    pub(crate) f: f64,
}

impl Matrix {
    pub(crate) const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    /// typst's transform, its lengths in millimetres.
    pub(crate) fn of(transform: Transform) -> Self {
        let Transform { sx, ky, kx, sy, tx, ty } = transform;
        Self { a: sx.get(), b: ky.get(), c: kx.get(), d: sy.get(), e: mm(tx), f: mm(ty) }
    }

    pub(crate) fn translate(x: f64, y: f64) -> Self {
        Self { e: x, f: y, ..Self::IDENTITY }
    }

    /// First `inner`, then this.
    pub(crate) fn then_after(self, inner: Self) -> Self {
        let (e, f) = self.apply(inner.e, inner.f);
        Self {
            a: self.a * inner.a + self.c * inner.b,
            b: self.b * inner.a + self.d * inner.b,
            c: self.a * inner.c + self.c * inner.d,
            d: self.b * inner.c + self.d * inner.d,
            e,
            f,
        }
    }

    pub(crate) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    /// How much lengths grow on average: what a line's width is multiplied by.
    pub(crate) fn scale(self) -> f64 {
        (self.a * self.d - self.b * self.c).abs().sqrt()
    }

    /// Only moved: neither turned nor stretched.
    pub(crate) fn only_moves(self) -> bool {
        let near = |value: f64, wanted: f64| (value - wanted).abs() < 1e-9;
        near(self.a, 1.0) && near(self.b, 0.0) && near(self.c, 0.0) && near(self.d, 1.0)
    }

    /// Upright boxes stay upright.
    pub(crate) fn keeps_upright(self) -> bool {
        self.b.abs() < 1e-9 && self.c.abs() < 1e-9
    }
}

/// An upright box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Bounds {
    pub(crate) const NOTHING: Self = Self { left: f64::INFINITY, top: f64::INFINITY, right: f64::NEG_INFINITY, bottom: f64::NEG_INFINITY };

    pub(crate) fn add(&mut self, (x, y): (f64, f64)) {
        self.left = self.left.min(x);
        self.top = self.top.min(y);
        self.right = self.right.max(x);
        self.bottom = self.bottom.max(y);
    }

    /// The box around a box after a map.
    pub(crate) fn of(matrix: Matrix, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        let mut bounds = Self::NOTHING;
        for (x, y) in [(left, top), (right, top), (right, bottom), (left, bottom)] {
            bounds.add(matrix.apply(x, y));
        }
        bounds
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.add((other.left, other.top));
        self.add((other.right, other.bottom));
    }

    pub(crate) fn meet(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    pub(crate) fn grown(self, by: f64) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    pub(crate) fn within(self, outer: Self, tolerance: f64) -> bool {
        self.left >= outer.left - tolerance
            && self.top >= outer.top - tolerance
            && self.right <= outer.right + tolerance
            && self.bottom <= outer.bottom + tolerance
    }

    pub(crate) fn is_empty(self) -> bool {
        self.right <= self.left || self.bottom <= self.top
    }

    pub(crate) fn width(self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(self) -> f64 {
        self.bottom - self.top
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_matrix() -> impl Strategy<Value = Matrix> {
        prop::array::uniform6(-10.0..10.0f64).prop_map(|[a, b, c, d, e, f]| Matrix { a, b, c, d, e, f })
    }

    proptest! {
        #[test]
        fn maps_after_each_other_are_one_map(outer in any_matrix(), inner in any_matrix(), x in -100.0..100.0f64, y in -100.0..100.0f64) {
            let (ix, iy) = inner.apply(x, y);
            let (one, two) = (outer.then_after(inner).apply(x, y), outer.apply(ix, iy));
            prop_assert!((one.0 - two.0).abs() < 1e-6 && (one.1 - two.1).abs() < 1e-6);
        }

        #[test]
        fn a_box_around_a_mapped_box_holds_its_inside(matrix in any_matrix(), x in 0.0..1.0f64, y in 0.0..1.0f64) {
            let bounds = Bounds::of(matrix, 0.0, 0.0, 1.0, 1.0);
            let mut point = Bounds::NOTHING;
            point.add(matrix.apply(x, y));
            prop_assert!(point.within(bounds, 1e-9));
        }
    }
}
