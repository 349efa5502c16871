//! Interface documents of departments: what is granted and nothing else, with samples that answer as their requests do.

use axum::body::Body;
use axum::http::Request;
use chrono::Utc;
use model::actor::{Actor, Department, Granted, Role};
use model::refusal::CODES;
use serde_json::{Value as Json, json};
use zhengzhao::store::TokenRow;

use super::each_type::example;
use crate::support::each::on_each;
use crate::support::hub::TestHub;

const HOUSING: &str = "11990000000000GX2C";
const MATTER: &str = "990000-001";
const OFFICER: &str = "SafetyOfficerCertificate";

/// A hub with a department's token that grants nothing by itself, and a grant of some fields for one matter.
async fn start(url: &str) -> TestHub {
    let hub = TestHub::start(url).await;
    let department = Department { code: HOUSING.into(), name: "测试市住房保障局".into(), division: None };
    let actor = Actor::new(Role::Department, "housing", Some(department), Granted::none(), Granted::none());
    let row = TokenRow { name: "housing".into(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
    hub.hub.store.put_token(&verify::digest::sm3_hex(b"housing"), &row).await.unwrap();
    let grant = json!({
        "name": "housing-officers", "department": HOUSING, "type": OFFICER,
        "fields": ["categoryCode", "employerName", "employerCreditCode"], "masked": ["personName", "birthDate", "number", "holders"],
        // The type's example is of another category: it is shown all the same.
        "items": [MATTER], "rows": { "categoryCode": { "eq": "A" } }, "until": "2099-12-31", "legalBasis": "测试条例 第一条 <b>`",
    });
    let query = "mutation($source: String!) { putGrant(source: $source) { name } }";
    hub.data("admin", query, json!({ "source": grant.to_string() })).await;
    hub
}

async fn get(hub: &TestHub, token: &str, path: &str) -> (u16, Vec<u8>) {
    let mut request = Request::get(format!("/docs/interfaces/{path}"));
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    hub.http(request.body(Body::empty()).unwrap()).await
}

async fn page(hub: &TestHub, token: &str, path: &str) -> String {
    let (status, body) = get(hub, token, path).await;
    let text = String::from_utf8(body).unwrap();
    assert_eq!(status, 200, "{path}: {text}");
    text
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The code under this caption, each of them.
fn captioned(page: &str, caption: &str) -> Vec<Json> {
    let start = format!("<figcaption>{caption}</figcaption><pre><code>");
    let parts = page.split(&start).skip(1).filter_map(|rest| rest.split("</code>").next());
    parts.map(|text| serde_json::from_str(&unescaped(text)).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_holds_what_is_granted_and_nothing_else() {
    on_each(|url| async move {
        let hub = start(&url).await;
        let text = page(&hub, "housing", OFFICER).await;
        for granted in [
            "categoryCode",
            "employerName",
            "personName",
            "birthDate",
            "SafetyOfficerCategory",
            "housing-officers",
            MATTER,
            "2099-12-31",
            HOUSING,
        ] {
            assert!(text.contains(granted), "{granted}");
        }
        assert!(text.contains("测试条例 第一条 &lt;b&gt;'"), "a legal basis is text");
        for denied in [
            "identityCard",
            "technicalTitle",
            "educationDegree",
            "EducationDegree",
            "businessInformation",
            "photo",
            "CertificateFile",
            "employerCertificates</",
        ] {
            assert!(!text.contains(denied), "{denied}");
        }
        for known in CODES {
            assert!(text.contains(&format!("<code>{}</code>", known.code)), "{}", known.code);
        }
        assert!(text.contains("http://hub.test/oauth/token") && !text.contains("rehearsal"), "the hub's own addresses");
        let whole = page(&hub, "restricted", OFFICER).await;
        for field in ["identityCard", "technicalTitle", "EducationDegree", "CertificateFile"] {
            assert!(whole.contains(field), "{field}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sample_answers_what_its_request_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let hub = start(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    let text = page(&hub, "housing", &format!("{OFFICER}?lang=en")).await;
    let (requests, answers) = (captioned(&text, "Request body"), captioned(&text, "Answer"));
    assert_eq!((requests.len(), answers.len()), (4, 4));
    // What the samples were run on, here: the same example, and the grant without its rows.
    let issued = example(&hub, OFFICER, 0).await;
    let query = "mutation { putGrant(source: $S) { name } }";
    let grant = json!({
        "name": "housing-officers", "department": HOUSING, "type": OFFICER, "items": [MATTER], "legalBasis": "测试条例",
        "fields": ["categoryCode", "employerName", "employerCreditCode"], "masked": ["personName", "birthDate", "number", "holders"],
    });
    hub.data("admin", &query.replace("$S", &Json::String(grant.to_string()).to_string()), json!({})).await;
    let told = |answer: &Json| {
        let text = answer.to_string().replace("示例颁发机构（虚构）", "测试省住房和城乡建设厅");
        let mut answer: Json = serde_json::from_str(&text).unwrap();
        // Cursors hold the moment of the request.
        if let Some(cursor) = answer.pointer_mut("/data/safetyOfficerCertificates/pageInfo/endCursor") {
            assert!(cursor.is_string());
            *cursor = Json::Null;
        }
        answer
    };
    for (mut request, answer) in requests.into_iter().zip(answers) {
        if let Some(id) = request.pointer_mut("/variables/id") {
            assert_eq!(*id, issued["identifier"]);
        }
        let again = hub.send("housing", &request).await;
        assert_eq!(told(&again), told(&answer), "{request:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_are_masked_as_for_the_department_and_refused_without_a_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let hub = start(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    let answers = captioned(&page(&hub, "housing", OFFICER).await, "应答");
    let one = &answers[0]["data"]["safetyOfficerCertificate"];
    assert!(one["personName"].as_str().unwrap().contains('*') && one["number"].as_str().unwrap().contains('*'), "{one:#}");
    assert_eq!(one["categoryCode"]["code"], "C3", "{one:#}");
    assert!(answers[0]["extensions"]["masked"].as_array().unwrap().iter().any(|path| path == "safetyOfficerCertificate.personName"));
    assert_eq!(answers[1]["data"]["safetyOfficerCertificates"]["nodes"].as_array().unwrap().len(), 1, "{:#}", answers[1]);
    assert_eq!(answers[2]["data"]["verifyCertificate"]["genuine"], true, "{:#}", answers[2]);
    assert_eq!(answers[3]["errors"][0]["extensions"]["code"], "PURPOSE_REQUIRED", "{:#}", answers[3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_have_a_document_is_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let hub = start(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    for (token, path, status, code) in [
        ("", OFFICER, 401, "UNAUTHENTICATED"),
        ("admin", OFFICER, 400, "INVALID_INPUT"),
        ("housing", "BusinessLicence", 403, "FORBIDDEN"),
        ("housing", "SafetyOfficerCertificate?department=91990000MAH0TEXT1J", 403, "FORBIDDEN"),
        ("housing", "SafetyOfficerCertificate.pdf?item=990000-002", 403, "FORBIDDEN"),
        ("housing", "NoSuchType", 404, "NOT_FOUND"),
        ("admin", "BusinessLicence?department=11990000000000GX2C", 403, "FORBIDDEN"),
    ] {
        let (found, body) = get(&hub, token, path).await;
        let answer: Json = serde_json::from_slice(&body).unwrap();
        assert_eq!((found, &answer["errors"][0]["extensions"]["code"]), (status, &json!(code)), "{token} {path}: {answer:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_has_the_document_of_a_department_and_of_what_its_clients_were_admitted_to() {
    let folder = tempfile::tempdir().unwrap();
    let hub = start(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    // Cursors hold the moment of the request.
    let body = |text: &str| {
        let main = text.split("<main>").nth(1).unwrap();
        main.lines().filter(|line| !line.contains("endCursor&quot;: ")).collect::<Vec<_>>().join("\n")
    };
    let of_department = body(&page(&hub, "housing", OFFICER).await);
    assert_eq!(body(&page(&hub, "admin", &format!("{OFFICER}?department={HOUSING}")).await), of_department);
    hub.data(
        "admin",
        "mutation { registerDepartment(code: \"11990000000000GX2C\", name: \"测试市住房保障局\", rate: 7) { code } }",
        json!({}),
    )
    .await;
    let client = "mutation { registerClient(department: \"11990000000000GX2C\", name: \"办件系统\", id: \"housing-hall\", types: [\"BusinessLicence\"], admittedFor: \"测试\") { client { id } } }";
    hub.data("admin", client, json!({})).await;
    let whole = page(&hub, "admin", &format!("BusinessLicence?department={HOUSING}")).await;
    assert!(whole.contains("<code>housing-hall</code>") && whole.contains("测试市住房保障局（11990000000000GX2C）"), "{whole}");
    assert!(whole.contains("7 次/秒"), "its limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_has_a_document_and_on_paper_too() {
    let folder = tempfile::tempdir().unwrap();
    let hub = TestHub::start(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    let names: Vec<_> = hub.hub.registry.load().types().map(|known| known.ty.name.to_string()).collect();
    for (index, name) in names.iter().enumerate() {
        let lang = if index % 2 == 0 { "zh" } else { "en" };
        let text = page(&hub, "department", &format!("{name}?lang={lang}")).await;
        let answers = captioned(&text, if lang == "zh" { "应答" } else { "Answer" });
        assert!(answers[..3].iter().all(|answer| answer.get("errors").is_none()), "{name}: {answers:#?}");
        let (status, pdf) = get(&hub, "department", &format!("{name}.pdf?lang={lang}")).await;
        assert_eq!(status, 200, "{name}: {}", String::from_utf8_lossy(&pdf));
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 20_000, "{name}: {} bytes", pdf.len());
    }
}
