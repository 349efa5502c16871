//! The matrix of `verify` (case × form → outcome and reasons), asked through GraphQL and `/share/v1/verifyFile`: each file gets the answer
//! that the command line gives at the same moment. That the command line answers as the matrix says is `process::matrix`.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use zhengzhao::hub::HubSettings;

use crate::process::command;
use crate::support::hub::{TestHub, settings};

const ASK: &str = "query($content: Base64!) { verifyFile(content: $content) { result genuine gbResult gbFileResult reasons { code } } }";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verify/tests/matrix")
}

/// What all ways of asking tell, in one shape.
fn told(report: &Json) -> Json {
    let codes: Vec<_> = report["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].clone()).collect();
    json!([report["result"], report["genuine"], report["gbResult"], report["gbFileResult"], codes])
}

fn by_command(file: &str, at: &str) -> Json {
    let (folder, file) = (folder().join("trust"), folder().join(file));
    let said = command(&["verify", file.to_str().unwrap(), "--trust", folder.to_str().unwrap(), "--at", at, "--format", "json"]);
    let report: Json = serde_json::from_slice(&said.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&said.stderr)));
    told(&report)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_asking_gives_one_answer() {
    let matrix: Json = serde_json::from_slice(&std::fs::read(folder().join("outcomes.json")).unwrap()).unwrap();
    let outcomes = matrix["outcomes"].as_array().unwrap();
    assert!(outcomes.len() > 50, "{}", outcomes.len());
    let place = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", place.path().join("hub.db").display());
    let hub = TestHub::with(HubSettings { trust: folder().join("trust"), ..settings(&url) }).await;
    for outcome in outcomes {
        let file = outcome["file"].as_str().unwrap();
        let content = STANDARD.encode(std::fs::read(folder().join(file)).unwrap());
        let graphql = hub.data("", ASK, json!({ "content": content })).await;
        let message = json!({ "data": { "content": content, "contentType": "base64" } });
        let request = Request::post("/share/v1/verifyFile").header("content-type", "application/json");
        let (_, shared) = hub.http(request.body(Body::from(message.to_string())).unwrap()).await;
        let shared: Json = serde_json::from_slice(&shared).unwrap();
        assert_eq!(shared["head"]["status"], 0, "{file}: {shared}");
        let now = by_command(file, &chrono::Utc::now().to_rfc3339());
        // A code names a certificate that this hub does not know: what it says by itself is all there is, on all three ways.
        assert_eq!(told(&graphql["verifyFile"]), now, "{file} by GraphQL");
        assert_eq!(told(&shared["data"]["report"]), now, "{file} by /share/v1");
    }
}
