//! Cryptographic devices after GM/T 0018-2012 (密码设备应用接口规范, SDF): cards and machines that keep keys and sign inside.
//!
//! Each vendor ships a shared library with the same C functions; [`Device::open`] loads it at run time, by its path. This is the one
//! package of the workspace in which `unsafe` may stand.
//!
//! | file | concern |
//! | --- | --- |
//! | `device.rs` | the device as others see it: a pool of sessions, lost ones opened anew |
//! | `session.rs` | one connection, one session; closed when dropped |
//! | `functions.rs` | the C functions, found in the library; every call into it |
//! | `structures.rs` | what the functions write, and the checks before anybody believes it |
//! | `code.rs` | return codes by name, in Chinese and English |
//! | `soft/` | a device in software for tests, a shared library like a vendor's |
//!
//! What comes out of a library is checked as far as it can be seen: return codes, lengths, bits, alignment, writing beyond a
//! structure. It runs inside this process nevertheless: whoever opens a library trusts it as the program itself.

mod code;
mod device;
mod error;
mod functions;
mod session;
mod structures;

pub use code::Code;
pub use device::{Device, MAX_SESSIONS};
pub use error::{Fault, SdfError};
pub use structures::{DeviceInfo, Signature};
