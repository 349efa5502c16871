//! Access tokens: a JSON Web Token (RFC 7519, RFC 9068) that this hub signs and reads itself.

use chrono::{DateTime, TimeDelta, Utc};
use model::actor::{Actor, Granted};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::jws::{self, JwsFault};
use super::{Clients, LONGEST};
use crate::limits::Limit;
use crate::sign::{SignError, TokenKey, TokenKeys};
use crate::store::{ClientRow, ClientState, StoreError};

/// `typ` of the header.
const TYPE: &str = "at+jwt";
/// How far the clocks of replicas may differ.
const SKEW: TimeDelta = TimeDelta::seconds(30);

/// What a token says. This hub makes them: a member that it does not write is no member of a token of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: String,
    pub(super) iat: i64,
    pub(super) nbf: i64,
    pub(super) exp: i64,
    pub(super) jti: String,
    pub(super) client_id: String,
    /// Credit code of the client's department.
    pub(super) department: String,
    /// What the client proved itself with: the token ends with it.
    pub(super) credential: Uuid,
    /// Types that the token is narrowed to, with spaces between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
}

/// Why a token is refused. Told to nobody but the log: whoever calls learns that it is not good.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenFault {
    #[error(transparent)]
    Form(#[from] JwsFault),
    #[error("its type is not {TYPE}")]
    Type,
    #[error("no key here has its kid")]
    Key,
    #[error("the signature is not that of its key")]
    Signature,
    #[error("its claims are not those of a token of this hub")]
    Claims,
    #[error("it is of another issuer or for another audience")]
    Audience,
    #[error("it is not valid yet, or lives longer than any token of this hub")]
    Term,
    #[error("it has expired")]
    Expired,
}

/// Who calls with a token that is good.
#[derive(Debug, Clone)]
pub struct Recognised {
    pub actor: Actor,
    /// Types that the token was narrowed to: grants count for these alone.
    pub within: Granted,
    pub client: String,
    /// Credit code.
    pub department: String,
    /// What the client may take, and all of its department together.
    pub limit: Limit,
    pub department_limit: Limit,
    /// From then on it must be looked at again.
    pub until: DateTime<Utc>,
}

impl Clients {
    /// Who calls with this token; None where it is not good, or its client may not call any more. One statement, or none.
    ///
    /// # Errors
    /// The database.
    pub async fn recognise(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Recognised>, StoreError> {
        let claims = match read(&self.keys.tokens(), &self.issuer, token, now) {
            Ok(claims) => claims,
            Err(fault) => {
                tracing::debug!(%fault, "an access token is refused");
                return Ok(None);
            }
        };
        let Some((client, department)) = self.store.client_by(&claims.client_id, claims.credential, now).await? else { return Ok(None) };
        if client.state(now) != ClientState::Active || department.code != claims.department {
            return Ok(None);
        }
        let Some(expires) = DateTime::from_timestamp(claims.exp, 0) else { return Ok(None) };
        let mut actor = client.actor(&department);
        let within = claims.scope.as_deref().map_or(Granted::All, |scope| narrowed(&Granted::All, scope));
        if let Some(scope) = &claims.scope {
            actor.types = narrowed(&client.types, scope);
        }
        Ok(Some(Recognised {
            actor,
            within,
            limit: Limit { rate: client.rate, daily: client.daily },
            department_limit: Limit { rate: department.rate, daily: department.daily },
            until: client.ends().min(expires),
            client: client.id,
            department: department.code,
        }))
    }

    /// A token for a client that has proved itself.
    pub(super) fn issue(
        &self,
        key: &TokenKey,
        client: &ClientRow,
        credential: Uuid,
        scope: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Result<String, JwsFault>, SignError> {
        let at = now.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: client.id.clone(),
            aud: self.issuer.clone(),
            iat: at,
            nbf: at,
            exp: at.saturating_add(i64::try_from(self.lifetime.as_secs()).unwrap_or_default()),
            jti: Uuid::now_v7().simple().to_string(),
            client_id: client.id.clone(),
            department: client.department.clone(),
            credential,
            scope: scope.map(str::to_owned),
        };
        written(&claims, key)
    }
}

fn written(claims: &Claims, key: &TokenKey) -> Result<Result<String, JwsFault>, SignError> {
    let Ok(payload) = serde_json::to_vec(claims) else { return Ok(Err(JwsFault::Form)) };
    jws::write(TYPE, key.id(), &payload, |bytes| key.sign(bytes))
}

/// What a token says, where it is one of this hub and good at that moment.
fn read(keys: &TokenKeys, issuer: &str, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenFault> {
    let jws = jws::read(token)?;
    if !jws.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)) {
        return Err(TokenFault::Type);
    }
    let key = jws.kid.as_deref().and_then(|kid| keys.by_id(kid)).ok_or(TokenFault::Key)?;
    key.verify(jws.signed.as_bytes(), &jws.signature).map_err(|_| TokenFault::Signature)?;
    let claims: Claims = serde_json::from_slice(&jws.payload).map_err(|_| TokenFault::Claims)?;
    if claims.iss != issuer || claims.aud != issuer {
        return Err(TokenFault::Audience);
    }
    if claims.sub != claims.client_id {
        return Err(TokenFault::Claims);
    }
    let soon = (now + SKEW).timestamp();
    let longest = i64::try_from(LONGEST.as_secs()).unwrap_or_default();
    if claims.nbf > soon || claims.iat > soon || claims.exp.saturating_sub(claims.iat) > longest {
        return Err(TokenFault::Term);
    }
    if claims.exp <= now.timestamp() {
        return Err(TokenFault::Expired);
    }
    Ok(claims)
}

