//! Checkpoints: written, read back, and refused after any alteration.

use tlog::{
    Checkpoint, CheckpointFault, Hash, KeyFault, SignedCheckpoint, Trust, VerifierKey,
    note::{MAX_SIGNATURES, Note, NoteFault, SignFault},
};
use verify::sm2::SignatureFault;

use crate::reference::{ORIGIN, Signer, log_signer, trust};

fn signed() -> SignedCheckpoint {
    log_signer().checkpoint(20_852_163, Hash::leaf(b"root"))
}

fn read(text: &str) -> Result<SignedCheckpoint, CheckpointFault> {
    SignedCheckpoint::read(text.as_bytes())
}

#[test]
fn a_checkpoint_is_written_as_the_specification_writes_it() {
    let text = signed().to_string();
    let lines: Vec<&str> = text.lines().collect();
    let [origin, size, root, empty, signature] = lines[..] else { panic!("{text}") };
    assert_eq!((origin, size, empty), (ORIGIN, "20852163", ""));
    assert_eq!(root.len(), 44);
    assert!(signature.starts_with(&format!("— {ORIGIN} ")), "{signature}");
    let again = read(&text).unwrap();
    assert_eq!(again, signed());
    assert_eq!(again.verify(&trust()).unwrap().log, [log_signer().key]);
}

#[test]
fn every_altered_bit_is_found() {
    let bytes = signed().to_string().into_bytes();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut other = bytes.clone();
            other[place] ^= 1 << bit;
            let verified = SignedCheckpoint::read(&other).and_then(|checkpoint| checkpoint.verify(&trust()));
            assert!(verified.is_err(), "byte {place} bit {bit}: {:?}", String::from_utf8_lossy(&other));
        }
        let without = [&bytes[..place], &bytes[place + 1..]].concat();
        let doubled = [&bytes[..=place], &bytes[place..]].concat();
        for other in [without, doubled, bytes[..place].to_vec()] {
            // Leaving out one of two newlines, or one doubled, are the same text: nothing is altered then.
            if other != bytes {
                assert!(SignedCheckpoint::read(&other).and_then(|checkpoint| checkpoint.verify(&trust())).is_err(), "byte {place}");
            }
        }
    }
}

#[test]
fn other_spellings_are_no_checkpoint() {
    let text = signed().to_string();
    let (body, signature) = text.split_once("\n\n").unwrap();
    let root = body.lines().nth(2).unwrap();
    let of = |body: &str| read(&format!("{body}\n\n{signature}")).unwrap_err();
    for size in ["", "+1", "01", "-1", "1 ", "0x1", "18446744073709551616", "١"] {
        let fault = of(&format!("{ORIGIN}\n{size}\n{root}"));
        let expected = if size.is_empty() { CheckpointFault::Lines } else { CheckpointFault::Size(size.to_owned()) };
        assert_eq!(fault, expected);
    }
    for root in ["AAAA", "*", &root[1..], &format!("{root}="), &format!(" {root}")] {
        assert_eq!(of(&format!("{ORIGIN}\n1\n{root}")), CheckpointFault::Root(root.to_owned()));
    }
    assert_eq!(of(&format!("{ORIGIN}\n1")), CheckpointFault::Lines);
    assert_eq!(of(&format!("\n1\n{root}")), CheckpointFault::Lines);
    assert_eq!(of(&format!("{ORIGIN}\n1\n{root}\n")), CheckpointFault::Lines);
    assert_eq!(of(&format!("{ORIGIN}\n1\n{root}\n\nmore")), CheckpointFault::Lines);
    assert_eq!(read(&format!("{body}\n")), Err(NoteFault::Unsigned.into()));
    assert_eq!(read(&format!("{body}\n\n")), Err(NoteFault::Unsigned.into()));
    assert_eq!(read(&format!("{body}\n\n\n")), Err(NoteFault::Unsigned.into()));
    assert_eq!(read(text.trim_end()), Err(NoteFault::Unsigned.into()));
    assert_eq!(read(&text.replace('\n', "\r\n")).unwrap_err(), NoteFault::Characters(ORIGIN.len()).into());
    assert_eq!(read(&text.replace("— ", "- ")), Err(NoteFault::Line(1).into()));
    assert_eq!(read(&text.replace("— ", "—  ")), Err(NoteFault::Line(1).into()));
    assert_eq!(read(&format!("{text}text after\n")), Err(NoteFault::Line(2).into()));
    assert_eq!(SignedCheckpoint::read(b"\xff\n1\n"), Err(NoteFault::Characters(0).into()));
    assert!(matches!(SignedCheckpoint::read(&vec![b'x'; 1 << 20]), Err(CheckpointFault::Note(NoteFault::Bytes(_)))));
}

