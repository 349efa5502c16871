//! Where formulas have exceptions and ranges have ends.
//!
//! A valid signature for any s, t and key P is made backwards: x of s·G + t·P is r − e, so r = t − s and e = r − x. No private
//! key is needed, and every digit of both scalars can be chosen.

use ::sm2::{
    ProjectivePoint, Scalar as Number, U256,
    elliptic_curve::{PrimeField, ops::Reduce, sec1::ToSec1Point},
};

use super::*;
use crate::sm2::{
    field::{Fe, P, add, bytes_of, limbs_of, sub},
    key::has_x_modulo_n,
    point::Sum,
    scalar::{N, Scalar},
};

fn number(value: u64) -> Number {
    Number::from(value)
}

fn number_of(bytes: &[u8; 32]) -> Number {
    Number::reduce(&U256::from_be_slice(bytes))
}

fn bytes(number: &Number) -> [u8; 32] {
    number.to_repr().into()
}

/// x of a point; None for infinity.
fn x_of(point: &ProjectivePoint) -> Option<[u8; 32]> {
    let sec1 = point.to_affine().to_sec1_point(false);
    sec1.as_bytes().get(1..33).map(|x| x.try_into().unwrap())
}

fn public_of(point: &ProjectivePoint) -> PublicKey {
    PublicKey::from_affine(point.to_affine()).unwrap()
}

fn judge_of(point: &ProjectivePoint) -> Judge {
    Judge::of(&public_of(point))
}

/// A point with this x, if there is one.
fn point_with_x(x: &[u8; 32]) -> Option<ProjectivePoint> {
    PublicKey::from_sec1_bytes(&[&[2][..], x].concat()).ok().map(|key| key.to_projective())
}

/// Small numbers, the digits of the tables at their ends, and the same from n downwards and around the middle.
fn telling_numbers() -> Vec<Number> {
    let small = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 127, 128, 129, 255, 256, 257, 1 << 40, u64::MAX];
    let half = number(2).invert().unwrap();
    let mut numbers = Vec::new();
    for value in small.map(number) {
        numbers.extend([value, -value, half * value, -(half * value)]);
    }
    let mut stream = Stream(7);
    for power in [64, 128, 192, 250, 254, 255] {
        let power = (0..power).fold(number(1), |power, _| power + power);
        numbers.extend([power, -power, power - number(1), power + number(1)]);
    }
    numbers.extend((0..4).map(|_| number_of(&stream.bytes())));
    numbers
}

/// Judges the signature with these s and t under `point`, and its neighbour; the sum of both multiples is not infinity.
fn judge_backwards(judge: &Judge, point: &ProjectivePoint, s: &Number, t: &Number) {
    let r = *t - s;
    let sum = ProjectivePoint::GENERATOR * s + *point * t;
    let x = number_of(&x_of(&sum).unwrap());
    let e = r - x;
    let in_range = !bool::from(r.is_zero()) && !bool::from(s.is_zero());
    assert_eq!(judge.judge(&bytes(&e), &bytes(&r), &bytes(s)), in_range && !bool::from(t.is_zero()), "s {s:?}, t {t:?}");
    assert!(!judge.judge(&bytes(&(e + number(1))), &bytes(&r), &bytes(s)));
}

/// Table, digits and key meet in equal and in opposite points: k·G for small k, and their opposites.
#[test]
fn sums_that_meet_themselves() {
    let small = [1, 2, 3, 16, 17, 128].map(number);
    let scalars = [1, 2, 3, 16, 17, 32, 33, 128, 129, 256].map(number);
    for k in small.into_iter().flat_map(|k| [k, -k]) {
        let point = ProjectivePoint::GENERATOR * k;
        let judge = judge_of(&point);
        for s in scalars.iter().flat_map(|s| [*s, -*s]) {
            for t in scalars.iter().flat_map(|t| [*t, -*t]) {
                if !bool::from((s + t * k).is_zero()) {
                    judge_backwards(&judge, &point, &s, &t);
                }
            }
        }
    }
}

#[test]
fn scalars_with_telling_digits() {
    let point = ProjectivePoint::GENERATOR * number_of(&Stream(1).bytes());
    let judge = judge_of(&point);
    let numbers = telling_numbers();
    for (place, s) in numbers.iter().enumerate() {
        for t in numbers.iter().skip(place % 3).step_by(3) {
            judge_backwards(&judge, &point, s, t);
        }
    }
}

