//! `POST /oauth/token`: client credentials (RFC 6749 4.4), with a secret or an assertion signed with SM2 (RFC 7523); what others must
//! know of it (RFC 8414), and the public keys (RFC 7517).
//!
//! ```text
//! Authorization: Basic … | client_id, client_secret | client_assertion_type, client_assertion
//!     ─▶ {"access_token", "token_type": "Bearer", "expires_in", "scope"?} | {"error", "error_description"}
//! ```

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use percent_encoding::percent_decode_str;
use serde_json::json;
use zeroize::Zeroizing;

use super::{address, rate_limits};
use crate::clients::{GivenProof, GrantRefusal, GrantedToken, TokenRequest, jws};
use crate::hub::Hub;

const FORM: &str = "application/x-www-form-urlencoded";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest body.
const MAX: usize = 16 << 10;
/// How long others may keep what is published: less than a new key lies there before it signs.
const CACHED: &str = "public, max-age=300";

/// Where tokens are asked for: never by a page of another origin.
pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new().route("/oauth/token", post(token))
}

/// What anybody may read.
pub(super) fn published() -> Router<Arc<Hub>> {
    Router::new().route("/.well-known/jwks.json", get(keys)).route("/.well-known/oauth-authorization-server", get(metadata))
}

async fn keys(State(hub): State<Arc<Hub>>) -> Response {
    ([(header::CACHE_CONTROL, CACHED)], Json(hub.clients.public_keys())).into_response()
}

async fn metadata(State(hub): State<Arc<Hub>>) -> Response {
    let issuer = hub.clients.issuer();
    let metadata = json!({
        "issuer": issuer,
        "token_endpoint": hub.clients.endpoint(),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": [jws::ALGORITHM],
    });
    ([(header::CACHE_CONTROL, CACHED)], Json(metadata)).into_response()
}

async fn token(State(hub): State<Arc<Hub>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let from = address::of(&hub, parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0), &parts.headers);
    let basic = parts.headers.contains_key(header::AUTHORIZATION);
    let read = match axum::body::to_bytes(body, MAX).await {
        Ok(body) => read(&parts.headers, &Zeroizing::new(body.to_vec())),
        Err(_) => Err(Wrong::Request("the body is longer than 16 KB, or broke off")),
    };
    let (proof, scope) = match read {
        Ok(read) => read,
        Err(wrong) => return wrong.response(basic),
    };
    match hub.clients.grant(TokenRequest { proof, scope, from }, Utc::now()).await {
        Ok(granted) => answer(&granted),
        Err(refusal) => Wrong::Refused(refusal).response(basic),
    }
}

fn answer(granted: &GrantedToken) -> Response {
    let mut body = json!({ "access_token": granted.access_token, "token_type": "Bearer", "expires_in": granted.expires_in.as_secs() });
    if let Some(scope) = &granted.scope {
        body["scope"] = scope.as_str().into();
    }
    ([(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], Json(body)).into_response()
}

/// Why there is no token.
enum Wrong {
    Request(&'static str),
    GrantType,
    Refused(GrantRefusal),
}

impl Wrong {
    /// RFC 6749 5.2.
    fn response(self, basic: bool) -> Response {
        let (status, error, description) = match &self {
            Self::Request(what) => (StatusCode::BAD_REQUEST, "invalid_request", *what),
            Self::GrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type is client_credentials here"),
            Self::Refused(GrantRefusal::Client) => {
                (StatusCode::UNAUTHORIZED, "invalid_client", "the client is not known, has not proved itself, or may not call any more")
            }
            Self::Refused(GrantRefusal::Scope) => {
                (StatusCode::BAD_REQUEST, "invalid_scope", "scope names certificate types that the client has, with spaces between")
            }
            Self::Refused(GrantRefusal::Slow { .. }) => {
                (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "too many wrong attempts: see Retry-After")
            }
            Self::Refused(GrantRefusal::Unavailable) => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "no token can be granted now: try again")
            }
        };
        let mut response = (status, Json(json!({ "error": error, "error_description": description }))).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED && basic {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"zhengzhao\", charset=\"UTF-8\""));
        }
        if let Self::Refused(GrantRefusal::Slow { wait }) = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(rate_limits::seconds(wait)));
        }
        response
    }
}

