//! Plans and the library answer alike: random documents over the whole generated schema are asked of both, and the answers
//! compared byte for byte, with what each left in the journal.
//!
//! `ZHENGZHAO_DIFFERENTIAL=n` asks n documents of each database, `ZHENGZHAO_DIFFERENTIAL_SEED` begins elsewhere.

mod bounds;
mod cases;
mod compare;
mod each_field;
mod generate;
mod schema;
mod seed;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Utc;
use model::actor::{Actor, Department, Granted, Role};
use model::grant::{Grant, Matters, Variables};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;
use verify::messages::Lang;
use zhengzhao::graphql::Path;

use self::compare::{Question, ask, difference, recorded};
use self::generate::Generator;
use self::schema::{INTROSPECTION, Schema};
use self::seed::{later, seed};
use crate::support::each::on_each;
use crate::support::hub::{AUTHORITY, TestHub, administrator};

/// Documents asked of each database when nothing is said.
const DOCUMENTS: usize = 2_400;
/// Documents whose journal is looked at together.
const CHUNK: usize = 100;

struct View {
    name: &'static str,
    actor: Actor,
    schema: Schema,
    /// What of it no document has named yet.
    missing: BTreeSet<String>,
}

fn actor(role: Role, types: Granted) -> Actor {
    let authorities = if role == Role::Issuer { Granted::Only([AUTHORITY.to_owned()].into()) } else { Granted::none() };
    Actor::new(role, "differential", None, types, authorities)
}

fn department() -> Actor {
    actor(Role::Department, Granted::All)
}

/// A department that sees two types in part, rows and fields, and a third one whole.
fn granted() -> Actor {
    let grant = |text: Json| Arc::new(serde_json::from_value::<Grant>(text).unwrap());
    let grants = vec![
        grant(json!({
            "name": "officers", "department": AUTHORITY, "type": "SafetyOfficerCertificate", "legalBasis": "x",
            "fields": ["personName", "categoryCode", "employerName", "employerCreditCode", "businessInformation", "firstIssuedOn"],
            "masked": ["identityCard", "birthDate", "number", "holders", "photo", "sex", "major"],
            "rows": { "categoryCode": { "in": ["A", "C1", "C3"] } },
        })),
        grant(json!({
            "name": "permits", "department": AUTHORITY, "type": "ConstructionPermit", "legalBasis": "x",
            "fields": ["number", "holders", "files"], "rows": { "issuer": { "eq": { "variable": "department" } } },
        })),
        grant(
            json!({ "name": "licences", "department": AUTHORITY, "type": "SafetyProductionLicence", "legalBasis": "x", "fields": "all" }),
        ),
    ];
    let department = Department { code: AUTHORITY.into(), name: "测试局".into(), division: None };
    let matters = Matters::of(grants, &Variables::of(Some(&department)), "2026-01-01");
    let mut actor = actor(Role::Department, Granted::none());
    actor.department = Some(department);
    actor.matters = Some(Arc::new(matters));
    actor
}

async fn views(hub: &TestHub) -> Vec<View> {
    let three = ["SafetyOfficerCertificate", "SafetyProductionLicence", "ConstructionPermit"].map(str::to_owned);
    let actors = [
        ("administrator", administrator()),
        ("issuer", actor(Role::Issuer, Granted::All)),
        ("department", department()),
        ("three types", actor(Role::Department, Granted::Only(three.into()))),
        ("anonymous", Actor::anonymous()),
        ("granted", granted()),
    ];
    let mut views = Vec::new();
    for (name, actor) in actors {
        let (told, _) = ask(&hub.hub, &Question::of(&actor, INTROSPECTION), name, Path::Library).await;
        let schema = Schema::of(&told.json());
        let missing = schema.fields().union(&schema.arguments()).cloned().collect();
        views.push(View { name, actor, schema, missing });
    }
    views
}

