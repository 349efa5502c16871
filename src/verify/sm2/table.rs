//! Multiples of a point that is used often: every digit of a scalar, in every place, is one point to look up, and nothing is
//! doubled.

use std::sync::LazyLock;

use super::{
    point::{Affine, Jacobian, Sum, to_affine},
    scalar::Halved,
};

/// Bits of a scalar that is halved.
const BITS: usize = 255;
/// Bits of a digit for the base point: 256 KB, once a process.
const GENERATOR_WIDTH: usize = 8;

/// The table of the base point.
pub(super) static GENERATOR: LazyLock<Table<GENERATOR_WIDTH>> = LazyLock::new(|| Table::new(&Affine::generator()));

/// d·2^(W·i)·P for every place i and every digit d from 1 to 2^(W−1); digits are signed, −P costs nothing. The highest place
/// has all digits up to 2^(its bits), for what is carried into it goes no further.
#[derive(Debug)]
pub(super) struct Table<const W: usize> {
    points: Box<[Affine]>,
}

impl<const W: usize> Table<W> {
    const PLACES: usize = BITS.div_ceil(W);
    const DIGITS: usize = 1 << (W - 1);
    const HIGHEST: usize = 1 << (BITS - (Self::PLACES - 1) * W);
    /// How many points are kept.
    pub(super) const POINTS: usize = (Self::PLACES - 1) * Self::DIGITS + Self::HIGHEST;

    /// About 0.4 ms for W = 5.
    pub(super) fn new(point: &Affine) -> Self {
        let mut points = Vec::with_capacity(Self::POINTS);
        let mut base = Jacobian::from_affine(point);
        for place in 0..Self::PLACES {
            let digits = if place + 1 == Self::PLACES { Self::HIGHEST } else { Self::DIGITS };
            let addend = base.to_addend();
            let mut multiple = base;
            points.push(multiple);
            for _ in 1..digits {
                multiple = multiple.add(&addend, false);
                points.push(multiple);
            }
            for _ in 0..W {
                base = base.double();
            }
        }
        Self { points: to_affine(&points).into_boxed_slice() }
    }

    /// Adds ±`scalar` times the point.
    pub(super) fn add_multiple(&self, sum: &mut Sum, scalar: &Halved) {
        let mut carry = 0;
        for place in 0..Self::PLACES {
            let digit = scalar.bits(place * W, W) + carry;
            let negative = digit > Self::DIGITS as u64 && place + 1 < Self::PLACES;
            carry = u64::from(negative);
            let size = if negative { (1 << W) - digit } else { digit };
            // A digit of 0 finds nothing.
            let index = (size as usize).checked_sub(1).map(|size| place * Self::DIGITS + size);
            if let Some(point) = index.and_then(|index| self.points.get(index)) {
                sum.add(&point.negated(negative != scalar.negative));
            }
        }
    }
}