/// The fields of a form that are looked at; each may stand there once.
#[derive(Default)]
struct Fields {
    grant_type: Option<String>,
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Zeroizing<String>>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<(GivenProof, Option<String>), Wrong> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM) {
        return Err(Wrong::Request("Content-Type is application/x-www-form-urlencoded"));
    }
    let fields = fields(body)?;
    match fields.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(Wrong::GrantType),
        None => return Err(Wrong::Request("grant_type is missing")),
    }
    let basic = headers.get(header::AUTHORIZATION).map(basic).transpose()?;
    let proof = match (basic, fields.client_secret, fields.client_assertion) {
        (Some((client, secret)), None, None) if fields.client_id.as_ref().is_none_or(|id| *id == client) => {
            GivenProof::Secret { client, secret }
        }
        (None, Some(secret), None) => {
            let client = fields.client_id.ok_or(Wrong::Request("client_id is missing"))?;
            GivenProof::Secret { client, secret }
        }
        (None, None, Some(assertion)) => {
            if fields.client_assertion_type.as_deref() != Some(ASSERTION) {
                return Err(Wrong::Request("client_assertion_type is urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
            }
            GivenProof::Assertion { client: fields.client_id, assertion }
        }
        (None, None, None) => return Err(Wrong::Refused(GrantRefusal::Client)),
        _ => return Err(Wrong::Request("a client proves itself in one way in a request")),
    };
    Ok((proof, fields.scope))
}

fn fields(body: &[u8]) -> Result<Fields, Wrong> {
    let text = str::from_utf8(body).map_err(|_| Wrong::Request("the body is no form"))?;
    let mut fields = Fields::default();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let mut value = decoded(value).ok_or(Wrong::Request("a value is not percent-encoded UTF-8"))?;
        // An empty parameter counts as left out (RFC 6749 3.2).
        if value.is_empty() {
            continue;
        }
        let field = match decoded(name).unwrap_or_default().as_str() {
            "grant_type" => &mut fields.grant_type,
            "scope" => &mut fields.scope,
            "client_id" => &mut fields.client_id,
            "client_secret" => {
                if fields.client_secret.replace(value).is_some() {
                    return Err(Wrong::Request("a parameter stands there twice"));
                }
                continue;
            }
            "client_assertion_type" => &mut fields.client_assertion_type,
            "client_assertion" => &mut fields.client_assertion,
            _ => continue,
        };
        if field.replace(std::mem::take(&mut *value)).is_some() {
            return Err(Wrong::Request("a parameter stands there twice"));
        }
    }
    Ok(fields)
}

/// Both halves are form-encoded before they are joined (RFC 6749 2.3.1).
fn basic(value: &HeaderValue) -> Result<(String, Zeroizing<String>), Wrong> {
    let wrong = || Wrong::Request("Authorization is Basic with client_id and client_secret");
    let (scheme, given) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(wrong());
    }
    let joined = Zeroizing::new(STANDARD.decode(given.trim()).map_err(|_| wrong())?);
    let (client, secret) = str::from_utf8(&joined).ok().and_then(|joined| joined.split_once(':')).ok_or_else(wrong)?;
    let client = decoded(client).ok_or_else(wrong)?;
    Ok((client.to_string(), decoded(secret).ok_or_else(wrong)?))
}

fn decoded(text: &str) -> Option<Zeroizing<String>> {
    let spaced = Zeroizing::new(text.replace('+', " "));
    percent_decode_str(&spaced).decode_utf8().ok().map(|text| Zeroizing::new(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(authorization: Option<&str>, body: &str) -> Result<(GivenProof, Option<String>), Wrong> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8"));
        if let Some(value) = authorization {
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        }
        read(&headers, body.as_bytes())
    }

    fn status(outcome: Result<(GivenProof, Option<String>), Wrong>) -> u16 {
        outcome.map_or_else(|wrong| wrong.response(false).status().as_u16(), |_| 200)
    }

    #[test]
    fn a_client_proves_itself_in_one_of_three_ways() {
        let basic = format!("Basic {}", STANDARD.encode("office%2D1:s%3Aecret"));
        let secret = |outcome: Result<(GivenProof, Option<String>), Wrong>| match outcome.ok() {
            Some((GivenProof::Secret { client, secret }, scope)) => (client, secret.to_string(), scope),
            _ => panic!("a secret was given"),
        };
        let by_header = secret(asked(Some(&basic), "grant_type=client_credentials&scope=A+B"));
        assert_eq!(by_header, ("office-1".into(), "s:ecret".into(), Some("A B".into())));
        let by_body = secret(asked(None, "grant_type=client_credentials&client_id=office-1&client_secret=x&scope="));
        assert_eq!(by_body, ("office-1".into(), "x".into(), None));
        let assertion = format!("client_assertion_type={}&client_assertion=a.b.c", ASSERTION.replace(':', "%3A"));
        assert_eq!(status(asked(None, &format!("grant_type=client_credentials&{assertion}"))), 200);
    }

    #[test]
    fn anything_else_is_refused() {
        let basic = format!("Basic {}", STANDARD.encode("a:b"));
        for (authorization, body, expected) in [
            (None, "grant_type=client_credentials", 401),
            (None, "", 400),
            (None, "grant_type=password&username=a&password=b", 400),
            (None, "grant_type=client_credentials&client_secret=x", 400),
            (None, "grant_type=client_credentials&client_id=a&client_id=b&client_secret=x", 400),
            (None, "grant_type=client_credentials&client_id=a&client_secret=x&client_secret=x", 400),
            (None, "grant_type=client_credentials&client_id=%ff&client_secret=x", 400),
            (None, "grant_type=client_credentials&client_assertion=a.b.c", 400),
            (Some(&*basic), "grant_type=client_credentials&client_secret=x", 400),
            (Some(&*basic), "grant_type=client_credentials&client_id=other", 400),
            (Some("Bearer x"), "grant_type=client_credentials", 400),
            (Some("Basic !"), "grant_type=client_credentials", 400),
        ] {
            assert_eq!(status(asked(authorization, body)), expected, "{body}");
        }
        assert_eq!(status(read(&HeaderMap::new(), b"grant_type=client_credentials")), 400, "no form");
    }
}
