//! What somebody signs to sign in: a nonce that this hub made for his name, that holds for minutes and counts once. Nothing is stored of it
//! before it is answered, so that asking for many costs no room.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use verify::digest::sm3_hex;

use super::Administrators;

/// How long a challenge may be answered.
const LIFE: TimeDelta = TimeDelta::minutes(2);
/// End, random part, and what shows that it is this hub's.
const LENGTH: usize = 8 + 16 + 16;

/// A challenge for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub nonce: String,
    /// What is signed, in UTF-8.
    pub text: String,
    pub until: DateTime<Utc>,
}

/// One that was answered.
pub(super) struct Answered {
    pub(super) text: String,
    /// By which it is known that it was used.
    pub(super) digest: String,
    pub(super) until: DateTime<Utc>,
}

impl Administrators {
    /// A challenge for somebody of that name, whether there is such an account or not.
    pub fn challenge(&self, name: &str, now: DateTime<Utc>) -> Challenge {
        let until = now + LIFE;
        let random: [u8; 16] = rand::random();
        let end = until.timestamp().to_be_bytes();
        let mac = self.store.challenge_mac(&[name.as_bytes(), &end, &random]);
        let nonce = URL_SAFE_NO_PAD.encode([end.as_slice(), &random, &mac].concat());
        Challenge { text: self.text(name, &nonce), nonce, until }
    }

    /// The challenge of that nonce; None: it is not this hub's, for another name, or past.
    pub(super) fn answered(&self, name: &str, nonce: &str, now: DateTime<Utc>) -> Option<Answered> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok().filter(|bytes| bytes.len() == LENGTH)?;
        let (end, rest) = bytes.split_first_chunk::<8>()?;
        let (random, mac) = rest.split_first_chunk::<16>()?;
        let until = DateTime::from_timestamp(i64::from_be_bytes(*end), 0)?;
        let own = self.store.challenge_mac(&[name.as_bytes(), end, random]) == *mac;
        (own && now < until).then(|| Answered { text: self.text(name, nonce), digest: sm3_hex(&bytes), until })
    }

    /// It names the hub, so that what is signed for one is nothing at another.
    fn text(&self, name: &str, nonce: &str) -> String {
        format!("zhengzhao/sign-in/v1\n{}\n{name}\n{nonce}", self.public_url)
    }
}
