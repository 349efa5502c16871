//! W6: one certificate issued. W7: five hundred in one request.

use std::sync::Arc;

use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

use super::fresh::Fresh;
use super::{Call, Key, Post, Workload, equal};
use crate::bench::world::World;

pub(super) const ONE: &str = "mutation($input: IssueSafetyOfficerCertificateInput!) { issueSafetyOfficerCertificate(input: $input) { id identifier number status personName } }";
pub(super) const MANY: &str = "mutation($inputs: [IssueSafetyOfficerCertificateInput!]!) { issueSafetyOfficerCertificates(inputs: $inputs) { ok faults { message } certificate { id number } } }";
/// Certificates of one request of W7.
pub const BATCH: u64 = 500;

#[derive(Debug)]
pub(super) struct Issue {
    pub(super) post: Post,
    pub(super) fresh: Arc<Fresh>,
}

impl Workload for Issue {
    fn name(&self) -> &'static str {
        "W6"
    }

    fn title(&self) -> &'static str {
        "issue one"
    }

    fn call(&self, world: &World, _: &mut StdRng) -> Call {
        let (certificate, input) = self.fresh.next(world);
        Call { key: Key::of(certificate), request: self.post.with(&json!({ "input": input })) }
    }

    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String> {
        let issued = &answer["data"]["issueSafetyOfficerCertificate"];
        equal("personName", &issued["personName"], &json!(world.person(key.certificate).name))?;
        equal("that it has an identifier", &json!(issued["identifier"].is_string()), &json!(true))
    }
}

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) post: Post,
    pub(super) fresh: Arc<Fresh>,
}

impl Workload for Batch {
    fn name(&self) -> &'static str {
        "W7"
    }

    fn title(&self) -> &'static str {
        "batch issue of 500"
    }

    fn call(&self, world: &World, _: &mut StdRng) -> Call {
        let (certificates, inputs): (Vec<_>, Vec<_>) = (0..BATCH).map(|_| self.fresh.next(world)).unzip();
        Call { key: Key::of(certificates[0]), request: self.post.with(&json!({ "inputs": inputs })) }
    }

    fn check(&self, _: &World, _: &Key, answer: &Json) -> Result<(), String> {
        let rows = answer["data"]["issueSafetyOfficerCertificates"].as_array().ok_or("no rows")?;
        equal("the number of rows", &json!(rows.len()), &json!(BATCH))?;
        match rows.iter().find(|row| row["ok"] != true) {
            Some(row) => Err(format!("a row was refused: {row}")),
            None => Ok(()),
        }
    }
}