#[derive(Default)]
struct Counts {
    requests: usize,
    by_plan: usize,
    executed: usize,
    with_errors: usize,
    journals: usize,
    /// Requests whose reads were batched otherwise: the same certificates in another number of entries.
    batched_otherwise: usize,
    /// Answers that differ in the order of members alone.
    unordered: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn random_documents_have_one_answer() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let documents = number("ZHENGZHAO_DIFFERENTIAL").map_or(DOCUMENTS, |given| usize::try_from(given).unwrap());
    let seed_of_run = number("ZHENGZHAO_DIFFERENTIAL_SEED").unwrap_or(20_260_701);
    on_each(|url| async move {
        let seeded = seed(&url).await;
        let hub = &seeded.hub.hub;
        let mut views = views(&seeded.hub).await;
        recorded(hub, &url).await;
        let mut counts = Counts::default();
        let mut differences = Vec::new();
        let began = std::time::Instant::now();
        let mut done = 0;
        while done < documents {
            let chunk = CHUNK.min(documents - done);
            let mut running = JoinSet::new();
            let mut touched = BTreeMap::new();
            for number in done..done + chunk {
                let mut rng = StdRng::seed_from_u64(seed_of_run.wrapping_add(number as u64));
                let place = [0, 0, 1, 1, 2, 2, 3, 4, 5, 5][rng.random_range(0..10)];
                let view = &views[place];
                let document = Generator::document(&view.schema, &seeded.pool, &mut rng, &view.missing);
                let questions: Vec<Question> = document
                    .variables
                    .iter()
                    .map(|variables| {
                        let asks = if rng.random_bool(0.08) { &views[rng.random_range(0..views.len())].actor } else { &view.actor };
                        let now = Utc::now();
                        Question {
                            text: document.text.clone(),
                            operation_name: document.operation_name.clone(),
                            variables: variables.clone(),
                            actor: asks.clone(),
                            purpose: rng.random_bool(0.88),
                            lang: if rng.random_bool(0.5) { Lang::Zh } else { Lang::En },
                            now: if rng.random_bool(0.15) { later(now) } else { now },
                            queries_only: rng.random_bool(0.05),
                        }
                    })
                    .collect();
                touched.insert(number, (place, document.touched));
                let (hub, plan_first) = (hub.clone(), rng.random_bool(0.5));
                running.spawn(async move {
                    let mut answers = Vec::new();
                    for (place, question) in questions.into_iter().enumerate() {
                        let (usual, library) = (format!("usual {number}.{place}"), format!("library {number}.{place}"));
                        let first = if plan_first { Some(ask(&hub, &question, &usual, Path::Usual).await) } else { None };
                        let (judge, _) = ask(&hub, &question, &library, Path::Library).await;
                        let (told, planned) = match first {
                            Some(first) => first,
                            None => ask(&hub, &question, &usual, Path::Usual).await,
                        };
                        answers.push((question, told, planned, judge, usual, library));
                    }
                    (number, answers)
                });
            }
            let answered: Vec<_> = running.join_all().await;
            let journal = recorded(hub, &url).await;
            for (number, answers) in answered {
                for (question, told, planned, judge, usual, library) in answers {
                    counts.requests += 1;
                    counts.by_plan += usize::from(planned);
                    counts.executed += usize::from(judge.executed);
                    counts.with_errors += usize::from(judge.executed && judge.body.starts_with(b"{\"errors\""));
                    let context = || {
                        format!(
                            "document {number} (seed {seed_of_run}), {:?}\n{:?} operation {:?} purpose {} {:?} later {}\n{}",
                            question.actor.role,
                            Json::Object(question.variables.clone()).to_string(),
                            question.operation_name,
                            question.purpose,
                            question.lang,
                            question.now > Utc::now(),
                            question.text
                        )
                    };
                    // A root field that is selected twice is resolved twice by the library, and merged as its resolvers end: what stands
                    // in it has no fixed order then. The specification has it resolved once, as a plan does.
                    let unordered = || judge.executed && told.executed && told.json() == judge.json();
                    if told.body != judge.body && unordered() {
                        counts.unordered += 1;
                        if !compare::selects_a_root_twice(&question.text) {
                            differences.push(format!("another order, and no root was read twice: {}\n{}", difference(&told, &judge), context()));
                        }
                    } else if told != judge {
                        differences.push(format!("{}\n{}", difference(&told, &judge), context()));
                    }
                    if judge.executed {
                        let (place, names) = &touched[&number];
                        if question.actor == views[*place].actor {
                            views[*place].missing.retain(|name| !names.contains(name));
                        }
                    }
                    let none = Vec::new();
                    let (left, right) = (journal.get(&usual).unwrap_or(&none), journal.get(&library).unwrap_or(&none));
                    counts.journals += usize::from(!left.is_empty());
                    if left != right {
                        counts.batched_otherwise += 1;
                        // Which loads go into one statement, and so into one entry, is not the same; nothing goes unrecorded.
                        let kinds = |entries: &[compare::Read]| entries.iter().map(|read| read.0.clone()).collect::<BTreeSet<_>>();
                        // Nameless verifications that meet in the journal are one entry with their number.
                        let verified = |entries: &[compare::Read]| {
                            entries.iter().filter(|read| read.0 == "verify").map(|read| i64::from(read.3)).sum::<i64>()
                        };
                        if kinds(left) != kinds(right) || verified(left) > verified(right) || (!planned && verified(left) != verified(right)) {
                            differences
                                .push(format!("journal planned={planned}\n  usual:   {left:?}\n  library: {right:?}\n{}", context()));
                        }
                    }
                }
            }
            done += chunk;
        }
        println!(
            "{}: {done} documents, {} requests in {:?}: {} by plan, {} executed, {} of them with errors; {} journals, {} batched otherwise; {} in another order",
            url.split(':').next().unwrap_or_default(),
            counts.requests,
            began.elapsed(),
            counts.by_plan,
            counts.executed,
            counts.with_errors,
            counts.journals,
            counts.batched_otherwise,
            counts.unordered
        );
        for view in &views {
            let named = |all: &BTreeSet<String>| format!("{} of {}", all.difference(&view.missing).count(), all.len());
            println!(
                "  {}: {} fields, {} arguments and members of inputs",
                view.name,
                named(&view.schema.fields()),
                named(&view.schema.arguments())
            );
            let missing: Vec<_> = view.missing.iter().filter(|name| view.schema.is_field(name)).collect();
            println!("    missing {:?}", missing.iter().take(10).collect::<Vec<_>>());
        }
        for found in differences.iter().take(25) {
            println!("---- {found}");
        }
        assert!(differences.is_empty(), "{} differences", differences.len());
        assert!(counts.batched_otherwise * 10 < counts.journals, "{} of {} journals differ", counts.batched_otherwise, counts.journals);
        let sound = counts.executed - counts.with_errors;
        assert!(3 * counts.by_plan > 2 * sound, "plans answered {} of {sound} requests without a fault", counts.by_plan);
        if documents >= DOCUMENTS {
            for view in &views {
                let missing: Vec<_> = view.missing.iter().filter(|name| view.schema.is_field(name)).collect();
                assert!(missing.is_empty(), "no document named {missing:?} as {}", view.name);
            }
        }
    })
    .await;
}
