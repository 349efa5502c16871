//! Whole documents through the one function that everybody calls.

use verify::{
    CertificateStatus::{self, *},
    Envelope, Input, Policy, Report,
    document::Document,
    report::{
        Outcome,
        VerificationResult::{Failed, Indeterminate, Passed},
    },
    ses::{Seal, Version, write::SealDraft},
    verify_bytes,
};

use crate::{
    answer_to, assert_failed,
    authority::*,
    packages::{document_of, sealed_package},
    seals::{draft, sealed},
};

fn seal(world: &World) -> Seal {
    sealed(world, &draft(world, Version::V4))
}

fn ofd_of(world: &World, envelope: &Envelope) -> Vec<u8> {
    sealed_package(world, document_of(envelope), &seal(world))
}

fn answer(world: &World, bytes: &[u8]) -> Report {
    answer_to(world, &Input::of_document(&Document::from_ofd(bytes).unwrap()))
}

fn issued(world: &World, events: &[(&str, CertificateStatus)]) -> Vec<u8> {
    ofd_of(world, &world.envelope(&statement("1"), events))
}

#[test]
fn a_sealed_document_passes() {
    let world = World::new();
    let report = answer(&world, &issued(&world, &[]));
    assert_eq!((report.result, report.genuine), (Passed, Some(true)), "{report:#?}");
    for check in ["document-form", "document-coverage", "document-signature", "document-seal", "document-data", "signature"] {
        assert_eq!(report.outcome(check), Some(Outcome::Ok), "{check}");
    }
    assert_eq!(report.of_file().gb_file_result, Some(0));
}

#[test]
fn a_document_says_what_its_data_say_of_the_status() {
    let world = World::new();
    for (status, result, code) in
        [(Suspended, Failed, "SUSPENDED"), (Revoked, Failed, "CERTIFICATE_REVOKED"), (Superseded, Failed, "SUPERSEDED")]
    {
        let report = answer(&world, &issued(&world, &[("other", status)]));
        assert_eq!((report.result, report.genuine, report.reasons[0].code), (result, Some(true), code), "{report:#?}");
    }
}

#[test]
fn a_document_sealed_by_another_authority_fails() {
    let world = World::new();
    let other = World { signer: World::signer_of(&world.middle_name, "11990000000001GX2A"), ..World::new() };
    // The data are genuine and of our issuer; the seal is that of somebody else below the same root.
    let bytes = sealed_package(&other, document_of(&world.envelope(&statement("1"), &[])), &seal(&other));
    assert_failed(&answer(&world, &bytes), "document-signer-is-issuer");
}

#[test]
fn a_seal_out_of_its_term_does_not_count() {
    let world = World::new();
    let of = |change: fn(&mut SealDraft)| {
        let mut draft = draft(&world, Version::V4);
        change(&mut draft);
        let bytes = sealed_package(&world, document_of(&world.envelope(&statement("1"), &[])), &sealed(&world, &draft));
        answer(&world, &bytes)
    };
    assert_failed(&of(|draft| draft.valid_to = now() - chrono::Duration::days(1)), "document-seal");
    assert_failed(&of(|draft| draft.valid_from = now() + chrono::Duration::days(1)), "document-seal");
    let none = of(|draft| draft.signers = verify::ses::SignerList::Certificates(vec![b"other".to_vec()]));
    assert_failed(&none, "document-seal");
    assert_eq!(none.reasons[0].code, "SEAL_NOT_THE_SIGNERS");
}

#[test]
fn an_unsigned_document_proves_nothing_whatever_it_carries() {
    let world = World::new();
    let bytes = verify::ofd::write::archive(&document_of(&world.envelope(&statement("1"), &[]))).unwrap();
    let report = answer(&world, &bytes);
    assert_eq!((report.result, report.genuine), (Indeterminate, None), "{report:#?}");
    assert_eq!(report.reasons[0].code, "DOCUMENT_UNSIGNED");
}

#[test]
fn a_document_that_says_otherwise_than_its_data_fails() {
    let world = World::new();
    let mut files = document_of(&world.envelope(&statement("1"), &[]));
    let root = String::from_utf8(files[0].1.clone()).unwrap();
    let stated = "<ofd:CustomData Name=\"ZZBS\">1.2.156.3005.2.X</ofd:CustomData></ofd:CustomDatas>";
    files[0].1 = root.replace("</ofd:CustomDatas>", stated).into_bytes();
    let report = answer(&world, &sealed_package(&world, files, &seal(&world)));
    assert_failed(&report, "document-data");
}

#[test]
fn without_a_root_of_ours_nothing_is_said() {
    let world = World::new();
    let report = verify_bytes(&issued(&world, &[]), &verify::Trust::default(), &Policy::default(), now()).unwrap();
    assert_eq!((report.result, report.genuine, report.status), (Indeterminate, None, None));
}

#[test]
fn a_seal_whose_maker_was_revoked_is_doubted() {
    let world = World::new();
    let bytes = issued(&world, &[]);
    // The seal was made thirty days ago.
    let asked = |since: &str| {
        let data = verify::revocation::Revocations::read(&[crate::pdfs::list(&[(21, since, None)])], &[]);
        let report = verify_bytes(&bytes, &world.trust().with_revocations(data), &Policy::default(), now()).unwrap();
        (report.result, report.reasons.first().map(|reason| reason.code))
    };
    assert_eq!(asked("2026-06-02"), (Passed, None));
    assert_eq!(asked("2026-05-20"), (Indeterminate, Some("REVOKED_NO_POE")));
    assert_eq!(asked("2026-04-20"), (Failed, Some("REVOKED")));
}
