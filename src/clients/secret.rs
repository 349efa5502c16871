//! Secrets of clients: made here, shown once, kept as argon2id.
//!
//! ```text
//! zzs_<id of the credential>_<32 random bytes>
//! ```
//! The id tells which hash to compare with, so that every attempt costs one hash: for a client that is not known, too.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::passwords::MAX;

const PREFIX: &str = "zzs_";

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passwords::{hash, matches};

    #[test]
    fn a_secret_names_its_credential_and_fits_its_hash_alone() {
        let id = Uuid::now_v7();
        let (one, other) = (generate(id), generate(id));
        assert!(one.len() == 4 + 32 + 1 + 64 && *one != *other && id_of(&one) == Some(id));
        let kept = hash(&one).unwrap();
        assert!(!kept.contains(&one[40..]) && matches(&one, Some(&kept)) && !matches(&other, Some(&kept)));
        assert!(id_of("zzs_x_y").is_none() && id_of("").is_none());
    }
}