/// s·G + t·P is infinity, which has no x: never a signature. (The reference takes infinity for a point with x = 0 and so
/// accepts r = e; the standard knows no such signature, and whoever can make it has the private key.)
#[test]
fn infinity_is_no_signature() {
    let mut stream = Stream(3);
    for _ in 0..8 {
        let (d, s) = (number_of(&stream.bytes()), number_of(&stream.bytes()));
        let t = -(s * d.invert().unwrap());
        let r = t - s;
        let key = PreparedKey::try_from(&public_of(&(ProjectivePoint::GENERATOR * d))).unwrap();
        let signature = Signature::from_parts(&bytes(&r), &bytes(&s)).unwrap();
        for digest in [bytes(&r), stream.bytes(), [0; 32]] {
            for key in [&key, &key.with_table()] {
                assert_eq!(key.verify_digest(&digest, &signature), Err(SignatureFault::Mismatch));
            }
        }
    }
}

#[test]
fn r_and_s_at_the_ends_of_their_range() {
    let one = [1, 0, 0, 0];
    let ends = [[0; 4], one, [2, 0, 0, 0], sub(&N, &[2, 0, 0, 0]).0, sub(&N, &one).0, N, add(&N, &one).0, P, [u64::MAX; 4]];
    let mut stream = Stream(11);
    let judge = Judge::of(&super::public_of(&stream.key()));
    let digests = [[0; 32], [0xff; 32], bytes_of(&N), stream.bytes()];
    for digest in &digests {
        for r in ends.iter().map(bytes_of) {
            for s in ends.iter().map(bytes_of) {
                assert!(!judge.judge(digest, &r, &s));
            }
            let s = stream.bytes();
            assert!(!judge.judge(digest, &r, &s) && !judge.judge(digest, &s, &r));
        }
    }
    // Each end can also belong to a good signature.
    let point = ProjectivePoint::GENERATOR * number_of(&stream.bytes());
    let judge = judge_of(&point);
    let inside = [number(1), number(2), -number(1), -number(2)];
    for s in inside {
        let any = number_of(&stream.bytes());
        for r in inside.into_iter().filter(|r| !bool::from((*r + s).is_zero())) {
            judge_backwards(&judge, &point, &s, &(r + s));
            judge_backwards(&judge, &point, &any, &(r + any));
        }
    }
}

/// t = r + s = 0 would leave the key out of the equation.
#[test]
fn r_and_s_that_cancel_out() {
    let mut stream = Stream(13);
    for _ in 0..8 {
        let judge = Judge::of(&super::public_of(&stream.key()));
        let s = number_of(&stream.bytes());
        let x = number_of(&x_of(&(ProjectivePoint::GENERATOR * s)).unwrap());
        let r = -s;
        assert!(!judge.judge(&bytes(&(r - x)), &bytes(&r), &bytes(&s)), "x of s·G is r − e, and still no signature");
    }
}

/// Between n and p lie 2^127 values of x; a point and a key for one of them are made backwards.
#[test]
fn an_x_above_n_counts_modulo_n() {
    let mut stream = Stream(17);
    let mut met = 0;
    for above in 0..40 {
        let x = bytes_of(&add(&N, &[above, 0, 0, 0]).0);
        let Some(sum) = point_with_x(&x) else { continue };
        met += 1;
        let (s, t) = (number_of(&stream.bytes()), number_of(&stream.bytes()));
        let key = (sum - ProjectivePoint::GENERATOR * s) * t.invert().unwrap();
        let (judge, r) = (judge_of(&key), t - s);
        let e = r - number(above);
        assert!(judge.judge(&bytes(&e), &bytes(&r), &bytes(&s)), "x = n + {above}");
        assert!(!judge.judge(&bytes(&(e + number(1))), &bytes(&r), &bytes(&s)));
    }
    assert!(met > 10);
}

/// x below n is met by x alone: x + p is x modulo p, and p − n + x must not pass for it.
#[test]
fn a_small_x_is_not_taken_for_another() {
    let mut stream = Stream(19);
    let gap = number_of(&bytes_of(&sub(&P, &N).0));
    let mut met = 0;
    for x in 0..40 {
        let Some(sum) = point_with_x(&bytes_of(&[x, 0, 0, 0])) else { continue };
        met += 1;
        let (s, t) = (number_of(&stream.bytes()), number_of(&stream.bytes()));
        let key = (sum - ProjectivePoint::GENERATOR * s) * t.invert().unwrap();
        let (judge, r) = (judge_of(&key), t - s);
        assert!(judge.judge(&bytes(&(r - number(x))), &bytes(&r), &bytes(&s)));
        assert!(!judge.judge(&bytes(&(r - number(x) - gap)), &bytes(&r), &bytes(&s)), "x + p − n for x = {x}");
    }
    assert!(met > 10);
    assert!(!has_x_modulo_n(&Sum::INFINITY, &Scalar([0; 4])));
}

