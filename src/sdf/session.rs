//! One connection to the device, and sessions on it. Both are closed when dropped, the connection after its last session.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::SdfError;
use crate::functions::{DeviceHandle, Functions, SessionHandle};
use crate::structures::{DeviceInfo, Signature};

/// An open device.
pub(crate) struct Connection {
    functions: Functions,
    device: Mutex<DeviceHandle>,
}

impl Connection {
    pub(crate) fn open(functions: Functions) -> Result<Arc<Self>, SdfError> {
        let device = Mutex::new(functions.open_device()?);
        Ok(Arc::new(Self { functions, device }))
    }

    pub(crate) fn session(self: &Arc<Self>) -> Result<Session, SdfError> {
        let mut device = self.device.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = self.functions.open_session(&mut device)?;
        Ok(Session { handle, spent: false, connection: Arc::clone(self) })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let device = self.device.get_mut().unwrap_or_else(PoisonError::into_inner);
        // A device that is gone cannot be closed, and nobody needs it any more.
        let _ = self.functions.close_device(device);
    }
}

/// An open session. Its calls borrow it exclusively: GM/T 0018 lets no two threads share one.
pub(crate) struct Session {
    handle: SessionHandle,
    spent: bool,
    connection: Arc<Connection>,
}

impl Session {
    pub(crate) fn device_info(&mut self) -> Result<Option<DeviceInfo>, SdfError> {
        self.connection.functions.device_info(&mut self.handle)
    }

    pub(crate) fn public_key(&mut self, index: u32) -> Result<[u8; 65], SdfError> {
        self.connection.functions.public_key(&mut self.handle, index)
    }

    /// Asks for the right to the key, signs, gives the right back, whatever came of it: nobody signs later without the password.
    pub(crate) fn sign(&mut self, index: u32, password: Option<&[u8]>, digest: [u8; 32]) -> Result<Signature, SdfError> {
        let functions = self.connection.functions;
        let Some(password) = password else { return functions.sign(&mut self.handle, index, digest) };
        functions.get_right(&mut self.handle, index, password)?;
        let signed = functions.sign(&mut self.handle, index, digest);
        // A right that is not given back ends with the session.
        self.spent |= functions.release_right(&mut self.handle, index).is_err();
        signed
    }

    /// Must not be used again.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A session that is gone cannot be closed, and nobody needs it any more.
        let _ = self.connection.functions.close_session(&mut self.handle);
    }
}
