//! The field of the SM2 curve, modulo p = 2^256 − 2^224 − 2^96 + 2^64 − 1, in Montgomery form with R = 2^256.
//!
//! Because p ≡ −1 modulo 2^64, a step of Montgomery's reduction adds m·p with m the lowest limb itself, and m·p is a few
//! shifts: reducing needs no multiplication. Values are kept below 2^256, not below p; only comparing brings them below p.

/// Four 64-bit limbs, the lowest first.
pub(super) type Limbs = [u64; 4];

/// p.
pub(super) const P: Limbs = [u64::MAX, 0xffff_ffff_0000_0000, u64::MAX, 0xffff_fffe_ffff_ffff];
/// R² modulo p, which takes a number into Montgomery form.
const R2: Fe = Fe([0x0000_0002_0000_0003, 0x0000_0002_ffff_ffff, 0x0000_0001_0000_0001, 0x0000_0004_0000_0002]);

/// An element of the field: a·R modulo p, below 2^256.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fe(Limbs);

impl Fe {
    pub(super) const ZERO: Self = Self([0; 4]);
    /// 2^256 − p, which is R modulo p.
    pub(super) const ONE: Self = Self([1, 0xffff_ffff, 0, 0x1_0000_0000]);

    /// A number below 2^256.
    pub(super) fn from_limbs(limbs: Limbs) -> Self {
        Self(limbs).mul(&R2)
    }

    /// 32 bytes, the highest first; None from p on.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let limbs = limbs_of(bytes);
        is_below(&limbs, &P).then(|| Self::from_limbs(limbs))
    }

    /// The number it stands for, below p.
    #[cfg(test)]
    pub(super) fn to_limbs(self) -> Limbs {
        Self(reduce(&[self.0[0], self.0[1], self.0[2], self.0[3], 0, 0, 0, 0], false)).canonical()
    }

    /// Montgomery form as it is given, also from p on.
    #[cfg(test)]
    pub(super) fn from_montgomery(limbs: Limbs) -> Self {
        Self(limbs)
    }

    /// Montgomery form as it stands.
    #[cfg(test)]
    pub(super) fn written(self) -> Limbs {
        self.0
    }

    #[inline]
    pub(super) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = add(&self.0, &other.0);
        Self(fold(sum, carry))
    }

    #[inline]
    pub(super) fn double(&self) -> Self {
        self.add(self)
    }

    #[inline]
    pub(super) fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = sub(&self.0, &other.0);
        Self(unfold(difference, borrow))
    }

    #[inline]
    pub(super) fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline]
    pub(super) fn mul(&self, other: &Self) -> Self {
        Self(reduce(&wide_product(&self.0, &other.0), false))
    }

    #[inline]
    pub(super) fn square(&self) -> Self {
        Self(reduce(&wide_square(&self.0), false))
    }

    /// a·b − c·d, reduced once.
    #[inline]
    pub(super) fn product_difference(a: &Self, b: &Self, c: &Self, d: &Self) -> Self {
        let (left, right) = (wide_product(&a.0, &b.0), wide_product(&c.0, &d.0));
        let mut wide = [0; 8];
        let mut borrow = false;
        for place in 0..8 {
            (wide[place], borrow) = left[place].borrowing_sub(right[place], borrow);
        }
        Self(reduce(&wide, borrow))
    }

    /// The inverse by Fermat's theorem; of zero, zero. Slow: once a table.
    pub(super) fn invert(&self) -> Self {
        let exponent = [P[0] - 2, P[1], P[2], P[3]];
        let mut power = Self::ONE;
        for bit in (0..256).rev() {
            power = power.square();
            if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
                power = power.mul(self);
            }
        }
        power
    }

    /// Whether it is 0 modulo p, which has two spellings below 2^256.
    #[inline]
    pub(super) fn is_zero(&self) -> bool {
        // The lowest limb tells nearly always.
        (self.0[0] == 0 && self.0 == [0; 4]) || (self.0[0] == P[0] && self.0 == P)
    }

    /// Whether it is [`Self::ZERO`] in this very spelling.
    #[inline]
    pub(super) fn is_written_zero(&self) -> bool {
        self.0[0] | self.0[1] | self.0[2] | self.0[3] == 0
    }

    /// The limbs of the Montgomery form, below p: equal for equal elements.
    pub(super) fn canonical(&self) -> Limbs {
        match sub(&self.0, &P) {
            (below, false) => below,
            (_, true) => self.0,
        }
    }
}

impl PartialEq for Fe {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for Fe {}

pub(super) fn limbs_of(bytes: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = chunk.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    limbs
}

pub(super) fn bytes_of(limbs: &Limbs) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(limbs.iter().rev()) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}

#[inline]
pub(super) fn is_below(left: &Limbs, right: &Limbs) -> bool {
    sub(left, right).1
}

