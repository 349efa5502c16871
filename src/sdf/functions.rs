//! The C functions of GM/T 0018-2012, 6.2 to 6.4, and every call into the library.

use std::ffi::{c_int, c_uchar, c_uint, c_void};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::ptr;

use libloading::Library;
use zeroize::Zeroizing;

use crate::code::Code;
use crate::error::{Fault, SdfError};
use crate::structures::{DeviceInfo, EccPublicKey, EccSignature, Guarded, RawDeviceInfo, Signature};

/// What the library calls a device or a session.
type RawHandle = *mut c_void;

/// An open device, until it is given to [`Functions::close_device`].
pub(crate) struct DeviceHandle(RawHandle);
/// An open session, until it is given to [`Functions::close_session`].
pub(crate) struct SessionHandle(RawHandle);

// SAFETY: a handle is a token that GM/T 0018 binds to no thread; calls with one never overlap, since all borrow it exclusively.
unsafe impl Send for DeviceHandle {}
// SAFETY: as for the device's.
unsafe impl Send for SessionHandle {}

type OpenDevice = unsafe extern "C" fn(*mut RawHandle) -> c_int;
type Close = unsafe extern "C" fn(RawHandle) -> c_int;
type OpenSession = unsafe extern "C" fn(RawHandle, *mut RawHandle) -> c_int;
type GetDeviceInfo = unsafe extern "C" fn(RawHandle, *mut RawDeviceInfo) -> c_int;
type GetRight = unsafe extern "C" fn(RawHandle, c_uint, *mut c_uchar, c_uint) -> c_int;
type ReleaseRight = unsafe extern "C" fn(RawHandle, c_uint) -> c_int;
type ExportKey = unsafe extern "C" fn(RawHandle, c_uint, *mut EccPublicKey) -> c_int;
type InternalSign = unsafe extern "C" fn(RawHandle, c_uint, *mut c_uchar, c_uint, *mut EccSignature) -> c_int;

/// The functions of one library. It stays loaded as long as the process runs: vendors' libraries start threads of their own, which
/// must not lose their code.
#[derive(Clone, Copy)]
pub(crate) struct Functions {
    open_device: OpenDevice,
    close_device: Close,
    open_session: OpenSession,
    close_session: Close,
    get_device_info: Option<GetDeviceInfo>,
    get_right: GetRight,
    release_right: ReleaseRight,
    export_key: ExportKey,
    internal_sign: InternalSign,
}

impl Functions {
    pub(crate) fn load(path: &Path) -> Result<Self, SdfError> {
        // SAFETY: the library's initialisers run; the operator names the file as one to trust, as every library of this program.
        let library = unsafe { Library::new(path) };
        let library = ManuallyDrop::new(library.map_err(|error| SdfError::Library { path: path.into(), why: error.to_string() })?);
        let functions = Self {
            // SAFETY: the prototype of the standard.
            open_device: unsafe { function(&library, path, "SDF_OpenDevice") }?,
            // SAFETY: the prototype of the standard.
            close_device: unsafe { function(&library, path, CLOSE_DEVICE) }?,
            // SAFETY: the prototype of the standard.
            open_session: unsafe { function(&library, path, "SDF_OpenSession") }?,
            // SAFETY: the prototype of the standard.
            close_session: unsafe { function(&library, path, "SDF_CloseSession") }?,
            // SAFETY: the prototype of the standard.
            get_device_info: unsafe { function(&library, path, GET_DEVICE_INFO) }.ok(),
            // SAFETY: the prototype of the standard.
            get_right: unsafe { function(&library, path, GET_RIGHT) }?,
            // SAFETY: the prototype of the standard.
            release_right: unsafe { function(&library, path, RELEASE_RIGHT) }?,
            // SAFETY: the prototype of the standard.
            export_key: unsafe { function(&library, path, EXPORT_KEY) }?,
            // SAFETY: the prototype of the standard.
            internal_sign: unsafe { function(&library, path, INTERNAL_SIGN) }?,
        };
        Ok(functions)
    }

    pub(crate) fn open_device(&self) -> Result<DeviceHandle, SdfError> {
        const CALL: &str = "SDF_OpenDevice";
        let mut handle = ptr::null_mut();
        // SAFETY: the pointer is good for one handle for the length of the call.
        succeeded(CALL, unsafe { (self.open_device)(&raw mut handle) })?;
        if handle.is_null() { Err(SdfError::Answer { call: CALL, what: Fault::NoHandle }) } else { Ok(DeviceHandle(handle)) }
    }

    pub(crate) fn close_device(&self, device: &mut DeviceHandle) -> Result<(), SdfError> {
        // SAFETY: the handle is one that SDF_OpenDevice gave; its connection closes it once, after its last session.
        succeeded(CLOSE_DEVICE, unsafe { (self.close_device)(device.0) })
    }

