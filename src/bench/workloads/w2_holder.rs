//! W2: what one person holds, each with its issuer and up to three certificates of the employer.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

use super::{Call, Key, Post, Workload, equal, officer};
use crate::bench::world::{IdOf, World};

pub(super) const QUERY: &str = "query($card: String!) { safetyOfficerCertificates(where: {identityCard: {eq: $card}}, first: 20) { nodes { id identifier number personName validTo issuer { code name } employerCertificates(first: 3) { id name number validTo } } } }";

#[derive(Debug)]
pub(super) struct Holder(pub(super) Post);

impl Workload for Holder {
    fn name(&self) -> &'static str {
        "W2"
    }

    fn title(&self) -> &'static str {
        "holder's list with issuer and employer's certificates"
    }

    fn call(&self, world: &World, chance: &mut StdRng) -> Call {
        let certificate = officer(world, chance);
        let request = self.0.with(&json!({ "card": world.person(certificate).number }));
        Call { key: Key::of(certificate), request }
    }

    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String> {
        let nodes = answer["data"]["safetyOfficerCertificates"]["nodes"].as_array().ok_or("no list")?;
        let found: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
        let expected: BTreeSet<String> =
            world.of_holder(key.certificate).iter().map(|one| world.id(one.t, IdOf::Version).to_string()).collect();
        if !found.iter().copied().eq(expected.iter().map(String::as_str)) {
            return Err(format!("the holder has {expected:?}"));
        }
        let employer = world.of_employer(key.certificate).len();
        let name = json!(world.person(key.certificate).name);
        for node in nodes {
            equal("personName", &node["personName"], &name)?;
            equal("employer's certificates", &json!(node["employerCertificates"].as_array().map(Vec::len)), &json!(employer))?;
            if node["issuer"]["name"].as_str().is_none_or(str::is_empty) {
                return Err("an issuer without a name".into());
            }
        }
        Ok(())
    }
}
