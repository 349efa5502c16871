//! A multiple of a point met for the first time: windowed non-adjacent form, width 5.

use super::{
    point::{Addend, Affine, Jacobian},
    scalar::Halved,
};

const WIDTH: usize = 5;
/// Odd multiples P, 3P, … 15P.
const MULTIPLES: usize = 1 << (WIDTH - 2);
/// The bits of a halved scalar, and one more for a carry.
const DIGITS: usize = 256;

/// ±`scalar` times `point`.
pub(super) fn multiple(point: &Affine, scalar: &Halved) -> Jacobian {
    let table = odd_multiples(point);
    let mut sum = Jacobian::INFINITY;
    for digit in non_adjacent_form(scalar).into_iter().rev() {
        sum = sum.double();
        if digit != 0 {
            let negative = (digit < 0) != scalar.negative;
            sum = sum.add(&table[usize::from(digit.unsigned_abs() / 2) % MULTIPLES], negative);
        }
    }
    sum
}

fn odd_multiples(point: &Affine) -> [Addend; MULTIPLES] {
    let mut multiple = Jacobian::from_affine(point);
    let twice = multiple.double().to_addend();
    let mut table = [multiple.to_addend(); MULTIPLES];
    for entry in table.iter_mut().skip(1) {
        multiple = multiple.add(&twice, false);
        *entry = multiple.to_addend();
    }
    table
}

/// Digits from the lowest: each 0 or odd and between −16 and 16, and of five that follow one another at most one is not 0.
fn non_adjacent_form(scalar: &Halved) -> [i8; DIGITS] {
    let mut digits = [0; DIGITS];
    let (mut place, mut carry) = (0, 0);
    while place < DIGITS {
        if scalar.bits(place, 1) == carry {
            place += 1;
            continue;
        }
        let window = (scalar.bits(place, WIDTH) + carry) as i8;
        carry = u64::from(window > 1 << (WIDTH - 1));
        digits[place] = if carry == 1 { window - (1 << WIDTH) } else { window };
        place += WIDTH;
    }
    digits
}
