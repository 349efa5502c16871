//! Bearer token → actor. Tokens lie in the store as SM3 digests; who was looked up lately is known without it.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use chrono::Utc;
use model::actor::{Actor, Granted};

use super::error::Refusal;
use crate::fresh::Tag;
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
    let now = Utc::now();
    if let Some(actor) = hub.tokens.get(&digest, now) {
        return Ok(actor);
    }
    if hub.refused.get(&digest, now).is_some() {
        return Err(wrong());
    }
    let stamp = hub.tokens.stamp();
    let found = hub.store.token(&digest).await.map_err(|error| {
        tracing::error!(%error, "token look-up failed");
        Refusal::new("UNAVAILABLE", "暂时无法核对令牌，请稍后重试 / the token cannot be checked now: try again")
    })?;
    let good = found.filter(|row| row.revoked_at.is_none() && row.expires_at.is_none_or(|end| now < end));
    let Some(row) = good else {
        if let Some(stamp) = stamp {
            hub.refused.keep(digest.clone(), (), stamp, &[Tag::token(&digest)], None, digest.len());
        }
        return Err(wrong());
    };
    let actor = Arc::new(row.actor);
    if let Some(stamp) = stamp {
        let tags = [Tag::token(&digest), Tag::token_name(&row.name)];
        let weight = digest.len() + granted(&actor.types) + granted(&actor.authorities);
        hub.tokens.keep(digest, actor.clone(), stamp, &tags, row.expires_at, weight);
    }
    Ok(actor)
}

/// Bytes of a list of rights.
fn granted(granted: &Granted) -> usize {
    match granted {
        Granted::All => 0,
        Granted::Only(names) => names.iter().map(|name| name.len() + size_of::<String>()).sum(),
    }
}
