//! Where an audit reads a log from: the tables of a hub, with the events themselves, or what a hub serves.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tlog::audit::{Log, Opening};
use tlog::{Bundle, Salt, Tile, TileReader, VerifierKey};
use tokio::runtime::Handle;
use uuid::Uuid;
use verify::chain::{ChainOutcome, X509};
use verify::digest::sm3_hex;

use super::{LogError, Transparency, text_of};

/// The tables. For a thread of its own: it waits for the database.
pub struct Database<'a> {
    log: &'a Transparency,
    runtime: Handle,
    /// Numbers of events that are not there though the tree has them.
    pub missing: Vec<u64>,
    /// Numbers of events whose salt is gone: erased, as far as anybody can tell.
    pub erased: Vec<u64>,
    /// Numbers of events that wrote what is not there as they wrote it: a certificate was altered or taken out.
    pub altered: Vec<u64>,
}

/// No list grows longer.
const LISTED: usize = 1000;

impl<'a> Database<'a> {
    pub fn new(log: &'a Transparency, runtime: Handle) -> Self {
        Self { log, runtime, missing: Vec::new(), erased: Vec::new(), altered: Vec::new() }
    }
}

impl Database<'_> {
    /// Holds what commands wrote against what is there.
    fn compare(&mut self, wrote: &[(u64, Uuid, String)]) -> Result<(), LogError> {
        if wrote.is_empty() {
            return Ok(());
        }
        let versions: Vec<Uuid> = wrote.iter().map(|(_, version, _)| *version).collect();
        let statements = self.runtime.block_on(self.log.store.statements_of(&versions))?;
        let there: HashSet<(Uuid, String)> = statements.into_iter().map(|(version, statement)| (version, sm3_hex(&statement))).collect();
        for (seq, version, digest) in wrote {
            if !there.contains(&(*version, digest.clone())) {
                note(&mut self.altered, *seq..seq + 1);
            }
        }
        Ok(())
    }

    /// Certificates that no event tells of: somebody put them there.
    ///
    /// # Errors
    /// The database.
    pub fn unaccounted(&self) -> Result<Vec<Uuid>, LogError> {
        Ok(self.runtime.block_on(self.log.store.unaccounted(LISTED as u32))?)
    }
}

impl TileReader for Database<'_> {
    type Error = LogError;

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, LogError> {
        self.runtime.block_on(self.log.tile(tile))
    }
}

impl Log for Database<'_> {
    fn bundle(&mut self, bundle: Bundle) -> Result<Option<Vec<u8>>, LogError> {
        self.runtime.block_on(self.log.bundle(bundle))
    }

    fn openings(&mut self, leaves: Range<u64>) -> Result<Vec<Opening>, LogError> {
        let count = u32::try_from(leaves.end - leaves.start).unwrap_or(u32::MAX);
        let events = self.runtime.block_on(self.log.store.logged(leaves.start, count))?;
        let mut found = Vec::with_capacity(events.len());
        let (mut wanted, mut wrote) = (leaves.start, Vec::new());
        for logged in events.into_iter().filter(|logged| logged.seq < leaves.end) {
            note(&mut self.missing, wanted..logged.seq);
            wanted = logged.seq + 1;
            match logged.event.salt {
                Some(salt) => {
                    if let (Some(version), Some(digest)) = (logged.event.version_id, &logged.event.wrote) {
                        wrote.push((logged.seq, version, digest.clone()));
                    }
                    let event = text_of(&logged.event).map_err(LogError::Broken)?.into_bytes();
                    found.push(Opening { index: logged.seq, salt: Salt(salt), event });
                }
                None => note(&mut self.erased, logged.seq..logged.seq + 1),
            }
        }
        note(&mut self.missing, wanted..leaves.end);
        self.compare(&wrote)?;
        Ok(found)
    }
}

fn note(list: &mut Vec<u64>, numbers: Range<u64>) {
    let room = LISTED.saturating_sub(list.len());
    list.extend(numbers.take(room));
}

/// What a hub serves under `…/log`: hashes and commitments, no event.
pub struct Fetched {
    url: String,
    agent: ureq::Agent,
}

/// Most bytes of a file of the log: 256 hashes or entries, or a note.
const MOST: u64 = 64 * 1024;

impl Fetched {
    /// `url` is the hub's, without a slash at the end.
    pub fn new(url: &str) -> Self {
        let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).http_status_as_error(false).build();
        Self { url: format!("{}/log", url.trim_end_matches('/')), agent: agent.into() }
    }

    /// A file; None where the hub has none.
    ///
    /// # Errors
    /// The hub does not answer, or with something else than a file.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, LogError> {
        let url = format!("{}/{path}", self.url);
        let fault = |error: ureq::Error| LogError::Broken(format!("{url}: {error}"));
        let mut response = self.agent.get(&url).call().map_err(fault)?;
        match response.status().as_u16() {
            200 => response.body_mut().with_config().limit(MOST).read_to_vec().map(Some).map_err(fault),
            404 => Ok(None),
            status => Err(LogError::Broken(format!("{url}: HTTP {status}"))),
        }
    }
}

impl TileReader for Fetched {
    type Error = LogError;

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, LogError> {
        self.file(&tile.path())
    }
}

impl Log for Fetched {
    fn bundle(&mut self, bundle: Bundle) -> Result<Option<Vec<u8>>, LogError> {
        self.file(&bundle.path())
    }
}

/// The key of a log from its certificate (PEM, its issuers behind it), which must lead to a root of `trust` and say that it is a log's.
///
/// # Errors
/// A file that does not read, or a certificate that is not trusted.
pub fn log_key(certificate: &Path, trust: &verify::Trust, origin: &str, at: DateTime<Utc>) -> Result<VerifierKey, LogError> {
    let wrong = |why: String| LogError::Broken(format!("{}: {why}", certificate.display()));
    let text = std::fs::read_to_string(certificate).map_err(|error| wrong(error.to_string()))?;
    let path = X509::from_pem(&text).map_err(|error| wrong(error.to_string()))?;
    let ders: Vec<Vec<u8>> = path.iter().map(|certificate| certificate.der().to_vec()).collect();
    match trust.chain(&ders).outcome(at) {
        ChainOutcome::Trusted { .. } => {}
        other => return Err(wrong(format!("the log's certificate leads to no trusted root: {other:?}"))),
    }
    let own = path.first().ok_or_else(|| wrong("no certificate".to_owned()))?;
    VerifierKey::new(origin, own.prepared_key().coordinates()).map_err(|fault| wrong(fault.to_string()))
}
