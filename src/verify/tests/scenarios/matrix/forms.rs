//! A row of the matrix as PDF, OFD, JSON and as the text of a code.

use chrono::{DateTime, Duration, Utc};
use verify::{
    chain::X509,
    cms::{Draft as Cms, Family, SignedData},
    digest::sm3,
    ofd::{
        Provider, Stamp,
        write::{self, SigningParameters},
    },
    qr::{Claims, KeyId, holder_of},
    ses::{Seal, Version, write::SignatureDraft},
    signature::sign_message,
    statement::Statement,
};

use super::{Row, Twist, envelope, people::People, people::reaffirmed};
use crate::{
    authority::*,
    forge::{Forge, algorithm, oid, seq, tlv},
    packages::document_of,
    pdfs::{inside, maker},
    seals,
    timestamps::{token_at, unit},
};

/// What a row is in one form; some do not exist.
pub(super) enum Made {
    Bytes(Vec<u8>),
    Nothing,
}

pub(super) fn make(people: &People, row: &Row, form: &str) -> Made {
    match form {
        "pdf" => Made::Bytes(pdf(people, row)),
        "ofd" => Made::Bytes(ofd(people, row)),
        "json" => Made::Bytes(json(people, row)),
        // A code proves no time, and says nothing of copies.
        _ if row.proven || row.copy_until.is_some() => Made::Nothing,
        _ => Made::Bytes(code(people, row).into_bytes()),
    }
}

/// Envelopes, seal signatures and timestamps out of documents.
pub(super) fn parts(people: &People, rows: &[Row]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.proven || matches!(row.name, "valid" | "foreign")) {
        let read = verify::pdf::read(&pdf(people, row), &verify::pdf::Limits::default()).unwrap();
        let envelope = read.signatures[0].contents.clone().unwrap();
        if let Some(token) = SignedData::read(&envelope).ok().and_then(|signed| signed.timestamp_token().map(<[u8]>::to_vec)) {
            found.push((format!("parts/{}.tst", row.name), token));
        }
        found.push((format!("parts/{}.cms", row.name), envelope));
        let package = verify::ofd::read(&ofd(people, row), &verify::ofd::Limits::default()).unwrap();
        let value = package.files.into_iter().find(|file| file.name.ends_with("SignedValue.dat")).unwrap();
        found.push((format!("parts/{}.ses", row.name), value.bytes));
    }
    found
}

fn json(people: &People, row: &Row) -> Vec<u8> {
    let mut envelope = envelope(people, row);
    if row.proven {
        reaffirmed(people, &mut envelope, row.signed_at);
    }
    match row.twist {
        Twist::Foreign => envelope.signature.as_mut().unwrap().certificates[0] = foreign_certificate(),
        Twist::Altered => envelope.statement = envelope.statement.replace("12.50", "92.50"),
        Twist::None => {}
    }
    envelope.to_json().unwrap().into_bytes()
}

fn token(people: &People, row: &Row, signature: &[u8]) -> Option<Vec<u8>> {
    row.proven.then(|| token_at(&people.good, &unit(&people.good), signature, row.signed_at))
}

fn pdf(people: &People, row: &Row) -> Vec<u8> {
    let world = (row.who)(people);
    let (signer, path, seed, at) = (world.signer.clone(), world.path(), world.signer_key, row.signed_at);
    // Of another authority is the document alone; the data inside are the issuer's.
    let inner = if row.name == "wrong-signer" {
        envelope(people, &Row { who: |people| &people.good, ..row.clone() })
    } else {
        envelope(people, row)
    };
    let (proven, foreign, good) = (row.proven, row.twist == Twist::Foreign, World::new());
    let sign = move |covered: &[u8]| {
        if foreign {
            return foreign_envelope(covered);
        }
        let prepared = Cms::detached(Family::Rfc5652, sm3(covered)).signed_at(at).prepare(&X509::from_der(&signer).unwrap()).unwrap();
        let signature = sign_message(&key(seed).0, prepared.to_be_signed()).unwrap();
        let token = proven.then(|| token_at(&good, &unit(&good), &signature, at));
        prepared.assemble(&signature, &path[1..], token.as_deref()).unwrap()
    };
    let other = inside::Other { attached: inner.to_json().unwrap().into_bytes(), sign: Box::new(sign) };
    let signing = maker::Signing::default;
    let mut bytes = inside::with(other, || maker::signed_with(maker::Form::Table, &maker::Signing { room: 4096, ..signing() }).bytes);
    if row.twist == Twist::Altered {
        let place = maker::find(&bytes, b"841.89").unwrap();
        bytes[place] = b'9';
    }
    bytes
}

fn seal_of(world: &World, maker: &World, at: DateTime<Utc>) -> Seal {
    let mut draft = seals::draft(world, Version::V4);
    (draft.created, draft.valid_from, draft.valid_to) = (at - Duration::days(30), at - Duration::days(30), at + Duration::days(900));
    seals::sealed(maker, &draft)
}

