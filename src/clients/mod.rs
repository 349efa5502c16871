//! Who may call: departments, their client systems, what these prove themselves with, and the access tokens that they get for it.
//!
//! ```text
//! register.rs, input.rs   an administrator admits, reviews, revokes        secret.rs      argon2id, never the secret
//! granting.rs             POST /oauth/token: proof ─▶ access token          assertion.rs   signed requests (RFC 7523), each used once
//! access_token.rs         a token ─▶ who calls                              jws.rs         JSON Web Signatures with SM2 and SM3
//! ```
//! A token names its client and what that proved itself with; what it may is read from the client's row, which is kept in memory
//! while nothing says that it changed: so a client, a secret or a certificate that is revoked ends its tokens at once.

mod access_token;
mod assertion;
mod error;
mod granting;
mod input;
pub mod jws;
mod register;
mod secret;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub use access_token::{Recognised, TokenFault};
pub use assertion::{AssertionFault, make_assertion};
pub use error::ClientError;
pub use granting::{GivenProof, GrantRefusal, GrantedToken, TokenRequest};
pub use input::{ClientInput, DepartmentInput};
pub use register::{NewClient, NewSecret, Register};

use crate::journal::Journal;
use crate::limits::{Rule, Slowing};
use crate::sign::KeyRing;
use crate::store::Store;

/// How long an access token lives where nothing else is configured; never longer than [`LONGEST`].
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The longest life of an access token.
pub const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Wrong proofs of one client from one address that cost nothing, and of all clients from one address.
const WRONG: [Rule; 2] = [Rule { free: 5, longest: Duration::from_secs(300) }, Rule { free: 50, longest: Duration::from_secs(300) }];

/// Clients that call this hub.
pub struct Clients {
    /// Admitting and revoking.
    pub register: Register,
    store: Store,
    keys: Arc<KeyRing>,
    journal: Journal,
    /// `iss` and `aud` of access tokens: where outsiders reach this hub.
    issuer: String,
    lifetime: Duration,
    /// By client and address, and by address.
    slowing: Slowing<2>,
    /// Secrets that are being checked: each takes 19 MB and a processor.
    hashing: Semaphore,
}

impl Clients {
    pub fn new(store: Store, keys: Arc<KeyRing>, journal: Journal, issuer: &str, lifetime: Duration) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            register: Register::new(store.clone()),
            store,
            keys,
            journal,
            issuer: issuer.to_owned(),
            lifetime: lifetime.min(LONGEST),
            slowing: Slowing::new(WRONG),
            hashing: Semaphore::new(processors),
        }
    }

    /// `iss` and `aud` of access tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where tokens are asked for.
    pub fn endpoint(&self) -> String {
        format!("{}/oauth/token", self.issuer)
    }

    /// The public keys of access tokens (RFC 7517), those to come included.
    pub fn public_keys(&self) -> serde_json::Value {
        let keys: Vec<_> = self.keys.tokens().all().iter().map(|key| jws::public_key(key.id(), key.coordinates())).collect();
        serde_json::json!({ "keys": keys })
    }
}
