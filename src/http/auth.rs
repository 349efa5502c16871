//! Bearer token → actor. Tokens lie in the store as SM3 digests.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use chrono::Utc;
use model::actor::Actor;

use super::error::Refusal;
use crate::hub::Hub;

/// Longest token looked at.
const MAX_TOKEN: usize = 200;

/// The actor of a call: anonymous without a token; a token that is not good is refused, never taken for anonymous.
pub(super) async fn actor(hub: &Hub, headers: &HeaderMap) -> Result<Arc<Actor>, Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(Arc::new(Actor::anonymous())) };
    let wrong = || Refusal::new("UNAUTHENTICATED", "令牌无效、已过期或已停用 / the token is not known, expired or revoked");
    let text = value.to_str().map_err(|_| wrong())?;
    let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let Some(token) = token.filter(|token| !token.is_empty() && token.len() <= MAX_TOKEN) else {
        return Err(Refusal::new("UNAUTHENTICATED", "请求头应为 Authorization: Bearer <令牌> / send Authorization: Bearer <token>"));
    };
    let digest = verify::digest::sm3_hex(token.as_bytes());
    let found = hub.store.token(&digest).await.map_err(|error| {
        tracing::error!(%error, "token look-up failed");
        Refusal::new("UNAVAILABLE", "暂时无法核对令牌，请稍后重试 / the token cannot be checked now: try again")
    })?;
    let now = Utc::now();
    let good = found.filter(|row| row.revoked_at.is_none() && row.expires_at.is_none_or(|end| now < end));
    good.map(|row| Arc::new(row.actor)).ok_or_else(wrong)
}
