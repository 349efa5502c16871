//! A cryptographic device in software, after GM/T 0018: for tests, never for real keys.
//!
//! A package that names this one in its dev-dependencies has the shared library built beside its tests, by any cargo command that
//! builds them. [`SoftDevice::install`] copies it into a folder; several devices in one process are several folders.
//!
//! ```text
//! FOLDER/libsoft_device.so    the library: its functions are in exports.rs, what they do in machine.rs
//! FOLDER/keys/<index>         scalar in hex, password
//! FOLDER/faults               what goes wrong, a word a line; read at every call
//! FOLDER/calls                the functions that were called and what they returned, a line each
//! ```

mod exports;
mod machine;

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

const KEYS: &str = "keys";
const FAULTS: &str = "faults";
const CALLS: &str = "calls";

/// A device in a folder.
#[derive(Debug)]
pub struct SoftDevice {
    folder: PathBuf,
}

/// What can be made to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing answers: SDR_COMMFAIL from every function. What was open is dead afterwards too.
    Away,
    /// What was opened before this fault was provoked is dead: SDR_COMMFAIL from sessions and devices.
    Restarted(u32),
    /// Sessions opened before this fault was provoked are dead; the device still gives new ones.
    SessionsLost(u32),
    /// A session dies after so many signatures.
    SessionsLast(u32),
    /// One bit of each signature is another.
    WrongSignature,
    /// Numbers stand in the first 32 of 64 bytes.
    LeftAligned,
    /// Keys are said to have so many bits.
    Bits(u32),
    /// The functions write more than the structures hold.
    WritesBeyond,
    /// Success without anything written.
    WritesNothing,
    /// Every function returns this.
    Returns(u32),
    /// Signing takes so many milliseconds.
    Slow(u32),
    /// The right to a key is never given back.
    KeepsRights,
}

impl SoftDevice {
    /// Copies the library into `folder`, with no keys yet. The folder is an absolute path.
    ///
    /// # Errors
    /// The library is not beside the running program, as cargo puts it; the folder cannot be written.
    pub fn install(folder: &Path) -> io::Result<Self> {
        let device = Self { folder: folder.to_owned() };
        std::fs::create_dir_all(folder.join(KEYS))?;
        std::fs::copy(built_library()?, device.library())?;
        device.provoke(&[])?;
        std::fs::write(folder.join(CALLS), "")?;
        Ok(device)
    }

    /// What to open.
    pub fn library(&self) -> PathBuf {
        self.folder.join(file_name())
    }

    /// Puts a signing key into the device. Without a password everybody has the right to it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn put_key(&self, index: u32, scalar: &[u8; 32], password: Option<&str>) -> io::Result<()> {
        let mut text = String::new();
        for byte in scalar {
            let _ = write!(text, "{byte:02x}");
        }
        let _ = write!(text, "\n{}", password.unwrap_or_default());
        std::fs::write(self.folder.join(KEYS).join(index.to_string()), text)
    }

    /// Makes these things go wrong from now on, and no others.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn provoke(&self, faults: &[Fault]) -> io::Result<()> {
        let text: String = faults.iter().map(|fault| fault.line()).collect();
        // Read by other threads meanwhile: whole or not at all.
        let new = self.folder.join("faults.new");
        std::fs::write(&new, text)?;
        std::fs::rename(new, self.folder.join(FAULTS))
    }

    /// Every call so far: the function, a space, what it returned in hex.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn calls(&self) -> io::Result<Vec<String>> {
        Ok(std::fs::read_to_string(self.folder.join(CALLS))?.lines().map(str::to_owned).collect())
    }

    /// How often a function was called.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn count(&self, function: &str) -> io::Result<usize> {
        Ok(self.calls()?.iter().filter(|call| call.split(' ').next() == Some(function)).count())
    }
}

impl Fault {
    fn line(self) -> String {
        let (word, number) = match self {
            Self::Away => ("away", 0),
            Self::Restarted(round) => ("restarted", round),
            Self::SessionsLost(round) => ("sessions-lost", round),
            Self::SessionsLast(signatures) => ("sessions-last", signatures),
            Self::WrongSignature => ("wrong-signature", 0),
            Self::LeftAligned => ("left-aligned", 0),
            Self::Bits(bits) => ("bits", bits),
            Self::WritesBeyond => ("writes-beyond", 0),
            Self::WritesNothing => ("writes-nothing", 0),
            Self::Returns(value) => ("returns", value),
            Self::Slow(milliseconds) => ("slow", milliseconds),
            Self::KeepsRights => ("keeps-rights", 0),
        };
        format!("{word} {number}\n")
    }
}

fn file_name() -> String {
    format!("{}soft_device{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// Tests lie in `target/<profile>/deps`, and so does the library; a program lies one folder above.
fn built_library() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let beside = program.parent().unwrap_or(Path::new("."));
    let places = [beside.join(file_name()), beside.join("deps").join(file_name())];
    places.into_iter().find(|place| place.exists()).ok_or_else(|| {
        let why = format!("{} is not beside {}: name soft-device in the dev-dependencies", file_name(), program.display());
        io::Error::new(io::ErrorKind::NotFound, why)
    })
}