#[inline]
pub(super) fn add(left: &Limbs, right: &Limbs) -> (Limbs, bool) {
    let (a, carry) = left[0].overflowing_add(right[0]);
    let (b, carry) = left[1].carrying_add(right[1], carry);
    let (c, carry) = left[2].carrying_add(right[2], carry);
    let (d, carry) = left[3].carrying_add(right[3], carry);
    ([a, b, c, d], carry)
}

#[inline]
pub(super) fn sub(left: &Limbs, right: &Limbs) -> (Limbs, bool) {
    let (a, borrow) = left[0].overflowing_sub(right[0]);
    let (b, borrow) = left[1].borrowing_sub(right[1], borrow);
    let (c, borrow) = left[2].borrowing_sub(right[2], borrow);
    let (d, borrow) = left[3].borrowing_sub(right[3], borrow);
    ([a, b, c, d], borrow)
}

/// 2^256 − p when `carry`, else 0.
#[inline]
fn excess(carry: bool) -> Limbs {
    let carry = u64::from(carry);
    [carry, (carry << 32).wrapping_sub(carry), 0, carry << 32]
}

/// Brings `carry`·2^256 + `limbs` below 2^256 modulo p. A second carry needs both summands above p, which nobody meets by
/// chance: a branch never taken costs nothing.
#[inline]
fn fold(limbs: Limbs, carry: bool) -> Limbs {
    match add(&limbs, &excess(carry)) {
        (limbs, false) => limbs,
        (limbs, true) => add(&limbs, &excess(true)).0,
    }
}

/// Brings `limbs` − `borrow`·2^256 to 0 or above modulo p.
#[inline]
fn unfold(limbs: Limbs, borrow: bool) -> Limbs {
    match sub(&limbs, &excess(borrow)) {
        (limbs, false) => limbs,
        (limbs, true) => sub(&limbs, &excess(true)).0,
    }
}

#[inline(always)]
fn wide_product(left: &Limbs, right: &Limbs) -> [u64; 8] {
    let mut wide = [0; 8];
    for row in 0..4 {
        let mut carry = 0;
        for column in 0..4 {
            (wide[row + column], carry) = left[row].carrying_mul_add(right[column], wide[row + column], carry);
        }
        wide[row + 4] = carry;
    }
    wide
}

#[inline(always)]
fn wide_square(value: &Limbs) -> [u64; 8] {
    let [a, b, c, d] = *value;
    let mut wide = [0; 8];
    let mut carry;
    (wide[1], carry) = a.carrying_mul(b, 0);
    (wide[2], carry) = a.carrying_mul(c, carry);
    (wide[3], wide[4]) = a.carrying_mul(d, carry);
    (wide[3], carry) = b.carrying_mul_add(c, wide[3], 0);
    (wide[4], wide[5]) = b.carrying_mul_add(d, wide[4], carry);
    (wide[5], wide[6]) = c.carrying_mul_add(d, wide[5], 0);
    // Mixed products count twice.
    wide[7] = wide[6] >> 63;
    for place in (2..7).rev() {
        wide[place] = wide[place] << 1 | wide[place - 1] >> 63;
    }
    wide[1] <<= 1;
    let mut carry = false;
    for place in 0..4 {
        let (low, high) = value[place].carrying_mul(value[place], 0);
        (wide[2 * place], carry) = wide[2 * place].carrying_add(low, carry);
        (wide[2 * place + 1], carry) = wide[2 * place + 1].carrying_add(high, carry);
    }
    wide
}

/// Montgomery: `wide` / 2^256 modulo p, where `wide` counts 2^512 less when `borrow`.
#[inline(always)]
fn reduce(wide: &[u64; 8], borrow: bool) -> Limbs {
    let mut low = [wide[0], wide[1], wide[2], wide[3]];
    for _ in 0..4 {
        // (low + m·p) / 2^64 with m = low[0] is low / 2^64 + m·(2^192 − 2^160 − 2^32 + 1), which stays below 2^256.
        let [m, a, b, c] = low;
        let (left, right) = (m << 32, m >> 32);
        let (w, borrow) = m.overflowing_sub(left);
        let (x, borrow) = 0_u64.borrowing_sub(right, borrow);
        let (y, borrow) = 0_u64.borrowing_sub(left, borrow);
        let (z, _) = m.borrowing_sub(right, borrow);
        let (a, carry) = a.overflowing_add(w);
        let (b, carry) = b.carrying_add(x, carry);
        let (c, carry) = c.carrying_add(y, carry);
        low = [a, b, c, z.wrapping_add(u64::from(carry))];
    }
    let (limbs, carry) = add(&low, &[wide[4], wide[5], wide[6], wide[7]]);
    unfold(fold(limbs, carry & !borrow), borrow & !carry)
}
