//! W1: one certificate by its id, twelve fields. W1c: the same few again and again.

use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

use super::{Call, Key, Post, Workload, equal, officer};
use crate::bench::world::{IdOf, World};

pub(super) const QUERY: &str = "query($id: ID!) { safetyOfficerCertificate(id: $id) { id identifier number version issuedOn validFrom validTo personName birthDate employerName employerCreditCode major } }";

#[derive(Debug)]
pub(super) struct Point {
    pub(super) post: Post,
    pub(super) hot: bool,
}

impl Workload for Point {
    fn name(&self) -> &'static str {
        if self.hot { "W1c" } else { "W1" }
    }

    fn title(&self) -> &'static str {
        if self.hot { "point by id, few certificates again and again" } else { "point by id, 12 fields" }
    }

    fn hot(&self) -> bool {
        self.hot
    }

    fn call(&self, world: &World, chance: &mut StdRng) -> Call {
        let certificate = if self.hot { super::hot_officer(world, chance) } else { officer(world, chance) };
        let request = self.post.with(&json!({ "id": world.id(certificate.t, IdOf::Version) }));
        Call { key: Key::of(certificate), request }
    }

    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String> {
        let found = &answer["data"]["safetyOfficerCertificate"];
        equal("id", &found["id"], &json!(world.id(key.certificate.t, IdOf::Version)))?;
        equal("personName", &found["personName"], &json!(world.person(key.certificate).name))?;
        equal("the number of fields", &json!(found.as_object().map(serde_json::Map::len)), &json!(12))
    }
}
