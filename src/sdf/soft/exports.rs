//! The C functions of the library.

use std::ffi::{CStr, OsStr, c_int, c_uchar, c_uint, c_void};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{ptr, slice};

use super::machine::{COMMFAIL, Faults, INARGERR, Machine};

type Handle = *mut c_void;

/// # Safety
/// The pointer is good for a handle.
#[unsafe(no_mangle)]
unsafe extern "C" fn SDF_OpenDevice(device: *mut Handle) -> c_int {
    answered("SDF_OpenDevice", |machine, _| {
        let handle = machine.open_device()?;
        // SAFETY: as the caller promises.
        unsafe { device.write(ptr::without_provenance_mut(handle)) };
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn SDF_CloseDevice(device: Handle) -> c_int {
    answered("SDF_CloseDevice", |machine, _| machine.close_device(device.addr()))
}

/// # Safety
/// The second pointer is good for a handle.
#[unsafe(no_mangle)]
unsafe extern "C" fn SDF_OpenSession(device: Handle, session: *mut Handle) -> c_int {
    answered("SDF_OpenSession", |machine, _| {
        let handle = machine.open_session(device.addr())?;
        // SAFETY: as the caller promises.
        unsafe { session.write(ptr::without_provenance_mut(handle)) };
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn SDF_CloseSession(session: Handle) -> c_int {
    answered("SDF_CloseSession", |machine, _| machine.close_session(session.addr()))
}

/// # Safety
/// The pointer is good for a DEVICEINFO of 100 bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn SDF_GetDeviceInfo(_session: Handle, info: *mut c_uchar) -> c_int {
    answered("SDF_GetDeviceInfo", |_, faults| {
        let mut bytes = [0; 100];
        for (place, text) in [(0, "zhengzhao"), (40, "soft-device"), (56, "TEST-1")] {
            bytes[place..place + text.len()].copy_from_slice(text.as_bytes());
        }
        // SAFETY: as the caller promises.
        unsafe { write(faults, info, &bytes) };
        Ok(())
    })
}

/// # Safety
/// The pointer is good for as many bytes as the length says.
#[unsafe(no_mangle)]
unsafe extern "C" fn SDF_GetPrivateKeyAccessRight(session: Handle, index: c_uint, password: *const c_uchar, length: c_uint) -> c_int {
    answered("SDF_GetPrivateKeyAccessRight", |machine, _| {
        // SAFETY: as the caller promises.
        let password = unsafe { slice::from_raw_parts(password, length as usize) };
        machine.get_right(session.addr(), index, password)
    })
}

#[unsafe(no_mangle)]
extern "C" fn SDF_ReleasePrivateKeyAccessRight(session: Handle, index: c_uint) -> c_int {
    answered("SDF_ReleasePrivateKeyAccessRight", |machine, _| machine.release_right(session.addr(), index))
}

/// # Safety
/// The pointer is good for an ECCrefPublicKey.
#[unsafe(no_mangle)]
unsafe extern "C" fn SDF_ExportSignPublicKey_ECC(session: Handle, index: c_uint, key: *mut c_uchar) -> c_int {
    answered("SDF_ExportSignPublicKey_ECC", |machine, faults| {
        let [x, y] = machine.public_key(session.addr(), index)?;
        let bits = faults.number("bits").unwrap_or(256).to_ne_bytes();
        let structure = [&bits[..], &padded(faults, x), &padded(faults, y)].concat();
        // SAFETY: as the caller promises.
        unsafe { write(faults, key, &structure) };
        Ok(())
    })
}

/// # Safety
/// The input is good for as many bytes as the length says, the output for an ECCSignature.
#[unsafe(no_mangle)]
unsafe extern "C" fn SDF_InternalSign_ECC(
    session: Handle,
    index: c_uint,
    input: *const c_uchar,
    length: c_uint,
    signature: *mut c_uchar,
) -> c_int {
    answered("SDF_InternalSign_ECC", |machine, faults| {
        // SAFETY: as the caller promises.
        let digest = unsafe { slice::from_raw_parts(input, length as usize) };
        let [r, s] = machine.sign(session.addr(), index, digest)?;
        let structure = [padded(faults, r), padded(faults, s)].concat();
        // SAFETY: as the caller promises.
        unsafe { write(faults, signature, &structure) };
        Ok(())
    })
}

/// Does the work unless the device is away, and writes down what came of it.
fn answered(function: &str, work: impl FnOnce(&Machine, &Faults) -> Result<(), u32>) -> c_int {
    static MACHINE: OnceLock<Option<Machine>> = OnceLock::new();
    let machine = MACHINE.get_or_init(|| Some(Machine::in_folder(own_path()?.parent()?)));
    let Some(machine) = machine else { return INARGERR.cast_signed() };
    let faults = machine.faults();
    let outcome = match faults.number("away").map(|_| COMMFAIL).or(faults.number("returns")) {
        Some(fault) => Err(fault),
        None => work(machine, &faults),
    };
    let returned = outcome.err().unwrap_or_default();
    machine.record(function, returned);
    returned.cast_signed()
}

/// A number in 64 bytes.
fn padded(faults: &Faults, number: [u8; 32]) -> [u8; 64] {
    let mut bytes = [0; 64];
    let start = if faults.number("left-aligned").is_some() { 0 } else { 32 };
    bytes[start..start + 32].copy_from_slice(&number);
    bytes
}

/// # Safety
/// The pointer is good for the structure; where the fault is asked for, for 16 bytes more.
unsafe fn write(faults: &Faults, output: *mut c_uchar, structure: &[u8]) {
    if faults.number("writes-nothing").is_some() {
        return;
    }
    let mut bytes = structure.to_vec();
    if faults.number("writes-beyond").is_some() {
        bytes.extend([0; 16]);
    }
    // SAFETY: as the caller promises; the vector is its own memory.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), output, bytes.len()) };
}

/// Where this library was loaded from.
fn own_path() -> Option<PathBuf> {
    let mut found = MaybeUninit::<libc::Dl_info>::zeroed();
    let inside: *const c_void = (SDF_CloseSession as extern "C" fn(Handle) -> c_int as *const ()).cast();
    // SAFETY: the output is good for a Dl_info.
    let known = unsafe { libc::dladdr(inside, found.as_mut_ptr()) };
    // SAFETY: zeros are a value of it: numbers and pointers that are null.
    let found = unsafe { found.assume_init() };
    if known == 0 || found.dli_fname.is_null() {
        return None;
    }
    // SAFETY: dladdr's name ends with 0 and lives as long as the library is loaded, which is as long as this code runs.
    let name = unsafe { CStr::from_ptr(found.dli_fname) };
    Some(Path::new(OsStr::from_bytes(name.to_bytes())).to_owned())
}
