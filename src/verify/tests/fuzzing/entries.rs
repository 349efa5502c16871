//! Where foreign bytes come in: one function for each kind, as the fuzz targets and the replay of their corpus call it. Nothing may
//! panic, and nothing may pass that the makers of the matrix did not sign.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use chrono::{DateTime, Utc};
use verify::{
    CodeGiven, Envelope, Input, Policy, Report, Trust,
    chain::{Purpose, X509},
    cms::{Content, SignedData},
    document::Document,
    ofd, pdf, qr,
    report::VerificationResult::Passed,
    revocation::Revocations,
    ses::{Seal, SealSignature},
    statement::{AsOfStatement, CopyStatement, Statement, StatusStatement},
    timestamp::{TimestampRequest, TimestampResponse, TimestampToken},
    verify,
};

/// A kind of input: its name, and what reads it.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&[u8]),
    /// Which files of the matrix are inputs of this kind: `cases/*.pdf` ends with `.pdf`.
    pub(crate) seeds: &'static [&'static str],
}

pub(crate) const ENTRIES: [Entry; 9] = [
    Entry { name: "pdf", run: pdf, seeds: &[".pdf"] },
    Entry { name: "ofd", run: ofd, seeds: &[".ofd"] },
    Entry { name: "ofd_part", run: ofd_part, seeds: &[] },
    Entry { name: "envelope", run: envelope, seeds: &[".json"] },
    Entry { name: "qr", run: qr, seeds: &[".txt"] },
    Entry { name: "cms", run: cms, seeds: &[".cms"] },
    Entry { name: "ses", run: ses, seeds: &[".ses"] },
    Entry { name: "timestamp", run: timestamp, seeds: &[".tst"] },
    Entry { name: "crl", run: crl, seeds: &[".crl"] },
];

/// The folder of the matrix, from wherever this is included.
pub(crate) fn matrix() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.map(|folder| folder.join("src/verify/tests/matrix")).find(|folder| folder.is_dir()).unwrap()
}

/// What every question is asked with.
struct Scene {
    trust: Trust,
    policy: Policy,
    at: DateTime<Utc>,
    /// Every statement that was really signed.
    signed: BTreeSet<String>,
    package: Vec<(String, Vec<u8>)>,
    signer: X509,
    issuer: X509,
}

fn scene() -> &'static Scene {
    static SCENE: OnceLock<Scene> = OnceLock::new();
    SCENE.get_or_init(|| {
        let folder = matrix();
        let root = fs::read_to_string(folder.join("trust/root.pem")).unwrap();
        let chains = files(&folder.join("trust/signers"));
        let chains: Vec<Vec<X509>> = chains.iter().map(|(_, pem)| X509::from_pem(std::str::from_utf8(pem).unwrap()).unwrap()).collect();
        let lists: Vec<Vec<u8>> = files(&folder.join("trust/revocations")).into_iter().map(|(_, der)| der).collect();
        let ders: Vec<Vec<Vec<u8>>> = chains.iter().map(|chain| chain.iter().map(|one| one.der().to_vec()).collect()).collect();
        let trust = Trust::from_pem(&[root]).unwrap().with_signers(ders.clone()).with_revocations(Revocations::read(&lists, &[]));
        // Known signers are verified eight times as fast.
        ders.iter().for_each(|chain| trust.learn(chain));
        let cases = files(&folder.join("cases"));
        let whole = |name: &str| &cases.iter().find(|(file, _)| file == name).unwrap().1;
        let package = ofd::read(whole("valid.ofd"), &ofd::Limits::default()).unwrap();
        let mut signed = BTreeSet::new();
        for (name, bytes) in &cases {
            let inside = match name.rsplit_once('.').unwrap().1 {
                "json" => Envelope::from_json(bytes).ok(),
                "pdf" => Document::from_pdf(bytes).unwrap().envelope().cloned(),
                "ofd" => Document::from_ofd(bytes).unwrap().envelope().cloned(),
                _ => None,
            };
            signed.extend(inside.map(|envelope| envelope.statement));
        }
        Scene {
            trust,
            policy: Policy::default(),
            at: "2026-06-01T00:00:00Z".parse().unwrap(),
            signed,
            package: package.files.into_iter().map(|file| (file.name, file.bytes)).collect(),
            signer: chains[0][0].clone(),
            issuer: chains[0][1].clone(),
        }
    })
}

