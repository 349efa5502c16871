//! What the device does, in safe code: handles are numbers, looked up at every call.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sm2::dsa::signature::hazmat::PrehashSigner as _;
use sm2::dsa::{Signature, SigningKey};
use sm2::elliptic_curve::sec1::ToSec1Point as _;

use super::{CALLS, FAULTS, KEYS};

pub(crate) const COMMFAIL: u32 = 0x0100_0003;
const PARDENY: u32 = 0x0100_0007;
const KEYNOTEXIST: u32 = 0x0100_0008;
const STEPERR: u32 = 0x0100_0010;
const KEYERR: u32 = 0x0100_0015;
const PRKRERR: u32 = 0x0100_0018;
pub(crate) const INARGERR: u32 = 0x0100_001D;

/// GM/T 0018: a password has 8 bytes or more.
const PASSWORD: usize = 8;

pub(crate) struct Machine {
    folder: PathBuf,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    last: usize,
    /// The round of [`super::Fault::Restarted`] in which they were opened.
    devices: BTreeMap<usize, u32>,
    sessions: BTreeMap<usize, Arc<Session>>,
}

struct Session {
    device: usize,
    round: u32,
    at_work: AtomicBool,
    signatures: AtomicU32,
    rights: Mutex<BTreeSet<u32>>,
}

/// What goes wrong at this moment.
pub(crate) struct Faults(BTreeMap<String, u32>);

impl Faults {
    pub(crate) fn number(&self, word: &str) -> Option<u32> {
        self.0.get(word).copied()
    }
}

impl Machine {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), open: Mutex::default() }
    }

    pub(crate) fn faults(&self) -> Faults {
        let text = std::fs::read_to_string(self.folder.join(FAULTS)).unwrap_or_default();
        let rows = text.lines().filter_map(|line| line.split_once(' '));
        Faults(rows.filter_map(|(word, number)| Some((word.to_owned(), number.parse().ok()?))).collect())
    }

    /// Writes down a call and what it returned.
    pub(crate) fn record(&self, function: &str, returned: u32) {
        let line = format!("{function} {returned:08X}\n");
        let file = std::fs::OpenOptions::new().append(true).create(true).open(self.folder.join(CALLS));
        // A test that reads them finds out when one is missing.
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }

    pub(crate) fn open_device(&self) -> Result<usize, u32> {
        let round = self.faults().number("restarted").unwrap_or_default();
        let mut open = self.open();
        open.last += 1;
        let handle = open.last;
        open.devices.insert(handle, round);
        Ok(handle)
    }

    /// A device with open sessions is not closed, whatever vendors do: the tests want to know.
    pub(crate) fn close_device(&self, device: usize) -> Result<(), u32> {
        let mut open = self.open();
        if open.sessions.values().any(|session| session.device == device) {
            return Err(STEPERR);
        }
        open.devices.remove(&device).map(drop).ok_or(INARGERR)
    }

    pub(crate) fn open_session(&self, device: usize) -> Result<usize, u32> {
        let faults = self.faults();
        let mut open = self.open();
        let born = *open.devices.get(&device).ok_or(INARGERR)?;
        if born != faults.number("restarted").unwrap_or_default() {
            return Err(COMMFAIL);
        }
        open.last += 1;
        let handle = open.last;
        let round = faults.number("sessions-lost").unwrap_or_default();
        let session = Session { device, round, at_work: AtomicBool::new(false), signatures: AtomicU32::new(0), rights: Mutex::default() };
        open.sessions.insert(handle, Arc::new(session));
        Ok(handle)
    }

    pub(crate) fn close_session(&self, session: usize) -> Result<(), u32> {
        self.open().sessions.remove(&session).map(drop).ok_or(INARGERR)
    }

    pub(crate) fn get_right(&self, session: usize, index: u32, password: &[u8]) -> Result<(), u32> {
        let work = self.work(session)?;
        if password.len() < PASSWORD {
            return Err(INARGERR);
        }
        if self.key(index)?.1.as_bytes() != password {
            return Err(PRKRERR);
        }
        locked(&work.0.rights).insert(index);
        Ok(())
    }

    pub(crate) fn release_right(&self, session: usize, index: u32) -> Result<(), u32> {
        let work = self.work(session)?;
        if self.faults().number("keeps-rights").is_some() {
            return Err(STEPERR);
        }
        if locked(&work.0.rights).remove(&index) { Ok(()) } else { Err(STEPERR) }
    }

    /// x and y.
    pub(crate) fn public_key(&self, session: usize, index: u32) -> Result<[[u8; 32]; 2], u32> {
        let _work = self.work(session)?;
        let point = self.key(index)?.0.verifying_key().as_affine().to_sec1_point(false);
        let bytes = point.as_bytes();
        Ok([bytes[1..33].try_into().map_err(|_| KEYERR)?, bytes[33..].try_into().map_err(|_| KEYERR)?])
    }

    /// r and s.
    pub(crate) fn sign(&self, session: usize, index: u32, digest: &[u8]) -> Result<[[u8; 32]; 2], u32> {
        let work = self.work(session)?;
        let (key, password) = self.key(index)?;
        if digest.len() != 32 {
            return Err(INARGERR);
        }
        if !password.is_empty() && !locked(&work.0.rights).contains(&index) {
            return Err(PARDENY);
        }
        let faults = self.faults();
        if faults.number("sessions-last").is_some_and(|last| work.0.signatures.fetch_add(1, Ordering::SeqCst) >= last) {
            return Err(COMMFAIL);
        }
        std::thread::sleep(Duration::from_millis(faults.number("slow").unwrap_or_default().into()));
        let signature: Signature = key.sign_prehash(digest).map_err(|_| KEYERR)?;
        let bytes = signature.to_bytes();
        let mut numbers = [bytes[..32].try_into().map_err(|_| KEYERR)?, bytes[32..].try_into().map_err(|_| KEYERR)?];
        if faults.number("wrong-signature").is_some() {
            let [_, s]: &mut [[u8; 32]; 2] = &mut numbers;
            s[31] ^= 1;
        }
        Ok(numbers)
    }

    /// The session for the length of a call. A session at work for another thread is a fault of the caller's.
    fn work(&self, session: usize) -> Result<Work, u32> {
        let faults = self.faults();
        let open = self.open();
        let found = Arc::clone(open.sessions.get(&session).ok_or(INARGERR)?);
        let device = open.devices.get(&found.device).copied();
        drop(open);
        let lost = |born: Option<u32>, word: &str| born != Some(faults.number(word).unwrap_or_default());
        if lost(device, "restarted") || lost(Some(found.round), "sessions-lost") {
            return Err(COMMFAIL);
        }
        if found.at_work.swap(true, Ordering::SeqCst) { Err(STEPERR) } else { Ok(Work(found)) }
    }

    fn key(&self, index: u32) -> Result<(SigningKey, String), u32> {
        let text = std::fs::read_to_string(self.folder.join(KEYS).join(index.to_string())).map_err(|_| KEYNOTEXIST)?;
        let (scalar, password) = text.split_once('\n').ok_or(KEYERR)?;
        let scalar: Option<Vec<u8>> = (0..32).map(|place| u8::from_str_radix(scalar.get(place * 2..place * 2 + 2)?, 16).ok()).collect();
        let key = SigningKey::from_slice("1234567812345678", &scalar.ok_or(KEYERR)?).map_err(|_| KEYERR)?;
        Ok((key, password.to_owned()))
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        locked(&self.open)
    }
}

struct Work(Arc<Session>);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.at_work.store(false, Ordering::SeqCst);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
