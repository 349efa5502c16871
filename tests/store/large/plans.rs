//! Every question that decision 10 guarantees, over a million rows.

use std::sync::Arc;
use std::time::Instant;

use model::actor::{Actor, Caller, Granted, Role};
use model::plan::{
    Across, ById, ByNumber, Compare, Cursor, Direction, Filter, GroupKey, HolderHeads, HolderPage, Many, OrderBy, PageArgs, Plan, Related,
    Request, Statistics, Step, Unit, evidence_by_information, evidence_by_keys, plan,
};
use model::registry::{Registry, RelationBy, SourceFile, State, resolve};
use sea_orm::DatabaseConnection;
use serde_json::{Value as Json, json};
use verify::status::CertificateStatus;
use zhengzhao::store::{Answer, Store};

use super::explain::{Cost, both};
use super::fill::{GREAT, OTHER, RARE, SMALL, connection, fill, id, rows};
use crate::store::sample::{ISSUER, PERMIT, now, open};
use crate::support::each::on_postgres;

const PAGE: i64 = 20;
/// So many rows or pages of storage may be looked at for each row of an answer's page.
const BOUND: u64 = 50;

/// What decision 10 does not bound: a status that dates decide, and a second condition that few of very many fulfil. These never scan a
/// table either, but may go through all that the first condition leaves.
const NOT_BOUNDED: [&[&str]; 7] = [
    // With its values in sight the plan is bounded; one for any value takes every range for a two-hundredth of the table.
    &["conditions within a frequent one", "generic"],
    &["\"status\"", "EXPIRED"],
    &["\"status\"", "NOT_YET_VALID"],
    &["holderCode", "compare: In"],
    &["GREAT", "Revoked"],
    &["heads of holders", "Some("],
    &["three types", "Some("],
];

/// The test's type three times over, so that questions span types.
fn registry() -> Registry {
    let source = include_str!("../permit.json");
    let named = |name: &str, code: &str| SourceFile {
        name: format!("{name}.json"),
        text: source
            .replace("\"name\": \"StorePermit\"", &format!("\"name\": \"{name}\""))
            .replace("[\"StorePermit\"]", &format!("[\"{name}\"]"))
            .replace("GX2C901", code),
    };
    let files = [named(PERMIT, "GX2C901"), named(OTHER, "GX2C902"), named(RARE, "GX2C903")];
    let resolved = resolve(&files, &Registry::empty()).unwrap_or_else(|faults| panic!("{faults:#?}"));
    resolved.types.into_iter().fold(Registry::empty(), |registry, ty| registry.with(ty, State::Published))
}

struct Bench {
    store: Store,
    database: DatabaseConnection,
    registry: Registry,
    failed: Vec<String>,
    /// Statements of [`NOT_BOUNDED`] that read more than is allowed the others.
    told: usize,
    asked: usize,
}

impl Bench {
    fn plan(&self, request: &Request) -> Plan {
        let actor = Actor::new(Role::Administrator, "test", None, Granted::All, Granted::none());
        plan(request, &self.registry, &Caller { actor: Arc::new(actor), purpose: None }, now())
            .unwrap_or_else(|fault| panic!("{request:?}: {fault}"))
    }

    /// The answer, and the cost of its last statement with either kind of plan.
    async fn cost(&mut self, plan: &Plan) -> (Answer, [Cost; 2]) {
        let (answer, mut statements) = self.store.heard(async |store: Store| store.run(plan).await).await;
        let (text, parameters) = statements.pop().unwrap();
        self.asked += 1;
        (answer.unwrap(), both(&self.database, &text, &parameters).await)
    }

    fn judge(&mut self, what: &str, costs: &[Cost; 2], most: u64) {
        for (kind, cost) in ["custom", "generic"].iter().zip(costs) {
            let told = NOT_BOUNDED.iter().any(|words| words.iter().all(|word| what.contains(word) || kind == word));
            if told && cost.whole.is_empty() {
                self.told += usize::from(cost.buffers > most || cost.rows > most);
            } else if !cost.whole.is_empty() || cost.buffers > most || cost.rows > most {
                let found = format!(
                    "{what}, {kind} plan: {} rows, {} pages, {:.1} ms, whole: {:?}; {most} allowed",
                    cost.rows, cost.buffers, cost.milliseconds, cost.whole
                );
                println!("{found}\n{}", cost.outline());
                self.failed.push(found);
            }
        }
    }

