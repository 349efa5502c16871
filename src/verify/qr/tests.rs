use ::sm2::dsa::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::signature::{DISTINGUISHING_ID, sign_message};

fn claims() -> Claims {
    let identifier = Identifier::build("11100000000013338W011", "11990000000000GX2C", "2024A0000017", 1).unwrap();
    Claims {
        identifier: identifier.to_string(),
        key: KeyId::of(b"certificate"),
        signed_at: "2026-06-01T08:30:00Z".parse().unwrap(),
        fresh_minutes: 0,
        valid_from: "2026-06-01".parse().ok(),
        valid_to: "2029-05-31".parse().ok(),
        holder: "张**".to_owned(),
    }
}

fn signature(claims: &Claims, seed: u8) -> Vec<u8> {
    sign_message(&SigningKey::from_slice(DISTINGUISHING_ID, &[seed; 32]).unwrap(), &claims.to_be_signed()).unwrap()
}

#[test]
fn a_code_is_a_link_that_reads_as_what_was_signed() {
    let claims = claims();
    let signature = signature(&claims, 1);
    let text = claims.text("https://Hub.example:8443/", &signature).unwrap();
    assert!(text.starts_with("HTTPS://HUB.EXAMPLE:8443/VERIFY/1.2.156.3005.2."), "{text}");
    let alphanumeric = |character: char| character.is_ascii_digit() || character.is_ascii_uppercase() || " $%*+-./:".contains(character);
    assert!(text.chars().all(alphanumeric), "{text}");
    // Version 10 with error level M holds 311 such characters: 57 modules, 0.44 mm each at 25 mm.
    assert!(text.len() <= 311, "{}", text.len());
    let code = read(&text).unwrap();
    assert_eq!(code.host.as_deref(), Some("hub.example:8443"));
    assert_eq!(code.identifier, claims.identifier);
    assert_eq!(code.signed, Some(SignedClaims { claims, signature }));
}

#[test]
fn plain_links_and_identifiers_read_too() {
    let identifier = claims().identifier;
    let plain = |host: Option<&str>| Ok(Code { host: host.map(str::to_owned), identifier: identifier.clone(), signed: None });
    assert_eq!(read(&identifier), plain(None));
    assert_eq!(read(&format!("https://hub.example/verify/{identifier}")), plain(Some("hub.example")));
    assert_eq!(read(&format!("http://a.b/portal/Verify/{identifier}/")), plain(Some("a.b")));
}

#[test]
fn what_names_no_certificate_is_refused_by_name() {
    let identifier = claims().identifier;
    let host = |host: &str| Err(CodeFault::NotACertificate { host: host.into() });
    assert_eq!(read("https://evil.example/?verify=1"), host("evil.example"));
    assert_eq!(read("https://evil.example"), host("evil.example"));
    assert!(matches!(read("hello"), Err(CodeFault::Identifier(_))));
    assert!(matches!(read(""), Err(CodeFault::Identifier(_))));
    assert_eq!(read(&format!("{identifier}/ABC")), Err(CodeFault::Signed));
    assert_eq!(read(&"A".repeat(MAX_TEXT + 1)), Err(CodeFault::TooLong(MAX_TEXT + 1)));
}

#[test]
fn long_names_are_cut_and_organisations_are_not_masked() {
    let holder = |name: &str, code_type: &str| {
        vec![StatedHolder { code: None, code_absent: None, code_type: Some(code_type.into()), name: name.into() }]
    };
    assert_eq!(holder_of(&holder("张某某", "111")), "张**");
    assert_eq!(holder_of(&holder("某某建设有限公司", "001")), "某某建设有限公司");
    assert_eq!(holder_of(&holder(&"某".repeat(40), "001")).chars().count(), MAX_HOLDER);
    assert_eq!(holder_of(&[]), "");
}

proptest! {
    #[test]
    fn claims_read_as_they_were_written(minutes in -1_000_000i64..100_000_000, fresh in any::<u32>(), from in prop::option::of(-30_000i64..60_000), holder in "\\PC{0,16}") {
        let day = |days: i64| NaiveDate::default() + chrono::TimeDelta::days(days);
        let claims = Claims {
            signed_at: DateTime::from_timestamp(minutes * 60, 0).unwrap(),
            fresh_minutes: fresh,
            valid_from: from.map(day),
            valid_to: None,
            holder,
            ..claims()
        };
        let bytes = payload::write(&claims);
        prop_assert_eq!(payload::read(&claims.identifier, &bytes), Some(claims));
    }

    #[test]
    fn foreign_texts_never_panic(text in "\\PC{0,200}") {
        let _ = read(&text);
        let _ = read(&format!("https://a/verify/{text}"));
    }

    #[test]
    fn a_changed_character_is_never_the_same_code(place in any::<prop::sample::Index>(), other in "[0-9A-Z$*+:-]") {
        let text = claims().text("https://hub.example", &signature(&claims(), 1)).unwrap();
        let begins = text.rfind('/').unwrap() + 1;
        let place = begins + place.index(text.len() - begins);
        let mut changed = text.clone();
        changed.replace_range(place..=place, &other);
        prop_assume!(changed != text);
        if let Ok(code) = read(&changed) {
            prop_assert_ne!(code, read(&text).unwrap());
        }
    }
}
