//! Numbers modulo n, the order of the curve. Verifying only adds and subtracts them.

use super::field::{Limbs, add, is_below, limbs_of, sub};

/// n.
pub(super) const N: Limbs = [0x53bb_f409_39d5_4123, 0x7203_df6b_21c6_052b, u64::MAX, 0xffff_fffe_ffff_ffff];

/// A number below n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scalar(pub(super) Limbs);

/// ± a number below 2^255: of s and n − s the smaller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Halved {
    pub(super) limbs: Limbs,
    pub(super) negative: bool,
}

impl Scalar {
    /// 32 bytes, the highest first; None from n on.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let limbs = limbs_of(bytes);
        is_below(&limbs, &N).then_some(Self(limbs))
    }

    /// 32 bytes, the highest first, modulo n; 2^256 is less than 2n.
    pub(super) fn from_digest(bytes: &[u8; 32]) -> Self {
        let limbs = limbs_of(bytes);
        match sub(&limbs, &N) {
            (reduced, false) => Self(reduced),
            (_, true) => Self(limbs),
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0 == [0; 4]
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = add(&self.0, &other.0);
        match sub(&sum, &N) {
            (reduced, borrow) if carry || !borrow => Self(reduced),
            _ => Self(sum),
        }
    }

    pub(super) fn sub(&self, other: &Self) -> Self {
        match sub(&self.0, &other.0) {
            (difference, false) => Self(difference),
            (difference, true) => Self(add(&difference, &N).0),
        }
    }

    /// So that the highest digit needs no carry: n is odd and below 2^256.
    pub(super) fn halved(&self) -> Halved {
        let (negated, _) = sub(&N, &self.0);
        match is_below(&negated, &self.0) {
            true => Halved { limbs: negated, negative: true },
            false => Halved { limbs: self.0, negative: false },
        }
    }
}

impl Halved {
    /// `width` bits from bit `from` on, fewer at the end.
    #[inline]
    pub(super) fn bits(&self, from: usize, width: usize) -> u64 {
        let (limb, shift) = (from / 64, from % 64);
        let Some(low) = self.limbs.get(limb) else { return 0 };
        let high = match (shift, self.limbs.get(limb + 1)) {
            (1.., Some(next)) => next << (64 - shift),
            _ => 0,
        };
        (low >> shift | high) & ((1 << width) - 1)
    }
}
