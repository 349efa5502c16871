//! One question: a file or the text of a code, what is trusted, and the time.

use base64ct::{Base64, Encoding as _};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use verify::revocation::Revocations;
use verify::{Lang, NotReadable, Policy, Trust, verify_bytes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The file, Base64.
    content: String,
    /// Roots, DER in Base64.
    anchors: Vec<String>,
    /// Chains of the signers whom codes name by their key: DER in Base64, signer first.
    #[serde(default)]
    signers: Vec<Vec<String>>,
    /// Lists of revoked certificates (CRL), DER in Base64.
    #[serde(default)]
    revocations: Vec<String>,
    /// The time to verify for: a browser's clock, since nothing here has one.
    at: DateTime<Utc>,
    /// `zh` or `en`.
    lang: String,
}

/// `{"report": …}`, or `{"unreadable": "<a sentence>"}` for bytes that are no certificate, or `{"fault": "<a sentence>"}` for a question
/// that is none.
pub(crate) fn answer(request: &[u8]) -> String {
    match serde_json::from_slice::<Question>(request).map_err(|error| error.to_string()).and_then(|question| question.asked()) {
        Ok(answer) => answer,
        Err(fault) => json!({ "fault": fault }),
    }
    .to_string()
}

impl Question {
    fn asked(&self) -> Result<Value, String> {
        let lang = if self.lang == "en" { Lang::En } else { Lang::Zh };
        let content = bytes("content", &self.content)?;
        let report = verify_bytes(&content, &self.trust()?, &Policy::default(), self.at);
        Ok(match report {
            Ok(report) => json!({ "report": report.in_words(lang) }),
            Err(fault) => json!({ "unreadable": fault.message(lang), "kind": kind(&fault) }),
        })
    }

    fn trust(&self) -> Result<Trust, String> {
        let anchors: Vec<_> = self.anchors.iter().map(|anchor| bytes("anchors", anchor)).collect::<Result<_, _>>()?;
        let trust = Trust::from_der(&anchors).map_err(|error| format!("anchors: {error}"))?;
        let chain = |chain: &Vec<String>| chain.iter().map(|der| bytes("signers", der)).collect();
        let signers: Vec<Vec<Vec<u8>>> = self.signers.iter().map(chain).collect::<Result<_, String>>()?;
        let lists: Vec<_> = self.revocations.iter().map(|list| bytes("revocations", list)).collect::<Result<_, _>>()?;
        Ok(trust.with_signers(signers).with_revocations(Revocations::read::<Vec<u8>>(&lists, &[])))
    }
}

fn kind(fault: &NotReadable) -> &'static str {
    match fault {
        NotReadable::Document(_) => "document",
        NotReadable::Envelope(_) | NotReadable::Message(_) => "data",
        NotReadable::Code(_) => "code",
        NotReadable::UnknownKind => "unknown",
    }
}

fn bytes(member: &str, base64: &str) -> Result<Vec<u8>, String> {
    Base64::decode_vec(base64).map_err(|error| format!("{member} is no Base64: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn asked(question: &Value) -> Value {
        serde_json::from_str(&answer(question.to_string().as_bytes())).unwrap()
    }

    fn question(content: &[u8]) -> Value {
        json!({ "content": Base64::encode_string(content), "anchors": [], "at": "2026-06-01T00:00:00Z", "lang": "en" })
    }

    #[test]
    fn what_is_no_question_names_its_fault() {
        assert!(answer(b"{").contains("fault"));
        assert!(asked(&json!({}))["fault"].as_str().unwrap().contains("content"));
        let mut wrong = question(b"{}");
        wrong["anchors"] = json!(["AAAA"]);
        assert!(asked(&wrong)["fault"].as_str().unwrap().starts_with("anchors:"));
        wrong["anchors"] = json!(["%"]);
        assert!(asked(&wrong)["fault"].as_str().unwrap().contains("no Base64"));
    }

    #[test]
    fn bytes_of_no_certificate_are_unreadable_and_a_link_is_a_report() {
        assert_eq!(asked(&question(b"GIF89a"))["kind"], "unknown");
        assert_eq!(asked(&question(b"{}"))["kind"], "data");
        let link = "HTTPS://HUB.EXAMPLE/VERIFY/1.2.156.3005.2.11100000000013338W011.11990000000000GX2C.20260000001.001.P";
        assert_eq!(asked(&question(link.as_bytes()))["report"]["result"], "INDETERMINATE");
    }
}
