//! Headers that every answer carries, CORS, and what of a request is logged.

use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// No other host, no frame, no inline script: a forged page cannot hide in ours. WebAssembly verifies without the hub.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The same policy for a page that pages of these origins may frame.
pub(super) fn framed_by(origins: &[String]) -> String {
    let whom = if origins.is_empty() { "'none'".to_owned() } else { origins.join(" ") };
    POLICY.replace("frame-ancestors 'none'", &format!("frame-ancestors {whom}"))
}

/// How long a browser asks this host by TLS only: two years, as the lists of browsers want.
const BY_TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// `by_tls`: the address that the world knows begins with https.
pub(super) fn secured(mut response: Response, by_tls: bool) -> Response {
    let headers = response.headers_mut();
    // The older header knows no list of origins: beside a policy of its own it would forbid what that allows.
    let own_policy = headers.contains_key(header::CONTENT_SECURITY_POLICY);
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        if own_policy && name == header::X_FRAME_OPTIONS {
            continue;
        }
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if by_tls {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(BY_TLS_ONLY);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Pages of these origins may call the API without a token (verification, catalogue). No credentials are ever allowed across
/// origins: `Authorization` is not among the headers.
pub(super) fn cors(origins: &[String]) -> CorsLayer {
    let origin = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new().allow_origin(origin).allow_methods([Method::GET, Method::POST]).allow_headers([
        header::CONTENT_TYPE,
        header::ACCEPT,
        header::ACCEPT_LANGUAGE,
        HeaderName::from_static("x-purpose"),
    ])
}

/// Method and path without the query: a query may carry a document with personal values.
pub(super) fn span(request: &axum::http::Request<axum::body::Body>) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = %masked(request.uri().path()))
}

/// Only what this hub itself calls so is logged: anything else in a path may be what somebody typed, a citizen number say.
fn masked(path: &str) -> &str {
    const OURS: [&str; 19] = [
        "/",
        "/oauth/token",
        "/.well-known/jwks.json",
        "/.well-known/oauth-authorization-server",
        "/.well-known/zhengzhao.json",
        "/share/v1/verifyFile",
        "/share/v1/verifyCertInfo",
        "/graphql",
        "/graphql/schema.graphql",
        "/graphiql",
        "/console",
        "/holder",
        "/widget/",
        "/widget/frame",
        "/widget/certificate-verify.js",
        "/docs",
        "/healthz",
        "/readyz",
        "/demo.json",
    ];
    let rest = ["/verify/", "/certificates/"].iter().find_map(|prefix| path.strip_prefix(prefix).map(|rest| (*prefix, rest)));
    let identifier = |rest: &str| verify::identifier::Identifier::parse(without_suffix(rest)).is_ok();
    match rest {
        Some((_, rest)) if identifier(rest) => path,
        Some((prefix, _)) => prefix,
        None if OURS.contains(&path)
            || path.starts_with("/assets/")
            || path.starts_with("/widget/v1/")
            || path.starts_with("/docs/types/")
            || path.starts_with("/docs/interfaces/") =>
        {
            path
        }
        None => "…",
    }
}

/// The identifier of a file's name.
fn without_suffix(file: &str) -> &str {
    [".json", ".pdf", ".ofd"].iter().find_map(|suffix| file.strip_suffix(suffix)).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::{framed_by, masked};

    #[test]
    fn only_pages_of_the_configured_origins_may_frame_the_element() {
        assert!(framed_by(&[]).contains("frame-ancestors 'none';"));
        let two = framed_by(&["https://a.example".to_owned(), "https://b.example".to_owned()]);
        assert!(two.contains("frame-ancestors https://a.example https://b.example;"), "{two}");
    }

    #[test]
    fn what_somebody_typed_into_a_path_is_not_logged() {
        for typed in ["/certificates/990000190001010016.json", "/holder/990000190001010016", "/verify/990000190001010016"] {
            assert!(!masked(typed).contains("9900"), "{typed}");
        }
        let identifier = "/certificates/1.2.156.3005.2.11100000000013338W011.11990000000000GX2C.20260000001.001.P.json";
        assert_eq!(masked(identifier), identifier);
        assert_eq!(masked("/graphql"), "/graphql");
        assert_eq!(masked("/holder"), "/holder");
    }
}