    /// Pages of this question from both ends, and from a cursor far in, both ways.
    async fn pages(&mut self, what: &str, ask: impl Fn(PageArgs) -> Request, factor: u64) {
        let most = BOUND * PAGE as u64 * factor;
        let forwards = |after| PageArgs { first: Some(PAGE), after, ..PageArgs::default() };
        let backwards = |before| PageArgs { last: Some(PAGE), before, ..PageArgs::default() };
        let mut far = Vec::new();
        for (end, args) in [("from the front", forwards(None)), ("from the back", backwards(None))] {
            let plan = self.plan(&ask(args));
            let (answer, costs) = self.cost(&plan).await;
            self.judge(&format!("{what} {end}"), &costs, most);
            let (Answer::Page(page), Step::Page(step)) = (answer, plan.step()) else { panic!("no page: {what}") };
            let order: Vec<_> = step
                .order
                .iter()
                .map(|(column, direction)| (*column, if step.backwards { direction.turned() } else { *direction }))
                .collect();
            let row = page.rows.into_iter().nth(PAGE as usize / 2);
            far.push(row.map(|(_, values)| Cursor::new(now(), &order, values).encode()));
        }
        let [front, back] = &far[..] else { unreachable!("two ends") };
        for (end, args) in [("behind a cursor", forwards(back.clone())), ("before a cursor", backwards(front.clone()))] {
            let plan = self.plan(&ask(args));
            let (_, costs) = self.cost(&plan).await;
            self.judge(&format!("{what} {end}"), &costs, most);
        }
    }

    async fn once(&mut self, what: &str, request: &Request, most: u64) {
        let plan = self.plan(request);
        let (_, costs) = self.cost(&plan).await;
        self.judge(what, &costs, most);
    }
}

fn field(name: &str, compare: Compare, value: Json) -> Filter {
    Filter::Field { field: name.into(), compare, value }
}

fn many(filter: Option<Filter>, order: &[(&str, Direction)], page: PageArgs) -> Request {
    let order_by = order.iter().map(|(field, direction)| OrderBy { field: (*field).into(), direction: *direction }).collect();
    Request::Many(Many { type_name: PERMIT.into(), filter, order_by, page })
}

