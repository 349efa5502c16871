//! W3: a page of fifty of one post category, behind a random certificate, with issuer and the employer's certificates.

use chrono::{DateTime, Utc};
use model::plan::{Column, Cursor, Direction, Value};
use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

use super::{Call, Key, Post, Workload, equal, officer_before};
use crate::bench::world::{CATEGORIES, IdOf, World};

pub(super) const QUERY: &str = "query($category: String!, $after: String) { safetyOfficerCertificates(where: {categoryCode: {eq: $category}}, first: 50, after: $after) { nodes { id identifier number personName validTo issuer { code name } employerCertificates(first: 3) { id name number validTo } } pageInfo { hasNextPage endCursor } } }";

/// Rows of a page.
const PAGE: usize = 50;

#[derive(Debug)]
pub(super) struct Page(pub(super) Post);

impl Workload for Page {
    fn name(&self) -> &'static str {
        "W3"
    }

    fn title(&self) -> &'static str {
        "filtered page of fifty with issuer and employer's certificates"
    }

    fn call(&self, world: &World, chance: &mut StdRng) -> Call {
        let certificate = officer_before(world, chance);
        // As the hub gave it at the end of a page before.
        let id = Value::Text(world.id(certificate.t, IdOf::Version).to_string());
        let cursor = Cursor::new(DateTime::<Utc>::UNIX_EPOCH, &[(Column::Id, Direction::Asc)], vec![id]).encode();
        let request = self.0.with(&json!({ "category": CATEGORIES[certificate.place.category], "after": cursor }));
        Call { key: Key::of(certificate), request }
    }

    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String> {
        let list = &answer["data"]["safetyOfficerCertificates"];
        let nodes = list["nodes"].as_array().ok_or("no list")?;
        let category = key.certificate.place.category;
        let behind = (key.certificate.t + 1..world.certificates).map(|t| world.at(t));
        let mut expected = behind.filter(|one| one.place.ty == key.certificate.place.ty && one.place.category == category);
        let page: Vec<_> = expected.by_ref().take(PAGE).collect();
        let found: Vec<&Json> = nodes.iter().map(|node| &node["id"]).collect();
        let ids: Vec<Json> = page.iter().map(|one| json!(world.id(one.t, IdOf::Version))).collect();
        if !found.into_iter().eq(&ids) {
            return Err(format!("the page should hold {}", json!(ids)));
        }
        for (node, one) in nodes.iter().zip(&page) {
            equal("personName", &node["personName"], &json!(world.person(*one).name))?;
            let employer = world.of_employer(*one).len();
            equal("employer's certificates", &json!(node["employerCertificates"].as_array().map(Vec::len)), &json!(employer))?;
        }
        equal("hasNextPage", &list["pageInfo"]["hasNextPage"], &json!(expected.next().is_some()))
    }
}
