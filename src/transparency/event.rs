//! An access event as the log commits to it.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};
use verify::canonical::canonical_text;

use crate::store::commands::AccessEvent;

/// Form of the text.
const VERSION: u32 = 1;

/// The event's one text, RFC 8785: everything of the row but its number and its salt. What it was for stands as it was said.
///
/// ```json
/// {"actor":"…","at":"2026-11-23T00:00:00.000000Z","count":1,"id":"…","kind":"query","outcome":"ok","purpose":"{…}","role":"department","typeName":"…","v":1,"versionId":"…"}
/// ```
///
/// # Errors
/// None for any event of this program; told where one is not canonical.
pub fn text_of(event: &AccessEvent) -> Result<String, String> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    put("actor", json!(event.actor));
    put("at", json!(event.at.to_rfc3339_opts(SecondsFormat::Micros, true)));
    put("count", json!(event.count));
    put("id", json!(event.id));
    put("kind", json!(event.kind));
    put("outcome", json!(event.outcome));
    put("role", json!(event.role));
    put("v", json!(VERSION));
    if let Some(purpose) = &event.purpose {
        put("purpose", json!(purpose));
    }
    if let Some(name) = &event.type_name {
        put("typeName", json!(name));
    }
    if let Some(id) = &event.version_id {
        put("versionId", json!(id));
    }
    if let Some(rules) = &event.rules {
        put("rules", json!(rules));
    }
    if let Some(digest) = &event.wrote {
        put("wrote", json!(digest));
    }
    canonical_text(&Value::Object(members)).map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_altered_alters_the_text() {
        let event = AccessEvent {
            id: uuid::Uuid::nil(),
            at: "2026-11-23T00:00:00.000001Z".parse().unwrap(),
            actor: "窗口".into(),
            role: "department".into(),
            kind: "query".into(),
            type_name: Some("SafetyOfficerCertificate".into()),
            version_id: None,
            purpose: Some(r#"{"useFor":"资质审查"}"#.into()),
            outcome: "ok".into(),
            count: 1,
            wrote: None,
            rules: None,
            salt: None,
        };
        let text = text_of(&event).unwrap();
        assert!(text.starts_with(r#"{"actor":"窗口","at":"2026-11-23T00:00:00.000001Z","count":1,"id":"0000"#), "{text}");
        let altered = [
            AccessEvent { actor: "别人".into(), ..event.clone() },
            AccessEvent { at: event.at + chrono::Duration::microseconds(1), ..event.clone() },
            AccessEvent { count: 2, ..event.clone() },
            AccessEvent { kind: "download".into(), ..event.clone() },
            AccessEvent { outcome: "refused".into(), ..event.clone() },
            AccessEvent { purpose: None, ..event.clone() },
            AccessEvent { role: "issuer".into(), ..event.clone() },
            AccessEvent { type_name: None, ..event.clone() },
            AccessEvent { version_id: Some(uuid::Uuid::nil()), ..event.clone() },
            AccessEvent { id: uuid::Uuid::max(), ..event.clone() },
            AccessEvent { rules: Some("a".into()), ..event.clone() },
            AccessEvent { wrote: Some("0".repeat(64)), ..event.clone() },
        ];
        for other in &altered {
            assert_ne!(text_of(other).unwrap(), text, "{other:?}");
        }
    }
}
