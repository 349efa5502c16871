//! The same questions to the bare handler.

use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

use crate::bench::workloads::{Call, Key, Workload, officer, officer_before};
use crate::bench::world::{CATEGORIES, IdOf, World};
use crate::store::Store;

/// Bytes of the constant answer: about those of W1.
const CONSTANT: u64 = 450;

/// W1 to W3 for the bare handler, and the constant answer.
pub fn asked(store: &Store) -> Vec<Box<dyn Workload>> {
    let of = |what, name| Box::new(Asked { what, name, store: store.clone() }) as Box<dyn Workload>;
    vec![of(What::Point, "W1"), of(What::Held, "W2"), of(What::Page, "W3"), of(What::Statistics, "W4"), of(What::Constant, "constant")]
}

#[derive(Debug, Clone, Copy)]
enum What {
    Point,
    Held,
    Page,
    Statistics,
    Constant,
}

#[derive(Debug)]
struct Asked {
    what: What,
    name: &'static str,
    store: Store,
}

impl Workload for Asked {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        "the same from a bare handler"
    }

    fn call(&self, world: &World, chance: &mut StdRng) -> Call {
        let page = matches!(self.what, What::Page);
        let certificate = if page { officer_before(world, chance) } else { officer(world, chance) };
        let id = world.id(certificate.t, IdOf::Version);
        let path = match self.what {
            What::Point => format!("/w1/{id}"),
            What::Held => format!("/w2/{}", self.store.opaque(&world.person(certificate).number)),
            What::Page => format!("/w3/{}/{id}", CATEGORIES[certificate.place.category]),
            What::Statistics => "/w4".to_owned(),
            What::Constant => format!("/constant/{CONSTANT}"),
        };
        Call { key: Key::of(certificate), request: format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").into_bytes() }
    }

    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String> {
        let one = key.certificate;
        let (found, count) = match self.what {
            What::Constant => return Ok(()),
            What::Point => (answer, 1),
            What::Held => (&answer[0], world.of_holder(one).len()),
            What::Page | What::Statistics => {
                return if answer.as_array().is_some_and(|rows| !rows.is_empty()) { Ok(()) } else { Err("no row".into()) };
            }
        };
        let person = world.person(one).name;
        let rows = answer.as_array().map_or(1, Vec::len);
        if found["personName"] == json!(person) && rows == count { Ok(()) } else { Err(format!("it should be {count} of {person}")) }
    }
}
