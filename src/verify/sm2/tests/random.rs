//! Many signatures, good and spoilt.

use std::thread;

use ::sm2::dsa::signature::{Signer, hazmat::PrehashSigner};
use proptest::prelude::*;

use super::*;

const KEYS: u64 = 40;
const SIGNATURES_A_KEY: usize = 128;

/// 5,120 signatures in four forms each, 20,480: as signed, and with a bit flipped in r, in s and in the digest.
#[test]
fn twenty_thousand_signatures_are_judged_as_the_reference_does() {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    thread::scope(|scope| {
        for core in 0..cores {
            scope.spawn(move || (core..KEYS).step_by(cores as usize).for_each(judge_signatures));
        }
    });
}

fn judge_signatures(seed: u64) {
    let mut stream = Stream(seed);
    let signer = stream.key();
    let judge = Judge::of(&public_of(&signer));
    for _ in 0..SIGNATURES_A_KEY {
        let digest = stream.bytes();
        let signature: Reference = signer.sign_prehash(&digest).unwrap();
        let [r, s] = [signature.r_bytes(), signature.s_bytes()].map(<[u8; 32]>::from);
        let place = stream.next() as usize;
        let flipped = |mut bytes: [u8; 32]| {
            bytes[place / 8 % 32] ^= 1 << (place % 8);
            bytes
        };
        assert!(judge.judge(&digest, &r, &s));
        assert!(!judge.judge(&digest, &flipped(r), &s));
        assert!(!judge.judge(&digest, &r, &flipped(s)));
        assert!(!judge.judge(&flipped(digest), &r, &s));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Z, e and the DER included.
    #[test]
    fn messages_are_hashed_as_the_reference_does(seed in any::<u64>(), message in prop::collection::vec(any::<u8>(), 0..200), flip in any::<usize>()) {
        let signer = Stream(seed).key();
        let key = PreparedKey::try_from(&public_of(&signer)).unwrap();
        let signature: Reference = signer.sign(&message);
        let der = signature.to_der();
        for key in [&key, &key.with_table()] {
            prop_assert_eq!(key.verify(&message, der.as_bytes()), Ok(()));
            let mut longer = message.clone();
            longer.insert(flip % (message.len() + 1), 0);
            prop_assert_eq!(key.verify(&longer, der.as_bytes()), Err(SignatureFault::Mismatch));
        }
    }

    /// A key with a flipped bit is no point of the curve, for either.
    #[test]
    fn keys_are_taken_as_the_reference_takes_them(seed in any::<u64>(), flip in 0..512_usize) {
        let key = PreparedKey::try_from(&public_of(&Stream(seed).key())).unwrap();
        let mut coordinates = *key.coordinates();
        coordinates[flip / 8] ^= 1 << (flip % 8);
        let reference = PublicKey::from_sec1_bytes(&[&[4][..], &coordinates].concat());
        prop_assert_eq!(PreparedKey::from_coordinates(&coordinates).is_ok(), reference.is_ok());
    }
}
