//! How fast signatures and whole certificates are verified, beside the `sm2` crate, in one run: `cargo bench -p verify`.
//!
//! The machine may do other things meanwhile, so every figure is the median of rounds in which all take turns, and ratios say
//! more than microseconds. `cargo bench -p verify -- only "known key, digest" 1000` does one thing that many times: for
//! `valgrind --tool=callgrind`, which counts instructions.

#[path = "../tests/scenarios/authority.rs"]
#[expect(dead_code, reason = "the scenarios use all of it")]
mod authority;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use authority::{World, now, record, statement};
use sm2::{
    PublicKey,
    dsa::{
        Signature as Reference, SigningKey, VerifyingKey,
        signature::{Signer, Verifier, hazmat::PrehashVerifier},
    },
};
use verify::{
    CertificateStatus, Envelope, Input, Policy, Record, Trust,
    digest::sm3,
    signature::{DISTINGUISHING_ID, verify_signature},
    sm2::{PreparedKey, Signature},
    statement::Statement,
};

const ROUNDS: usize = 21;
/// How long one of them has in a round.
const SLICE: Duration = Duration::from_millis(12);
const WHOLE: &str = "whole verify of a certificate on record";
const REFERENCE: [&str; 2] = ["sm2 crate, digest", "sm2 crate, message of 120 bytes"];

struct Work<'a> {
    name: &'static str,
    /// Which of [`REFERENCE`] it is held against.
    against: Option<usize>,
    /// Bytes that are hashed, where that is what counts.
    bytes: Option<usize>,
    run: Box<dyn Fn() + 'a>,
}

fn work<'a>(name: &'static str, against: Option<usize>, run: impl Fn() + 'a) -> Work<'a> {
    Work { name, against, bytes: None, run: Box::new(run) }
}

fn hash<'a>(name: &'static str, bytes: &'a [u8]) -> Work<'a> {
    Work { bytes: Some(bytes.len()), ..work(name, None, move || _ = black_box(sm3(black_box(bytes)))) }
}

fn main() {
    let signer = SigningKey::from_slice(DISTINGUISHING_ID, &[7; 32]).expect("a key");
    let public = PublicKey::from_affine(*signer.verifying_key().as_affine()).expect("a public key");
    let reference: &VerifyingKey = signer.verifying_key();
    let message = [0x5a; 120];
    let signed: Reference = signer.sign(&message);
    let der = signed.to_der().as_bytes().to_vec();
    let signature = Signature::from_der(&der).expect("a signature");
    let key = PreparedKey::try_from(&public).expect("a key on the curve");
    let known = key.with_table();
    let digest = key.digest(&message);

    let world = World::new();
    let own = Envelope { as_of: None, ..world.envelope(&statement("20260000001"), &[]) };
    let one_event = [("suspend", CertificateStatus::Suspended)];
    let suspended = Envelope { as_of: None, ..world.envelope(&statement("20260000001"), &one_event) };
    let [valid_record, suspended_record] =
        [CertificateStatus::Valid, CertificateStatus::Suspended].map(|status| record(&statement("20260000001"), status));
    let (trust, learnt) = (world.trust(), world.trust());
    learnt.learn(&world.path());
    let policy = Policy::default();
    let long = vec![0x5a; 1 << 20];

    let all = [
        work(REFERENCE[0], Some(0), || assert!(reference.verify_prehash(black_box(&digest), &signed).is_ok())),
        work("known key, digest", Some(0), || assert!(known.verify_digest(black_box(&digest), &signature).is_ok())),
        work("unknown key, digest", Some(0), || assert!(key.verify_digest(black_box(&digest), &signature).is_ok())),
        work(REFERENCE[1], Some(1), || assert!(reference.verify(black_box(&message), &signed).is_ok())),
        work("known key, message of 120 bytes", Some(1), || assert!(known.verify(black_box(&message), &der).is_ok())),
        work("unknown key, message of 120 bytes", Some(1), || assert!(verify_signature(black_box(&public), &message, &der).is_ok())),
        work("table of a key made", None, || _ = black_box(key.with_table())),
        work("sm2 crate signs, message of 120 bytes", None, || _ = black_box(Signer::<Reference>::sign(&signer, black_box(&message)))),
        hash("SM3 of 64 bytes", &long[..64]),
        hash("SM3 of 8 KiB", &long[..8192]),
        hash("SM3 of 1 MiB", &long),
        work(WHOLE, None, || assert_genuine(&own, &valid_record, &learnt, &policy)),
        work("the same with one event", None, || assert_genuine(&suspended, &suspended_record, &learnt, &policy)),
        work("the same, signer not known", None, || assert_genuine(&own, &valid_record, &trust, &policy)),
        work("its statement read", None, || assert!(Statement::from_text(black_box(&own.statement)).is_ok())),
    ];
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "only") {
        Some(place) => only(&all, arguments.get(place + 1), arguments.get(place + 2)),
        None => print(&all, &measure(&all)),
    }
}

fn assert_genuine(envelope: &Envelope, record: &Record, trust: &Trust, policy: &Policy) {
    let input = Input { record: Some(record), ..Input::of(black_box(envelope)) };
    assert_eq!(verify::verify(&input, trust, policy, now()).genuine, Some(true));
}

fn only(all: &[Work<'_>], name: Option<&String>, times: Option<&String>) {
    let chosen = all.iter().find(|work| Some(work.name) == name.map(String::as_str)).expect("a name from the table");
    let times: u32 = times.and_then(|times| times.parse().ok()).expect("how many times");
    (0..times).for_each(|_| (chosen.run)());
}

/// Median nanoseconds of each.
fn measure(all: &[Work<'_>]) -> Vec<f64> {
    let mut found: Vec<Vec<f64>> = all.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (work, found) in all.iter().zip(&mut found) {
            let begin = Instant::now();
            let mut times = 0_u32;
            while begin.elapsed() < SLICE {
                (work.run)();
                times += 1;
            }
            found.push(begin.elapsed().as_nanos() as f64 / f64::from(times));
        }
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    found.into_iter().map(median).collect()
}

fn print(all: &[Work<'_>], nanoseconds: &[f64]) {
    let of = |name: &str| all.iter().position(|work| work.name == name).map(|place| nanoseconds[place]);
    println!("{:<50} {:>12} {:>12} {:>8}", "", "µs", "per second", "ratio");
    for (work, nanoseconds) in all.iter().zip(nanoseconds) {
        let ratio = work.against.and_then(|against| of(REFERENCE[against])).map(|reference| format!("{:.2}", reference / nanoseconds));
        let rate = match work.bytes {
            Some(bytes) => format!("{:.0} MB/s", bytes as f64 * 1e3 / nanoseconds),
            None => format!("{:.0}", 1e9 / nanoseconds),
        };
        println!("{:<50} {:>12.2} {:>12} {:>8}", work.name, nanoseconds / 1e3, rate, ratio.unwrap_or_default());
    }
    println!("table of a key: {} KB", PreparedKey::TABLE_SIZE / 1024);
}
