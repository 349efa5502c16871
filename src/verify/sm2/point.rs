//! Points of the curve y² = x³ − 3x + b, in the coordinates that cost least where they are used.
//!
//! | type | stands for | used for |
//! | --- | --- | --- |
//! | [`Affine`] | (x, y), never infinity | tables |
//! | [`Sum`] | (X/ZZ, Y/ZZZ) with ZZ³ = ZZZ² | adding up affine points: 8 products and 2 squares each |
//! | [`Jacobian`] | (X/Z², Y/Z³) | doubling: 4 products and 4 squares |
//!
//! Formulas: Bernstein and Lange's Explicit-Formulas Database, `shortw/xyzz` (madd-2008-s, mdbl-2008-s-1) and
//! `shortw/jacobian-3` (dbl-2001-b, add-2007-bl). They fail where both points are equal, opposite or infinity; each such
//! case is told apart before.

use super::field::{Fe, Limbs, P, bytes_of};

const B: Limbs = [0xddbc_bd41_4d94_0e93, 0xf397_89f5_15ab_8f92, 0x4d5a_9e4b_cf65_09a7, 0x28e9_fa9e_9d9f_5e34];
const G_X: Limbs = [0x715a_4589_334c_74c7, 0x8fe3_0bbf_f266_0be1, 0x5f99_0446_6a39_c994, 0x32c4_ae2c_1f19_8119];
const G_Y: Limbs = [0x02df_32e5_2139_f0a0, 0xd0a9_877c_c62a_4740, 0x59bd_cee3_6b69_2153, 0xbc37_36a2_f4f6_779c];

/// a, b and the base point, as they enter the digest Z of a key.
pub(super) fn parameters() -> [[u8; 32]; 4] {
    let a = [P[0] - 3, P[1], P[2], P[3]];
    [a, B, G_X, G_Y].map(|limbs| bytes_of(&limbs))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Affine {
    pub(super) x: Fe,
    pub(super) y: Fe,
}

impl Affine {
    /// The base point.
    pub(super) fn generator() -> Self {
        Self { x: Fe::from_limbs(G_X), y: Fe::from_limbs(G_Y) }
    }

    pub(super) fn is_on_curve(&self) -> bool {
        let x_cubed_less_3x = self.x.mul(&self.x.square().sub(&Fe::from_limbs([3, 0, 0, 0])));
        self.y.square() == x_cubed_less_3x.add(&Fe::from_limbs(B))
    }

    #[inline]
    pub(super) fn negated(&self, negate: bool) -> Self {
        if negate { Self { x: self.x, y: self.y.neg() } } else { *self }
    }
}

/// A sum of affine points. Infinity has ZZ written as zero; of every other point ZZ is not 0 modulo p.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    x: Fe,
    y: Fe,
    zz: Fe,
    zzz: Fe,
}

impl Sum {
    pub(super) const INFINITY: Self = Self { x: Fe::ONE, y: Fe::ONE, zz: Fe::ZERO, zzz: Fe::ZERO };

    #[inline]
    pub(super) fn is_infinity(&self) -> bool {
        self.zz.is_written_zero()
    }

    /// Whether the affine x of this point is `x`: X = x·ZZ, without an inversion. Infinity has no x.
    pub(super) fn has_x(&self, x: &Fe) -> bool {
        !self.is_infinity() && self.x == x.mul(&self.zz)
    }

    #[inline]
    pub(super) fn add(&mut self, point: &Affine) {
        if self.is_infinity() {
            *self = Self { x: point.x, y: point.y, zz: Fe::ONE, zzz: Fe::ONE };
            return;
        }
        let p = point.x.mul(&self.zz).sub(&self.x);
        let r = point.y.mul(&self.zzz).sub(&self.y);
        if p.is_zero() {
            *self = if r.is_zero() { Self::twice(point) } else { Self::INFINITY };
            return;
        }
        let pp = p.square();
        let ppp = p.mul(&pp);
        let q = self.x.mul(&pp);
        let x = r.square().sub(&ppp).sub(&q.double());
        let y = Fe::product_difference(&r, &q.sub(&x), &self.y, &ppp);
        *self = Self { x, y, zz: self.zz.mul(&pp), zzz: self.zzz.mul(&ppp) };
    }

