//! What random documents found, each by name.

use serde_json::{Value as Json, json};
use zhengzhao::graphql::Path;

use super::compare::{Question, ask, recorded};
use super::department;
use super::seed::{rewrite, seed};
use crate::issuing::evidence;
use crate::support::each::on_each;
use crate::support::hub::TestHub;

/// The answer, where plan and library agree; with who gave it.
async fn agreed(hub: &TestHub, text: &str, variables: Json) -> (Json, bool) {
    let mut question = Question::of(&department(), text);
    question.variables = variables.as_object().unwrap().clone();
    let (told, planned) = ask(&hub.hub, &question, "usual", Path::Usual).await;
    let (judge, _) = ask(&hub.hub, &question, "library", Path::Library).await;
    assert_eq!((told.json(), told.executed), (judge.json(), judge.executed), "{text}");
    (told.json(), planned)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_random_documents_found_stays_mended() {
    on_each(|url| async move {
        let seeded = seed(&url).await;
        let hub = &seeded.hub;
        let ids = |name: &str| &seeded.sound.iter().find(|(known, _)| known == name).unwrap().1;
        let id = &ids("BusinessLicence")[0];

        // An object of which nothing is selected is empty, not null.
        for (text, data) in [
            ("{ __typename @skip(if: true) }".to_owned(), json!({})),
            (format!("{{ node(id: \"{id}\") {{ ... on DrivingLicence {{ id }} }} }}"), json!({ "node": {} })),
            (format!("{{ certificate(id: \"{id}\") {{ issuer {{ name @include(if: false) }} }} }}"), json!({ "certificate": { "issuer": {} } })),
        ] {
            assert_eq!(agreed(hub, &text, json!({})).await, (json!({ "data": data }), true), "{text}");
        }

        // A row that is current itself is not read again, and its issuer is known all the same.
        let text = format!("{{ certificate(id: \"{id}\") {{ current {{ current {{ issuer {{ level {{ code }} }} }} }} }} }}");
        let (told, planned) = agreed(hub, &text, json!({})).await;
        assert!(planned && told["data"]["certificate"]["current"]["current"]["issuer"]["level"]["code"] == "2", "{told}");

        // What is skipped has no place in the order.
        let text = format!("{{ ...F @skip(if: true) b: node(id: \"{id}\") {{ id }} ...F }} fragment F on Query {{ __typename }}");
        let mut question = Question::of(&department(), &text);
        for path in [Path::Usual, Path::Library] {
            question.now = chrono::Utc::now();
            let (told, _) = ask(&hub.hub, &question, "ordered", path).await;
            assert!(told.body.starts_with(b"{\"data\":{\"b\":"), "{}", told.json());
        }

        // Nobody in a list of holders is null, and no fault.
        let nobody = "{ holders(codes: [\"nobody\", \"91990000MAH0TEXT1J\"]) { code codeType { code } certificates { nodes { id @skip(if: true) } } parts: codeAbsent } }";
        let (told, planned) = agreed(hub, nobody, json!({})).await;
        assert!(planned && told.get("errors").is_none(), "{told}");
        assert_eq!((&told["data"]["holders"][0], &told["data"]["holders"][1]["code"]), (&Json::Null, &json!("91990000MAH0TEXT1J")));

        // A list of an unknown type with a default is a fault of the document.
        let (told, _) = agreed(hub, "query($x: [Nothing!] = [{}]) { __typename }", json!({})).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "INVALID_INPUT", "{told}");

        // A required variable is missed before anything is read.
        let text = "query($types: [String!]!) { holders(codes: [\"nobody\"]) { certificates(typeCodes: $types) { nodes { id } } } }";
        for variables in [json!({}), json!({ "types": null })] {
            let (told, _) = agreed(hub, text, variables).await;
            assert!(told.get("data").is_none() && told["errors"][0]["message"].as_str().unwrap().contains("$types"), "{told}");
        }

        // A statement that is no JSON: a plan reads no more of it than is asked, the library all of it. What is broken is told alike.
        let broken = &ids("KindsLicence")[0];
        let row = evidence(hub, broken.parse().unwrap()).await.row;
        let cut = row.statement.find("\"label\"").unwrap() + 4;
        rewrite(&url, &row.identifier, &row.statement.as_bytes()[..cut]).await;
        let question = |fields: &str| Question::of(&department(), &format!("{{ kindsLicence(id: \"{broken}\") {{ {fields} }} }}"));
        let whole = ask(&hub.hub, &question("id status version"), "usual", Path::Usual).await.0.json();
        assert_eq!(whole["data"]["kindsLicence"]["id"], **broken, "{whole}");
        let refused = ask(&hub.hub, &question("id status version"), "library", Path::Library).await.0.json();
        assert_eq!(refused["errors"][0]["extensions"]["code"], "INTERNAL", "{refused}");
        let (told, planned) = agreed(hub, &format!("{{ kindsLicence(id: \"{broken}\") {{ id label }} }}"), json!({})).await;
        assert!(!planned && told["errors"][0]["extensions"]["code"] == "INTERNAL", "{told}");

        // A verification beside a root that a plan has to give up is recorded once.
        recorded(&hub.hub, &url).await;
        let text = format!("{{ verifyCertificate(id: \"{id}\") {{ result }} kindsLicence(id: \"{broken}\") {{ label }} }}");
        agreed(hub, &text, json!({})).await;
        let journal = recorded(&hub.hub, &url).await;
        assert_eq!(journal["usual"], journal["library"]);
        assert_eq!(journal["usual"].iter().filter(|read| read.0 == "verify").count(), 1);
    })
    .await;
}
