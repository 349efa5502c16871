use verify::messages::Lang;

use super::*;
use crate::import::Format;
use crate::import::sample::licence;

fn source(folder: &Path, digest: &str) -> Source {
    Source {
        file: folder.join("x.csv"),
        format: Format::Csv,
        result: folder.join("x.csv.result.ndjson"),
        issuer: None,
        ty: licence(&serde_json::Value::Null),
        digest: digest.into(),
        size: 1,
    }
}

fn opened(source: &Source) -> (Results, Option<PathBuf>) {
    match Results::begin(source, false).unwrap() {
        Begun::Results { results, kept } => (results, kept),
        Begun::NothingToDo { .. } => panic!("something to do"),
    }
}

fn write(results: &mut Results, rows: std::ops::RangeInclusive<u64>) {
    for row in rows {
        match row % 3 {
            0 => results.faulty(row, row + 1, &[Fault::new("data.x", "错", "wrong")]),
            1 => results.issued(row, row + 1, Uuid::now_v7(), "1.2.3", "号-1"),
            _ => results.existing(row, row + 1, Uuid::now_v7(), None),
        }
    }
    results.flush().unwrap();
}

#[test]
fn whatever_is_cut_off_the_lines_before_it_count() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), "d");
    let (mut results, _) = opened(&source);
    let head = std::fs::metadata(&source.result).unwrap().len();
    write(&mut results, 1..=6);
    drop(results);
    let whole = std::fs::read(&source.result).unwrap();
    for length in 0..=whole.len() {
        let cut = whole.get(..length).unwrap();
        std::fs::write(&source.result, cut).unwrap();
        let (mut results, kept) = opened(&source);
        let lines = cut.iter().filter(|byte| **byte == b'\n').count() as u64;
        assert_eq!(results.counts().rows(), lines.saturating_sub(1), "cut at {length}");
        assert_eq!(kept, None);
        write(&mut results, lines.max(1)..=6);
        assert_eq!(results.counts(), Counts { issued: 2, existing: 2, faulty: 2 });
        drop(results);
        let again = std::fs::read_to_string(&source.result).unwrap();
        assert_eq!(again.lines().count(), 7, "cut at {length}");
        assert!(again.len() as u64 > head && again.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    }
}

#[test]
fn lines_that_the_disk_lost_are_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), "d");
    let (mut results, _) = opened(&source);
    write(&mut results, 1..=3);
    drop(results);
    let mut text = std::fs::read(&source.result).unwrap();
    text.extend_from_slice(&[0; 40]);
    text.extend_from_slice(b"\n{\"row\":9,\"line\":1,\"outcome\":\"faulty\"}\n");
    std::fs::write(&source.result, text).unwrap();
    assert_eq!(opened(&source).0.counts().rows(), 3);
}

#[test]
fn results_of_other_files_and_finished_ones_are_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let first = source(folder.path(), "d");
    let (mut results, _) = opened(&first);
    write(&mut results, 1..=2);
    results.end().unwrap();
    assert!(matches!(
        Results::begin(&first, false).unwrap(),
        Begun::NothingToDo { counts: Counts { issued: 1, existing: 1, faulty: 0 }, .. }
    ));
    let other = source(folder.path(), "e");
    let (mut results, kept) = opened(&other);
    assert_eq!((results.counts().rows(), kept), (0, Some(folder.path().join("x.csv.result.ndjson.1"))));
    write(&mut results, 1..=3);
    results.end().unwrap();
    // With a faulty row there is something to do: the corrected issuer, the type published meanwhile.
    let (results, kept) = opened(&other);
    assert_eq!((results.counts().rows(), kept), (0, Some(folder.path().join("x.csv.result.ndjson.2"))));
    drop(results);
    std::fs::write(&other.result, "my own notes\n").unwrap();
    assert!(Results::begin(&other, false).is_err_and(|error| error.message(Lang::En).contains("--result")));
    assert_eq!(std::fs::read_to_string(&other.result).unwrap(), "my own notes\n");
}

#[test]
fn two_imports_do_not_write_one_result() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), "d");
    let (_results, _) = opened(&source);
    assert!(Results::begin(&source, false).is_err_and(|error| error.message(Lang::En).contains("another import")));
}

#[test]
fn an_import_broken_off_longer_ago_than_keys_live_asks_first() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), "d");
    let (mut results, _) = opened(&source);
    write(&mut results, 1..=3);
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(8 * 24 * 3600);
    results.file.set_modified(long_ago).unwrap();
    drop(results);
    assert!(Results::begin(&source, false).is_err_and(|error| error.message(Lang::En).contains("--accept-lapsed")));
    assert!(matches!(Results::begin(&source, true).unwrap(), Begun::Results { .. }));
}
