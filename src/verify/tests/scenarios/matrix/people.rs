//! Everybody who signs in the matrix, below one root, and the folder by which all of it is judged.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use verify::{
    Envelope, Trust,
    chain::X509,
    digest::sm3_hex,
    envelope::SignedText,
    revocation::{CrlDraft, Revocations, Revoked},
    signature::sign_message,
    statement::{CopyBase, CopyStatement, StatedIssuer, Statement},
};

use crate::{authority::*, forge::seq, revocation::time};

const SECOND_KEY: u8 = 39;

/// Worlds that differ in their signer; the last one in its authority, too, which gives no list.
pub(super) struct People {
    pub(super) good: World,
    pub(super) stranger: World,
    pub(super) expired: World,
    pub(super) revoked_early: World,
    pub(super) revoked_late: World,
    pub(super) without_list: World,
}

/// A signer whose serial number and key are the same small number.
fn signer(number: u8, change: impl FnOnce(&mut Draft)) -> World {
    let world = World::new();
    let mut draft = Draft { serial: number, ..Draft::signer(&name("演示签名者", Some(ISSUER)), &world.middle_name) };
    change(&mut draft);
    World { signer: draft.sign(&key(number), &key(MIDDLE_KEY)), signer_key: number, ..world }
}

impl People {
    pub(super) fn new() -> Self {
        Self {
            good: World::new(),
            stranger: signer(35, |draft| draft.subject = name("演示签名者", Some("11990000000001GX2A"))),
            expired: signer(36, |draft| draft.years = (2020, 2026)),
            revoked_early: signer(38, |_| {}),
            revoked_late: signer(37, |_| {}),
            without_list: without_list(),
        }
    }

    fn all(&self) -> [&World; 6] {
        [&self.good, &self.stranger, &self.expired, &self.revoked_early, &self.revoked_late, &self.without_list]
    }

    /// Lists of the authority: of when the old signer was still in force, and of now.
    fn lists(&self) -> [(&'static str, Vec<u8>); 2] {
        [
            ("2025-12", list(&self.good, 1, "2025-12-20", "2026-01-20", &[(38, "2025-06-01")])),
            ("2026-05", list(&self.good, 2, "2026-05-30", "2026-06-30", &[(37, "2026-05-01"), (38, "2025-06-01")])),
        ]
    }

    pub(super) fn trust(&self) -> Trust {
        let lists = self.lists().map(|(_, der)| der);
        self.good.trust().with_signers(self.all().map(World::path)).with_revocations(Revocations::read(&lists, &[]))
    }

    /// The same as files.
    pub(super) fn trust_files(&self) -> BTreeMap<String, Vec<u8>> {
        let pem = |der: &[u8]| der::Document::try_from(der).unwrap().to_pem("CERTIFICATE", der::pem::LineEnding::LF).unwrap();
        let mut files = BTreeMap::from([("trust/root.pem".to_owned(), pem(&self.good.root).into_bytes())]);
        for world in self.all() {
            let chain: String = world.path().iter().map(|der| pem(der)).collect();
            files.insert(format!("trust/signers/{}.pem", world.signer_key), chain.into_bytes());
        }
        for (name, der) in self.lists() {
            files.insert(format!("trust/revocations/{name}.crl"), der);
        }
        files
    }
}

/// Its certificate says where its authority's list is, and nobody has that list.
fn without_list() -> World {
    let world = World::new();
    let middle_name = name("演示中级二", None);
    let middle = Draft { serial: 9, ..Draft::ca(&middle_name, &world.root_name) }.sign(&key(SECOND_KEY), &key(ROOT_KEY));
    let point = crate::forge::tlv(0xa0, &[&crate::forge::tlv(0xa0, &[&crate::forge::tlv(0x86, &[b"http://ca.example/list.crl"])])]);
    let extra = x509_cert::ext::Extension {
        extn_id: "2.5.29.31".parse().unwrap(),
        critical: false,
        extn_value: der::asn1::OctetString::new(seq(&[&seq(&[&point])])).unwrap(),
    };
    let draft = Draft { serial: 40, extra: Some(extra), ..Draft::signer(&name("演示签名者", Some(ISSUER)), &middle_name) };
    World { signer: draft.sign(&key(40), &key(SECOND_KEY)), signer_key: 40, middle, middle_name, ..world }
}

fn list(world: &World, number: u64, made: &str, due: &str, revoked: &[(u8, &str)]) -> Vec<u8> {
    let entry = |(serial, since): &(u8, &str)| (vec![*serial], Revoked { since: time(since), reason: None, invalidity: None });
    let entries = revoked.iter().map(entry).collect();
    let draft = CrlDraft { number, this_update: time(made), next_update: time(due), entries };
    let prepared = draft.prepare(&X509::from_der(&world.middle).unwrap()).unwrap();
    prepared.assemble(&sign_message(&key(MIDDLE_KEY).0, prepared.to_be_signed()).unwrap()).unwrap()
}

/// The issuer's statement that this is a copy for one use.
pub(super) fn copy(world: &World, envelope: &Envelope, stated: &Statement, until: &str) -> SignedText {
    let copy = CopyStatement {
        v: 1,
        base: CopyBase { digest: sm3_hex(envelope.statement.as_bytes()), identifier: stated.identifier.clone() },
        expires_on: day(until),
        holder: stated.holders.first().map(|holder| holder.name.clone()),
        made_on: day("2026-01-10"),
        maker: StatedIssuer { code: ISSUER.to_owned(), name: "演示省住房和城乡建设厅".to_owned() },
        purpose: "投标报名".to_owned(),
    };
    let statement = copy.to_text().unwrap();
    SignedText { signature: world.sign(&statement), statement }
}

/// What the issuer's good signer says of an older certificate: which events there are, and since when it is on record.
pub(super) fn reaffirmed(people: &People, envelope: &mut Envelope, recorded_at: DateTime<Utc>) {
    let stated = envelope.as_of.as_ref().map(|as_of| &as_of.statement).unwrap();
    let mut stated = verify::statement::AsOfStatement::from_text(stated).unwrap();
    (stated.as_of, stated.recorded_at) = (now(), Some(recorded_at));
    let statement = stated.to_text().unwrap();
    envelope.as_of = Some(SignedText { signature: people.good.sign(&statement), statement });
}