    /// No point has y = 0: the order of the curve is odd.
    fn twice(point: &Affine) -> Self {
        let u = point.y.double();
        let v = u.square();
        let w = u.mul(&v);
        let s = point.x.mul(&v);
        let m = three(&point.x.square().sub(&Fe::ONE));
        let x = m.square().sub(&s.double());
        let y = Fe::product_difference(&m, &s.sub(&x), &w, &point.y);
        Self { x, y, zz: v, zzz: w }
    }
}

/// Infinity has Z written as zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jacobian {
    pub(super) x: Fe,
    pub(super) y: Fe,
    pub(super) z: Fe,
}

/// A point to be added several times: the powers of Z are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addend {
    point: Jacobian,
    zz: Fe,
    zzz: Fe,
}

impl Jacobian {
    pub(super) const INFINITY: Self = Self { x: Fe::ONE, y: Fe::ONE, z: Fe::ZERO };

    pub(super) fn from_affine(point: &Affine) -> Self {
        Self { x: point.x, y: point.y, z: Fe::ONE }
    }

    #[inline]
    pub(super) fn is_infinity(&self) -> bool {
        self.z.is_written_zero()
    }

    pub(super) fn to_sum(self) -> Sum {
        if self.is_infinity() {
            return Sum::INFINITY;
        }
        let zz = self.z.square();
        Sum { x: self.x, y: self.y, zz, zzz: zz.mul(&self.z) }
    }

    pub(super) fn to_addend(self) -> Addend {
        let zz = self.z.square();
        Addend { point: self, zz, zzz: zz.mul(&self.z) }
    }

    #[inline]
    pub(super) fn double(&self) -> Self {
        if self.is_infinity() {
            return *self;
        }
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta = self.x.mul(&gamma);
        let alpha = three(&self.x.sub(&delta).mul(&self.x.add(&delta)));
        let beta4 = beta.double().double();
        let x = alpha.square().sub(&beta4.double());
        let gamma2 = gamma.double();
        let y = Fe::product_difference(&alpha, &beta4.sub(&x), &gamma2.double(), &gamma2);
        Self { x, y, z: self.y.mul(&self.z).double() }
    }

    pub(super) fn add(&self, addend: &Addend, negate: bool) -> Self {
        let other = &addend.point;
        let other_y = if negate { other.y.neg() } else { other.y };
        if other.is_infinity() {
            return *self;
        }
        if self.is_infinity() {
            return Self { y: other_y, ..*other };
        }
        let zz = self.z.square();
        let u = self.x.mul(&addend.zz);
        let s = self.y.mul(&addend.zzz);
        let h = other.x.mul(&zz).sub(&u);
        let r = other_y.mul(&self.z.mul(&zz)).sub(&s);
        if h.is_zero() {
            return if r.is_zero() { self.double() } else { Self::INFINITY };
        }
        let hh = h.square();
        let hhh = h.mul(&hh);
        let v = u.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.double());
        let y = Fe::product_difference(&r, &v.sub(&x), &s, &hhh);
        Self { x, y, z: self.z.mul(&other.z).mul(&h) }
    }
}

/// The affine forms of points none of which is infinity, with one inversion for all.
pub(super) fn to_affine(points: &[Jacobian]) -> Vec<Affine> {
    let mut products = Vec::with_capacity(points.len());
    let mut product = Fe::ONE;
    for point in points {
        products.push(product);
        product = product.mul(&point.z);
    }
    let mut inverse = product.invert();
    let mut affine = Vec::with_capacity(points.len());
    for (point, before) in points.iter().zip(&products).rev() {
        let z = inverse.mul(before);
        inverse = inverse.mul(&point.z);
        let zz = z.square();
        affine.push(Affine { x: point.x.mul(&zz), y: point.y.mul(&zz.mul(&z)) });
    }
    affine.reverse();
    affine
}

#[inline]
fn three(value: &Fe) -> Fe {
    value.double().add(value)
}
