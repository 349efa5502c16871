//! Signed requests of clients (RFC 7523, `private_key_jwt`): instead of a secret a client signs, with the key of a certificate that was
//! registered for it, that it is itself, to whom it speaks, and when. Each counts once.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;
use thiserror::Error;
use uuid::Uuid;
use verify::chain::X509;
use verify::digest::sm3_hex;

use super::jws::{self, JwsFault};
use crate::store::{CredentialRow, Proof, UsedAssertion};

/// From its making to its end at most.
const LONGEST: i64 = 300;
/// How far a client's clock may be ahead.
const AHEAD: TimeDelta = TimeDelta::seconds(30);
/// Longest `jti`.
const MAX_JTI: usize = 200;

/// What an assertion says, as far as it is looked at.
#[derive(Debug, Clone, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    jti: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Why an assertion is refused. Told to nobody but the log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AssertionFault {
    #[error(transparent)]
    Form(#[from] JwsFault),
    #[error("its claims iss, sub, aud, exp, iat and jti are not all there")]
    Claims,
    #[error("iss, sub and client_id are not the same")]
    Client,
    #[error("it is for somebody else")]
    Audience,
    #[error("it is not valid yet, or from its making to its end are more than {LONGEST} s")]
    Term,
    #[error("it has expired")]
    Expired,
    #[error("it is signed by no certificate that is registered for the client and in force")]
    Signature,
}

/// One that is sound in itself; whose signature it is is not looked at yet.
pub(super) struct Assertion<'a> {
    jws: jws::Jws<'a>,
    pub(super) client: String,
    pub(super) used: UsedAssertion,
}

/// Whose an assertion says that it is, however little else of it is sound.
pub(super) fn claimed(text: &str) -> String {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    let payload = jws::read(text).map(|jws| jws.payload).unwrap_or_default();
    serde_json::from_slice::<Subject>(&payload).map(|claims| claims.sub).unwrap_or_default()
}

/// Reads one that speaks to one of `audiences` now.
pub(super) fn read<'a>(text: &'a str, audiences: &[&str], now: DateTime<Utc>) -> Result<Assertion<'a>, AssertionFault> {
    let jws = jws::read(text)?;
    let claims: Claims = serde_json::from_slice(&jws.payload).map_err(|_| AssertionFault::Claims)?;
    if claims.jti.is_empty() || claims.jti.len() > MAX_JTI {
        return Err(AssertionFault::Claims);
    }
    if claims.iss != claims.sub {
        return Err(AssertionFault::Client);
    }
    let ours = |audience: &String| audiences.contains(&audience.as_str());
    let meant = match &claims.aud {
        Audience::One(audience) => ours(audience),
        Audience::Many(audiences) => audiences.iter().any(ours),
    };
    if !meant {
        return Err(AssertionFault::Audience);
    }
    let soon = (now + AHEAD).timestamp();
    let long = !(0..=LONGEST).contains(&claims.exp.saturating_sub(claims.iat));
    if claims.iat > soon || claims.nbf.is_some_and(|nbf| nbf > soon) || long {
        return Err(AssertionFault::Term);
    }
    if claims.exp <= now.timestamp() {
        return Err(AssertionFault::Expired);
    }
    let until = DateTime::from_timestamp(claims.exp.saturating_add(1), 0).ok_or(AssertionFault::Term)?;
    Ok(Assertion { jws, client: claims.sub, used: UsedAssertion { digest: sm3_hex(claims.jti.as_bytes()), until } })
}

impl Assertion<'_> {
    /// Which of the certificates has signed it; where it names one (`kid`: SM3 of the certificate, hex), that alone is tried.
    pub(super) fn signer(&self, credentials: &[CredentialRow], now: DateTime<Utc>) -> Result<Uuid, AssertionFault> {
        let signed = credentials.iter().filter(|known| known.is_usable(now)).find(|known| {
            let Proof::Certificate(der) = &known.proof else { return false };
            if self.jws.kid.as_ref().is_some_and(|kid| *kid != sm3_hex(der)) {
                return false;
            }
            let Ok(certificate) = X509::from_der(der) else { return false };
            certificate.prepared_key().verify(self.jws.signed.as_bytes(), &self.jws.signature).is_ok()
        });
        signed.map(|known| known.id).ok_or(AssertionFault::Signature)
    }
}