/// A digest may be n or more: e counts modulo n.
#[test]
fn a_digest_above_n_counts_modulo_n() {
    let mut stream = Stream(23);
    let point = ProjectivePoint::GENERATOR * number_of(&stream.bytes());
    let (s, e) = (number_of(&stream.bytes()), 5);
    // With r free, t = r + s and x depend on it: take t first.
    let t = number_of(&stream.bytes());
    let x = number_of(&x_of(&(ProjectivePoint::GENERATOR * s + point * t)).unwrap());
    let r = t - s;
    let wanted = r - x;
    assert!(judge_of(&point).judge(&bytes(&wanted), &bytes(&r), &bytes(&s)));
    for digest in [add(&N, &[e, 0, 0, 0]).0, [u64::MAX; 4]] {
        let reduced = number_of(&bytes_of(&digest));
        // A key for which this digest is right: the sum must have x = r − e, so search r.
        let found = (1..200).find_map(|r| point_with_x(&bytes(&(number(r) - reduced))).map(|sum| (number(r), sum)));
        let (r, sum) = found.unwrap();
        let key = (sum - ProjectivePoint::GENERATOR * s) * (r + s).invert().unwrap();
        assert!(judge_of(&key).judge(&bytes_of(&digest), &bytes(&r), &bytes(&s)));
    }
}

#[test]
fn keys_that_are_no_points() {
    let generator = *PreparedKey::try_from(&public_of(&ProjectivePoint::GENERATOR)).unwrap().coordinates();
    assert!(PreparedKey::from_coordinates(&generator).is_ok());
    let mut swapped = generator;
    swapped.rotate_left(32);
    // x + p and x are one element; only x is a coordinate.
    let small = (0..40).find_map(|x| point_with_x(&bytes_of(&[x, 0, 0, 0]))).unwrap();
    let mut beyond = *PreparedKey::try_from(&public_of(&small)).unwrap().coordinates();
    let x = limbs_of(beyond[..32].try_into().unwrap());
    beyond[..32].copy_from_slice(&bytes_of(&add(&x, &P).0));
    for coordinates in [[0; 64], [0xff; 64], swapped, beyond] {
        assert_eq!(PreparedKey::from_coordinates(&coordinates).unwrap_err(), SignatureFault::Key);
        assert!(PublicKey::from_sec1_bytes(&[&[4][..], &coordinates].concat()).is_err());
    }
}

#[test]
fn field_elements_are_those_of_the_reference() {
    let modulus = U256::from_be_slice(&bytes_of(&P)).to_nz().unwrap();
    let wide = |limbs: &[u64; 4]| U256::from_be_slice(&bytes_of(limbs));
    let mut stream = Stream(29);
    let mut values: Vec<[u64; 4]> = vec![[0; 4], [1, 0, 0, 0], sub(&P, &[1, 0, 0, 0]).0, P, add(&P, &[1, 0, 0, 0]).0, [u64::MAX; 4]];
    values.extend([[0, 0, 0, u64::MAX], [u64::MAX, 0, 0, 0], [0, u64::MAX, 0, 0], [0xffff_ffff, 0, 0xffff_ffff, 0]]);
    values.extend((0..60).map(|_| limbs_of(&stream.bytes())));
    for left in &values {
        for right in &values {
            // Every spelling below 2^256 is taken, so also p and above.
            let (a, b) = (Fe::from_limbs(*left), Fe::from_limbs(*right));
            let (u, v) = (wide(left).rem_vartime(&modulus), wide(right).rem_vartime(&modulus));
            let is =
                |found: Fe, wanted: U256| assert_eq!(bytes_of(&found.to_limbs()), wanted.to_be_bytes().as_ref(), "{left:x?} {right:x?}");
            is(a.mul(&b), u.mul_mod_vartime(&v, &modulus));
            is(a.add(&b), u.add_mod(&v, &modulus));
            is(a.sub(&b), u.sub_mod(&v, &modulus));
            is(a.neg(), u.neg_mod(&modulus));
            is(a.square(), u.mul_mod_vartime(&u, &modulus));
            let (uv, uu) = (u.mul_mod_vartime(&v, &modulus), u.mul_mod_vartime(&u, &modulus));
            is(Fe::product_difference(&a, &b, &a, &a), uv.sub_mod(&uu, &modulus));
            assert_eq!(a == b, u == v);
            assert_eq!(a.sub(&b).is_zero(), u == v);
            // Limbs as they stand, in Montgomery form and possibly above p.
            let (raw_a, raw_b) = (Fe::from_montgomery(*left), Fe::from_montgomery(*right));
            is(raw_a.add(&raw_b), raw_a.value(&modulus).add_mod(&raw_b.value(&modulus), &modulus));
            is(raw_a.sub(&raw_b), raw_a.value(&modulus).sub_mod(&raw_b.value(&modulus), &modulus));
            let (x, y) = (raw_a.value(&modulus), raw_b.value(&modulus));
            is(raw_a.mul(&raw_b), x.mul_mod_vartime(&y, &modulus));
            is(raw_a.square(), x.mul_mod_vartime(&x, &modulus));
            is(
                Fe::product_difference(&raw_a, &raw_b, &raw_b, &raw_b),
                x.mul_mod_vartime(&y, &modulus).sub_mod(&y.mul_mod_vartime(&y, &modulus), &modulus),
            );
            is(
                Fe::product_difference(&raw_b, &raw_b, &raw_a, &raw_a),
                y.mul_mod_vartime(&y, &modulus).sub_mod(&x.mul_mod_vartime(&x, &modulus), &modulus),
            );
        }
        let a = Fe::from_limbs(*left);
        assert!(a.is_zero() || a.mul(&a.invert()) == Fe::ONE);
    }
}