#[test]
fn extension_lines_are_signed_and_kept() {
    let signer = log_signer();
    let checkpoint = |extensions: &[&str]| Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 1,
        root: Hash::leaf(b"x"),
        extensions: extensions.iter().map(|line| (*line).to_owned()).collect(),
    };
    let sign = |checkpoint: Checkpoint| checkpoint.sign(&signer.key, |text| signer.sign(text));
    let signed = sign(checkpoint(&["one", "two"])).unwrap();
    let again = read(&signed.to_string()).unwrap();
    assert_eq!(again.checkpoint().extensions, ["one", "two"]);
    assert!(again.verify(&trust()).is_ok());
    let altered = read(&signed.to_string().replace("two", "too")).unwrap();
    assert!(matches!(altered.verify(&trust()), Err(CheckpointFault::Note(NoteFault::Signature { fault: SignatureFault::Mismatch, .. }))));
    for wrong in [&[""][..], &["a\nb"], &["a", ""]] {
        assert_eq!(sign(checkpoint(wrong)), Err(SignFault::Checkpoint(CheckpointFault::Lines)));
    }
    assert!(matches!(sign(checkpoint(&["a\tb"])), Err(SignFault::Note(NoteFault::Characters(_)))));
    let empty = Checkpoint { origin: String::new(), ..checkpoint(&[]) };
    assert_eq!(sign(empty), Err(SignFault::Checkpoint(CheckpointFault::Lines)));
}

#[test]
fn witnesses_sign_too_and_unknown_keys_count_for_nothing() {
    let [first, second, stranger] =
        [("witness.example/a", 2), ("witness.example/b", 3), ("stranger.example", 4)].map(|(name, byte)| Signer::new(name, byte));
    let mut checkpoint = signed();
    let text = checkpoint.note().text().to_owned();
    for signer in [&stranger, &first, &stranger, &first] {
        checkpoint.add(&signer.key, signer.sign(text.as_bytes()).unwrap()).unwrap();
    }
    let checkpoint = read(&checkpoint.to_string()).unwrap();
    let asking = |witnesses_required| Trust { witness_keys: vec![first.key.clone(), second.key.clone()], witnesses_required, ..trust() };
    assert_eq!(checkpoint.verify(&asking(1)).unwrap().witnesses, std::slice::from_ref(&first.key));
    let fault = checkpoint.verify(&asking(2)).unwrap_err();
    assert_eq!(fault, CheckpointFault::Witnesses { required: 2, signed_by: vec![format!("witness.example/a ({})", first.key.id())] });
    // A log that names itself as a witness of its own.
    let own = Trust { witness_keys: vec![log_signer().key], witnesses_required: 1, ..trust() };
    assert!(matches!(checkpoint.verify(&own), Err(CheckpointFault::Witnesses { required: 1, .. })));
    // Nor does anybody become two by another name.
    let mut doubled = checkpoint.clone();
    let [again, disguised] = [("witness.example/c", 2), ("witness.example/d", 1)].map(|(name, byte)| Signer::new(name, byte));
    for signer in [&again, &disguised] {
        doubled.add(&signer.key, signer.sign(text.as_bytes()).unwrap()).unwrap();
    }
    let names = Trust { witness_keys: vec![first.key.clone(), again.key.clone(), disguised.key.clone()], witnesses_required: 1, ..trust() };
    assert_eq!(doubled.verify(&names).unwrap().witnesses, std::slice::from_ref(&first.key));
    // A witness does not stand in for the log.
    let instead = Trust::of_log(ORIGIN, vec![second.key.clone()]);
    assert!(matches!(checkpoint.verify(&instead), Err(CheckpointFault::NotSigned { trusted: 1, .. })));
    assert!(matches!(checkpoint.verify(&Trust::of_log(ORIGIN, Vec::new())), Err(CheckpointFault::NotSigned { trusted: 0, .. })));
    let elsewhere = Trust { origin: "other.example/log".to_owned(), ..trust() };
    assert!(matches!(checkpoint.verify(&elsewhere), Err(CheckpointFault::Origin { .. })));
    // A known witness's line that does not hold spoils the note, a stranger's does not.
    let spoil = |name: &str| {
        let spoilt: Vec<String> = checkpoint
            .to_string()
            .lines()
            .map(|line| if line.starts_with(&format!("— {name} ")) { bent(line) } else { line.to_owned() })
            .collect();
        read(&format!("{}\n", spoilt.join("\n"))).unwrap()
    };
    assert!(matches!(spoil("witness.example/a").verify(&asking(0)), Err(CheckpointFault::Note(NoteFault::Signature { .. }))));
    assert!(spoil("stranger.example").verify(&asking(1)).is_ok());
}

