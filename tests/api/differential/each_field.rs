//! Each field of each type in a document of its own: who answers it is written down here, so that no field is lost to the plans
//! unnoticed.

use model::registry::names;

use super::compare::{Question, ask, difference};
use super::schema::{Schema, Step};
use super::seed::{Seeded, seed};
use super::{department, views};
use crate::support::each::on_each;
use zhengzhao::graphql::Path;

/// Why the library answers a field; None: a plan does.
fn by_library(schema: &Schema, ty: &str, field: &str) -> Option<&'static str> {
    Some(match (ty, field) {
        (_, "history") | ("CertificateEvent", _) => "events are read apart",
        ("Authority", "parent") => "authorities above the issuer are read apart",
        ("Query", "certificateTypes") | ("CertificateType" | "CertificateTypeField", _) => "the catalogue is of no certificate",
        ("Query", "sealedFiles") | ("SealedFile", _) => "files are read apart",
        ("Query", "myAccess" | "accessRequests" | "grants" | "explainAccess") | ("AccessRule" | "AccessRequest" | "Grant", _) => {
            "rules are of no certificate"
        }
        ("VerificationReport", "holderFrozen") => "freezes are of no certificate",
        ("SignatureInfo", _) => return None,
        _ if schema.field(ty, field).ty.named() == "Base64" => "photos lie apart",
        _ => return None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_field_is_answered_by_whom_it_should_be() {
    on_each(|url| async move {
        let seeded = seed(&url).await;
        let view = views(&seeded.hub).await.into_iter().find(|view| view.name == "department").unwrap();
        let schema = &view.schema;
        let (mut planned, mut left) = (0, 0);
        let mut wrong = Vec::new();
        for name in schema.fields() {
            let (ty, field) = name.split_once('.').unwrap();
            let expected = by_library(schema, ty, field);
            let text = document(&seeded, schema, ty, field, expected.is_some());
            let question = Question::of(&department(), &text);
            let (told, by_plan) = ask(&seeded.hub.hub, &question, "usual", Path::Usual).await;
            let (judge, _) = ask(&seeded.hub.hub, &question, "library", Path::Library).await;
            planned += usize::from(by_plan);
            left += usize::from(!by_plan);
            if told != judge {
                wrong.push(format!("{name}: {}\n{text}", difference(&told, &judge)));
            } else if told.json().get("errors").is_some() {
                wrong.push(format!("{name}: {}\n{text}", told.json()));
            } else if by_plan != expected.is_none() {
                wrong.push(format!("{name}: by plan: {by_plan}, but {}\n{text}", expected.unwrap_or("a plan should answer it")));
            }
        }
        println!("{planned} fields by plan, {left} by the library");
        assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n"));
    })
    .await;
}

/// A document that selects the field of a certificate that is there.
fn document(seeded: &Seeded, schema: &Schema, ty: &str, field: &str, library: bool) -> String {
    // The first way on which nothing else is the library's.
    let ways = (0..50).map(|place| schema.way(ty, |count| place.min(count - 1)));
    let way = ways.into_iter().find(|way| library || of_plans(schema, way)).unwrap();
    let below = if schema.composite(schema.field(ty, field).ty.named()) { " { __typename }" } else { "" };
    let mut text = format!("{{ {field}{}{below} }}", arguments(seeded, ty, field));
    let mut at = vec!["Query".to_owned()];
    for step in &way {
        let last = at.last().unwrap();
        at.push(match step {
            Step::On(object) => object.clone(),
            Step::Field(name) => schema.field(last, name).ty.named().to_owned(),
        });
    }
    for (step, on) in way.iter().zip(at).rev() {
        text = match step {
            Step::On(object) => format!("{{ ... on {object} {text} }}"),
            Step::Field(name) => format!("{{ {name}{} {text} }}", arguments(seeded, &on, name)),
        };
    }
    text
}

fn of_plans(schema: &Schema, way: &[Step]) -> bool {
    let mut at = "Query".to_owned();
    way.iter().all(|step| match step {
        Step::On(object) => {
            at.clone_from(object);
            true
        }
        Step::Field(name) => {
            let plan = by_library(schema, &at, name).is_none();
            at = schema.field(&at, name).ty.named().to_owned();
            plan
        }
    })
}

fn arguments(seeded: &Seeded, ty: &str, field: &str) -> String {
    if ty != "Query" {
        return String::new();
    }
    let registry = seeded.hub.hub.registry.load();
    let types = registry.types().map(|known| known.ty.clone());
    for ty in types {
        let id = &seeded.sound.iter().find(|(name, _)| *name == *ty.name).unwrap().1[0];
        if field == names::root_one(&ty) {
            return format!("(id: \"{id}\")");
        }
        if field == names::root_statistics(&ty) {
            return "(groupBy: [status])".into();
        }
    }
    let id = &seeded.sound[0].1[0];
    match field {
        "certificate" | "node" | "verifyCertificate" => format!("(id: \"{id}\")"),
        "verifyCertificates" => format!("(ids: [\"{id}\"])"),
        "verifyInformation" => format!("(typeCode: \"KindsLicence\", number: \"{}\")", seeded.pool.texts["number"][0]),
        "verifyCode" => {
            let unknown = verify::identifier::Identifier::build("11100000000013338W011", "11990000000000GX2C", "NOSUCH", 1).unwrap();
            format!("(text: \"http://hub.test/verify/{unknown}\")")
        }
        "sealedFiles" => format!("(identifier: \"{id}\")"),
        "verifyFile" => format!("(content: \"{}\")", seeded.pool.files[0]),
        "holder" => "(code: \"91990000MAH0TEXT1J\")".into(),
        "holders" => "(codes: [\"91990000MAH0TEXT1J\"])".into(),
        _ => String::new(),
    }
}
