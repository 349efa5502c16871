//! The matrix: what may be the case with a certificate × the forms it comes in → outcome and reasons, for people
//! (`tests/matrix/outcomes.md`), for other tests (`outcomes.json`), and every artefact as a file with the one trust folder and the one
//! time that they are all judged by; `parts` has what is inside of some, for fuzzing. `MATRIX=write cargo test -p verify matrix` writes them anew, byte for byte the same.

mod forms;
mod people;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde_json::json;
use verify::{
    CertificateStatus::{self, Revoked, Superseded, Suspended},
    Envelope, Policy, Report,
    report::VerificationResult,
    verify_bytes,
};

use self::{
    forms::{Made, make},
    people::People,
};
use crate::{assert_in_words, authority::*, revocation::time};

const FORMS: [&str; 4] = ["pdf", "ofd", "json", "qr"];

/// One row: who signed when, what is proven of the time, and what was done to it.
#[derive(Clone)]
struct Row {
    name: &'static str,
    who: fn(&People) -> &World,
    signed_at: DateTime<Utc>,
    /// Whether something proves that it was signed then.
    proven: bool,
    events: &'static [(&'static str, CertificateStatus)],
    valid_to: &'static str,
    copy_until: Option<&'static str>,
    twist: Twist,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Twist {
    None,
    Altered,
    Foreign,
}

impl Row {
    const fn usual(name: &'static str, signed_at: DateTime<Utc>) -> Self {
        Self {
            name,
            who: |people| &people.good,
            signed_at,
            proven: false,
            events: &[],
            valid_to: "2028-12-31",
            copy_until: None,
            twist: Twist::None,
        }
    }
}

fn rows() -> Vec<Row> {
    let january = time("2026-01-02");
    let december = time("2025-12-15");
    let usual = |name| Row::usual(name, january);
    vec![
        usual("valid"),
        Row { twist: Twist::Altered, ..usual("altered") },
        Row { who: |people| &people.stranger, ..usual("wrong-signer") },
        Row { who: |people| &people.expired, proven: true, signed_at: december, ..usual("expired-signer-proven") },
        Row { who: |people| &people.expired, signed_at: december, ..usual("expired-signer") },
        Row { who: |people| &people.revoked_early, ..usual("signer-revoked-before") },
        Row { who: |people| &people.revoked_late, proven: true, ..usual("signer-revoked-after-proven") },
        Row { who: |people| &people.revoked_late, ..usual("signer-revoked-after") },
        Row { who: |people| &people.without_list, ..usual("no-list") },
        Row { events: &[("suspend", Suspended)], ..usual("suspended") },
        Row { events: &[("revoke", Revoked)], ..usual("revoked") },
        Row { valid_to: "2026-03-31", ..usual("expired") },
        Row { events: &[("renew", Superseded)], ..usual("superseded") },
        Row { copy_until: Some("2026-12-31"), ..usual("copy") },
        Row { copy_until: Some("2026-03-31"), ..usual("copy-lapsed") },
        Row { twist: Twist::Foreign, ..usual("foreign") },
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix")
}

fn outcome(report: &Report) -> String {
    let result = match report.result {
        VerificationResult::Passed => "PASSED",
        VerificationResult::Failed => "FAILED",
        VerificationResult::Indeterminate => "INDETERMINATE",
    };
    let genuine = match report.genuine {
        Some(true) => "genuine",
        Some(false) => "not genuine",
        None => "genuine or not",
    };
    let mut codes: Vec<&str> = Vec::new();
    for reason in &report.reasons {
        if !codes.contains(&reason.code) {
            codes.push(reason.code);
        }
    }
    let codes: String = codes.iter().map(|code| format!("<br>`{code}`")).collect();
    format!("{result}, {genuine}{codes}")
}

#[test]
fn the_matrix_is_as_written() {
    let people = People::new();
    let mut files: BTreeMap<String, Vec<u8>> = people.trust_files();
    let mut table = format!(
        "# What is the case × the form it comes in\n\nMade by the tests of `verify`; `MATRIX=write cargo test -p verify matrix` writes it anew. All is judged by the folder `trust` \
         beside this page at {}, offline; the files are in `cases`.\n\n| case | PDF | OFD | JSON | QR |\n| --- | --- | --- | --- | --- |\n",
        now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    );
    let mut told = Vec::new();
    for row in rows() {
        table.push_str(&format!("| {} |", row.name));
        for form in FORMS {
            let Made::Bytes(bytes) = make(&people, &row, form) else {
                table.push_str(" – |");
                continue;
            };
            let report = verify_bytes(&bytes, &people.trust(), &Policy::default(), now()).unwrap();
            assert_in_words(&report);
            table.push_str(&format!(" {} |", outcome(&report)));
            let ending = if form == "qr" { "txt" } else { form };
            let file = format!("cases/{}.{ending}", row.name);
            let codes: Vec<&str> = report.reasons.iter().map(|reason| reason.code).collect();
            told.push(json!({
                "case": row.name, "form": form, "file": file, "result": report.result, "genuine": report.genuine,
                "gbResult": report.gb_result, "gbFileResult": report.gb_file_result, "reasons": codes,
            }));
            files.insert(file, bytes);
        }
        table.push('\n');
    }
    files.extend(forms::parts(&people, &rows()));
    files.insert("outcomes.md".to_owned(), table.into_bytes());
    let told = json!({"at": now(), "trust": "trust", "outcomes": told});
    files.insert("outcomes.json".to_owned(), format!("{told:#}\n").into_bytes());
    if std::env::var_os("MATRIX").is_some() {
        let _ = fs::remove_dir_all(folder());
        for (name, bytes) in &files {
            let path = folder().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        return;
    }
    for (name, bytes) in &files {
        let written = fs::read(folder().join(name)).unwrap_or_default();
        assert!(written == *bytes, "{name} is not what is written: MATRIX=write writes it anew\n{}", String::from_utf8_lossy(bytes));
    }
}

/// What must never happen, whatever the page says.
#[test]
fn only_what_is_right_passes() {
    let outcomes: serde_json::Value = serde_json::from_slice(&fs::read(folder().join("outcomes.json")).unwrap()).unwrap();
    let right = ["valid", "expired-signer-proven", "signer-revoked-after-proven", "copy"];
    let unknowable = ["expired-signer", "signer-revoked-after", "no-list", "foreign"];
    for one in outcomes["outcomes"].as_array().unwrap() {
        let (case, form) = (one["case"].as_str().unwrap(), one["form"].as_str().unwrap());
        let expected = match case {
            _ if right.contains(&case) => "PASSED",
            _ if unknowable.contains(&case) => "INDETERMINATE",
            // A printed code does not know what became of its certificate.
            "suspended" | "revoked" | "superseded" if form == "qr" => "INDETERMINATE",
            _ => "FAILED",
        };
        assert_eq!(one["result"], expected, "{one}");
        assert!(expected == "PASSED" || !one["reasons"].as_array().unwrap().is_empty(), "{one}");
    }
}

/// The certificate of a row, as data.
fn envelope(people: &People, row: &Row) -> Envelope {
    let world = (row.who)(people);
    let issued_on = (row.signed_at - chrono::TimeDelta::days(1)).date_naive();
    let stated = verify::statement::Statement { issued_on, valid_to: row.valid_to.parse().ok(), ..statement("20260000001") };
    let mut envelope = world.envelope(&stated, row.events);
    envelope.as_of = Some(world.as_of(&envelope, &stated, if row.events.is_empty() { row.signed_at } else { now() }));
    envelope.copy = row.copy_until.map(|until| people::copy(world, &envelope, &stated, until));
    envelope
}
