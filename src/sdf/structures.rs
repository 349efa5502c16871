//! What the functions write into, laid out as C has it (GM/T 0018-2012, 5.2 and 5.4).

use crate::error::{Fault, SdfError};

/// ECCref_MAX_LEN: numbers stand in the last bytes of so many.
const ROOM: usize = 64;
/// Bytes of a number of SM2.
const SIZE: usize = 32;
const BITS: u32 = 256;

/// ECCrefPublicKey.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct EccPublicKey {
    bits: u32,
    x: [u8; ROOM],
    y: [u8; ROOM],
}

/// ECCSignature.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct EccSignature {
    r: [u8; ROOM],
    s: [u8; ROOM],
}

/// DEVICEINFO.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct RawDeviceInfo {
    issuer: [u8; 40],
    name: [u8; 16],
    serial: [u8; 16],
    device_version: u32,
    standard_version: u32,
    asymmetric_abilities: [u32; 2],
    symmetric_abilities: u32,
    digest_abilities: u32,
    buffer_size: u32,
}

impl EccPublicKey {
    pub(crate) const EMPTY: Self = Self { bits: 0, x: [0; ROOM], y: [0; ROOM] };

    /// The uncompressed point: 04, x, y.
    pub(crate) fn point(&self, call: &'static str) -> Result<[u8; 65], SdfError> {
        if self.bits != BITS {
            return Err(SdfError::Answer { call, what: Fault::Bits(self.bits) });
        }
        let mut point = [4; 1 + 2 * SIZE];
        point[1..=SIZE].copy_from_slice(&number(&self.x, call)?);
        point[SIZE + 1..].copy_from_slice(&number(&self.y, call)?);
        Ok(point)
    }
}

/// A signature as two numbers, the highest byte first. Only who knows the key can tell whether it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    pub r: [u8; 32],
    pub s: [u8; 32],
}

impl EccSignature {
    pub(crate) const EMPTY: Self = Self { r: [0; ROOM], s: [0; ROOM] };

    pub(crate) fn numbers(&self, call: &'static str) -> Result<Signature, SdfError> {
        Ok(Signature { r: number(&self.r, call)?, s: number(&self.s, call)? })
    }
}

/// The last 32 of 64 bytes; the others must be 0 and these must not.
fn number(bytes: &[u8; ROOM], call: &'static str) -> Result<[u8; SIZE], SdfError> {
    let fault = |what| SdfError::Answer { call, what };
    let (padding, value) = bytes.split_first_chunk::<SIZE>().ok_or_else(|| fault(Fault::Alignment))?;
    if padding != &[0; SIZE] {
        return Err(fault(Fault::Alignment));
    }
    let value: [u8; SIZE] = value.try_into().map_err(|_| fault(Fault::Alignment))?;
    if value == [0; SIZE] { Err(fault(Fault::Empty)) } else { Ok(value) }
}

/// What a device tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    /// 设备生产厂商名称
    pub issuer: String,
    /// 设备型号
    pub name: String,
    /// 设备编号
    pub serial: String,
}

impl RawDeviceInfo {
    pub(crate) const EMPTY: Self = Self {
        issuer: [0; 40],
        name: [0; 16],
        serial: [0; 16],
        device_version: 0,
        standard_version: 0,
        asymmetric_abilities: [0; 2],
        symmetric_abilities: 0,
        digest_abilities: 0,
        buffer_size: 0,
    };

    pub(crate) fn told(&self) -> DeviceInfo {
        DeviceInfo { issuer: text(&self.issuer), name: text(&self.name), serial: text(&self.serial) }
    }
}

/// Up to the first 0, whatever cannot be shown left out.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let text = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default());
    text.chars().filter(|character| !character.is_control()).collect::<String>().trim().to_owned()
}

/// Room for a structure and bytes behind it that must stay as they are: a library of another version may take the structure for a
/// longer one.
#[repr(C)]
pub(crate) struct Guarded<T> {
    value: T,
    beyond: [u8; BEYOND],
}

const BEYOND: usize = 1024;
const UNTOUCHED: u8 = 0xA5;

impl<T> Guarded<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value, beyond: [UNTOUCHED; BEYOND] }
    }

    /// Where C writes; good for the structure and the bytes behind it.
    pub(crate) fn pointer(&mut self) -> *mut T {
        // Of the whole, not of the field, so that the bytes behind it belong to the pointer too.
        (&raw mut *self).cast()
    }

    pub(crate) fn checked(self, call: &'static str) -> Result<T, SdfError> {
        let untouched = self.beyond.iter().all(|byte| *byte == UNTOUCHED);
        if untouched { Ok(self.value) } else { Err(SdfError::Answer { call, what: Fault::Beyond }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layouts of the C headers.
    #[test]
    fn structures_are_as_long_as_in_c() {
        assert_eq!(size_of::<EccPublicKey>(), 132);
        assert_eq!(size_of::<EccSignature>(), 128);
        assert_eq!(size_of::<RawDeviceInfo>(), 100);
    }

    #[test]
    fn a_number_stands_in_the_last_32_bytes() {
        let mut bytes = [0; ROOM];
        assert_eq!(number(&bytes, "c"), Err(SdfError::Answer { call: "c", what: Fault::Empty }));
        bytes[ROOM - 1] = 7;
        assert_eq!(number(&bytes, "c").unwrap()[SIZE - 1], 7);
        for place in [0, SIZE - 1] {
            let mut spoilt = bytes;
            spoilt[place] = 1;
            assert_eq!(number(&spoilt, "c"), Err(SdfError::Answer { call: "c", what: Fault::Alignment }));
        }
    }

    #[test]
    fn other_lengths_of_keys_are_told() {
        for bits in [0, 255, 257, 512, u32::MAX] {
            let key = EccPublicKey { bits, ..EccPublicKey::EMPTY };
            assert_eq!(key.point("c"), Err(SdfError::Answer { call: "c", what: Fault::Bits(bits) }));
        }
    }

    #[test]
    fn names_end_at_their_zero() {
        assert_eq!(text(b"Vendor\x1b A \0rest"), "Vendor A");
        assert_eq!(text(&[0xff; 4]).chars().count(), 4);
        assert_eq!(text("密码机".as_bytes()), "密码机");
    }
}