    pub(crate) fn open_session(&self, device: &mut DeviceHandle) -> Result<SessionHandle, SdfError> {
        const CALL: &str = "SDF_OpenSession";
        let mut handle = ptr::null_mut();
        // SAFETY: the device is open, and the pointer good for one handle for the length of the call.
        succeeded(CALL, unsafe { (self.open_session)(device.0, &raw mut handle) })?;
        if handle.is_null() { Err(SdfError::Answer { call: CALL, what: Fault::NoHandle }) } else { Ok(SessionHandle(handle)) }
    }

    pub(crate) fn close_session(&self, session: &mut SessionHandle) -> Result<(), SdfError> {
        // SAFETY: the handle is one that SDF_OpenSession gave; its session closes it once, when it is dropped.
        succeeded("SDF_CloseSession", unsafe { (self.close_session)(session.0) })
    }

    /// None where the library has no such function.
    pub(crate) fn device_info(&self, session: &mut SessionHandle) -> Result<Option<DeviceInfo>, SdfError> {
        let Some(get_device_info) = self.get_device_info else { return Ok(None) };
        let mut info = Guarded::new(RawDeviceInfo::EMPTY);
        // SAFETY: the session is open; the pointer is good for a DEVICEINFO, in which every bit pattern is a value.
        succeeded(GET_DEVICE_INFO, unsafe { get_device_info(session.0, info.pointer()) })?;
        Ok(Some(info.checked(GET_DEVICE_INFO)?.told()))
    }

    pub(crate) fn get_right(&self, session: &mut SessionHandle, index: u32, password: &[u8]) -> Result<(), SdfError> {
        // The prototype has no const: a library that writes there writes into a copy.
        let mut password = Zeroizing::new(password.to_vec());
        let too_long = SdfError::Refused { call: GET_RIGHT, code: Code::InputArgument };
        let length = c_uint::try_from(password.len()).map_err(|_| too_long)?;
        // SAFETY: the session is open; the pointer is good for as many bytes as the length says.
        succeeded(GET_RIGHT, unsafe { (self.get_right)(session.0, index, password.as_mut_ptr(), length) })
    }

    pub(crate) fn release_right(&self, session: &mut SessionHandle, index: u32) -> Result<(), SdfError> {
        // SAFETY: the session is open.
        succeeded(RELEASE_RIGHT, unsafe { (self.release_right)(session.0, index) })
    }

    pub(crate) fn public_key(&self, session: &mut SessionHandle, index: u32) -> Result<[u8; 65], SdfError> {
        let mut key = Guarded::new(EccPublicKey::EMPTY);
        // SAFETY: the session is open; the pointer is good for an ECCrefPublicKey, in which every bit pattern is a value.
        succeeded(EXPORT_KEY, unsafe { (self.export_key)(session.0, index, key.pointer()) })?;
        key.checked(EXPORT_KEY)?.point(EXPORT_KEY)
    }

    pub(crate) fn sign(&self, session: &mut SessionHandle, index: u32, mut digest: [u8; 32]) -> Result<Signature, SdfError> {
        let mut signature = Guarded::new(EccSignature::EMPTY);
        let input = digest.as_mut_ptr();
        // SAFETY: the session is open; the input is 32 bytes; the output is good for an ECCSignature, in which every bit pattern is a value.
        succeeded(INTERNAL_SIGN, unsafe { (self.internal_sign)(session.0, index, input, 32, signature.pointer()) })?;
        signature.checked(INTERNAL_SIGN)?.numbers(INTERNAL_SIGN)
    }
}

const CLOSE_DEVICE: &str = "SDF_CloseDevice";
const GET_DEVICE_INFO: &str = "SDF_GetDeviceInfo";
const GET_RIGHT: &str = "SDF_GetPrivateKeyAccessRight";
const RELEASE_RIGHT: &str = "SDF_ReleasePrivateKeyAccessRight";
const EXPORT_KEY: &str = "SDF_ExportSignPublicKey_ECC";
const INTERNAL_SIGN: &str = "SDF_InternalSign_ECC";

/// # Safety
/// `F` is the type of the function with this name, which is called only while the library is loaded.
unsafe fn function<F: Copy>(library: &Library, path: &Path, name: &'static str) -> Result<F, SdfError> {
    // SAFETY: as the caller promises.
    let found = unsafe { library.get::<F>(name) };
    found.map(|symbol| *symbol).map_err(|_| SdfError::Function { path: path.into(), name })
}

/// 0 is success; every other value is a code, which the standard has as unsigned.
fn succeeded(call: &'static str, returned: c_int) -> Result<(), SdfError> {
    match returned.cast_unsigned() {
        0 => Ok(()),
        value => Err(SdfError::Refused { call, code: Code::of(value) }),
    }
}
