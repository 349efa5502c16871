//! JSON Web Signatures (RFC 7515, compact form) with SM2 over SM3, and nothing else.
//!
//! The names of algorithm and curve are those of GM/T 0125.1 and 0125.4 (grade secondary: from programs that cite them). The signature is
//! r and s, 32 bytes each, as RFC 7518 3.4 writes those of other curves; the distinguishing identifier is 1234567812345678.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;
use verify::sm2::{to_der, to_raw};

/// `alg`.
pub const ALGORITHM: &str = "SGD_SM3_SM2";
/// `crv` of a public key.
pub const CURVE: &str = "SM2-P-256";
/// Longest one that is looked at.
pub const MAX: usize = 4096;

/// One that was taken apart. Whose signature it is is not looked at.
pub(super) struct Jws<'a> {
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
    pub(super) payload: Vec<u8>,
    /// What the signature is over.
    pub(super) signed: &'a str,
    /// Strict DER.
    pub(super) signature: Vec<u8>,
}

/// Why it is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JwsFault {
    #[error("it is longer than {MAX} bytes")]
    Long,
    #[error("it is not three parts in base64url with a JSON header")]
    Form,
    #[error("its algorithm is {0:?}, not {ALGORITHM}")]
    Algorithm(String),
    #[error("it demands extensions (crit) that are not known here")]
    Critical,
    #[error("its signature is not 64 bytes r and s")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
    b64: Option<Value>,
}

/// Takes one apart.
pub(super) fn read(text: &str) -> Result<Jws<'_>, JwsFault> {
    if text.len() > MAX {
        return Err(JwsFault::Long);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(JwsFault::Form)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsFault::Form)?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsFault::Form);
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| JwsFault::Form)?;
    if header.alg != ALGORITHM {
        return Err(JwsFault::Algorithm(header.alg.chars().take(40).collect()));
    }
    if header.crit.is_some() || header.b64.is_some() {
        return Err(JwsFault::Critical);
    }
    let raw: [u8; 64] = decoded(signature)?.try_into().map_err(|_| JwsFault::Signature)?;
    let signature = to_der(&raw).map_err(|_| JwsFault::Signature)?;
    Ok(Jws { kid: header.kid, typ: header.typ, payload: decoded(payload)?, signed, signature })
}

/// Writes one. `sign` gives strict DER.
pub(super) fn write<E>(
    typ: &str,
    kid: &str,
    payload: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Result<String, JwsFault>, E> {
    let header = json!({ "alg": ALGORITHM, "typ": typ, "kid": kid }).to_string();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let der = sign(signed.as_bytes())?;
    let raw = to_raw(&der).map_err(|_| JwsFault::Signature);
    Ok(raw.map(|raw| format!("{signed}.{}", URL_SAFE_NO_PAD.encode(raw))))
}

/// A public key as others read it (RFC 7517).
pub(super) fn public_key(kid: &str, coordinates: &[u8; 64]) -> Value {
    let (x, y) = coordinates.split_at(32);
    json!({
        "kty": "EC", "crv": CURVE, "alg": ALGORITHM, "use": "sig", "kid": kid,
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sm2::dsa::SigningKey;
    use verify::signature::{DISTINGUISHING_ID, sign_message};

    use super::*;

    fn made() -> String {
        let key = SigningKey::from_slice(DISTINGUISHING_ID, &[5; 32]).unwrap();
        write("JWT", "k", br#"{"a":1}"#, |bytes| sign_message(&key, bytes)).unwrap().unwrap()
    }

    fn with_header(header: &str) -> String {
        let text = made();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header), text.split_once('.').unwrap().1)
    }

    #[test]
    fn what_is_written_is_read() {
        let text = made();
        let read = read(&text).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!((read.kid.as_deref(), read.typ.as_deref(), &*read.payload), (Some("k"), Some("JWT"), &br#"{"a":1}"#[..]));
        assert!(text.starts_with(read.signed));
    }

    #[test]
    fn other_algorithms_and_forms_are_refused() {
        let fault = |text: &str| read(text).err();
        for alg in ["none", "None", "HS256", "ES256", "SGD_SM3_HMAC", ""] {
            assert_eq!(fault(&with_header(&format!(r#"{{"alg":"{alg}"}}"#))), Some(JwsFault::Algorithm(alg.into())), "{alg}");
        }
        assert_eq!(fault(&with_header(r#"{"alg":"SGD_SM3_SM2","crit":["exp"]}"#)), Some(JwsFault::Critical));
        assert_eq!(fault(&with_header(r#"{"alg":"SGD_SM3_SM2","b64":false}"#)), Some(JwsFault::Critical));
        // Two algorithms in one header: nobody chooses.
        assert_eq!(fault(&with_header(r#"{"alg":"none","alg":"SGD_SM3_SM2"}"#)), Some(JwsFault::Form));
        let text = made();
        let unsigned = text.rsplit_once('.').unwrap().0;
        assert_eq!(fault(&format!("{unsigned}.")), Some(JwsFault::Signature));
        assert_eq!(fault(unsigned), Some(JwsFault::Form));
        assert_eq!(fault(&format!("{text}.{text}")), Some(JwsFault::Form));
        assert_eq!(fault(&format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode([0; 64]))), Some(JwsFault::Signature), "r = s = 0");
        assert_eq!(fault(&format!("{text}=")), Some(JwsFault::Form));
        assert_eq!(fault(&"a".repeat(MAX + 1)), Some(JwsFault::Long));
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in ".{0,200}") {
            drop(read(&text));
        }
    }
}
