//! A public key made ready, and the equation it verifies by.

use std::sync::LazyLock;

use ::sm2::{PublicKey, elliptic_curve::sec1::ToSec1Point};
use sm3::{Digest, Sm3};

use super::{
    DISTINGUISHING_ID, Signature, SignatureFault,
    field::{Fe, P, add, is_below},
    point::{Affine, Sum, parameters},
    scalar::{N, Scalar},
    table::{GENERATOR, Table},
    unknown,
};

/// Bits of a digit in the table of a key: 52 KB a key.
const WIDTH: usize = 5;

/// What Z begins with, whatever the key: identifier, a, b and the base point.
static Z_PREFIX: LazyLock<Sm3> = LazyLock::new(|| {
    let bits = u16::try_from(DISTINGUISHING_ID.len() * 8).unwrap_or(u16::MAX);
    let mut hash = Sm3::new();
    hash.update(bits.to_be_bytes());
    hash.update(DISTINGUISHING_ID);
    for constant in parameters() {
        hash.update(constant);
    }
    hash
});

/// A public key that was found on the curve, with its digest Z (the distinguishing identifier is
/// [`DISTINGUISHING_ID`]); optionally with the table of its multiples, which makes verifying about four times as fast.
#[derive(Debug)]
pub struct PreparedKey {
    point: Affine,
    coordinates: [u8; 64],
    z: [u8; 32],
    table: Option<Table<WIDTH>>,
}

impl PreparedKey {
    /// Bytes that the table of one key takes.
    pub const TABLE_SIZE: usize = Table::<WIDTH>::POINTS * size_of::<Affine>();

    /// Takes the coordinates x and y, 32 bytes each, the highest first.
    ///
    /// # Errors
    /// [`SignatureFault::Key`] when they are no point of the curve.
    pub fn from_coordinates(coordinates: &[u8; 64]) -> Result<Self, SignatureFault> {
        let coordinate = |part: &[u8]| <&[u8; 32]>::try_from(part).ok().and_then(Fe::from_bytes).ok_or(SignatureFault::Key);
        let (x, y) = coordinates.split_at(32);
        let point = Affine { x: coordinate(x)?, y: coordinate(y)? };
        if !point.is_on_curve() {
            return Err(SignatureFault::Key);
        }
        let z = Z_PREFIX.clone().chain_update(coordinates).finalize().into();
        Ok(Self { point, coordinates: *coordinates, z, table: None })
    }

    /// The same key with the table of its multiples: takes about as long as six verifications without it, and
    /// [`Self::TABLE_SIZE`] bytes.
    #[must_use]
    pub fn with_table(&self) -> Self {
        Self { table: Some(Table::new(&self.point)), ..*self }
    }

    /// Whether it has the table.
    pub fn has_table(&self) -> bool {
        self.table.is_some()
    }

    /// x and y, which tell keys apart.
    pub fn coordinates(&self) -> &[u8; 64] {
        &self.coordinates
    }

    /// Checks that `der` is the signature of `message` under this key.
    ///
    /// # Errors
    /// [`SignatureFault::Malformed`] for anything but the one DER spelling, else [`SignatureFault::Mismatch`].
    pub fn verify(&self, message: &[u8], der: &[u8]) -> Result<(), SignatureFault> {
        let signature = Signature::from_der(der)?;
        self.verify_digest(&self.digest(message), &signature)
    }

    /// e of the standard: SM3 of Z and the message.
    pub fn digest(&self, message: &[u8]) -> [u8; 32] {
        Sm3::new_with_prefix(self.z).chain_update(message).finalize().into()
    }

    /// Checks a signature against [`Self::digest`] of its message: with t = r + s, x of s·G + t·P must be r − e modulo n.
    ///
    /// # Errors
    /// [`SignatureFault::Mismatch`].
    pub fn verify_digest(&self, digest: &[u8; 32], signature: &Signature) -> Result<(), SignatureFault> {
        let t = signature.r.add(&signature.s);
        if t.is_zero() {
            return Err(SignatureFault::Mismatch);
        }
        let mut sum = match &self.table {
            Some(table) => {
                let mut sum = Sum::INFINITY;
                table.add_multiple(&mut sum, &t.halved());
                sum
            }
            None => unknown::multiple(&self.point, &t.halved()).to_sum(),
        };
        GENERATOR.add_multiple(&mut sum, &signature.s.halved());
        let x = signature.r.sub(&Scalar::from_digest(digest));
        if has_x_modulo_n(&sum, &x) { Ok(()) } else { Err(SignatureFault::Mismatch) }
    }
}

impl TryFrom<&PublicKey> for PreparedKey {
    type Error = SignatureFault;

    fn try_from(key: &PublicKey) -> Result<Self, SignatureFault> {
        let sec1 = key.to_sec1_point(false);
        match sec1.as_bytes() {
            [4, coordinates @ ..] => Self::from_coordinates(coordinates.try_into().map_err(|_| SignatureFault::Key)?),
            _ => Err(SignatureFault::Key),
        }
    }
}

/// Whether the x of `sum` is `x` modulo n: p is greater than n, so it may be `x` + n as well.
pub(super) fn has_x_modulo_n(sum: &Sum, x: &Scalar) -> bool {
    if sum.has_x(&Fe::from_limbs(x.0)) {
        return true;
    }
    let (higher, carry) = add(&x.0, &N);
    !carry && is_below(&higher, &P) && sum.has_x(&Fe::from_limbs(higher))
}