impl Fe {
    /// limbs / 2^256 modulo p, by the reference.
    fn value(&self, modulus: &::sm2::elliptic_curve::bigint::NonZero<U256>) -> U256 {
        let r = U256::from_be_slice(&bytes_of(&Self::ONE.written()));
        let inverse = r.invert_mod(modulus).unwrap();
        U256::from_be_slice(&bytes_of(&self.written())).rem_vartime(modulus).mul_mod_vartime(&inverse, modulus)
    }
}

/// GB/T 32918.5-2017, appendix A (GM/T 0003.5): curve, key, Z, e and signature.
#[test]
fn the_example_of_the_standard() {
    let hex = |text: &str| {
        let byte = |place| u8::from_str_radix(&text[place..place + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(byte).collect::<Vec<u8>>()
    };
    let secret = hex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
    let coordinates = hex(concat!(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020",
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    ));
    let e = hex("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640");
    let r = hex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3");
    let s = hex("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");
    let key = PreparedKey::from_coordinates(&coordinates.try_into().unwrap()).unwrap();
    let reference = SigningKey::from_slice(DISTINGUISHING_ID, &secret).unwrap();
    assert_eq!(PreparedKey::try_from(&super::public_of(&reference)).unwrap().coordinates(), key.coordinates());
    assert_eq!(key.digest(b"message digest").to_vec(), e);
    let (r, s): ([u8; 32], [u8; 32]) = (r.try_into().unwrap(), s.try_into().unwrap());
    assert!(Judge::of(&super::public_of(&reference)).judge(&e.try_into().unwrap(), &r, &s));
}

/// Every byte of a signature changed to every value, and bytes put in, left out and added.
#[test]
fn spellings_are_taken_as_the_reference_takes_them() {
    let reference = |der: &[u8]| {
        let signature = Reference::from_der(der).ok()?;
        (signature.to_der().as_bytes() == der).then(|| signature.to_bytes().to_vec())
    };
    let mut stream = Stream(31);
    let short = bytes_of(&[stream.next(), 0, 0, 0]);
    let (mut taken, mut refused) = (0, 0);
    for (r, s) in [
        (stream.bytes(), stream.bytes()),
        (stream.bytes(), short),
        (short, stream.bytes()),
        (bytes_of(&[1, 0, 0, 0]), bytes_of(&[128, 0, 0, 0])),
    ] {
        let signature = Reference::from_slice(&[bytes(&number_of(&r)), bytes(&number_of(&s))].concat()).unwrap();
        let der = signature.to_der().as_bytes().to_vec();
        let mut spellings = vec![Vec::new(), der.clone(), [&der[..], &[0]].concat(), [&[0x30, 0x81, der[1]], &der[2..]].concat()];
        for place in 0..der.len() {
            spellings.push(der[..place].to_vec());
            spellings.push([&der[..place], &der[place + 1..]].concat());
            spellings.push([&der[..place], &[0], &der[place..]].concat());
            for value in 0..=u8::MAX {
                let mut changed = der.clone();
                changed[place] = value;
                spellings.push(changed);
            }
        }
        for spelling in spellings {
            let found = Signature::from_der(&spelling).ok().map(|signature| [bytes_of(&signature.r.0), bytes_of(&signature.s.0)].concat());
            *(if found.is_some() { &mut taken } else { &mut refused }) += 1;
            assert_eq!(found, reference(&spelling), "{spelling:x?}");
        }
    }
    assert!(taken > 10_000 && refused > 1_000);
}
