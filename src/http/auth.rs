//! Bearer token → actor. Tokens lie in the store as SM3 digests; who was looked up lately is known without it.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use model::actor::{Actor, Granted, Role};

use super::error::Refusal;
use crate::fresh::Tag;
use crate::holders::PREFIX;
use crate::hub::Hub;
use crate::store::StoreError;

/// Longest token looked at.
const MAX_TOKEN: usize = 200;
/// About what a grant takes in memory, with what is worked out from it.
const GRANT: usize = 2048;

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
    if token.starts_with(PREFIX) {
        let session = hub.holders.session(&digest, now).await.map_err(|error| unavailable(&error))?;
        let (actor, until) = session.ok_or_else(wrong)?;
        let actor = Arc::new(actor);
        if let Some(stamp) = stamp {
            hub.tokens.keep(digest.clone(), actor.clone(), stamp, &[Tag::token(&digest)], Some(until), digest.len());
        }
        return Ok(actor);
    }
    let found = hub.store.token(&digest).await.map_err(|error| unavailable(&error))?;
    let good = found.filter(|row| row.revoked_at.is_none() && row.expires_at.is_none_or(|end| now < end));
    let Some(row) = good else {
        if let Some(stamp) = stamp {
            hub.refused.keep(digest.clone(), (), stamp, &[Tag::token(&digest)], None, digest.len());
        }
        return Err(wrong());
    };
    let mut actor = row.actor;
    let mut tags = vec![Tag::token(&digest), Tag::token_name(&row.name)];
    let mut until = row.expires_at;
    if let Some(department) = actor.department.as_ref().filter(|_| actor.role == Role::Department) {
        tags.push(Tag::grants(&department.code));
        let matters = hub.granting.matters(department, &actor.types, now).await.map_err(|error| unavailable(&error))?;
        // What is worked out for a day holds until a grant ends.
        until = [until, matters.until().and_then(end_of)].into_iter().flatten().min();
        actor.matters = matters.any().is_some().then(|| Arc::new(matters));
    }
    let actor = Arc::new(actor);
    if let Some(stamp) = stamp {
        let grants = actor.matters.as_ref().map_or(0, |matters| matters.grants().len() * GRANT);
        let weight = digest.len() + granted(&actor.types) + granted(&actor.authorities) + grants;
        hub.tokens.keep(digest, actor.clone(), stamp, &tags, until, weight);
    }
    Ok(actor)
}

fn unavailable(error: &StoreError) -> Refusal {
    tracing::error!(%error, "token look-up failed");
    Refusal::new("UNAVAILABLE", "暂时无法核对令牌，请稍后重试 / the token cannot be checked now: try again")
}

/// The end of a day in Asia/Shanghai.
fn end_of(day: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = day.succ_opt()?.and_time(NaiveTime::MIN).and_utc();
    midnight.checked_sub_signed(TimeDelta::hours(8))
}

/// Bytes of a list of rights.
fn granted(granted: &Granted) -> usize {
    match granted {
        Granted::All => 0,
        Granted::Only(names) => names.iter().map(|name| name.len() + size_of::<String>()).sum(),
    }
}
