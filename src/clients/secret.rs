//! Secrets of clients: made here, shown once, kept as argon2id.
//!
//! ```text
//! zzs_<id of the credential>_<32 random bytes>
//! ```
//! The id tells which hash to compare with, so that every attempt costs one hash: for a client that is not known, too.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::ClientError;

const PREFIX: &str = "zzs_";
/// Longest text that is taken for a secret.
pub(super) const MAX: usize = 200;
/// What OWASP recommends for argon2id: 19 MiB, two passes, one lane.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// A hash of nothing, with the same cost.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A new secret for the credential of that id.
pub(super) fn generate(id: Uuid) -> Zeroizing<String> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
    // Room for all of it: a text that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(MAX));
    text.push_str(PREFIX);
    text.push_str(&id.simple().to_string());
    text.push('_');
    for byte in bytes.iter() {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
    }
    text
}

/// The credential that a secret says it belongs to.
pub(super) fn id_of(secret: &str) -> Option<Uuid> {
    let (id, _) = secret.strip_prefix(PREFIX)?.split_once('_')?;
    Uuid::try_parse(id).ok()
}

/// The hash that is kept.
pub(super) fn hash(secret: &str) -> Result<String, ClientError> {
    let bug = |detail: String| ClientError::Bug(format!("argon2: {detail}"));
    let salt: [u8; 16] = rand::random();
    let made = argon2().map_err(|error| bug(error.to_string()))?.hash_password_with_salt(secret.as_bytes(), &salt);
    made.map(|hash: PasswordHash| hash.to_string()).map_err(|error| bug(error.to_string()))
}

/// Whether this is the secret of that hash. Without one the same work is done, and it is not. Takes some 20 ms.
pub(super) fn matches(secret: &str, hash: Option<&str>) -> bool {
    let compared = PasswordHash::new(hash.unwrap_or(NOBODY))
        .is_ok_and(|known| argon2().is_ok_and(|argon2| argon2.verify_password(secret.as_bytes(), &known).is_ok()));
    compared && hash.is_some()
}

fn argon2() -> Result<Argon2<'static>, argon2::Error> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY, PASSES, 1, None)?))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_secret_fits_its_hash_alone() {
        let id = Uuid::now_v7();
        let (one, other) = (generate(id), generate(id));
        assert!(one.len() == 4 + 32 + 1 + 64 && *one != *other && id_of(&one) == Some(id));
        let kept = hash(&one).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !kept.contains(&one[40..]));
        assert_ne!(kept, hash(&one).unwrap(), "salted");
        assert!(matches(&one, Some(&kept)) && !matches(&other, Some(&kept)) && !matches(&one, None));
        assert!(!matches(&one, Some("nonsense")) && id_of("zzs_x_y").is_none() && id_of("").is_none());
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let secret = generate(Uuid::now_v7());
        let kept = hash(&secret).unwrap();
        let took = |hash: Option<&str>| {
            let began = Instant::now();
            matches("zzs_wrong", hash);
            began.elapsed()
        };
        // In turn, and the fastest of many: whatever else runs here slows both.
        let (somebody, nobody): (Vec<_>, Vec<_>) = (0..15).map(|_| (took(Some(&kept)), took(None))).unzip();
        let (somebody, nobody) = (somebody.into_iter().min().unwrap_or_default(), nobody.into_iter().min().unwrap_or_default());
        assert!(nobody > somebody / 2 && somebody > nobody / 2, "{somebody:?} {nobody:?}");
    }
}
