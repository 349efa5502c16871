//! Passwords and secrets: kept as argon2id, never themselves; and which passwords are too weak to be taken.

mod weak;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use thiserror::Error;

pub use weak::{LEAST, Weakness, weakness};

/// Longest password or secret that is taken, in bytes.
pub const MAX: usize = 200;
/// What OWASP recommends for argon2id: 19 MiB, two passes, one lane.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// A hash of nothing, with the same cost.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Debug, Error)]
#[error("argon2: {0}")]
pub struct HashFault(String);

/// The hash that is kept.
///
/// # Errors
/// None that a secret of [`MAX`] bytes could cause.
pub fn hash(secret: &str) -> Result<String, HashFault> {
    let salt: [u8; 16] = rand::random();
    let made = argon2().map_err(|error| HashFault(error.to_string()))?.hash_password_with_salt(secret.as_bytes(), &salt);
    made.map(|hash: PasswordHash| hash.to_string()).map_err(|error| HashFault(error.to_string()))
}

/// Whether this is the secret of that hash. Without one the same work is done, and it is not. Takes some 20 ms.
pub fn matches(secret: &str, hash: Option<&str>) -> bool {
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
        let kept = hash("one").expect("hashed");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(kept, hash("one").expect("hashed"), "salted");
        assert!(matches("one", Some(&kept)) && !matches("other", Some(&kept)) && !matches("one", None));
        assert!(!matches("one", Some("nonsense")));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let kept = hash("right").expect("hashed");
        let took = |hash: Option<&str>| {
            let began = Instant::now();
            matches("wrong", hash);
            began.elapsed()
        };
        // In turn, and the fastest of many: whatever else runs here slows both.
        let (somebody, nobody): (Vec<_>, Vec<_>) = (0..15).map(|_| (took(Some(&kept)), took(None))).unzip();
        let (somebody, nobody) = (somebody.into_iter().min().unwrap_or_default(), nobody.into_iter().min().unwrap_or_default());
        assert!(nobody > somebody / 2 && somebody > nobody / 2, "{somebody:?} {nobody:?}");
    }
}
