//! What one request may cost: plan and library refuse the same, in the same words, and at once.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use verify::messages::Lang;
use zhengzhao::graphql::{Bounds, Path};

use super::compare::{Question, Told, ask, recorded};
use super::department;
use crate::api::each_type::example;
use crate::support::each::on_each;
use crate::support::hub::TestHub;

/// Who asks, and what he is told by both.
async fn told(hub: &TestHub, text: &str, variables: &Json, lang: Lang) -> (Told, bool) {
    let mut question = Question { lang, ..Question::of(&department(), text) };
    question.variables = variables.as_object().unwrap().clone();
    let (usual, planned) = ask(&hub.hub, &question, "usual", Path::Usual).await;
    let (library, _) = ask(&hub.hub, &question, "library", Path::Library).await;
    assert_eq!((usual.json(), usual.executed), (library.json(), library.executed), "{text}\n{variables}");
    (usual, planned)
}

/// The sentence of a refusal.
async fn refused(hub: &TestHub, text: &str, variables: Json) -> String {
    let (told, _) = told(hub, text, &variables, Lang::En).await;
    let told = told.json();
    assert_eq!(told["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{text}\n{variables}\n{told:#}");
    assert!(told.get("data").is_none(), "{told}");
    told["errors"][0]["message"].as_str().unwrap().to_owned()
}

async fn answered(hub: &TestHub, text: &str, variables: Json) {
    let (told, planned) = told(hub, text, &variables, Lang::En).await;
    assert!(told.executed && planned && told.json().get("errors").is_none(), "{text}\n{variables}\n{}", told.json());
}

/// Holders and their certificates within one another, pages of `page` each.
fn nested(levels: usize, page: &str) -> String {
    let open = format!("holders {{ certificates(first: {page}) {{ nodes {{ ");
    format!("safetyOfficerCertificates(first: {page}) {{ nodes {{ {}id{} }} }}", open.repeat(levels), " } } }".repeat(levels))
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_within_pages_are_refused_before_anything_is_read() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let attack = format!("{{ {} }}", nested(4, "100"));
        assert!(attack.len() < 320, "{}", attack.len());
        hub.ask("department", "{ __typename }", json!({})).await;
        let statements = hub.statements().await;
        let began = Instant::now();
        let message = refused(&hub, &attack, json!({})).await;
        assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());
        assert_eq!(hub.statements().await, statements, "nothing was read");
        let asked: u64 = (1..=5).map(|level| 100_u64.pow(level)).sum();
        assert!(message.contains(&asked.to_string()) && message.contains("20000") && message.contains("smaller pages"), "{message}");
        let (told, _) = told(&hub, &attack, &json!({}), Lang::Zh).await;
        let told = told.json();
        let message = told["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(&asked.to_string()) && message.contains("20000") && message.contains("减小"), "{message}");

        // A page of the largest, its relations, and a largest page in a largest page are no attack.
        let relations = "constructionCertificates { id } industryLicences { id } projectCertificates { id } realEstateCertificates { id } safetyOfficers { id }";
        answered(&hub, &format!("{{ businessLicences(first: 100) {{ nodes {{ id {relations} }} }} }}"), json!({})).await;
        answered(&hub, &format!("{{ {} }}", nested(1, "100")), json!({})).await;
        refused(&hub, &format!("{{ {} }}", nested(2, "100")), json!({})).await;
        // Nothing said is a page of twenty.
        let plain = nested(3, "20").replace("(first: 20)", "");
        assert!(refused(&hub, &format!("{{ {plain} }}"), json!({})).await.contains("168420"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_fragments_aliases_and_conditions_are_counted_as_they_are_asked() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let by_variable = format!("query($n: Int = 100) {{ {} }}", nested(2, "$n"));
        // One document, kept: each request's own variables tell.
        for _ in 0..2 {
            answered(&hub, &by_variable, json!({ "n": 3 })).await;
            assert!(refused(&hub, &by_variable, json!({ "n": 100 })).await.contains("1010100"));
            assert!(refused(&hub, &by_variable, json!({})).await.contains("1010100"), "the variable's default");
            answered(&hub, &by_variable, json!({ "n": 20 })).await;
        }
        // Null is as if nothing were given, and a number beyond the largest page is the page's to refuse.
        answered(&hub, &format!("query($n: Int) {{ {} }}", nested(2, "$n")), json!({ "n": null })).await;
        let one = "query($n: Int) { safetyOfficerCertificates(first: $n) { nodes { id } } }";
        let (told, _) = told(&hub, one, &json!({ "n": 2_000_000_000 }), Lang::En).await;
        assert_eq!(told.json()["errors"][0]["path"], json!(["safetyOfficerCertificates"]), "{}", told.json());

        let page = "holders { certificates(first: 100) { nodes { id } } }";
        let spread = |often: usize| {
            let roots: String = (0..often).map(|at| format!("a{at}: safetyOfficerCertificates(first: 100) {{ nodes {{ ...F }} }} ")).collect();
            format!("{{ {roots} }} fragment F on SafetyOfficerCertificate {{ {page} }}")
        };
        answered(&hub, &spread(1), json!({})).await;
        assert!(refused(&hub, &spread(2), json!({})).await.contains("20200"));
        let aliases: String = (0..2).map(|at| format!("a{at}: {page} ")).collect();
        assert!(refused(&hub, &format!("{{ certificates(number: \"x\", first: 100) {{ edges {{ node {{ {aliases} }} }} }} }}"), json!({})).await.contains("20100"));
        let codes: Vec<String> = (0..100).map(|at| format!("code {at}")).collect();
        let holders = "query($codes: [String!]!) { holders(codes: $codes) { a: certificates(first: 100) { nodes { id } } b: certificates(first: 100) { nodes { id } } } }";
        assert!(refused(&hub, holders, json!({ "codes": codes })).await.contains("20100"));
        answered(&hub, holders, json!({ "codes": ["x"] })).await;

        // A certificate is of one type: of the fragments on types the dearest counts.
        let on = |page: usize| {
            let on = |ty: &str| format!("... on {ty} {{ holders {{ certificates(first: {page}) {{ nodes {{ id }} }} }} }} ");
            let each: String = ["DrivingLicence", "BusinessLicence", "PresalePermit"].map(on).concat();
            format!("{{ certificates(number: \"x\", first: 100) {{ nodes {{ id {each} }} }} }}")
        };
        answered(&hub, &on(100), json!({})).await;

        // What is skipped is not asked for.
        let when = format!("query($all: Boolean!) {{ {} @include(if: $all) }}", nested(2, "100"));
        let when = when.replacen("(first: 100) {", "(first: 100) @include(if: $all) {", 1).replace("} @include(if: $all) }", "} __typename }");
        answered(&hub, &when, json!({ "all": false })).await;
        refused(&hub, &when, json!({ "all": true })).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_grows_too_long_is_given_up() {
    on_each(|url| async move {
        let whole = TestHub::start(&url).await;
        let licence = example(&whole, "BusinessLicence", 0).await;
        let hub = TestHub::bounded(&url, Bounds { answer_bytes: 2_000, ..Bounds::default() }).await;
        recorded(&hub.hub, &url).await;
        let fields: String = (0..60).map(|at| format!("field{at}: enterpriseName ")).collect();
        let long = format!("query($id: ID!) {{ businessLicence(id: $id) {{ {fields} }} a: certificate(id: $id) {{ id }} }}");
        answered(&whole, &long, json!({ "id": licence["id"] })).await;
        let short = long.replace("field5", "field1").replace("field4", "field1").replace("field3", "field1").replace("field2", "field1");
        answered(&hub, &short, json!({ "id": licence["id"] })).await;
        recorded(&hub.hub, &url).await;
        for _ in 0..2 {
            let message = refused(&hub, &long, json!({ "id": licence["id"] })).await;
            assert!(message.contains("longer than 2000 bytes"), "{message}");
        }
        // The library was not asked to do again what the plan gave up: that would have been recorded.
        let journal = recorded(&hub.hub, &url).await;
        assert!(!journal.contains_key("usual") && journal.contains_key("library"), "{journal:?}");

        // One point read, which may be kept; a page; introspection without end; and what only the library answers.
        refused(&hub, &long.replace(" a: certificate(id: $id) { id }", ""), json!({ "id": licence["id"] })).await;
        refused(&hub, &format!("{{ businessLicences {{ nodes {{ {fields} }} }} }}"), json!({})).await;
        refused(
            &hub,
            &format!("query($id: ID!) {{ businessLicence(id: $id) {{ history {{ id }} {fields} }} }}"),
            json!({ "id": licence["id"] }),
        )
        .await;
        let endless = format!("{{ __schema {{ types {{ fields {{ {}name{} }} }} }} }}", "type { fields { ".repeat(5), " } }".repeat(5));
        let began = Instant::now();
        refused(&hub, &endless, json!({})).await;
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());

        // A command is done and told, however long its answer.
        let ty = hub.hub.registry.load().get("BusinessLicence").unwrap().ty.clone();
        let issue = format!("mutation($input: IssueBusinessLicenceInput!) {{ issueBusinessLicence(input: $input) {{ id {fields} }} }}");
        let issued = hub.data("issuer", &issue, json!({ "input": { "data": ty.examples[1] } })).await;
        assert!(issued["issueBusinessLicence"]["id"].is_string(), "{issued}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_document_tells_is_counted_as_it_is_read() {
    on_each(|url| async move {
        let whole = TestHub::start(&url).await;
        let house = example(&whole, "RealEstateCertificate", 0).await;
        assert_eq!(house["holders"].as_array().unwrap().len(), 2, "{house}");
        // The house and one certificate for each of its owners: forecast as one, read as three.
        let text = "query($id: ID!) { realEstateCertificate(id: $id) { holders { certificates(first: 0) { nodes { id } } } } }";
        answered(&whole, text, json!({ "id": house["id"] })).await;
        let hub = TestHub::bounded(&url, Bounds { nodes: 1, ..Bounds::default() }).await;
        let message = refused(&hub, text, json!({ "id": house["id"] })).await;
        assert!(message.contains("reads more than 2 certificates"), "{message}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_requests_wait_for_one_another_and_all_are_answered() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        example(&hub, "SafetyOfficerCertificate", 0).await;
        let large = Question::of(&department(), &format!("{{ {} }}", nested(1, "100")));
        let each = (0..64).map(|_| ask(&hub.hub, &large, "flood", Path::Usual));
        for (told, _) in futures_util::future::join_all(each).await {
            assert!(told.executed, "{}", told.json());
        }
    })
    .await;
}
