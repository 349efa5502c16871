//! W9: a file of rows imported by `zhengzhao import`, on the core of the servers. No requests: rows a second, its start included.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::fresh::Fresh;
use crate::bench::BenchError;
use crate::bench::load::as_f64;
use crate::bench::load::served::free_address;
use crate::bench::place::{About, Folder};
use crate::bench::world::{OFFICER, TYPES};

pub(crate) const NAME: &str = "W9";
/// Rows of a file where nothing says how many take long enough.
const ROWS: u64 = 20_000;
const FEWEST: u64 = 2_000;
const MOST: u64 = 100_000;

/// So many rows take about `seconds` at the rate at which batches were issued.
pub(crate) fn rows(per_second: Option<f64>, seconds: f64) -> u64 {
    per_second.map_or(ROWS, |rate| (rate * seconds) as u64).clamp(FEWEST, MOST)
}

/// Imports the rows of W7 from a file; how many a second.
///
/// # Errors
/// The import does not end well, or has not issued every row.
pub(crate) async fn import(folder: &Folder, about: &About, rows: u64, core: usize) -> Result<f64, BenchError> {
    let (world, first) = (about.world(), folder.take_fresh(rows)?);
    let fresh = Fresh::new(first)?;
    let (file, result) = (folder.file(&format!("import-{first}.ndjson")), folder.file(&format!("import-{first}.result.ndjson")));
    let write = || {
        let mut out = std::io::BufWriter::new(std::fs::File::create(&file)?);
        (0..rows).try_for_each(|_| writeln!(out, "{}", fresh.next(&world).1))?;
        out.flush()
    };
    write().map_err(|error| BenchError::file(&file, error))?;
    let program = std::env::current_exe().map_err(|error| BenchError::tool("this program", error))?;
    let configuration = folder.configuration(&about.database, &free_address()?.to_string(), "")?;
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program).args(["--lang", "en", "import", TYPES[OFFICER]]).arg(&file);
    command.arg("--config").arg(configuration).arg("--result").arg(&result).stdin(Stdio::null());
    let began = Instant::now();
    let done = tokio::task::spawn_blocking(move || command.output()).await.map_err(|fault| BenchError::tool("a task", fault))?;
    let took = began.elapsed();
    let done = done.map_err(|error| BenchError::tool("zhengzhao import", error))?;
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    if !done.status.success() || !said.contains(&format!("{rows} rows: {rows} issued")) {
        return Err(BenchError::Wrong { workload: NAME.into(), detail: said.chars().take(800).collect() });
    }
    for file in [file, result] {
        std::fs::remove_file(&file).map_err(|error| BenchError::file(&file, error))?;
    }
    Ok(as_f64(rows) / took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_takes_as_long_as_the_rounds_of_batches() {
        assert_eq!((rows(None, 1.0), rows(Some(3000.0), 10.0), rows(Some(10.0), 1.0), rows(Some(1e9), 1.0)), (ROWS, 30_000, FEWEST, MOST));
    }
}
