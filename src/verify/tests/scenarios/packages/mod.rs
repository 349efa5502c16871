//! Signed OFD packages: made, read back, attacked.

mod attacks;
mod forged;
mod honest;
mod scene;

use verify::{
    Envelope,
    chain::ChainOutcome,
    ofd::{
        self, Limits, OfdSignature, Provider, SignedValue, Stamp,
        write::{self, SigningParameters},
    },
    ses::{DataHash, Embedded, Force, Listing, Seal, SignatureOutcome, Version, write::SignatureDraft},
    signature::sign_message,
};

use crate::{
    authority::{SIGNER_KEY, World, key, now, statement},
    seals::{draft, sealed},
};

pub(crate) type Files = Vec<(String, Vec<u8>)>;

fn xml(root: &str, content: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:{root} xmlns:ofd=\"{}\">{content}</ofd:{root}>", ofd::NAMESPACE).into_bytes()
}

/// A document of one page with a certificate attached, not signed yet.
pub(crate) fn document() -> Files {
    document_of(&World::new().envelope(&statement("20260000001"), &[]))
}

pub(crate) fn document_of(envelope: &Envelope) -> Files {
    let inside = envelope.to_json().unwrap().into_bytes();
    let root = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:OFD xmlns:ofd=\"{}\" Version=\"1.1\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>\
         <ofd:DocID>00112233445566778899aabbccddeeff</ofd:DocID><ofd:Title>演示证照</ofd:Title><ofd:CustomDatas>\
         <ofd:CustomData Name=\"ZZMC\">安全生产管理人员考核合格证书</ofd:CustomData><ofd:CustomData Name=\"KZ_等级\">甲 &amp; 乙</ofd:CustomData>\
         </ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        ofd::NAMESPACE
    );
    let attachments = write::attachments(&[write::AttachmentEntry {
        id: "1".to_owned(),
        name: "certificate.json".to_owned(),
        format: "json".to_owned(),
        creation_date: "2026-06-01T08:00:00".to_owned(),
        size: inside.len(),
        usage: "none".to_owned(),
        file: "Doc_0/Attachs/certificate.json".to_owned(),
    }]);
    let tags = write::custom_tags(&[write::CustomTagEntry { kind: "zhengzhao".to_owned(), file: "Doc_0/Tags/Tag_0.xml".to_owned() }]);
    let content = "<ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>\
                   <ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages>\
                   <ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments><ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>";
    let files: [(&str, Vec<u8>); 8] = [
        ("OFD.xml", root.into_bytes()),
        ("Doc_0/Document.xml", xml("Document", content)),
        ("Doc_0/PublicRes.xml", xml("Res", "")),
        ("Doc_0/Pages/Page_0/Content.xml", xml("Page", &"<ofd:Content>面积 12.50</ofd:Content>".repeat(20))),
        ("Doc_0/Attachs/Attachments.xml", attachments.into_bytes()),
        ("Doc_0/Attachs/certificate.json", inside),
        ("Doc_0/Tags/CustomTags.xml", tags.into_bytes()),
        ("Doc_0/Tags/Tag_0.xml", xml("Tag", "")),
    ];
    files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

fn parameters(seal: Option<&Seal>) -> SigningParameters {
    SigningParameters {
        provider: Provider { name: "zhengzhao".to_owned(), version: Some("0.1".to_owned()), company: None },
        time: now().naive_utc(),
        stamps: vec![Stamp { id: "1".to_owned(), page: "1".to_owned(), boundary: [120.0, 200.5, 45.0, 45.0], clip: None }],
        seal: seal.map(|seal| seal.der.clone()),
    }
}

/// The package of these files, sealed with `seal` by the world's signer.
pub(crate) fn sealed_package(world: &World, files: Files, seal: &Seal) -> Vec<u8> {
    let prepared = write::prepare(files, &parameters(Some(seal))).unwrap();
    let value = signed_value(world, seal, prepared.digest, &prepared.property_info);
    prepared.finish(&value).unwrap()
}

fn signed_value(world: &World, seal: &Seal, data_hash: [u8; 32], property_info: &str) -> Vec<u8> {
    let draft = SignatureDraft { seal: &seal.der, time: now(), data_hash, property_info, certificate: &world.signer };
    let unsigned = draft.for_signer().unwrap();
    let signature = sign_message(&key(SIGNER_KEY).0, &unsigned.to_sign).unwrap();
    unsigned.signed(&signature).unwrap().der
}

pub(crate) fn honest_package(world: &World) -> Vec<u8> {
    sealed_package(world, document(), &sealed(world, &draft(world, Version::V4)))
}

/// Everything that stands against a package, by name; nothing for one that may be believed.
fn against(world: &World, bytes: &[u8]) -> Vec<&'static str> {
    let package = match ofd::read(bytes, &Limits::default()) {
        Ok(package) => package,
        Err(fault) => return vec![fault.0.code()],
    };
    let mut reasons: Vec<_> = package.faults.iter().map(ofd::PackageFault::code).collect();
    if package.signatures.is_empty() {
        reasons.push("NO_SIGNATURE");
    }
    for signature in &package.signatures {
        reasons.extend(signature.faults.iter().map(ofd::CoverageFault::code));
        reasons.extend(against_seal(world, signature));
    }
    reasons
}

fn against_seal(world: &World, signature: &OfdSignature) -> Vec<&'static str> {
    let SignedValue::Seal(value) = &signature.signed_value else { return vec!["NO_SEAL_SIGNATURE"] };
    let at = value.time.time().unwrap();
    let chain = |certificate: &[u8]| world.trust().chain(&[certificate.to_vec(), world.middle.clone()]).outcome(at);
    let trusted = |outcome| matches!(outcome, ChainOutcome::Trusted { .. });
    let answers = [
        ("SEAL_DATA_HASH", value.data_hash_agrees(&signature.digest) == DataHash::Agrees),
        ("SEAL_SIGNER_SIGNATURE", value.signer_signature() == SignatureOutcome::Valid),
        ("SEAL_SIGNER_CHAIN", trusted(chain(&value.certificate))),
        ("SEAL_SIGNER_NOT_LISTED", matches!(value.signer_listed(), Listing::Certificate | Listing::Digest)),
        ("SEAL_MAKER_SIGNATURE", value.seal.maker_signature() == SignatureOutcome::Valid),
        ("SEAL_MAKER_CHAIN", trusted(chain(&value.seal.maker_certificate))),
        ("SEAL_NOT_IN_FORCE", value.seal.force(at) == Force::InForce),
        ("SEAL_FILE_DIFFERS", signature.seal.as_ref().is_some_and(|file| value.embeds(file) == Embedded::Equal)),
        ("SEAL_PROPERTY_INFO", value.property_info == format!("/{}", signature.file)),
    ];
    answers.into_iter().filter(|(_, good)| !good).map(|(name, _)| name).collect()
}
