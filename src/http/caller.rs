//! Purpose and language of a call.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use chrono::Utc;
use model::actor::{Actor, Caller, Purpose};
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;
use verify::messages::Lang;

use super::error::Refusal;
use crate::audit::{Entry, Kind, Outcome};
use crate::hub::Hub;

const PURPOSE: &str = "x-purpose";

/// The purpose: `extensions.purpose` of a GraphQL request, else the header `X-Purpose` (percent-encoded JSON).
pub(super) fn purpose(headers: &HeaderMap, extensions: Option<&Json>) -> Result<Option<Purpose>, Refusal> {
    if let Some(given) = extensions.and_then(|extensions| extensions.get("purpose")).filter(|given| !given.is_null()) {
        return read(given.clone(), "extensions.purpose").map(Some);
    }
    let Some(value) = headers.get(PURPOSE) else { return Ok(None) };
    let wrong = |detail: &str| Refusal::new("INVALID_INPUT", format!("X-Purpose: {detail}"));
    let text = value.to_str().map_err(|_| wrong("percent-encode the JSON (encodeURIComponent) / 请对 JSON 做百分号编码"))?;
    let text = percent_decode_str(text).decode_utf8().map_err(|_| wrong("not UTF-8 / 不是 UTF-8"))?;
    let given = serde_json::from_str(&text).map_err(|error| {
        wrong(&format!("not percent-encoded JSON such as %7B%22useFor%22%3A%22…%22%7D ({error}) / 须为百分号编码的 JSON"))
    })?;
    read(given, "X-Purpose").map(Some)
}

fn read(given: Json, place: &str) -> Result<Purpose, Refusal> {
    let purpose: Purpose = serde_json::from_value(given).map_err(|error| {
        Refusal::new(
            "INVALID_INPUT",
            format!("{place}: {error}; expected {{\"useFor\", \"itemCode\", \"itemName\", \"businessCode\", \"operator\", \"consent\"}}"),
        )
    })?;
    purpose.check().map_err(|sentence| Refusal::new("INVALID_INPUT", sentence))?;
    Ok(purpose)
}

/// The call itself. A use code in the purpose is spent by it, and its rights are what the holder consented to.
pub(super) async fn of(hub: &Hub, actor: Arc<Actor>, purpose: Option<Purpose>, lang: Lang) -> Result<Caller, Refusal> {
    match purpose {
        Some(purpose) if purpose.consent.is_some() => {
            let now = Utc::now();
            match hub.holders.with_code(&actor, purpose.clone(), now).await {
                Ok(caller) => Ok(caller),
                Err(error) => {
                    // Whoever tries codes is seen; the code itself is not written down.
                    let tried = Caller { actor, purpose: Some(Purpose { consent: None, ..purpose }) };
                    hub.audit.accompany(vec![Entry::new(&tried, Kind::Refuse, now).ended(Outcome::Refused)]).await;
                    Err(Refusal::new(error.code().unwrap_or("UNAVAILABLE"), error.message(lang)))
                }
            }
        }
        purpose => Ok(Caller::new(actor, purpose)),
    }
}

/// Chinese unless English is preferred.
pub(super) fn lang(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0.0, Lang::Zh);
    for entry in accepted.split(',') {
        let mut parts = entry.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, lang);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str) -> Lang {
        let mut headers = HeaderMap::new();
        if let Ok(value) = value.parse() {
            headers.insert(header::ACCEPT_LANGUAGE, value);
        }
        lang(&headers)
    }

    #[test]
    fn the_preferred_of_the_two_languages_counts() {
        assert_eq!(asked("en"), Lang::En);
        assert_eq!(asked("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(asked("fr, en-GB;q=0.7, zh;q=0.2"), Lang::En);
        assert_eq!(asked("fr"), Lang::Zh);
        assert_eq!(asked("en;q=x"), Lang::En);
    }
}