/// An assertion of `client` to `audience` that holds for a minute. `sign` gives strict DER; `certificate` is the DER of the registered
/// certificate.
///
/// # Errors
/// What `sign` says; [`JwsFault`] where it gives no DER.
pub fn make_assertion<E>(
    client: &str,
    audience: &str,
    certificate: &[u8],
    now: DateTime<Utc>,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Result<String, JwsFault>, E> {
    let iat = now.timestamp();
    let claims =
        json!({ "iss": client, "sub": client, "aud": audience, "iat": iat, "exp": iat + 60, "jti": Uuid::now_v7().simple().to_string() });
    jws::write("JWT", &sm3_hex(certificate), claims.to_string().as_bytes(), sign)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use sm2::dsa::SigningKey;
    use verify::signature::{DISTINGUISHING_ID, sign_message};

    use super::*;

    const ENDPOINT: &str = "https://hub.example.gov.cn/oauth/token";

    fn made(change: impl FnOnce(&mut Value)) -> String {
        let iat = now().timestamp();
        let mut claims = json!({ "iss": "office", "sub": "office", "aud": ENDPOINT, "iat": iat, "exp": iat + 300, "jti": "1" });
        change(&mut claims);
        let key = SigningKey::from_slice(DISTINGUISHING_ID, &[5; 32]).unwrap();
        jws::write("JWT", "k", claims.to_string().as_bytes(), |bytes| sign_message(&key, bytes)).unwrap().unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-23T02:00:00Z".parse().unwrap()
    }

    fn fault(change: impl FnOnce(&mut Value)) -> Option<AssertionFault> {
        read(&made(change), &[ENDPOINT, "https://hub.example.gov.cn"], now()).err()
    }

    #[test]
    fn an_assertion_says_who_to_whom_and_when() {
        let iat = now().timestamp();
        assert_eq!(fault(|_| ()), None);
        assert_eq!(fault(|claims| claims["aud"] = json!(["x", "https://hub.example.gov.cn"])), None);
        assert_eq!(fault(|claims| claims["aud"] = "https://other.example/oauth/token".into()), Some(AssertionFault::Audience));
        assert_eq!(fault(|claims| claims["aud"] = json!([])), Some(AssertionFault::Audience));
        assert_eq!(fault(|claims| claims["sub"] = "other".into()), Some(AssertionFault::Client));
        assert_eq!(fault(|claims| claims["exp"] = json!(iat + 301)), Some(AssertionFault::Term), "six minutes");
        assert_eq!(fault(|claims| claims["exp"] = json!(iat - 1)), Some(AssertionFault::Term), "ends before it is made");
        assert_eq!(fault(|claims| claims["iat"] = json!(iat + 31)), Some(AssertionFault::Term), "made in the future");
        assert_eq!(fault(|claims| claims["nbf"] = json!(iat + 31)), Some(AssertionFault::Term));
        assert_eq!(
            fault(|claims| {
                claims["iat"] = json!(iat - 300);
                claims["exp"] = json!(iat);
            }),
            Some(AssertionFault::Expired)
        );
        for (name, value) in
            [("jti", json!("")), ("jti", json!(1)), ("iat", json!("now")), ("exp", json!(1.5)), ("jti", json!("x".repeat(201)))]
        {
            assert_eq!(fault(|claims| claims[name] = value), Some(AssertionFault::Claims), "{name}");
        }
        for name in ["iss", "sub", "aud", "exp", "iat", "jti"] {
            let missing = fault(|claims| {
                claims.as_object_mut().and_then(|members| members.remove(name));
            });
            assert_eq!(missing, Some(AssertionFault::Claims), "{name}");
        }
    }

    #[test]
    fn two_assertions_are_told_apart_by_their_number() {
        let digest = |jti: &str| read(&made(|claims| claims["jti"] = jti.into()), &[ENDPOINT], now()).ok().map(|read| read.used.digest);
        assert!(digest("1").is_some() && digest("1") == digest("1") && digest("1") != digest("2"));
    }
}
