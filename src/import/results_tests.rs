use verify::messages::Lang;

use super::*;
use crate::import::sample::licence;
use crate::import::{Format, Settings};

fn source(folder: &Path, digest: &str) -> Source {
    let file = folder.join("x.csv");
    std::fs::write(&file, "enterpriseName\n").unwrap();
    let settings = Settings { file, format: Some(Format::Csv), result: None, issuer: Some("A".into()), accept_lapsed: false };
    let source = Source::open(&settings, licence(&serde_json::Value::Null), "one".into()).unwrap();
    Source { digest: digest.into(), ..source }
}

fn begun(source: &Source, accept_lapsed: bool) -> Result<Begun, ImportError> {
    Results::begin(source, Earlier::open(source)?, true, accept_lapsed)
}

fn opened(source: &Source) -> (Results, Option<PathBuf>) {
    match begun(source, false).unwrap() {
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
    assert!(matches!(begun(&first, false).unwrap(), Begun::NothingToDo { counts: Counts { issued: 1, existing: 1, faulty: 0 }, .. }));
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
    assert!(begun(&other, false).is_err_and(|error| error.message(Lang::En).contains("--result")));
    assert_eq!(std::fs::read_to_string(&other.result).unwrap(), "my own notes\n");
}

#[test]
fn two_imports_do_not_write_one_result() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), "d");
    let (_results, _) = opened(&source);
    assert!(begun(&source, false).is_err_and(|error| error.message(Lang::En).contains("another import")));
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
    assert!(begun(&source, false).is_err_and(|error| error.message(Lang::En).contains("--accept-lapsed")));
    assert!(matches!(begun(&source, true).unwrap(), Begun::Results { .. }));
}

#[test]
fn the_result_of_another_database_is_kept_and_everything_begins_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = source(folder.path(), "d");
    let (mut results, _) = opened(&first);
    write(&mut results, 1..=5);
    drop(results);
    let elsewhere = Source { database: "other".into(), ..source(folder.path(), "d") };
    let (results, kept) = opened(&elsewhere);
    assert_eq!((results.counts().rows(), kept), (0, Some(folder.path().join("x.csv.result.ndjson.1"))));
    drop(results);
    // And back: what was done there is not taken for what was done here.
    let (mut results, kept) = opened(&first);
    assert_eq!((results.counts().rows(), kept.is_some()), (0, true));
    write(&mut results, 1..=2);
    results.end().unwrap();
    // The same database, as a copy had it that was made before: its identity is the same, the last certificate is not there.
    let earlier = Earlier::open(&first).unwrap();
    assert!(earlier.last().is_some());
    let Begun::Results { results, kept } = Results::begin(&first, earlier, false, false).unwrap() else { panic!("not done there") };
    assert_eq!((results.counts().rows(), kept.is_some()), (0, true));
}

#[test]
fn an_import_goes_on_for_the_issuer_it_began_for() {
    let folder = tempfile::tempdir().unwrap();
    let first = source(folder.path(), "d");
    let other = Source { issuer: Some("B".into()), ..source(folder.path(), "d") };
    let (mut results, _) = opened(&first);
    results.faulty(1, 2, &[Fault::new("issuer", "错", "wrong")]);
    results.flush().unwrap();
    drop(results);
    let (mut results, kept) = opened(&other);
    assert!(kept.is_some() && results.counts().rows() == 0, "nothing was issued for the first: the second begins anew");
    write(&mut results, 1..=2);
    drop(results);
    assert!(begun(&first, false).is_err_and(|error| error.message(Lang::En).contains("--issuer B")));
    let (results, kept) = opened(&other);
    assert_eq!((results.counts().rows(), kept), (2, None));
    results.end().unwrap();
    // Done for one: the other is asked for on purpose.
    let (results, kept) = opened(&first);
    assert!(kept.is_some() && results.counts().rows() == 0);
}

#[test]
fn another_file_of_the_type_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let first = source(folder.path(), "d");
    let (mut results, _) = opened(&first);
    write(&mut results, 1..=2);
    drop(results);
    let ty = licence(&serde_json::json!({"remark": {"title": "备注", "type": "string"}}));
    let (results, kept) = opened(&Source { ty, ..source(folder.path(), "d") });
    assert!(kept.is_some() && results.counts().rows() == 0);
}

#[test]
fn a_file_that_is_changed_while_it_is_imported_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), "d");
    source.unchanged().unwrap();
    // Put in its place by a rename: the file that was digested is still the one that is read.
    let other = folder.path().join("other.csv");
    std::fs::write(&other, "creditCode\n").unwrap();
    std::fs::rename(&other, &source.file).unwrap();
    assert_eq!(std::io::read_to_string(source.reader().unwrap()).unwrap(), "enterpriseName\n");
    source.unchanged().unwrap();
    let source = self::source(folder.path(), "d");
    std::fs::write(&source.file, "enterpriseName\n甲\n").unwrap();
    assert!(source.unchanged().is_err_and(|error| error.message(Lang::En).contains("was changed while")));
}
