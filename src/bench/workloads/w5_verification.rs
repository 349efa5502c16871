//! W5: public verification of any certificate by its id, by nobody, the signature checked anew. W5c: the same few again and again.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

use super::{Call, Key, Post, Workload, equal};
use crate::bench::place::authority_name;
use crate::bench::world::{IdOf, World};

pub(super) const QUERY: &str =
    "query($id: ID!) { verifyCertificate(id: $id) { result genuine status reasons { code } certificate { issuerName validTo } } }";

#[derive(Debug)]
pub(super) struct Verification {
    pub(super) post: Post,
    pub(super) hot: bool,
}

impl Workload for Verification {
    fn name(&self) -> &'static str {
        if self.hot { "W5c" } else { "W5" }
    }

    fn title(&self) -> &'static str {
        if self.hot { "verify by id, few certificates again and again" } else { "verify by id, any certificate" }
    }

    fn hot(&self) -> bool {
        self.hot
    }

    fn call(&self, world: &World, chance: &mut StdRng) -> Call {
        let t = if self.hot { super::hot(world, chance) } else { chance.random_range(0..world.certificates) };
        Call { key: Key::of(world.at(t)), request: self.post.with(&json!({ "id": world.id(t, IdOf::Version) })) }
    }

    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String> {
        let report = &answer["data"]["verifyCertificate"];
        equal("genuine", &report["genuine"], &json!(true))?;
        let usable = report["status"] == "VALID";
        equal("result", &report["result"], &json!(if usable { "PASSED" } else { "FAILED" }))?;
        let issuer = authority_name(world.issuer(key.certificate.t));
        equal("issuerName", &report["certificate"]["issuerName"], &json!(issuer))
    }
}