fn ofd(people: &People, row: &Row) -> Vec<u8> {
    let world = (row.who)(people);
    let inner = if row.name == "wrong-signer" {
        envelope(people, &Row { who: |people| &people.good, ..row.clone() })
    } else {
        envelope(people, row)
    };
    let seal = seal_of(world, &people.good, row.signed_at);
    let foreign = row.twist == Twist::Foreign;
    let parameters = SigningParameters {
        provider: Provider { name: "zhengzhao".to_owned(), version: Some("0.1".to_owned()), company: None },
        time: row.signed_at.naive_utc() + Duration::hours(8),
        stamps: vec![Stamp { id: "1".to_owned(), page: "1".to_owned(), boundary: [120.0, 200.5, 45.0, 45.0], clip: None }],
        seal: (!foreign).then(|| seal.der.clone()),
    };
    let prepared = write::prepare(document_of(&inner), &parameters).unwrap();
    let bytes = if foreign {
        let description = prepared.digest;
        prepared.finish(&foreign_envelope(&description)).unwrap()
    } else {
        let draft = SignatureDraft {
            seal: &seal.der,
            time: row.signed_at,
            data_hash: prepared.digest,
            property_info: &prepared.property_info,
            certificate: &world.signer,
        };
        let unsigned = draft.for_signer().unwrap();
        let signature = sign_message(&key(world.signer_key).0, &unsigned.to_sign).unwrap();
        let token = token(people, row, &signature);
        let value = unsigned.stamped(&signature, token.as_deref()).unwrap().der;
        prepared.finish(&value).unwrap()
    };
    if row.twist != Twist::Altered {
        return bytes;
    }
    let package = verify::ofd::read(&bytes, &verify::ofd::Limits::default()).unwrap();
    let changed = package.files.into_iter().map(|file| match file.name.ends_with("Content.xml") {
        true => (file.name, String::from_utf8(file.bytes).unwrap().replacen("12.50", "92.50", 1).into_bytes()),
        false => (file.name, file.bytes),
    });
    write::archive(&changed.collect::<Vec<_>>()).unwrap()
}

fn claims(world: &World, row: &Row, stated: &Statement) -> Claims {
    // A fresh code of now for what is well, a printed one of then for what changed since.
    let fresh = matches!(row.name, "valid" | "altered" | "wrong-signer" | "no-list" | "foreign");
    Claims {
        identifier: stated.identifier.clone(),
        key: KeyId::of(&world.signer),
        signed_at: if fresh { now() - Duration::minutes(10) } else { row.signed_at },
        fresh_minutes: if fresh { 30 } else { 0 },
        valid_from: stated.valid_from,
        valid_to: row.valid_to.parse().ok(),
        holder: holder_of(&stated.holders),
    }
}

fn code(people: &People, row: &Row) -> String {
    let world = (row.who)(people);
    let mut claims = claims(world, row, &statement("20260000001"));
    if row.twist == Twist::Foreign {
        claims.key = KeyId::of(&foreign_certificate());
    }
    let signature = sign_message(&key(world.signer_key).0, &claims.to_be_signed()).unwrap();
    if row.twist == Twist::Altered {
        claims.holder = "李**".to_owned();
    }
    claims.text("https://hub.example", &signature).unwrap()
}

/// A certificate on P-256 with ECDSA over SHA-256, which nobody here judges.
fn foreign_certificate() -> Vec<u8> {
    let (subject, ecdsa) = (der::Encode::to_der(&name("别处的签名者", None)).unwrap(), algorithm("1.2.840.10045.4.3.2"));
    let time = |text: &str| tlv(0x17, &[text.as_bytes()]);
    let spki = seq(&[&seq(&[&oid("1.2.840.10045.2.1"), &oid("1.2.840.10045.3.1.7")]), &tlv(3, &[&[0, 4], &[7; 64]])]);
    let validity = seq(&[&time("250101000000Z"), &time("350101000000Z")]);
    let signed = seq(&[&tlv(0xa0, &[&[2, 1, 2]]), &[2, 1, 5], &ecdsa, &subject, &validity, &subject, &spki]);
    seq(&[&signed, &ecdsa, &tlv(3, &[&[0], &seq(&[&[2, 1, 1], &[2, 1, 1]])])])
}

/// CMS by RSA over SHA-256.
fn foreign_envelope(content: &[u8]) -> Vec<u8> {
    let sha256 = algorithm("2.16.840.1.101.3.4.2.1");
    let mut forge = Forge::new(&World::new(), content);
    (forge.attached, forge.digests) = (false, vec![sha256.clone()]);
    (forge.signer().digest, forge.signer().algorithm) = (sha256, algorithm("1.2.840.113549.1.1.11"));
    forge.certificates = Some(vec![foreign_certificate()]);
    forge.der()
}
