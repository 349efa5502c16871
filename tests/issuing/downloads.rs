//! A certificate's PDF and OFD, as they are downloaded: laid out, sealed, kept, and passed by a verifier that knows only the root.

use axum::body::Body;
use axum::http::Request;
use model::registry::Operation;
use verify::report::VerificationResult::{Failed, Passed};
use verify::{Policy, verify_bytes};
use zhengzhao::files::{FileError, Format};

use super::*;
use crate::support::each::on_each;
use crate::support::hub::administrator;

const PURPOSE: &str = "%7B%22useFor%22%3A%22test%22%7D";

async fn get(hub: &TestHub, token: &str, path: &str, purpose: bool) -> (u16, Vec<u8>) {
    let mut request = Request::get(path).header("authorization", format!("Bearer {token}"));
    if purpose {
        request = request.header("x-purpose", PURPOSE);
    }
    hub.http(request.body(Body::empty()).unwrap()).await
}

fn code(answer: &(u16, Vec<u8>)) -> (u16, String) {
    let body: Json = serde_json::from_slice(&answer.1).unwrap();
    (answer.0, body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_files_pass_offline_and_stay_the_same() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let identifier = evidence(&hub, id).await.row.identifier;
        let trust = hub.hub.trust().unwrap();
        let mut kept = Vec::new();
        for (extension, magic) in [("pdf", b"%PDF-1.7".as_slice()), ("ofd", b"PK\x03\x04")] {
            let path = format!("/certificates/{identifier}.{extension}");
            let (status, bytes) = get(&hub, "department", &path, true).await;
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
            assert!(bytes.starts_with(magic));
            let offline = verify_bytes(&bytes, &trust, &Policy::default(), Utc::now()).unwrap();
            assert_eq!((offline.result, offline.gb_file_result), (Passed, Some(0)), "{offline:#?}");
            assert_eq!(offline.outcome("document-timestamp"), Some(Outcome::Ok), "the hub's unit says when");
            assert_eq!(get(&hub, "department", &path, true).await.1, bytes, "made once");
            kept.push((path, bytes));
        }
        let [seal] = hub.hub.sealing.seals(Some(AUTHORITY)).await.unwrap().try_into().unwrap();
        assert_eq!(seal.uses, 2, "each file is on record");
        // Anybody learns whose seal it is.
        let sealed = "query($id: String!) { sealedFiles(identifier: $id) { format digest signer result sealCode sealMaker sealStatus checks { name outcome } } }";
        let told = hub.data("", sealed, json!({ "id": identifier })).await;
        for ((_, bytes), told) in kept.iter().zip(told["sealedFiles"].as_array().unwrap()) {
            assert_eq!((told["digest"].as_str().unwrap(), &told["result"]), (&*verify::digest::sm3_hex(bytes), &json!("PASSED")), "{told:#}");
            assert_eq!((&told["sealCode"], &told["sealStatus"]), (&json!(seal.code), &json!("ACTIVE")));
            assert!(told["signer"].as_str().unwrap().contains(AUTHORITY) && told["sealMaker"].is_string(), "{told:#}");
            assert!(told["checks"].as_array().unwrap().iter().all(|check| check["name"].as_str().unwrap().starts_with("document-")));
        }
        assert_eq!(hub.data("", sealed, json!({ "id": "1.2.3" })).await["sealedFiles"], json!([]));
        // The signed statement alone, in the national envelope.
        let (status, message) = get(&hub, "department", &format!("/certificates/{identifier}.p7m"), true).await;
        let known = hub.hub.verification.file(&message, Utc::now()).await.unwrap();
        assert_eq!((status, known.result), (200, Passed), "{known:#?}");
        // Whoever may not read it, says nothing for what, or is nobody gets nothing.
        let (path, _) = &kept[0];
        assert_eq!(code(&get(&hub, "department", path, false).await), (403, "PURPOSE_REQUIRED".into()));
        assert_eq!(code(&get(&hub, "", path, true).await).0, 401);
        assert_eq!(code(&get(&hub, "department", "/certificates/1.2.3.pdf", true).await), (404, "NOT_FOUND".into()));
        assert_eq!(code(&get(&hub, "department", &path.replace(".pdf", ".exe"), true).await), (404, "NOT_FOUND".into()));
        // Of what is revoked the file stays, and says so when it is verified here.
        hub.hub.issuing.change_status(&issuer(), &id.to_string(), Operation::Revoke, "检查", None, Utc::now()).await.unwrap();
        for (path, bytes) in &kept {
            assert_eq!(get(&hub, "department", path, true).await.1, *bytes);
            let online = hub.hub.verification.file(bytes, Utc::now()).await.unwrap();
            assert_eq!((online.result, online.genuine), (Failed, Some(true)), "{online:#?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_of_what_is_not_in_force_or_without_a_seal() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (one, other) = (issue(&hub, officer(1, "A")).await, issue(&hub, officer(2, "A")).await);
        hub.hub.issuing.change_status(&issuer(), &one.to_string(), Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
        let file = async |id| hub.hub.files.file(id, Format::Pdf, Utc::now()).await;
        assert!(matches!(file(one).await, Err(FileError::NotInForce(_))), "{:?}", file(one).await.map(|file| file.digest));
        let [seal] = hub.hub.sealing.seals(Some(AUTHORITY)).await.unwrap().try_into().unwrap();
        let administering = Caller { actor: Arc::new(administrator()), purpose: None };
        hub.hub.sealing.suspend(&seal.code, "遗失", &administering, Utc::now()).await.unwrap();
        assert!(matches!(file(other).await, Err(FileError::Seal(_))), "{:?}", file(other).await.map(|file| file.digest));
        let path = format!("/certificates/{}.ofd", evidence(&hub, other).await.row.identifier);
        assert_eq!(code(&get(&hub, "department", &path, true).await), (409, "CONFLICT".into()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_face_is_tried_before_it_counts() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let register = "mutation($type: String!, $source: String!, $dryRun: Boolean) { \
            registerFace(type: $type, source: $source, dryRun: $dryRun) { registered pages digest type { name } } }";
        let ask = |source: &str, dry: bool| json!({ "type": OFFICER, "source": source, "dryRun": dry });
        let faulty =
            hub.refused("admin", register, ask("#import \"/zhengzhao.typ\": *\n\n#value(\"nmae\")\n", false), "INVALID_INPUT").await;
        assert!(faulty.to_string().contains("line 3"), "{faulty:#}");
        hub.refused("issuer", register, ask("", false), "FORBIDDEN").await;
        // Its process ends for want of memory, and the hub goes on.
        let greedy = "#import \"/zhengzhao.typ\": *\n#let much = range(900000000)\n";
        let refused = hub.refused("admin", register, ask(greedy, true), "INVALID_INPUT").await;
        assert!(refused.to_string().contains("MB"), "{refused:#}");
        let face =
            "#import \"/zhengzhao.typ\": *\n#set page(paper: \"a5\", margin: 10mm)\n甲乙丙 #value(\"personName\") #seal-at(60, 60)\n";
        let tried = hub.data("admin", register, ask(face, true)).await;
        assert_eq!(tried["registerFace"]["registered"], false);
        let before = hub.hub.files.file(issue(&hub, officer(1, "A")).await, Format::Pdf, Utc::now()).await.unwrap();
        let now = hub.data("admin", register, ask(face, false)).await;
        assert_eq!(now["registerFace"]["registered"], true, "{now:#}");
        let after = hub.hub.files.file(issue(&hub, officer(2, "A")).await, Format::Pdf, Utc::now()).await.unwrap();
        assert_eq!((before.face.as_str(), after.face.as_str()), ("", now["registerFace"]["digest"].as_str().unwrap()));
        let again = hub.hub.registration.register_face(OFFICER, face, &administrator(), false).await.unwrap();
        assert!(!again.registered);
        // One that is greedy for real certificates only: its first file is refused, and everything else goes on.
        let sly = "#import \"/zhengzhao.typ\": *\n#if not face.identifier.contains(\"SPECIMEN\") { let much = range(900000000) }\n甲 #seal-at(60, 60)\n";
        assert_eq!(hub.data("admin", register, ask(sly, false)).await["registerFace"]["registered"], true);
        let id = issue(&hub, officer(7, "A")).await;
        let refused = hub.hub.files.file(id, Format::Pdf, Utc::now()).await;
        assert!(matches!(&refused, Err(FileError::Face(fault)) if fault.en.contains("MB")), "{:?}", refused.map(|file| file.digest));
        // A link that is no page of the web, and a file named as the signed data are.
        for bad in ["#link(\"javascript:alert(1)\")[甲]", "#pdf.attach(\"certificate.json\", bytes(\"{}\"))\n甲"] {
            hub.refused("admin", register, ask(&format!("#import \"/zhengzhao.typ\": *\n{bad}\n"), true), "INVALID_INPUT").await;
        }
    })
    .await;
}

/// PDFBox and BouncyCastle, of Debian's packages: other people's code, which knows SM2. Runs where `./test` has installed them.
#[tokio::test(flavor = "multi_thread")]
async fn bouncycastle_agrees() {
    if std::env::var_os("ZHENGZHAO_TEST_JAVA").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let hub = TestHub::start(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    let pdf = hub.hub.files.file(issue(&hub, officer(1, "A")).await, Format::Pdf, Utc::now()).await.unwrap().bytes;
    let mut altered = pdf.to_vec();
    // Within the first stream of the face.
    let place = memchr::memmem::find(&altered, b"stream").unwrap() + 20;
    altered[place] ^= 1;
    let longer = [&pdf, b"\n%\n".as_slice()].concat();
    for (name, bytes) in [("right.pdf", pdf.to_vec()), ("altered.pdf", altered), ("longer.pdf", longer)] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let judge = |root: &std::path::Path| {
        let jars = ["bcprov", "bcpkix", "bcutil", "pdfbox2", "fontbox2", "commons-logging"].map(|jar| format!("/usr/share/java/{jar}.jar"));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/java/VerifyPdf.java");
        let mut java = std::process::Command::new("java");
        java.args(["-cp", &jars.join(":"), source]).arg(root).args(["right.pdf", "altered.pdf", "longer.pdf"]);
        let said = java.current_dir(folder.path()).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let told = judge(&hub.hub.settings.trust.join("ca.cert.pem"));
    assert_eq!(told[0], "true", "{told:#?}");
    assert!(told.len() == 3 && told[1..].iter().all(|line| line.starts_with("false")), "{told:#?}");
}
