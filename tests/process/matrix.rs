//! The matrix of `verify` once more through the command line: the same files, the same folder of trust, the same time, the same answers.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::command;

#[test]
fn the_command_line_answers_as_the_matrix_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verify/tests/matrix");
    let told: Json = serde_json::from_slice(&std::fs::read(folder.join("outcomes.json")).unwrap()).unwrap();
    let (trust, at) = (folder.join("trust"), told["at"].as_str().unwrap());
    for one in told["outcomes"].as_array().unwrap() {
        let file = folder.join(one["file"].as_str().unwrap());
        let done = command(&["verify", file.to_str().unwrap(), "--trust", trust.to_str().unwrap(), "--at", at, "--format", "json"]);
        let report: Json = serde_json::from_slice(&done.stdout).unwrap();
        let reasons: Vec<&Json> = report["reasons"].as_array().unwrap().iter().map(|reason| &reason["code"]).collect();
        for member in ["result", "genuine", "gbResult", "gbFileResult"] {
            assert_eq!(report[member], one[member], "{member} of {one}");
        }
        assert_eq!(json!(reasons), one["reasons"], "{one}");
        let code = match one["result"].as_str().unwrap() {
            "PASSED" => 0,
            "FAILED" => 1,
            _ => 2,
        };
        assert_eq!(done.status.code(), Some(code), "{one}");
    }
}
