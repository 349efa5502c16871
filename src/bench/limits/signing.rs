//! What issuing many cannot be faster than: signing alone, and COPY of the same rows alone.

use std::time::{Duration, Instant};

use crate::bench::BenchError;
use crate::bench::data;
use crate::bench::load::as_f64;
use crate::bench::place::{About, Folder};
use crate::bench::workloads::BATCH;
use crate::hub::Hub;

/// Certificates of one measurement.
const COUNT: u64 = 4000;

/// Microseconds a certificate.
#[derive(Debug, Clone, Copy)]
pub struct Alone {
    pub sign: f64,
    pub copy: f64,
}

/// Measures both, one after the other: the very rows of W7, into the hub's own tables.
///
/// # Errors
/// Certificates that cannot be made, or the database.
pub async fn alone(folder: &Folder, about: &About) -> Result<Alone, BenchError> {
    let hub = Hub::open(folder.hub_settings(&about.database)?).await?;
    let first = folder.take_fresh(COUNT)?;
    let fresh = data::fresh(&hub, folder, &about.world(), first..first + COUNT)?;
    let began = Instant::now();
    for (new, signer) in &fresh {
        signer.sign(new.row.statement.as_bytes())?;
    }
    let sign = began.elapsed();
    let mut copy = Duration::ZERO;
    let mut rows = fresh.into_iter().map(|(new, _)| new).peekable();
    while rows.peek().is_some() {
        copy += hub.store.copy_alone(rows.by_ref().take(usize::try_from(BATCH).unwrap_or(usize::MAX)).collect()).await?;
    }
    hub.store.close().await?;
    let each = |whole: Duration| whole.as_secs_f64() * 1e6 / as_f64(COUNT);
    Ok(Alone { sign: each(sign), copy: each(copy) })
}
