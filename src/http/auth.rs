//! Bearer token → actor. Opaque tokens lie in the store as SM3 digests; access tokens are read and name a client in the store. Who was
//! looked up lately is known without it.

use std::sync::Arc;
use std::time::Instant;

use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use model::actor::{Actor, Granted, Role};

use super::error::Refusal;
use crate::administrators::{self, InSession, Looked};
use crate::clients::jws;
use crate::fresh::Tag;
use crate::holders::PREFIX;
use crate::hub::{Hub, Known};
use crate::limits::{Limit, Meter, Standing, admit};
use crate::store::StoreError;

/// Longest opaque token looked at.
const MAX_TOKEN: usize = 200;
/// About what a grant takes in memory, with what is worked out from it.
const GRANT: usize = 2048;

/// A caller that is let in, and how he stands at his limits.
pub(super) struct Admitted {
    pub actor: Arc<Actor>,
    pub standings: Vec<Standing>,
}

/// The actor of a call, as [`admitted`].
pub(super) async fn actor(hub: &Hub, headers: &HeaderMap) -> Result<Arc<Actor>, Refusal> {
    Ok(admitted(hub, headers).await?.actor)
}

/// The actor of a call: anonymous without a token; a token that is not good is refused, never taken for anonymous. Counted against the
/// limits of whoever calls, and refused beyond them.
pub(super) async fn admitted(hub: &Hub, headers: &HeaderMap) -> Result<Admitted, Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(Admitted { actor: Arc::new(Actor::anonymous()), standings: Vec::new() });
    };
    let known = known(hub, value).await?;
    if known.meters.is_empty() {
        return Ok(Admitted { actor: known.actor.clone(), standings: Vec::new() });
    }
    let standings = admit(&known.meters, Instant::now(), Utc::now());
    match standings.iter().find_map(|standing| standing.wait) {
        Some(wait) => Err(Refusal::limited(wait, standings)),
        None => Ok(Admitted { actor: known.actor.clone(), standings }),
    }
}

async fn known(hub: &Hub, value: &HeaderValue) -> Result<Arc<Known>, Refusal> {
    let wrong = || Refusal::new("UNAUTHENTICATED", "令牌无效、已过期或已停用 / the token is not known, expired or revoked");
    let text = value.to_str().map_err(|_| wrong())?;
    let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    // No opaque token has a dot, and no access token is without.
    let signed = token.is_some_and(|token| token.contains('.'));
    let longest = if signed { jws::MAX } else { MAX_TOKEN };
    let Some(token) = token.filter(|token| !token.is_empty() && token.len() <= longest) else {
        return Err(Refusal::new("UNAUTHENTICATED", "请求头应为 Authorization: Bearer <令牌> / send Authorization: Bearer <token>"));
    };
    let digest = verify::digest::sm3_hex(token.as_bytes());
    let now = Utc::now();
    if let Some(known) = hub.tokens.get(&digest, now) {
        return Ok(known);
    }
    if signed {
        return by_access_token(hub, token, digest, now).await?.ok_or_else(wrong);
    }
    if hub.refused.get(&digest, now).is_some() {
        return Err(wrong());
    }
    let stamp = hub.tokens.stamp();
    if token.starts_with(PREFIX) {
        let session = hub.holders.session(&digest, now).await.map_err(|error| unavailable(&error))?;
        let signed_in = session.ok_or_else(wrong)?;
        let tags = [Tag::token(&digest), Tag::token_name(&signed_in.vouched_by)];
        let known = Arc::new(Known { actor: Arc::new(signed_in.actor), meters: Vec::new() });
        if let Some(stamp) = stamp {
            hub.tokens.keep(digest.clone(), known.clone(), stamp, &tags, Some(signed_in.until), digest.len());
        }
        return Ok(known);
    }
    if token.starts_with(administrators::PREFIX) {
        return in_session(hub, digest, now).await;
    }
    let found = hub.store.token_and_limit(&digest).await.map_err(|error| unavailable(&error))?;
    let good = found.filter(|(row, _)| row.revoked_at.is_none() && row.expires_at.is_none_or(|end| now < end));
    let Some((row, limit)) = good else {
        if let Some(stamp) = stamp {
            hub.refused.keep(digest.clone(), (), stamp, &[Tag::token(&digest)], None, digest.len());
        }
        return Err(wrong());
    };
    let mut tags = vec![Tag::token(&digest), Tag::token_name(&row.name)];
    tags.extend(row.actor.person.as_ref().map(|person| Tag::administrator(&person.name)));
    let department = row.actor.department.as_ref().map(|department| (department.code.clone(), limit));
    tags.extend(department.iter().map(|(code, _)| Tag::department(code)));
    let meters = match row.actor.role {
        Role::Department | Role::Issuer | Role::Portal => {
            meters(hub, ("token", &row.name, Limit::default()), department.as_ref().map(|(code, limit)| (code.as_str(), *limit)))
        }
        Role::Anonymous | Role::Holder | Role::Agent | Role::Administrator => Vec::new(),
    };
    let (actor, until) = with_grants(hub, row.actor, &Granted::All, row.expires_at, &mut tags, now).await?;
    let known = Arc::new(Known { actor, meters });
    if let Some(stamp) = stamp {
        let weight = digest.len() + weight(&known.actor);
        hub.tokens.keep(digest, known.clone(), stamp, &tags, until, weight);
    }
    Ok(known)
}

