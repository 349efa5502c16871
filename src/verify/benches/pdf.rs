//! How long a signed PDF takes to read beside the SM3 of its bytes, in one run: `cargo bench -p verify --bench pdf`.
//!
//! The machine may do other things meanwhile, so every figure is the median of rounds in which all take turns, and the ratio says
//! more than the microseconds.

#[path = "../pdf/tests/maker.rs"]
#[expect(dead_code, unreachable_pub, reason = "the tests of the reader use all of it, and as a module of theirs")]
mod maker;

/// Something small, and nobody signs.
mod inside {
    pub(super) const NAME: &str = "env.json";
    pub(super) const NAME_IN_UTF16: &str = "8BC17167";
    pub(super) const ROOM: usize = 64;

    pub(super) fn attached() -> Vec<u8> {
        b"{\"a\":123}".to_vec()
    }

    pub(super) fn signed(_: &[u8]) -> Option<Vec<u8>> {
        None
    }
}

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use maker::{File, Form, Signing, flate, object, sign, stream};
use verify::{
    digest::sm3,
    pdf::{Coverage, Limits, read},
};

const ROUNDS: usize = 21;
/// How long one of them has in a round.
const SLICE: Duration = Duration::from_millis(12);

/// A signed document of `kilobytes`: most of it a font and an image, as of a certificate; `objects` small ones, as a structure tree
/// has; an envelope of 6 KB embedded and compressed.
fn document(form: Form, kilobytes: usize, objects: u32) -> Vec<u8> {
    let mut noise = 1_u32;
    let mut random = |length: usize| -> Vec<u8> {
        let mut next = || {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            noise.to_be_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    };
    let mut all = maker::document();
    let envelope = format!("{{\"envelope\":\"{}\"}}", "证照数据 0123456789 ".repeat(220));
    all[5] = flate(6, "/Type/EmbeddedFile/Subtype/application#2Fjson", envelope.as_bytes());
    let tree: String = (0..objects).map(|number| format!("{} 0 R ", 1_000 + number)).collect();
    all.push(object(8, &format!("<</Type/StructTreeRoot/K[{tree}]>>")));
    all.extend((0..objects).map(|number| object(1_000 + number, "<</Type/StructElem/S/P/P 8 0 R/K[0 1 2]/Pg 3 0 R/Lang(zh)>>")));
    let half = kilobytes * 1_000 / 2 - objects as usize * 60;
    all.push(stream(9, "/Filter/FlateDecode/Subtype/CIDFontType0C", &random(half)));
    all.push(stream(10, "/Filter/FlateDecode/Subtype/Image/Type/XObject/Width 300/Height 200", &random(half)));
    all[2] = object(3, &maker::page("").replace("<<>>", "<</Font<</f0 9 0 R>>/XObject<</x 10 0 R>>>>"));
    let mut file = File::new(form);
    let (plain, packed) = match form {
        Form::Table => (all, Vec::new()),
        Form::Stream => all.into_iter().partition(|(_, body)| body.ends_with(b"endstream")),
    };
    file.revision(&plain, &packed);
    let kept = maker::page("/Annots[20 0 R]").replace("<<>>", "<</Font<</f0 9 0 R>>/XObject<</x 10 0 R>>>>");
    let catalog = maker::catalog("/StructTreeRoot 8 0 R/AcroForm<</SigFlags 3/Fields[20 0 R]>>/Perms<</DocMDP 21 0 R>>");
    let objects = vec![object(1, &catalog), object(3, &kept)];
    sign(&mut file, &Signing { room: 8192, der: [vec![0x30, 0x82, 0x08, 0x00], vec![7; 0x800]].concat(), objects, ..Signing::default() });
    file.bytes
}

fn main() {
    let files = [
        ("300 KB, table, 40 objects", document(Form::Table, 300, 40)),
        ("300 KB, streams, 40 objects", document(Form::Stream, 300, 40)),
        ("300 KB, table, 1,000 objects", document(Form::Table, 300, 1_000)),
        ("300 KB, streams, 1,000 objects", document(Form::Stream, 300, 1_000)),
        ("50 KB, table, 40 objects", document(Form::Table, 50, 40)),
        ("4 MB, table, 40 objects", document(Form::Table, 4_000, 40)),
    ];
    let limits = Limits::default();
    println!("{:<34} {:>10} {:>10} {:>10} {:>8}", "", "SM3 µs", "read µs", "beyond µs", "ratio");
    for (name, bytes) in &files {
        let pdf = read(bytes, &limits).expect("a PDF");
        assert_eq!((pdf.structure.len(), pdf.suspicious.len(), &pdf.signatures[0].coverage), (0, 0, &Coverage::WholeFile), "{name}");
        let [hash, reading] = measure([&|| _ = black_box(sm3(black_box(bytes))), &|| _ = black_box(read(black_box(bytes), &limits))]);
        println!("{name:<34} {hash:>10.1} {reading:>10.1} {:>10.1} {:>8.2}", reading - hash, reading / hash);
    }
}

/// Median microseconds of each.
fn measure<const COUNT: usize>(works: [&dyn Fn(); COUNT]) -> [f64; COUNT] {
    let mut found = [const { Vec::new() }; COUNT];
    for _ in 0..ROUNDS {
        for (work, found) in works.iter().zip(&mut found) {
            let begin = Instant::now();
            let mut times = 0_u32;
            while begin.elapsed() < SLICE {
                work();
                times += 1;
            }
            found.push(begin.elapsed().as_secs_f64() * 1e6 / f64::from(times));
        }
    }
    found.map(|mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    })
}
