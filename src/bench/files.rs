//! Certificate files: how many are made of one core in a second, from the record to both files kept, and what verifying each costs beside
//! SM3 over its bytes, which nothing that looks at every byte can beat. On a demonstration of its own: no database server is needed.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::Utc;
use verify::digest::sm3;
use verify::messages::Lang;
use verify::report::VerificationResult;
use verify::{Policy, verify_bytes};

use super::BenchError;
use crate::demo::{self, DemoSettings};
use crate::files::Format;
use crate::store::FileRow;

/// The types whose faces are measured ones.
const TYPES: [&str; 3] = ["SafetyOfficerCertificate", "SpecialOperationCertificate", "AssociateConstructorCertificate"];
/// Certificates that the demonstration issues: enough for each type.
const CERTIFICATES: u64 = 900;
/// Each file is verified so often.
const AGAIN: u32 = 5;

/// What one type came to. Times are medians.
#[derive(Debug, Clone, Copy)]
struct Line {
    made: usize,
    per_second: f64,
    /// From the wish for the PDF of a certificate without files until it is there: the middle one, and the one that only one in a hundred exceeds.
    waited: [Duration; 2],
    sizes: [usize; 2],
    verified: [Duration; 2],
    digested: [Duration; 2],
}

/// Measures `count` certificates of each type and tells a table.
///
/// # Errors
/// The demonstration does not start, a file cannot be made or does not pass.
pub async fn run(count: usize, lang: Lang, mut tell: impl FnMut(&str)) -> Result<(), BenchError> {
    let folder = std::env::temp_dir().join(format!("zhengzhao-bench-files-{}", std::process::id()));
    let outcome = measured(&folder, count, lang, &mut tell).await;
    // What is left is nobody's.
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

async fn measured(folder: &Path, count: usize, lang: Lang, tell: &mut impl FnMut(&str)) -> Result<(), BenchError> {
    let settings = DemoSettings {
        listen: ([127, 0, 0, 1], 0).into(),
        data: folder.to_owned(),
        certificates: CERTIFICATES,
        schema: None,
        second: BTreeSet::new(),
    };
    let demo = demo::start(&settings, lang).await.map_err(|error| BenchError::tool("the demonstration", error))?;
    tell(
        "| type | files of | certificates/s of one core | asked → PDF p50 ms | p99 ms | PDF kB | verify PDF µs | SM3 µs | (verify − 100 µs) ÷ SM3 | OFD kB | verify OFD µs | SM3 µs | ratio |",
    );
    tell("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for name in TYPES {
        let line = of_type(&demo.hub, name, count).await?;
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        let ratio = |place: usize| ((micros(line.verified[place]) - 100.0) / micros(line.digested[place])).max(0.0);
        tell(&format!(
            "| {name} | {} | {:.1} | {:.0} | {:.0} | {} | {:.0} | {:.0} | {:.2} | {} | {:.0} | {:.0} | {:.2} |",
            line.made,
            line.per_second,
            micros(line.waited[0]) / 1e3,
            micros(line.waited[1]) / 1e3,
            line.sizes[0] / 1000,
            micros(line.verified[0]),
            micros(line.digested[0]),
            ratio(0),
            line.sizes[1] / 1000,
            micros(line.verified[1]),
            micros(line.digested[1]),
            ratio(1),
        ));
    }
    Ok(())
}

async fn of_type(hub: &crate::hub::Hub, name: &str, count: usize) -> Result<Line, BenchError> {
    let make = |detail: String| BenchError::Make { type_name: name.to_owned(), detail };
    let ids = hub.store.without_file(name, None, u32::try_from(count * 2).unwrap_or(u32::MAX)).await?;
    let (mut files, mut waited) = (Vec::new(), Vec::new());
    for id in ids {
        if files.len() >= count {
            break;
        }
        let began = Instant::now();
        // One after the other: what one core does. What is not in force has no file.
        let Ok(pdf) = hub.files.file(id, Format::Pdf, Utc::now()).await else { continue };
        waited.push(began.elapsed());
        let ofd = hub.files.file(id, Format::Ofd, Utc::now()).await.map_err(|error| make(error.to_string()))?;
        files.push([pdf, ofd]);
    }
    if files.is_empty() {
        return Err(make("none of its certificates is in force".to_owned()));
    }
    let trust = hub.trust()?;
    let judge = |file: &FileRow| {
        let report = verify_bytes(&file.bytes, &trust, &Policy::default(), Utc::now());
        report.is_ok_and(|report| report.result == VerificationResult::Passed)
    };
    let mut line = Line {
        made: files.len(),
        per_second: files.len() as f64 / waited.iter().sum::<Duration>().as_secs_f64(),
        waited: [quantile(&mut waited, 0.5), quantile(&mut waited, 0.99)],
        sizes: [0; 2],
        verified: [Duration::ZERO; 2],
        digested: [Duration::ZERO; 2],
    };
    for place in 0..2 {
        if let Some(wrong) = files.iter().find(|pair| !judge(&pair[place])) {
            return Err(BenchError::Wrong { workload: name.to_owned(), detail: format!("{} does not pass", wrong[place].version_id) });
        }
        line.sizes[place] = files.iter().map(|pair| pair[place].bytes.len()).sum::<usize>() / files.len();
        line.verified[place] = median(files.iter().map(|pair| timed(|| judge(&pair[place]))));
        line.digested[place] = median(files.iter().map(|pair| timed(|| sm3(&pair[place].bytes))));
    }
    Ok(line)
}

/// How long one call takes, of several.
fn timed<T>(mut call: impl FnMut() -> T) -> Duration {
    let began = Instant::now();
    for _ in 0..AGAIN {
        black_box(call());
    }
    began.elapsed() / AGAIN
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    quantile(&mut times.collect::<Vec<_>>(), 0.5)
}

fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let place = (times.len() as f64 * share) as usize;
    times.get(place.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}
