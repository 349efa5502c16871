//! Foreign bytes and changed bytes: nothing panics, and nothing that was broken or changed is taken for whole.

use proptest::prelude::*;

use super::{
    attacks::{all, facts},
    maker::{self, Form, long_term, signed},
};
use crate::pdf::{Coverage, Limits, Pdf, read};

fn reading(bytes: &[u8]) -> Option<Pdf> {
    read(bytes, &Limits::default()).ok()
}

/// The digests and contents of signatures over the whole file.
fn whole(bytes: &[u8]) -> Vec<([u8; 32], Vec<u8>)> {
    let signatures = reading(bytes).map(|pdf| pdf.signatures).unwrap_or_default();
    let whole = signatures.into_iter().filter(|signature| signature.coverage == Coverage::WholeFile);
    whole.filter_map(|signature| signature.digest.zip(signature.contents)).collect()
}

/// Each byte of a right file changed: it stays whole with its digest only where a hexadecimal digit changed its case.
#[test]
fn no_byte_of_a_signed_file_can_change() {
    for form in [Form::Table, Form::Stream] {
        let good = signed(form).bytes;
        let before = whole(&good);
        for place in 0..good.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut bytes = good.clone();
                bytes[place] ^= flip;
                let case_only = bytes.eq_ignore_ascii_case(&good) && good[place].is_ascii_hexdigit() && flip == 0x20;
                assert!(case_only || whole(&bytes) != before, "byte {place} ^ {flip:#x}, {form:?}");
            }
        }
    }
}

/// One byte taken away or put in, at every place.
#[test]
fn no_byte_of_a_signed_file_can_come_or_go() {
    let good = signed(Form::Table).bytes;
    let before = whole(&good);
    for place in 0..=good.len() {
        let mut more = good.clone();
        more.insert(place, b'0');
        assert_ne!(whole(&more), before, "byte put in at {place}");
        let mut less = good.clone();
        if place < less.len() {
            less.remove(place);
            assert_ne!(whole(&less), before, "byte {place} taken away");
        }
    }
}

/// A change of one byte in an attack never makes a right file of it.
#[test]
fn no_attack_is_one_byte_from_being_whole() {
    let good: Vec<_> = [Form::Table, Form::Stream].into_iter().flat_map(|form| whole(&signed(form).bytes)).collect();
    for (number, case) in all().into_iter().enumerate().filter(|(_, case)| case.bytes.len() < 4_000) {
        for place in (number % 61..case.bytes.len()).step_by(61) {
            let mut bytes = case.bytes.clone();
            bytes[place] ^= 1;
            assert!(!whole(&bytes).iter().any(|found| good.contains(found)), "byte {place}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = facts(&[b"%PDF-1.7\n", &bytes[..]].concat());
    }

    /// Words of the format in any order.
    #[test]
    fn foreign_words_never_panic(words in prop::collection::vec(0..WORDS.len(), 0..120)) {
        let text: Vec<u8> = words.iter().flat_map(|word| WORDS[*word].bytes()).collect();
        let _ = facts(&[b"%PDF-1.7\n", &text[..]].concat());
        let length = text.len() + 9;
        let trailer = "trailer\n<</Size 9/Root 1 0 R>>\nstartxref";
        let table = "xref\n0 1\n0000000000 65535 f\r\n1 1\n0000000009 00000 n\r\n";
        let tail = format!("\n{table}{trailer}\n{}\n%%EOF", length + 1);
        let _ = facts(&[b"%PDF-1.7\n", &text[..], tail.as_bytes()].concat());
    }

    #[test]
    fn many_changed_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), streams: bool) {
        let mut file = signed(if streams { Form::Stream } else { Form::Table });
        long_term(&mut file, "[0 0 0 0]", "");
        let before = whole(&file.bytes);
        let good = file.bytes.clone();
        for (place, byte) in changes {
            let place = place.index(file.bytes.len());
            file.bytes[place] = byte;
        }
        let changed = !file.bytes.eq_ignore_ascii_case(&good);
        prop_assert!(!changed || whole(&file.bytes) != before);
    }
}

const WORDS: [&str; 30] = [
    "1 0 obj\n",
    "2 0 obj\n",
    "endobj\n",
    "<<",
    ">>",
    "[",
    "]",
    "/Type",
    "/Catalog",
    "/Pages 2 0 R",
    "/Kids[1 0 R]",
    "/AcroForm",
    "/Fields[2 0 R]",
    "/FT",
    "/Sig",
    "/V 2 0 R",
    "/ByteRange[0 1 2 3]",
    "/Contents<3000>",
    "stream\n",
    "\nendstream\n",
    "/Length 5",
    "/Length 1 0 R",
    "(a\\(b)",
    "<41>",
    " 1 0 R",
    " 0",
    "%c\n",
    "/ObjStm",
    "/N 1/First 4",
    "\n",
];

/// The maker's own files pass other readers as well; this keeps what it writes from drifting.
#[test]
fn the_maker_writes_both_forms() {
    assert!(maker::find(&signed(Form::Table).bytes, b"\nxref\n").is_some());
    assert!(maker::find(&signed(Form::Stream).bytes, b"/Type/XRef").is_some());
}
