//! Who holds a key, and where its files lie.

use std::path::{Path, PathBuf};

use verify::chain::Purpose;

use super::SignError;
use super::certificate::Role;

const SEAL_MAKER: &str = "seal-maker";
const TIMESTAMP_UNIT: &str = "timestamp";
const LOG: &str = "log";

/// Who holds a key that is certified by somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Signs in the name of the authority with this credit code.
    Signer(String),
    /// Makes seals (制章人).
    SealMaker,
    /// Signs timestamps.
    TimestampUnit,
    /// Signs the checkpoints of the transparency log.
    Log,
}

impl Holder {
    /// `seal-maker`, `timestamp`, `log`, or a credit code.
    ///
    /// # Errors
    /// None of them.
    pub fn of(name: &str) -> Result<Self, SignError> {
        match name {
            SEAL_MAKER => Ok(Self::SealMaker),
            TIMESTAMP_UNIT => Ok(Self::TimestampUnit),
            LOG => Ok(Self::Log),
            code => check_code(code).map(|()| Self::Signer(code.to_owned())),
        }
    }

    /// The name of its files, without `.key.pem` and `.cert.pem`.
    pub fn name(&self) -> &str {
        match self {
            Self::Signer(code) => code,
            Self::SealMaker => SEAL_MAKER,
            Self::TimestampUnit => TIMESTAMP_UNIT,
            Self::Log => LOG,
        }
    }

    /// Where its files lie below `keys`.
    pub(super) fn folder(&self, keys: &Path) -> PathBuf {
        match self {
            Self::Signer(_) => keys.join("signers"),
            Self::SealMaker | Self::TimestampUnit | Self::Log => keys.to_owned(),
        }
    }

    /// Its key file.
    pub fn key(&self, keys: &Path) -> PathBuf {
        self.folder(keys).join(format!("{}.key.pem", self.name()))
    }

    /// Its certificate, followed by its issuers.
    pub fn certificate(&self, keys: &Path) -> PathBuf {
        self.folder(keys).join(format!("{}.cert.pem", self.name()))
    }

    pub(super) fn role(&self) -> Role {
        match self {
            Self::Signer(_) => Role::Signer,
            Self::SealMaker => Role::SealMaker,
            Self::TimestampUnit => Role::TimestampUnit,
            Self::Log => Role::Log,
        }
    }

    pub(super) fn purpose(&self) -> Purpose {
        match self {
            Self::Signer(_) | Self::SealMaker | Self::Log => Purpose::Documents,
            Self::TimestampUnit => Purpose::Timestamps,
        }
    }
}

/// The code names files and stands in certificates. Whether its check character is right is judged where authorities are
/// registered.
pub(super) fn check_code(code: &str) -> Result<(), SignError> {
    let fits = code.len() == 18 && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if fits { Ok(()) } else { Err(SignError::CreditCode { code: code.to_owned() }) }
}
