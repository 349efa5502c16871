//! The register of seals: what may sign, what may not, and what is on record of each use.

use chrono::{Duration, Utc};
use model::actor::{Caller, Granted};
use verify::ofd::Stamp;
use verify::report::VerificationResult::Passed;
use verify::ses::{Seal, SignatureOutcome};
use verify::{Policy, verify_bytes};
use zhengzhao::sealing::{SealInput, SealRefusal, SealShape, SealUse, SealingError};
use zhengzhao::sign::Signatory;
use zhengzhao::sign::ofd::sign_ofd;
use zhengzhao::sign::pdf::{SealPlace, SealText, sign_pdf};
use zhengzhao::store::SealStatus;

use super::documents::{face, package};
use super::*;
use crate::support::each::on_each;
use crate::support::hub::administrator;

fn administering() -> Caller {
    Caller { actor: Arc::new(administrator()), purpose: None }
}

fn used(version_id: Uuid, format: &'static str, file: &[u8]) -> SealUse {
    SealUse { version_id, at: Utc::now(), format, digest: verify::digest::sm3_hex(file) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_a_demonstration_signs_with_its_seal_and_each_use_is_on_record() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let at = Utc::now();
        let data = hub.hub.verification.export(&evidence(&hub, id).await, at).to_json().unwrap().into_bytes();
        let seal = hub.hub.sealing.seal_for(AUTHORITY, OFFICER, at).await.unwrap();
        assert_eq!((seal.width, seal.height, seal.picture.rgba.len()), (42, 42, (seal.picture.width * seal.picture.height * 4) as usize));
        let read = Seal::read(&seal.ses).unwrap();
        assert_eq!((read.id.as_str(), read.maker_signature()), (seal.code.as_str(), SignatureOutcome::Valid));
        assert_eq!((read.name.as_str(), &read.picture.bytes), ("测试省住房和城乡建设厅电子证照专用章", &seal.png));

        let place = SealPlace { page: 0, left: 120.0, top: 200.0, width: seal.width as f32, height: seal.height as f32 };
        let text = SealText { name: seal.name.clone(), reason: "签发".into() };
        let pdf = sign_pdf(&face(&data), &seal.picture, place, &text, Signatory::alone(&*seal.signer), at).unwrap();
        let stamps = vec![Stamp { id: "1".into(), page: "1".into(), boundary: [120.0, 200.0, 42.0, 42.0], clip: None }];
        let ofd = sign_ofd(package(&data), &seal.ses, stamps, Signatory::alone(&*seal.signer), at).unwrap();
        for bytes in [&pdf, &ofd] {
            let report = verify_bytes(bytes, &hub.hub.trust().unwrap(), &Policy::default(), Utc::now()).unwrap();
            assert_eq!(report.result, Passed, "{report:#?}");
        }
        hub.hub.sealing.record_use(&seal, &issuer().actor, &[used(id, "pdf", &pdf), used(id, "ofd", &ofd)]).await.unwrap();

        let uses = hub.hub.sealing.uses(seal.id, None, 10).await.unwrap();
        let told: Vec<_> = uses.iter().map(|one| (one.version_id, one.format.as_str(), one.actor.as_str())).collect();
        assert_eq!(told, [(id, "ofd", "issuing"), (id, "pdf", "issuing")]);
        assert_eq!(uses[1].digest, verify::digest::sm3_hex(&pdf));
        assert!(uses.iter().all(|one| one.identifier.is_some()));
        assert_eq!(hub.hub.sealing.uses(seal.id, Some(uses[0].id), 10).await.unwrap().len(), 1);
        let [row] = hub.hub.sealing.seals(Some(AUTHORITY)).await.unwrap().try_into().unwrap();
        assert_eq!((row.uses, row.status), (2, SealStatus::Active));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_a_destroyed_and_an_expired_seal_cannot_sign() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (sealing, caller, now) = (&hub.hub.sealing, administering(), Utc::now());
        let id = issue(&hub, officer(1, "A")).await;
        let seal = sealing.seal_for(AUTHORITY, OFFICER, now).await.unwrap();
        let code = seal.code.clone();
        let refused = async |at| sealing.seal_for(AUTHORITY, OFFICER, at).await.unwrap_err();
        assert!(matches!(refused(now - Duration::days(1)).await, SealRefusal::NotYet { .. }));
        assert!(matches!(refused(now + Duration::days(6 * 366)).await, SealRefusal::Expired { .. }));

        assert!(matches!(sealing.suspend(&code, " ", &caller, now).await, Err(SealingError::Input { path: "reason", .. })));
        sealing.suspend(&code, "保管人离任", &caller, now).await.unwrap();
        let refusal = refused(now).await;
        assert!(matches!(&refusal, SealRefusal::Suspended { reason: Some(reason), .. } if reason == "保管人离任"), "{refusal}");
        // What was asked for before does not get through either.
        let late = sealing.record_use(&seal, &issuer().actor, &[used(id, "pdf", b"late")]).await;
        assert!(matches!(late, Err(SealRefusal::Suspended { .. })), "{late:?}");
        assert!(sealing.uses(seal.id, None, 10).await.unwrap().is_empty());
        assert!(matches!(sealing.suspend(&code, "again", &caller, now).await, Err(SealingError::Conflict { .. })));

        sealing.resume(&code, "已移交", &caller, now).await.unwrap();
        sealing.record_use(&seal, &issuer().actor, &[used(id, "pdf", b"now")]).await.unwrap();
        sealing.destroy(&code, "机构改革", &caller, now).await.unwrap();
        assert!(matches!(refused(now).await, SealRefusal::Destroyed { .. }));
        for again in [sealing.resume(&code, "x", &caller, now).await, sealing.destroy(&code, "x", &caller, now).await] {
            assert!(matches!(again, Err(SealingError::Conflict { .. })), "{again:?}");
        }
        assert!(matches!(sealing.suspend("none", "x", &caller, now).await, Err(SealingError::NotFound { .. })));

        // A new one takes its place.
        let fresh = sealing.register(&SealInput::round(AUTHORITY, "办公室"), &caller, now).await.unwrap();
        assert_eq!(sealing.seal_for(AUTHORITY, OFFICER, now).await.unwrap().code, fresh.code);
        let kinds: Vec<_> = hub.hub.store.access_events(100).await.unwrap().into_iter().map(|event| event.kind).collect();
        for (kind, count) in [("suspendSeal", 1), ("resumeSeal", 1), ("destroySeal", 1), ("registerSeal", 2)] {
            assert_eq!(kinds.iter().filter(|found| *found == kind).count(), count, "{kind} in {kinds:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_made_for_a_type_goes_before_the_one_for_all() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (sealing, caller, now) = (&hub.hub.sealing, administering(), Utc::now());
        let only = |name: &str| Granted::Only([name.to_owned()].into());
        let oval = SealInput {
            code: Some("9900000000042".into()),
            shape: SealShape::Oval { width: 45, height: 30 },
            types: only("SafetyProductionLicence"),
            ..SealInput::round(AUTHORITY, "安全监督处")
        };
        let made = sealing.register(&oval, &caller, now).await.unwrap();
        assert_eq!((made.shape.as_str(), made.width, made.height), ("OVAL", 45, 30));
        assert_eq!(sealing.seal_for(AUTHORITY, "SafetyProductionLicence", now).await.unwrap().code, "9900000000042");
        let general = sealing.seal_for(AUTHORITY, OFFICER, now).await.unwrap();
        assert_ne!(general.code, "9900000000042");
        sealing.destroy(&general.code, "x", &caller, now).await.unwrap();
        let refusal = sealing.seal_for(AUTHORITY, OFFICER, now).await.unwrap_err();
        assert!(matches!(&refusal, SealRefusal::Type { code, .. } if code == "9900000000042"), "{refusal}");

        let given =
            SealInput { shape: SealShape::Picture { png: made.picture.clone(), width: 45, height: 30 }, code: None, ..oval.clone() };
        assert_eq!(sealing.register(&given, &caller, now).await.unwrap().picture, made.picture);
        assert!(matches!(sealing.register(&oval, &caller, now).await, Err(SealingError::Conflict { .. })), "a code is one seal's");
        for (path, faulty) in [
            ("authority", SealInput { authority: "91990000MAH0TEXT1J".into(), ..given.clone() }),
            ("code", SealInput { code: Some("章".into()), ..given.clone() }),
            ("shape", SealInput { shape: SealShape::Round { diameter: 420 }, ..given.clone() }),
            ("picture", SealInput { shape: SealShape::Picture { png: b"GIF89a".to_vec(), width: 42, height: 42 }, ..given.clone() }),
            ("types", SealInput { types: only("Nothing"), ..given.clone() }),
            ("types", SealInput { types: Granted::none(), ..given.clone() }),
            ("custodian", SealInput { custodian: " ".into(), ..given.clone() }),
            ("validTo", SealInput { valid_to: Some("2020-01-01".parse().unwrap()), ..given.clone() }),
        ] {
            let refused = sealing.register(&faulty, &caller, now).await;
            assert!(matches!(&refused, Err(SealingError::Input { path: found, .. }) if *found == path), "{path}: {refused:?}");
        }
        let nobody = sealing.seal_for("91990000MAH0TEXT1J", OFFICER, now).await.unwrap_err();
        assert!(matches!(nobody, SealRefusal::NoSeal { .. }));
    })
    .await;
}