/// A signature line with another last byte.
fn bent(line: &str) -> String {
    let place = line.trim_end_matches('=').len() - 5;
    let other = if line.as_bytes()[place] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &line[..place], &line[place + 1..])
}

#[test]
fn keys_are_changed_by_signing_with_both() {
    let next = Signer::new(ORIGIN, 9);
    let mut checkpoint = signed();
    let der = next.sign(checkpoint.note().text().as_bytes()).unwrap();
    checkpoint.add(&next.key, der).unwrap();
    let both = vec![log_signer().key, next.key.clone()];
    assert_eq!(checkpoint.verify(&Trust::of_log(ORIGIN, both.clone())).unwrap().log, both);
    for one in both {
        assert!(checkpoint.verify(&Trust::of_log(ORIGIN, vec![one])).is_ok());
    }
}

#[test]
fn a_signer_that_fails_or_signs_otherwise_is_named() {
    let (ours, other) = (log_signer(), Signer::new(ORIGIN, 9));
    let checkpoint = signed().checkpoint().clone();
    let failed = checkpoint.clone().sign(&ours.key, |_| Err("the device is locked"));
    assert_eq!(failed.unwrap_err().to_string(), format!("{ORIGIN} did not sign the note: the device is locked"));
    let fault = NoteFault::Signature { name: ORIGIN.to_owned(), id: ours.key.id(), fault: SignatureFault::Mismatch };
    assert_eq!(checkpoint.sign(&ours.key, |text| other.sign(text)), Err(SignFault::Note(fault)));
}

#[test]
fn a_note_has_room_for_so_many_signatures() {
    let (signer, mut note) = (log_signer(), Note::new("text\n").unwrap());
    let der = signer.sign(b"text\n").unwrap();
    for _ in 0..MAX_SIGNATURES {
        note.add(&signer.key, der.clone()).unwrap();
    }
    assert_eq!(note.add(&signer.key, der), Err(NoteFault::Signatures(MAX_SIGNATURES + 1)));
    let text = note.to_string();
    assert_eq!(Note::read(text.as_bytes()), Ok(note));
    let last = text.lines().last().unwrap();
    assert_eq!(Note::read(format!("{text}{last}\n").as_bytes()), Err(NoteFault::Signatures(MAX_SIGNATURES + 1)));
    assert_eq!(Note::new("text"), Err(NoteFault::Text));
    let poem = Note::read("one\n\n\ntwo\n\n— a AAAAAAA=\n".as_bytes()).unwrap();
    assert_eq!((poem.text(), poem.signatures()[0].name.as_str()), ("one\n\n\ntwo\n", "a"));
}

#[test]
fn a_verifier_key_is_read_back_and_nothing_else_is() {
    let key = log_signer().key;
    let text = key.to_string();
    assert_eq!(text.parse::<VerifierKey>(), Ok(key.clone()));
    let (name, rest) = text.split_once('+').unwrap();
    let (id, material) = rest.split_once('+').unwrap();
    assert_eq!((name, id.len()), (ORIGIN, 8));
    let other = format!("other.example+{id}+{material}").parse::<VerifierKey>();
    assert!(matches!(other, Err(KeyFault::Id { .. })), "{other:?}");
    let upper = format!("{name}+{}+{material}", id.to_uppercase()).parse::<VerifierKey>();
    assert!(upper.is_err() || id.to_uppercase() == id);
    // The key of the example of signed-note.
    let foreign = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse::<VerifierKey>();
    assert_eq!(foreign, Err(KeyFault::Foreign(1)));
    for text in ["", "a", "a+b", "a+b+", "+b+AA==", "a+b+*"] {
        assert!(text.parse::<VerifierKey>().is_err(), "{text}");
    }
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1;
        let read = String::from_utf8(bytes).unwrap().parse::<VerifierKey>();
        assert!(read.as_ref().map_or(true, |read| *read != key), "{place}");
    }
    for name in ["", "a b", "a+b", "a\u{3000}b", "a\nb"] {
        assert!(matches!(VerifierKey::new(name, &[1; 64]), Err(KeyFault::Point)));
        assert!(matches!(VerifierKey::of(name, log_signer().prepared()), Err(KeyFault::Name(_))), "{name}");
    }
}