/// The files of a folder by name.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    found.sort();
    found
}

fn ask(input: &Input<'_>) -> Report {
    let scene = scene();
    let report = verify(input, &scene.trust, &scene.policy, scene.at);
    if let (Passed, Some(envelope)) = (report.result, input.envelope) {
        assert!(scene.signed.contains(&envelope.statement), "passed, and nobody signed {}", envelope.statement);
    }
    let _ = report.in_words(verify::Lang::Zh);
    report
}

pub(crate) fn pdf(bytes: &[u8]) {
    if let Ok(read) = pdf::read(bytes, &pdf::Limits::default()) {
        for signature in &read.signatures {
            let _ = signature.covered(bytes);
        }
    }
    if let Ok(document) = Document::from_pdf(bytes) {
        ask(&Input::of_document(&document));
    }
}

pub(crate) fn ofd(bytes: &[u8]) {
    if let Ok(document) = Document::from_ofd(bytes) {
        ask(&Input::of_document(&document));
    }
}

/// One file of an honest package, which the first byte chooses, is replaced: so that checksums do not keep the fuzzer out.
pub(crate) fn ofd_part(bytes: &[u8]) {
    let Some((which, content)) = bytes.split_first() else { return };
    let mut files = scene().package.clone();
    let which = usize::from(*which) % files.len();
    files[which].1 = content.to_vec();
    if let Ok(package) = ofd::write::archive(&files) {
        ofd(&package);
    }
}

pub(crate) fn envelope(bytes: &[u8]) {
    if let Ok(envelope) = Envelope::from_json(bytes) {
        ask(&Input::of(&envelope));
        let again = envelope.to_json().map(|text| Envelope::from_json(text.as_bytes()));
        assert!(again.is_ok_and(|again| again.as_ref() == Ok(&envelope)), "what was read is not read again");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(statement) = Statement::from_text(text) {
            assert_eq!(statement.to_text().as_deref(), Ok(text));
        }
        let _ = (StatusStatement::from_text(text), AsOfStatement::from_text(text), CopyStatement::from_text(text));
    }
}

pub(crate) fn qr(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(code) = qr::read(text) else { return };
    let signer = code.signed.as_ref().and_then(|signed| scene().trust.signer(signed.claims.key));
    ask(&Input { code: Some(CodeGiven { code: &code, signer }), ..Input::default() });
}

pub(crate) fn cms(bytes: &[u8]) {
    let Ok(signed) = SignedData::read(bytes) else { return };
    let chain = scene().trust.chain(signed.certificates());
    let _ = (signed.verify(Content::DetachedDigest([7; 32]), &chain), signed.verify(Content::Attached, &chain));
    if let Some(token) = signed.timestamp_token() {
        timestamp(token);
    }
}

pub(crate) fn ses(bytes: &[u8]) {
    if let Ok(seal) = Seal::read(bytes) {
        let _ = (seal.maker_signature(), seal.force(scene().at), seal.listing(scene().signer.der()));
    }
    if let Ok(signature) = SealSignature::read(bytes) {
        let _ = (signature.signer_signature(), signature.signer_listed(), signature.data_hash_agrees(&[7; 32]));
    }
}

pub(crate) fn timestamp(bytes: &[u8]) {
    if let Ok(token) = TimestampToken::read(bytes) {
        let chain = scene().trust.chain_for(token.certificates(), Purpose::Timestamps);
        let _ = token.verify(&[b"stamped"], &chain);
    }
    let _ = TimestampResponse::read(bytes);
    let _ = TimestampRequest::read(bytes);
}

/// Both kinds of revocation data, and certificates, which are DER as well.
pub(crate) fn crl(bytes: &[u8]) {
    let scene = scene();
    let data = Revocations::read(&[bytes], &[bytes]);
    let _ = data.status(&scene.signer, &scene.issuer, scene.at);
    let _ = X509::from_der(bytes);
}
