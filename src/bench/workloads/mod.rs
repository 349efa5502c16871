//! What is asked: one file a question. Each makes requests for certificates that the world has, and knows the right answers.

mod fresh;
mod w1_point;
mod w2_holder;
mod w3_page;
mod w4_statistics;
mod w5_verification;
mod w6_issue;
mod w8_mixed;
pub(super) mod w9_import;

use std::fmt::Debug;
use std::sync::Arc;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

use super::BenchError;
use super::place::About;
use super::world::{Certificate, OFFICER, World};
use fresh::Fresh;
pub use w6_issue::BATCH;

/// The properties that workloads filter by: of the indexes for filters, those of these are read.
pub const FILTERED: [&str; 2] = ["identityCard", "categoryCode"];

/// One request, whole, and what the answer is held against.
#[derive(Debug)]
pub struct Call {
    pub key: Key,
    pub request: Vec<u8>,
}

/// The certificate asked for.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub certificate: Certificate,
    /// Which part of a mixture asked.
    part: usize,
}

impl Key {
    pub fn of(certificate: Certificate) -> Self {
        Self { certificate, part: 0 }
    }
}

pub trait Workload: Debug + Send + Sync {
    /// W1, W2 …
    fn name(&self) -> &'static str;

    /// In a few words, in English.
    fn title(&self) -> &'static str;

    /// The same few certificates again and again, for a hub that may remember them?
    fn hot(&self) -> bool {
        false
    }

    /// The next request.
    fn call(&self, world: &World, chance: &mut StdRng) -> Call;

    /// Is this the answer that the world has?
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String>;
}

/// How many certificates the cached variants ask for.
const HOT: u64 = 200;

/// Every workload, with the tokens of this bench; issues begin behind those of earlier runs.
///
/// # Errors
/// The type files of this program do not read.
pub fn all(about: &About, fresh: u64) -> Result<Vec<Box<dyn Workload>>, BenchError> {
    let fresh = Arc::new(Fresh::new(fresh)?);
    let department = |query| Post::new(&about.department, query);
    let issuer = |query| Post::new(&about.issuer, query);
    let point = |hot| Box::new(w1_point::Point { post: department(w1_point::QUERY), hot }) as Box<dyn Workload>;
    let holder = || Box::new(w2_holder::Holder(department(w2_holder::QUERY)));
    let page = || Box::new(w3_page::Page(department(w3_page::QUERY)));
    let verification =
        |hot| Box::new(w5_verification::Verification { post: Post::new("", w5_verification::QUERY), hot }) as Box<dyn Workload>;
    let issue = || Box::new(w6_issue::Issue { post: issuer(w6_issue::ONE), fresh: fresh.clone() });
    Ok(vec![
        point(false),
        point(true),
        holder(),
        page(),
        Box::new(w4_statistics::Statistics::new(department(w4_statistics::QUERY))),
        verification(false),
        verification(true),
        issue(),
        Box::new(w6_issue::Batch { post: issuer(w6_issue::MANY), fresh: fresh.clone() }),
        Box::new(w8_mixed::Mixed { parts: vec![(45, point(false)), (15, holder()), (5, page()), (30, verification(false)), (5, issue())] }),
    ])
}

/// One of a few certificates.
fn hot(world: &World, chance: &mut StdRng) -> u64 {
    let few = HOT.min(world.certificates);
    chance.random_range(0..few) * (world.certificates / few)
}

fn hot_officer(world: &World, chance: &mut StdRng) -> Certificate {
    let mut draw = || world.at(hot(world, chance));
    (0..1000).map(|_| draw()).find(|one| one.place.ty == OFFICER).unwrap_or_else(|| world.at(0))
}

/// A GraphQL request in which only the variables change.
#[derive(Debug)]
struct Post {
    head: String,
    body: String,
}

impl Post {
    /// `token` may be empty: then nobody asks, without a purpose.
    fn new(token: &str, query: &str) -> Self {
        let actor = match token {
            "" => String::new(),
            token => format!("Authorization: Bearer {token}\r\nX-Purpose: %7B%22useFor%22%3A%22bench%22%7D\r\n"),
        };
        let head = format!("POST /graphql HTTP/1.1\r\nHost: bench\r\n{actor}Content-Type: application/json\r\nContent-Length: ");
        Self { head, body: format!("{{\"query\":{},\"variables\":", json!(query)) }
    }

    fn with(&self, variables: &Json) -> Vec<u8> {
        let variables = variables.to_string();
        let length = self.body.len() + variables.len() + 1;
        format!("{}{length}\r\n\r\n{}{variables}}}", self.head, self.body).into_bytes()
    }
}

/// A GraphQL request, of nobody where there is no token.
pub(super) fn request(token: &str, query: &str, variables: &Json) -> Vec<u8> {
    Post::new(token, query).with(variables)
}

/// One that has certificates behind it, so that a page is full.
pub(super) fn officer_before(world: &World, chance: &mut StdRng) -> Certificate {
    let last = world.certificates - world.certificates / 4;
    (0..1000).map(|_| officer(world, chance)).find(|one| one.t < last).unwrap_or_else(|| world.at(0))
}

/// A random safety officer's certificate.
pub(super) fn officer(world: &World, chance: &mut StdRng) -> Certificate {
    world.pick(OFFICER, chance).unwrap_or_else(|| world.at(0))
}

fn equal(what: &str, found: &Json, expected: &Json) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what} is {found} and should be {expected}")) }
}
