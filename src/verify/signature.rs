//! SM2 signatures over SM3 (GB/T 32918.2) with the usual distinguishing identifier, as DER `SEQUENCE {r, s}`.
//!
//! Both directions stand here, so that signer and verifier cannot drift apart.

use sm2::{
    PublicKey,
    dsa::{Signature, SigningKey, signature::Signer},
};

use crate::sm2::PreparedKey;
pub use crate::sm2::{DISTINGUISHING_ID, SignatureFault};

/// The name of the algorithm in an envelope.
pub const ALGORITHM: &str = "SM2-SM3";

/// Checks that `der` is the signature of `message` under `public_key`. Whoever asks the same key again keeps a
/// [`PreparedKey`].
///
/// # Errors
/// [`SignatureFault::Malformed`] for anything but the one DER spelling: leading zeros, trailing bytes, r or s out of
/// range. Else [`SignatureFault::Mismatch`].
pub fn verify_signature(public_key: &PublicKey, message: &[u8], der: &[u8]) -> Result<(), SignatureFault> {
    PreparedKey::try_from(public_key)?.verify(message, der)
}

/// Signs `message` and returns the DER. The nonce is derived after RFC 6979: no random source is needed.
///
/// `key` must have been made with [`DISTINGUISHING_ID`].
///
/// # Errors
/// [`SignatureFault::Key`] when the key was made for another identifier or the arithmetic finds no signature.
pub fn sign_message(key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, SignatureFault> {
    if key.distid() != DISTINGUISHING_ID {
        return Err(SignatureFault::Key);
    }
    let signature: Signature = key.try_sign(message).map_err(|_| SignatureFault::Key)?;
    Ok(signature.to_der().to_vec())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_slice(DISTINGUISHING_ID, &[byte; 32]).unwrap()
    }

    fn public(key: &SigningKey) -> PublicKey {
        PublicKey::from_affine(*key.verifying_key().as_affine()).unwrap()
    }

    #[test]
    fn a_signature_belongs_to_one_message_and_one_key() {
        let (ours, other) = (key(1), key(2));
        let der = sign_message(&ours, b"message").unwrap();
        assert_eq!(verify_signature(&public(&ours), b"message", &der), Ok(()));
        assert_eq!(verify_signature(&public(&ours), b"massage", &der), Err(SignatureFault::Mismatch));
        assert_eq!(verify_signature(&public(&other), b"message", &der), Err(SignatureFault::Mismatch));
        assert_eq!(sign_message(&ours, b"message").unwrap(), der, "RFC 6979 is deterministic");
    }

    #[test]
    fn a_key_of_another_identifier_does_not_sign() {
        let foreign = SigningKey::from_slice("TLSv1.3+GM+Cipher+Suite", &[1; 32]).unwrap();
        assert_eq!(sign_message(&foreign, b"m"), Err(SignatureFault::Key));
    }

    #[test]
    fn other_spellings_are_malformed() {
        let ours = key(1);
        let der = sign_message(&ours, b"message").unwrap();
        let order = [
            0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x72, 0x03, 0xdf, 0x6b, 0x21,
            0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
        ];
        let beyond = [&[0x30, 0x26, 0x02, 0x21, 0x00][..], &order, &[0x02, 0x01, 0x01]].concat();
        let trailing = [&der[..], &[0]].concat();
        let long_form = [&[0x30, 0x81, der[1]][..], &der[2..]].concat();
        let padded = [0x30, 0x07, 0x02, 0x02, 0x00, 0x01, 0x02, 0x01, 0x01];
        let negative = [0x30, 0x06, 0x02, 0x01, 0xff, 0x02, 0x01, 0x01];
        let zero = [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01];
        let raw = Signature::from_der(&der).unwrap().to_bytes();
        for bytes in [&[][..], &beyond, &trailing, &long_form, &padded, &negative, &zero, &raw, &der[..der.len() - 1]] {
            assert_eq!(verify_signature(&public(&ours), b"message", bytes), Err(SignatureFault::Malformed), "{bytes:x?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_flipped_bit_breaks_it(message in prop::collection::vec(any::<u8>(), 1..64), place in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let ours = key(7);
            let mut der = sign_message(&ours, &message).unwrap();
            prop_assert_eq!(verify_signature(&public(&ours), &message, &der), Ok(()));
            let place = place.index(der.len());
            der[place] ^= 1 << bit;
            prop_assert!(verify_signature(&public(&ours), &message, &der).is_err());
        }

        #[test]
        fn foreign_bytes_never_panic(der in prop::collection::vec(any::<u8>(), 0..90)) {
            prop_assert!(verify_signature(&public(&key(7)), b"m", &der).is_err());
        }
    }
}
