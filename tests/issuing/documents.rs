//! PDF and OFD signed by a hub's signer: judged offline, and by the hub that knows what happened since.

use chrono::Utc;
use model::registry::Operation;
use verify::document::Proof;
use verify::ofd::Stamp;
use verify::report::VerificationResult::{Failed, Indeterminate, Passed};
use verify::ses::write::SealDraft;
use verify::ses::{Picture, SignerList, Version};
use verify::{Policy, verify_bytes};
use zhengzhao::sign::Signatory;
use zhengzhao::sign::ofd::{make_seal, sign_ofd};
use zhengzhao::sign::pdf::{SealPicture, SealPlace, SealText, sign_pdf};

use super::*;
use crate::support::each::on_each;

/// A page with the data inside, as the smallest PDF that has both.
pub(super) fn face(data: &[u8]) -> Vec<u8> {
    let objects: [Vec<u8>; 6] = [
        b"<< /Type /Catalog /Pages 2 0 R /AF [5 0 R] /Names << /EmbeddedFiles << /Names [(certificate.json) 5 0 R] >> >> >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << >> >>".to_vec(),
        b"<< /Length 10 >>\nstream\n0 0 1 1 re\nendstream".to_vec(),
        b"<< /Type /Filespec /F (certificate.json) /UF (certificate.json) /AFRelationship /Data /EF << /F 6 0 R /UF 6 0 R >> >>".to_vec(),
        [
            format!("<< /Type /EmbeddedFile /Subtype /application#2Fjson /Length {} >>\nstream\n", data.len()).as_bytes(),
            data,
            b"\nendstream",
        ]
        .concat(),
    ];
    let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (place, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", bytes.len());
        bytes.extend([format!("{} 0 obj\n", place + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = bytes.len();
    bytes.extend(format!("{table}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).as_bytes());
    bytes
}

pub(super) fn package(data: &[u8]) -> Vec<(String, Vec<u8>)> {
    let xml = |root: &str, content: &str| {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:{root} xmlns:ofd=\"{}\">{content}</ofd:{root}>", verify::ofd::NAMESPACE)
    };
    let root = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:OFD xmlns:ofd=\"{}\" Version=\"1.1\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>\
         <ofd:DocID>00112233445566778899aabbccddeeff</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>\
         </ofd:DocBody></ofd:OFD>",
        verify::ofd::NAMESPACE
    );
    let attachments = verify::ofd::write::attachments(&[verify::ofd::write::AttachmentEntry {
        id: "1".into(),
        name: "certificate.json".into(),
        format: "json".into(),
        creation_date: "2026-06-01T08:00:00".into(),
        size: data.len(),
        usage: "none".into(),
        file: "Doc_0/Attachs/certificate.json".into(),
    }]);
    let document = "<ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" \
                    BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>";
    [
        ("OFD.xml", root.into_bytes()),
        ("Doc_0/Document.xml", xml("Document", document).into_bytes()),
        ("Doc_0/Pages/Page_0/Content.xml", xml("Page", "<ofd:Content/>").into_bytes()),
        ("Doc_0/Attachs/Attachments.xml", attachments.into_bytes()),
        ("Doc_0/Attachs/certificate.json", data.to_vec()),
    ]
    .into_iter()
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .collect()
}

/// Every file of a package; None for a PDF, all of whose bytes are signed.
fn files(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let package = verify::ofd::read(bytes, &verify::ofd::Limits::default()).ok()?;
    Some(package.files.into_iter().map(|file| (file.name, file.bytes)).collect())
}

/// What a PDF's signature is over, and the signature with its signer: all but the certificates of the authorities above him, which
/// nobody signs but they themselves, and which a verifier who knows them from elsewhere does not need.
fn signed(pdf: &[u8]) -> Option<([u8; 32], Vec<u8>, Vec<u8>)> {
    let document = verify::document::Document::from_pdf(pdf).ok()?;
    match &document.signatures.first()?.proof {
        Proof::Cms { envelope, digest } => Some((*digest, envelope.signature().to_vec(), envelope.certificates().first()?.clone())),
        _ => None,
    }
}

/// The certificate of `id` as PDF and as OFD, as it stands now.
async fn documents(hub: &TestHub, id: Uuid) -> [Vec<u8>; 2] {
    let at = Utc::now();
    let data = hub.hub.verification.export(&evidence(hub, id).await, at).to_json().unwrap().into_bytes();
    let signer = hub.hub.keys.signer(AUTHORITY).unwrap();
    let picture = SealPicture { width: 2, height: 2, rgba: vec![200, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 128] };
    let place = SealPlace { page: 0, left: 120.0, top: 200.0, width: 42.0, height: 42.0 };
    let text = SealText { name: "测试机关".into(), reason: "签发".into() };
    let pdf = sign_pdf(&face(&data), &picture, place, &text, Signatory::alone(&*signer), at).unwrap();
    // The maker is another signer of the same root.
    let draft = SealDraft {
        version: Version::V4,
        vendor: "ZHENGZHAO".into(),
        id: "99011200000556".into(),
        kind: 1,
        name: "测试机关电子证照专用章".into(),
        signers: SignerList::Certificates(vec![signer.chain()[0].clone()]),
        created: at,
        valid_from: at - chrono::Duration::days(1),
        valid_to: at + chrono::Duration::days(365),
        picture: Picture { format: "png".into(), bytes: b"\x89PNG".to_vec(), width: 42, height: 42 },
        extensions: Vec::new(),
    };
    let seal = make_seal(&draft, &*signer).unwrap();
    let stamps = vec![Stamp { id: "1".into(), page: "1".into(), boundary: [120.0, 200.0, 42.0, 42.0], clip: None }];
    [pdf, sign_ofd(package(&data), &seal, stamps, Signatory::alone(&*signer), at).unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_documents_pass_offline_and_say_today_online() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let documents = documents(&hub, id).await;
        let trust = hub.hub.trust().unwrap();
        for bytes in &documents {
            let offline = verify_bytes(bytes, &trust, &Policy::default(), Utc::now()).unwrap();
            assert_eq!((offline.result, offline.gb_file_result), (Passed, Some(0)), "{offline:#?}");
            let online = hub.hub.verification.file(bytes, Utc::now()).await.unwrap();
            assert_eq!((verdict(&online), online.gb_file_result), ((Passed, Some(0)), Some(0)), "{online:#?}");
        }
        hub.hub.issuing.change_status(&issuer(), &id.to_string(), Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
        for bytes in &documents {
            let online = hub.hub.verification.file(bytes, Utc::now()).await.unwrap();
            assert_eq!((verdict(&online), online.genuine), ((Failed, Some(2)), Some(true)), "{online:#?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_changed_document_passes() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let [pdf, ofd] = documents(&hub, id).await;
        let judge = |bytes: &[u8]| verify_bytes(bytes, &hub.hub.trust().unwrap(), &Policy::default(), Utc::now());
        let passes = |bytes: &[u8]| judge(bytes).is_ok_and(|report| report.result == Passed);
        assert!(passes(&pdf) && passes(&ofd));
        for bytes in [&pdf, &ofd] {
            for place in (0..bytes.len()).step_by(bytes.len() / 97) {
                let mut changed = bytes.clone();
                changed[place] ^= 1;
                // A ZIP has bits that are nobody's content, such as the time of an entry: then every file must be what was signed.
                let same = || match files(&changed) {
                    Some(files) => Some(files) == self::files(bytes),
                    None => signed(&changed).is_some_and(|signed| Some(signed) == self::signed(bytes)),
                };
                assert!(!passes(&changed) || same(), "byte {place} of {}", bytes.len());
            }
            assert!(!passes(&[bytes.as_slice(), b"\n"].concat()) && !passes(&bytes[..bytes.len() - 1]));
        }
        // The page alone, with another rectangle of the same length: the data are genuine, the document is not.
        let place = memchr::memmem::find(&pdf, b"0 0 1 1 re").unwrap();
        let mut other = pdf.clone();
        other[place..place + 10].copy_from_slice(b"9 9 1 1 re");
        let report = judge(&other).unwrap();
        assert_eq!((report.result, report.genuine, report.reasons[0].code), (Failed, Some(false), "DOCUMENT_CHANGED"), "{report:#?}");
        // Never signed.
        let data = hub.hub.verification.export(&evidence(&hub, id).await, Utc::now()).to_json().unwrap();
        let bare = judge(&face(data.as_bytes())).unwrap();
        assert_eq!((bare.result, bare.genuine, bare.reasons[0].code), (Indeterminate, None, "DOCUMENT_UNSIGNED"), "{bare:#?}");
        // Another root.
        let foreign = verify_bytes(&pdf, &verify::Trust::default(), &Policy::default(), Utc::now()).unwrap();
        assert_eq!((foreign.result, foreign.genuine), (Indeterminate, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_signed_once() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let [pdf, _] = documents(&hub, id).await;
        let signer = hub.hub.keys.signer(AUTHORITY).unwrap();
        let picture = SealPicture { width: 1, height: 1, rgba: vec![0; 4] };
        let place = SealPlace { page: 0, left: 0.0, top: 0.0, width: 10.0, height: 10.0 };
        let text = SealText { name: "测试机关".into(), reason: "签发".into() };
        let sign = |bytes: &[u8], place| {
            sign_pdf(bytes, &picture, place, &text, Signatory::alone(&*signer), Utc::now()).map(|_| ()).unwrap_err().to_string()
        };
        assert!(sign(&pdf, place).contains("signed"), "{}", sign(&pdf, place));
        assert!(sign(&face(b"{}"), SealPlace { page: 7, ..place }).contains("page"), "no such page");
        assert!(!sign(b"GIF89a", place).is_empty());
    })
    .await;
}
