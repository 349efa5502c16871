//! The device as others see it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::SdfError;
use crate::functions::Functions;
use crate::session::{Connection, Session};
use crate::structures::{DeviceInfo, Signature};

/// Most sessions that are open at a time. Devices do some hundred to some ten thousand signatures a second however many ask.
pub const MAX_SESSIONS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(10);

/// A device behind a library of GM/T 0018, for any number of threads: each call has a session for itself, out of a pool of
/// [`MAX_SESSIONS`]. A session that is lost is closed and the call made once more on a new one, over a new connection where the old one
/// gives none; a session on which a call failed for another reason is closed as well.
///
/// A call takes as long as the library takes: GM/T 0018 knows no time limit.
pub struct Device {
    path: PathBuf,
    functions: Functions,
    /// Held while a session is opened, so that one alone opens the device anew.
    connection: Mutex<Arc<Connection>>,
    pool: Mutex<Pool>,
    came_free: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Session>,
    at_work: usize,
}

impl Device {
    /// Loads the library, opens its device and a first session. A path without a folder is looked for where the system keeps
    /// libraries. The library stays loaded until the process ends.
    ///
    /// # Errors
    /// A file that is no library, a library without the functions, a device that cannot be opened.
    pub fn open(path: &Path) -> Result<Self, SdfError> {
        let functions = Functions::load(path)?;
        let connection = Connection::open(functions)?;
        let first = connection.session()?;
        Ok(Self {
            path: path.to_owned(),
            functions,
            connection: Mutex::new(connection),
            pool: Mutex::new(Pool { idle: vec![first], at_work: 0 }),
            came_free: Condvar::new(),
        })
    }

    /// The library.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the device tells of itself; None where its library cannot be asked.
    ///
    /// # Errors
    /// A code of the library, an answer that cannot be, no session.
    pub fn info(&self) -> Result<Option<DeviceInfo>, SdfError> {
        self.call(Session::device_info)
    }

    /// The public key that belongs to the signing key `index`: 04, x, y. Whether it is a point of the curve is not checked: compare it
    /// with a key that is known.
    ///
    /// # Errors
    /// A code of the library, an answer that cannot be, no session.
    pub fn public_key(&self, index: u32) -> Result<[u8; 65], SdfError> {
        self.call(|session| session.public_key(index))
    }

    /// Signs a digest with the signing key `index` (SM2). The digest is e of GB/T 32918.2: SM3 of Z and the message. Where there is a
    /// password the right to the key is asked for with it, for this one signature. Whether the signature is one of the key is not checked.
    ///
    /// # Errors
    /// A code of the library, an answer that cannot be, no session.
    pub fn sign(&self, index: u32, password: Option<&[u8]>, digest: [u8; 32]) -> Result<Signature, SdfError> {
        self.call(|session| session.sign(index, password, digest))
    }

    fn call<T>(&self, work: impl Fn(&mut Session) -> Result<T, SdfError>) -> Result<T, SdfError> {
        let place = self.place()?;
        let mut session = match place.idle() {
            Some(session) => session,
            None => self.new_session()?,
        };
        let mut outcome = work(&mut session);
        if matches!(&outcome, Err(error) if error.is_lost()) {
            drop(session);
            // What was opened before is most likely lost as well.
            let stale = std::mem::take(&mut self.pool().idle);
            drop(stale);
            session = self.new_session()?;
            outcome = work(&mut session);
        }
        if outcome.is_ok() && !session.is_spent() {
            place.keep(session);
        }
        outcome
    }

    fn new_session(&self) -> Result<Session, SdfError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        match connection.session() {
            Err(error) if error.is_lost() => {
                *connection = Connection::open(self.functions)?;
                connection.session()
            }
            outcome => outcome,
        }
    }

    /// Waits until fewer than [`MAX_SESSIONS`] are at work.
    fn place(&self) -> Result<Place<'_>, SdfError> {
        let full = |pool: &mut Pool| pool.at_work >= MAX_SESSIONS;
        let (mut pool, waited) = self.came_free.wait_timeout_while(self.pool(), PATIENCE, full).unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(SdfError::Busy { sessions: MAX_SESSIONS, seconds: PATIENCE.as_secs() });
        }
        pool.at_work += 1;
        Ok(Place(self))
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The permission to have a session at work; given back when dropped.
struct Place<'a>(&'a Device);

impl Place<'_> {
    fn idle(&self) -> Option<Session> {
        self.0.pool().idle.pop()
    }

    fn keep(&self, session: Session) {
        self.0.pool().idle.push(session);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.pool().at_work -= 1;
        self.0.came_free.notify_one();
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Device").field("path", &self.path).finish_non_exhaustive()
    }
}