/// The types of both.
fn narrowed(types: &Granted, scope: &str) -> Granted {
    Granted::Only(scope.split(' ').filter(|name| types.contains(name)).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::sign::{KeyRing, create_token_key};

    const ISSUER: &str = "https://hub.example.gov.cn";
    const NOW: &str = "2026-11-23T02:00:00Z";

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn ring() -> (tempfile::TempDir, KeyRing) {
        let folder = tempfile::tempdir().unwrap();
        create_token_key(folder.path(), "p", None, at(NOW)).unwrap();
        create_token_key(folder.path(), "p", None, at(NOW)).unwrap();
        let ring = KeyRing::open(folder.path(), "p").unwrap();
        (folder, ring)
    }

    fn claims() -> Claims {
        let iat = at(NOW).timestamp();
        Claims {
            iss: ISSUER.into(),
            sub: "office".into(),
            aud: ISSUER.into(),
            iat,
            nbf: iat,
            exp: iat + 600,
            jti: "j".into(),
            client_id: "office".into(),
            department: "11990000000000GX2C".into(),
            credential: Uuid::nil(),
            scope: None,
        }
    }

    #[test]
    fn a_token_is_good_for_its_term_issuer_and_audience() {
        let (_folder, ring) = ring();
        let keys = ring.tokens();
        let key = &keys.all()[0];
        let fault = |claims: &Claims, now: &str| read(&keys, ISSUER, &written(claims, key).unwrap().unwrap(), at(now)).err();
        let good = claims();
        assert_eq!(fault(&good, NOW), None);
        assert_eq!(fault(&good, "2026-11-23T02:09:59Z"), None);
        assert_eq!(fault(&good, "2026-11-23T02:10:00Z"), Some(TokenFault::Expired));
        assert_eq!(fault(&good, "2026-11-23T01:59:31Z"), None, "a clock that is slow");
        assert_eq!(fault(&good, "2026-11-23T01:59:29Z"), Some(TokenFault::Term), "made in the future");
        let later = Claims { nbf: good.nbf + 100, ..good.clone() };
        assert_eq!(fault(&later, NOW), Some(TokenFault::Term));
        let long = Claims { exp: good.iat + 901, ..good.clone() };
        assert_eq!(fault(&long, NOW), Some(TokenFault::Term), "longer than any token of this hub");
        for other in [Claims { aud: "https://other.example".into(), ..good.clone() }, Claims { iss: String::new(), ..good.clone() }] {
            assert_eq!(fault(&other, NOW), Some(TokenFault::Audience));
        }
        let swapped = Claims { sub: "other".into(), ..good.clone() };
        assert_eq!(fault(&swapped, NOW), Some(TokenFault::Claims));
        let overflow = Claims { exp: i64::MAX, iat: i64::MIN, ..good };
        assert_eq!(fault(&overflow, NOW), Some(TokenFault::Term));
    }

    #[test]
    fn whoever_makes_up_a_token_is_refused() {
        let (_folder, ring) = ring();
        let keys = ring.tokens();
        let (key, other) = (&keys.all()[0], &keys.all()[1]);
        let fault = |token: &str| read(&keys, ISSUER, token, at(NOW)).err();
        let token = written(&claims(), key).unwrap().unwrap();
        assert_eq!(fault(&token), None);
        let parts: Vec<&str> = token.split('.').collect();
        let with_header = |header: &str| format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), parts[1], parts[2]);
        let kid = key.id();
        // No algorithm, another one, with and without a signature.
        for alg in ["none", "HS256", "ES256", "RS256"] {
            let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"{kid}"}}"#);
            let expected = Some(TokenFault::Form(JwsFault::Algorithm(alg.into())));
            assert_eq!(fault(&with_header(&header)), expected);
            assert_eq!(fault(&format!("{}.{}.", URL_SAFE_NO_PAD.encode(header), parts[1])), expected);
        }
        // HMAC under the public key, told to be what is expected.
        let signed = format!("{}.{}", parts[0], parts[1]);
        let mac = verify::digest::sm3_of(&[key.coordinates(), signed.as_bytes()]);
        let doubled = [mac, mac].concat();
        assert!(fault(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(doubled))).is_some());
        // Another kid, none, one with a path, and a key that the token brings along.
        for (header, expected) in [
            (format!(r#"{{"alg":"SGD_SM3_SM2","typ":"at+jwt","kid":"{}"}}"#, other.id()), TokenFault::Signature),
            (r#"{"alg":"SGD_SM3_SM2","typ":"at+jwt"}"#.to_owned(), TokenFault::Key),
            (r#"{"alg":"SGD_SM3_SM2","typ":"at+jwt","kid":"../../dev/null"}"#.to_owned(), TokenFault::Key),
            (r#"{"alg":"SGD_SM3_SM2","typ":"at+jwt","jwk":{"kty":"EC"}}"#.to_owned(), TokenFault::Key),
            (format!(r#"{{"alg":"SGD_SM3_SM2","typ":"JWT","kid":"{kid}"}}"#), TokenFault::Type),
            (format!(r#"{{"alg":"SGD_SM3_SM2","kid":"{kid}"}}"#), TokenFault::Type),
            (format!(r#"{{"alg":"SGD_SM3_SM2","typ":"at+jwt","kid":"{kid}","x":1}}"#), TokenFault::Signature),
        ] {
            assert_eq!(fault(&with_header(&header)), Some(expected), "{header}");
        }
        // Somebody else's claims under a good signature, and a good token cut short anywhere.
        let greedy = serde_json::to_vec(&Claims { client_id: "other".into(), sub: "other".into(), ..claims() }).unwrap();
        assert_eq!(fault(&format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(greedy), parts[2])), Some(TokenFault::Signature));
        for end in (0..token.len()).step_by(7) {
            assert!(fault(&token[..end]).is_some(), "cut at {end}");
        }
        // A key that is not here any more.
        assert_eq!(read(&TokenKeys::default(), ISSUER, &token, at(NOW)).err(), Some(TokenFault::Key));
    }

    #[test]
    fn members_that_this_hub_does_not_write_are_refused() {
        let (_folder, ring) = ring();
        let keys = ring.tokens();
        let key = &keys.all()[0];
        let mut value = serde_json::to_value(claims()).unwrap();
        value["role"] = "administrator".into();
        let token = jws::write(TYPE, key.id(), value.to_string().as_bytes(), |bytes| key.sign(bytes)).unwrap().unwrap();
        assert_eq!(read(&keys, ISSUER, &token, at(NOW)).err(), Some(TokenFault::Claims));
    }

    #[test]
    fn a_scope_narrows_and_never_widens() {
        let some = Granted::Only(["A".to_owned(), "B".to_owned()].into());
        assert_eq!(narrowed(&some, "A C"), Granted::Only(["A".to_owned()].into()));
        assert_eq!(narrowed(&Granted::All, "A"), Granted::Only(["A".to_owned()].into()));
        assert_eq!(narrowed(&some, ""), Granted::none());
    }
}