/// Each field with a frequent value, a rare one and one that nothing has; `true` where it has an order.
fn fields() -> Vec<(&'static str, bool, Vec<Json>)> {
    vec![
        ("label", true, vec![json!("标00000"), json!("标31234"), json!("无")]),
        ("day", true, vec![json!("2020-01-02"), json!("2030-12-12"), json!("2099-01-01")]),
        ("area", true, vec![json!("0"), json!("912345"), json!("5000000")]),
        ("number", true, vec![json!("测许（2026）000000001"), json!("测许（2026）000999999"), json!("无")]),
        ("issuedOn", true, vec![json!("2020-01-02"), json!("2026-11-01"), json!("2099-01-01")]),
        ("validFrom", true, vec![json!("2020-01-02"), json!("2026-11-01"), json!("2099-01-01")]),
        ("validTo", true, vec![json!("2020-01-02"), json!("2030-12-12"), json!("2099-01-01")]),
        ("updatedAt", true, vec![json!("2026-05-29T00:00:00Z"), json!("2026-06-08T00:00:00Z"), json!("2099-01-01T00:00:00Z")]),
        ("issuer", false, vec![json!(ISSUER), json!("11990000000000GX07"), json!("无")]),
        ("statusCode", false, vec![json!("01"), json!("02"), json!("99")]),
        (
            "status",
            false,
            vec![json!("VALID"), json!("REVOKED"), json!("OTHER"), json!("EXPIRED"), json!("NOT_YET_VALID"), json!("SUSPENDED")],
        ),
        ("secret", false, vec![json!("s1"), json!("s2")]),
        ("holderCode", false, vec![json!(GREAT), json!(SMALL), json!("nobody")]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_guaranteed_reads_a_bounded_part_of_a_million() {
    on_postgres(|url| async move {
        let store = open(&url).await;
        let began = Instant::now();
        fill(&store, &url).await;
        println!("{} certificates in {:.0} s", rows(), began.elapsed().as_secs_f64());
        let mut bench = Bench { database: connection(&url).await, store, registry: registry(), failed: Vec::new(), told: 0, asked: 0 };
        filters(&mut bench).await;
        orders(&mut bench).await;
        spans(&mut bench).await;
        reaches(&mut bench).await;
        lookups(&mut bench).await;
        statistics(&mut bench).await;
        println!(
            "{} statements explained, twice each, in {:.0} s; {} read more than others may",
            bench.asked,
            began.elapsed().as_secs_f64(),
            bench.told
        );
        assert!(bench.failed.is_empty(), "{} read too much:\n{}", bench.failed.len(), bench.failed.join("\n"));
        bench.database.close().await.unwrap();
        bench.store.close().await.unwrap();
    })
    .await;
}

/// One condition, ordered by nothing and by its own field.
async fn filters(bench: &mut Bench) {
    for (name, ordered, values) in fields() {
        let mut conditions: Vec<Filter> = values.iter().map(|value| field(name, Compare::Eq, value.clone())).collect();
        conditions.push(field(name, Compare::In, json!(values)));
        if ordered {
            for value in &values {
                conditions
                    .extend([Compare::Gt, Compare::Gte, Compare::Lt, Compare::Lte].map(|compare| field(name, compare, value.clone())));
            }
        }
        if matches!(name, "label" | "number") {
            conditions.extend(["标0", "标31", "测许2026000", "测", "无"].map(|prefix| field(name, Compare::StartsWith, json!(prefix))));
        }
        if !matches!(name, "secret" | "holderCode" | "status") {
            conditions.push(field(name, Compare::IsNull, json!(true)));
        }
        for condition in conditions {
            let what = format!("{condition:?}");
            bench.pages(&what, |page| many(Some(condition.clone()), &[], page), 1).await;
            if ordered {
                for direction in [Direction::Asc, Direction::Desc] {
                    let what = format!("{what} by {name} {direction:?}");
                    bench.pages(&what, |page| many(Some(condition.clone()), &[(name, direction)], page), 1).await;
                }
            }
        }
    }
}

/// No condition, and a second one that filters within the first.
async fn orders(bench: &mut Bench) {
    bench.pages("all", |page| many(None, &[], page), 1).await;
    for (name, ..) in fields().into_iter().filter(|(_, ordered, _)| *ordered) {
        for direction in [Direction::Asc, Direction::Desc] {
            bench.pages(&format!("all by {name} {direction:?}"), |page| many(None, &[(name, direction)], page), 1).await;
        }
    }
    let within = Filter::And(vec![
        field("label", Compare::StartsWith, json!("标")),
        field("status", Compare::Eq, json!("VALID")),
        field("area", Compare::Gt, json!("10")),
    ]);
    bench.pages("conditions within a frequent one", |page| many(Some(within.clone()), &[("label", Direction::Asc)], page), 4).await;
}

/// Across types, and holders.
async fn spans(bench: &mut Bench) {
    let several = || Some(vec![PERMIT.to_owned(), RARE.to_owned(), OTHER.to_owned()]);
    for (scope, types) in [("all types", None), ("three types", several()), ("a rare type", Some(vec![RARE.to_owned()]))] {
        for status in [None, Some(vec![CertificateStatus::Valid]), Some(vec![CertificateStatus::Revoked, CertificateStatus::Suspended])] {
            let some = Across { types: types.clone(), status: status.clone(), ..Across::default() };
            let feed = |since: &str| Across { updated_since: Some(since.into()), ..some.clone() };
            for since in ["2026-05-29T00:00:00Z", "2026-06-08T00:00:00Z"] {
                let what = format!("{scope} since {since}, {status:?}");
                bench.pages(&what, |page| Request::Across(Across { page, ..feed(since) }), 1).await;
            }
            bench.pages(&format!("{scope}, {status:?}"), |page| Request::Across(Across { page, ..some.clone() }), 1).await;
            let numbered = Across { number: Some("测许（2026）000500000".into()), ..some.clone() };
            bench.pages(&format!("{scope} by number, {status:?}"), |page| Request::Across(Across { page, ..numbered.clone() }), 1).await;
            for code in [GREAT, SMALL, "nobody"] {
                let held = Across { holder_code: Some(code.into()), ..some.clone() };
                bench.pages(&format!("{scope} of {code}, {status:?}"), |page| Request::Across(Across { page, ..held.clone() }), 1).await;
                let of = |page| HolderPage { code: code.into(), types: types.clone(), status: status.clone(), page };
                bench.pages(&format!("holder {code}, {scope}, {status:?}"), |page| Request::HolderPage(of(page)), 1).await;
            }
            let heads = HolderHeads {
                codes: vec![GREAT.into(), SMALL.into(), "nobody".into()],
                types: types.clone(),
                status: status.clone(),
                first: Some(PAGE),
            };
            bench.once(&format!("heads of holders, {scope}, {status:?}"), &Request::HolderHeads(heads), 2 * BOUND * PAGE as u64).await;
        }
    }
}

/// Relations: few keys, and as many as a page of a hundred has.
async fn reaches(bench: &mut Bench) {
    let most = |keys: usize| BOUND * PAGE as u64 * keys as u64 / 4 + BOUND * PAGE as u64;
    let related =
        |by: &RelationBy, keys: Vec<String>| Request::Related(Related { to: vec![PERMIT.into()], by: by.clone(), keys, first: PAGE });
    for (by, frequent) in [
        (RelationBy::Holder, vec![GREAT, SMALL]),
        (RelationBy::Number, vec!["测许（2026）000500000"]),
        (RelationBy::Property("label".into()), vec!["标00000", "标31234"]),
        (RelationBy::Property("area".into()), vec!["0", "912345000000"]),
        (RelationBy::Property("secret".into()), vec!["s1"]),
    ] {
        let few: Vec<String> = frequent.iter().map(|key| (*key).to_owned()).collect();
        let many = few.iter().cloned().chain((0..100).map(|n| format!("{n}"))).collect::<Vec<_>>();
        for keys in [few, many] {
            let (what, most) = (format!("{by:?} of {} keys", keys.len()), most(keys.len()));
            bench.once(&what, &related(&by, keys), most).await;
        }
    }
}

/// Versions, numbers, evidence.
async fn lookups(bench: &mut Bench) {
    let by_id = |count: u64| Request::ById(ById { type_name: None, keys: (1..=count).map(|n| id(n * 77)).collect() });
    let both_kinds = |count: u64| {
        Request::ById(ById { type_name: None, keys: (1..=count).flat_map(|n| [id(n * 77), format!("urn:{}", n * 31)]).collect() })
    };
    bench.once("one by id", &by_id(1), 50).await;
    bench.once("one by identifier", &Request::ById(ById { type_name: None, keys: vec!["urn:77".into()] }), 50).await;
    bench.once("a hundred by id", &by_id(100), 2_000).await;
    bench.once("two hundred by either", &both_kinds(100), 4_000).await;
    for issuer in [None, Some(ISSUER.to_owned())] {
        let request = Request::ByNumber(ByNumber { type_name: PERMIT.into(), number: "测许（2026）000500000".into(), issuer });
        bench.once("by number", &request, 50).await;
    }
    let code = "11990000000000GX2C901";
    let information = |number, holder| evidence_by_information(code, number, holder, &bench.registry).unwrap().unwrap();
    let plans = [
        ("evidence by ids", evidence_by_keys((1..=100).map(|n| id(n * 77)).collect()).unwrap()),
        ("evidence by identifier", evidence_by_keys(vec!["urn:77".into()]).unwrap()),
        ("evidence by number", information(Some("测许（2026）000500000"), None)),
        ("evidence by a great holder", information(None, Some(GREAT))),
        ("evidence by a small holder", information(None, Some(SMALL))),
    ];
    for (what, plan) in plans {
        let (found, statements) = bench.store.heard(async |store: Store| store.evidence(&plan).await).await;
        let rows: Vec<_> = found.unwrap().into_iter().map(|evidence| evidence.row).collect();
        let of_rows = rows.iter().collect::<Vec<_>>();
        let (_, histories) = bench.store.heard(async |store: Store| store.events_of(&of_rows).await.unwrap()).await;
        for (text, parameters) in statements.iter().chain(&histories) {
            let costs = both(&bench.database, text, parameters).await;
            bench.asked += 1;
            bench.judge(what, &costs, 4_000);
        }
    }
}

/// Groups look at each row once, and as the statement does that somebody would write by hand; the ratio is told, not judged.
async fn statistics(bench: &mut Bench) {
    let key = |field: &str, unit| GroupKey { field: field.into(), unit };
    for (what, group_by, by_hand) in [
        ("issuer and status code", vec![key("issuer", None), key("statusCode", None)], "issuer, status_code"),
        ("day by year and issuer", vec![key("day", Some(Unit::Year)), key("issuer", None)], "substr(d1, 1, 4), issuer"),
        (
            "month of change and status code",
            vec![key("updatedAt", Some(Unit::Month)), key("statusCode", None)],
            "updated / 2592000000000, status_code",
        ),
    ] {
        let request = Request::Statistics(Statistics { type_name: PERMIT.into(), filter: None, group_by });
        let plan = bench.plan(&request);
        let (_, [ours, generic]) = bench.cost(&plan).await;
        let text = format!("SELECT {by_hand}, count(*) FROM certificate_index WHERE type_name = '{PERMIT}' GROUP BY {by_hand}");
        let [theirs, _] = both(&bench.database, &text, &[]).await;
        let ratio = |cost: &Cost| cost.milliseconds / theirs.milliseconds;
        println!(
            "statistics by {what}: {:.2} × the hand-written SQL, {:.2} × with a generic plan ({:.0} ms)",
            ratio(&ours),
            ratio(&generic),
            theirs.milliseconds
        );
        for cost in [&ours, &generic] {
            if theirs.parallel && !cost.parallel {
                bench.failed.push(format!("statistics by {what} are not shared among workers:\n{}", cost.outline()));
            }
        }
    }
}