/// Somebody in a session that he signed in to. Of one that is over he is told why.
async fn in_session(hub: &Hub, digest: String, now: DateTime<Utc>) -> Result<Arc<Known>, Refusal> {
    let stamp = hub.tokens.stamp();
    let looked = hub.administrators.session(&digest, now).await.map_err(|error| unavailable(&error))?;
    let InSession { actor, limit, until } = match looked {
        Looked::Good(session) => *session,
        Looked::Over(over) => return Err(Refusal::new("UNAUTHENTICATED", over.sentence())),
        Looked::Unknown => {
            return Err(Refusal::new("UNAUTHENTICATED", "没有这个会话，请重新登录 / there is no such session: sign in again"));
        }
    };
    let mut tags = vec![Tag::token(&digest), Tag::administrator(&actor.name)];
    let department = actor.department.as_ref().map(|department| department.code.clone());
    tags.extend(department.iter().map(|code| Tag::department(code)));
    let meters = match actor.role {
        Role::Administrator => Vec::new(),
        _ => meters(hub, ("person", &actor.name, Limit::default()), department.as_ref().map(|code| (code.as_str(), limit))),
    };
    let (actor, until) = with_grants(hub, actor, &Granted::All, Some(until), &mut tags, now).await?;
    let known = Arc::new(Known { actor, meters });
    if let Some(stamp) = stamp {
        let weight = digest.len() + weight(&known.actor);
        hub.tokens.keep(digest, known.clone(), stamp, &tags, until, weight);
    }
    Ok(known)
}

/// Whoever calls with an access token. One that is not good is not remembered: to read it costs less than to keep it.
async fn by_access_token(hub: &Hub, token: &str, digest: String, now: DateTime<Utc>) -> Result<Option<Arc<Known>>, Refusal> {
    let stamp = hub.tokens.stamp();
    let Some(found) = hub.clients.recognise(token, now).await.map_err(|error| unavailable(&error))? else { return Ok(None) };
    let meters = meters(hub, ("client", &found.client, found.limit), Some((&found.department, found.department_limit)));
    let mut tags = vec![Tag::client(&found.client), Tag::department(&found.department)];
    let (actor, until) = with_grants(hub, found.actor, &found.within, Some(found.until), &mut tags, now).await?;
    let known = Arc::new(Known { actor, meters });
    if let Some(stamp) = stamp {
        let weight = digest.len() + weight(&known.actor);
        hub.tokens.keep(digest, known.clone(), stamp, &tags, until, weight);
    }
    Ok(Some(known))
}

/// An actor with what grants to its department allow of the types `within`, and until when that holds.
async fn with_grants(
    hub: &Hub,
    mut actor: Actor,
    within: &Granted,
    until: Option<DateTime<Utc>>,
    tags: &mut Vec<Tag>,
    now: DateTime<Utc>,
) -> Result<(Arc<Actor>, Option<DateTime<Utc>>), Refusal> {
    let Some(department) = actor.department.as_ref().filter(|_| actor.role == Role::Department) else {
        return Ok((Arc::new(actor), until));
    };
    tags.push(Tag::grants(&department.code));
    let matters = hub.granting.matters(department, &actor.types, within, now).await.map_err(|error| unavailable(&error))?;
    // What is worked out for a day holds until a grant ends.
    let until = [until, matters.until().and_then(end_of)].into_iter().flatten().min();
    actor.matters = matters.any().is_some().then(|| Arc::new(matters));
    Ok((Arc::new(actor), until))
}

/// What counts the requests of a client or token, and those of its department.
fn meters(hub: &Hub, (kind, name, limit): (&'static str, &str, Limit), department: Option<(&str, Limit)>) -> Vec<Arc<Meter>> {
    let defaults = &hub.settings.callers;
    let own = hub.meters.of(kind, name, limit.or(defaults.client));
    let together = department.and_then(|(code, limit)| hub.meters.of("department", code, limit.or(defaults.department)));
    own.into_iter().chain(together).collect()
}

fn unavailable(error: &StoreError) -> Refusal {
    tracing::error!(%error, "token look-up failed");
    Refusal::new("UNAVAILABLE", "暂时无法核对令牌，请稍后重试 / the token cannot be checked now: try again")
}

/// Bytes of an actor's rights.
fn weight(actor: &Actor) -> usize {
    let grants = actor.matters.as_ref().map_or(0, |matters| matters.grants().len() * GRANT);
    granted(&actor.types) + granted(&actor.authorities) + grants
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
