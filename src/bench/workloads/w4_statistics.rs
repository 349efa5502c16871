//! W4: safety officers counted by post category and year of expiry.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

use super::{Call, Key, Post, Workload, equal, officer};
use crate::bench::world::{CATEGORIES, OFFICER, World};

pub(super) const QUERY: &str =
    "query { safetyOfficerCertificateStatistics(groupBy: [categoryCode, validToYear]) { groups { keys { field value } count } } }";

#[derive(Debug)]
pub(super) struct Statistics {
    post: Post,
    /// What the world has, by category.
    counts: OnceLock<BTreeMap<&'static str, u64>>,
}

impl Statistics {
    pub(super) fn new(post: Post) -> Self {
        Self { post, counts: OnceLock::new() }
    }
}

fn counted(world: &World) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for one in (0..world.certificates).map(|t| world.at(t)).filter(|one| one.place.ty == OFFICER) {
        *counts.entry(CATEGORIES[one.place.category]).or_default() += 1;
    }
    counts
}

impl Workload for Statistics {
    fn name(&self) -> &'static str {
        "W4"
    }

    fn title(&self) -> &'static str {
        "statistics by two fields over a whole type"
    }

    fn call(&self, world: &World, chance: &mut StdRng) -> Call {
        Call { key: Key::of(officer(world, chance)), request: self.post.with(&json!({})) }
    }

    fn check(&self, world: &World, _: &Key, answer: &Json) -> Result<(), String> {
        let groups = answer["data"]["safetyOfficerCertificateStatistics"]["groups"].as_array().ok_or("no groups")?;
        let mut found: BTreeMap<&str, u64> = BTreeMap::new();
        for group in groups {
            equal("the first key", &group["keys"][0]["field"], &json!("categoryCode"))?;
            let category = group["keys"][0]["value"].as_str().ok_or("a group without a category")?;
            let count = group["count"].as_u64().or_else(|| group["count"].as_str()?.parse().ok()).ok_or("a group without a count")?;
            *found.entry(category).or_default() += count;
        }
        // Certificates may have been issued since; none has gone.
        let counts = self.counts.get_or_init(|| counted(world));
        match counts.iter().find(|(category, count)| found.get(*category).is_none_or(|found| found < count)) {
            Some((category, count)) => Err(format!("{category} has {count} at least")),
            None => Ok(()),
        }
    }
}
