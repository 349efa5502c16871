//! Why a device gives nothing.

use std::path::PathBuf;

use thiserror::Error;

use super::Code;

/// Displayed in English; [`Self::chinese`] says the same.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SdfError {
    /// The file is no library that this machine can load.
    #[error("the library {path} cannot be opened: {why}")]
    Library { path: PathBuf, why: String },
    /// It is a library, but not one of GM/T 0018.
    #[error("the library {path} has no function {name}: it is not one of GM/T 0018")]
    Function { path: PathBuf, name: &'static str },
    /// The library returned a code.
    #[error("{call}: {code}")]
    Refused { call: &'static str, code: Code },
    /// The library reported success, yet what it gave cannot be.
    #[error("{call}: {what}")]
    Answer { call: &'static str, what: Fault },
    /// Every session was at work for all the time one waits.
    #[error("all {sessions} sessions are at work, none came free within {seconds} s")]
    Busy { sessions: usize, seconds: u64 },
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    #[error("success, but no handle")]
    NoHandle,
    #[error("the key has {0} bits, not 256")]
    Bits(u32),
    #[error("the numbers do not stand in the last 32 of 64 bytes, as GM/T 0018-2012 has them; is the library of an older version?")]
    Alignment,
    #[error("success, but nothing was written")]
    Empty,
    #[error("it wrote beyond the structure; is the library of another version of GM/T 0018?")]
    Beyond,
}

impl SdfError {
    /// The sentence in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            Self::Library { path, why } => format!("库 {} 无法打开：{why}", path.display()),
            Self::Function { path, name } => format!("库 {} 没有函数 {name}，不是 GM/T 0018 的库", path.display()),
            Self::Refused { call, code } => format!("{call}：{}（0x{:08X}）：{}", code.name(), code.value(), code.chinese()),
            Self::Answer { call, what } => format!("{call}：{}", what.chinese()),
            Self::Busy { sessions, seconds } => format!("{sessions} 个会话均在使用，{seconds} 秒内没有空闲"),
        }
    }

    /// Whether the session or the device behind it is gone; see [`Code::is_lost`].
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code.is_lost())
    }
}

impl Fault {
    /// The sentence in Chinese.
    pub fn chinese(self) -> String {
        match self {
            Self::NoHandle => "返回成功，但没有句柄".into(),
            Self::Bits(bits) => format!("密钥为 {bits} 位，不是 256 位"),
            Self::Alignment => "数值未按 GM/T 0018-2012 在 64 字节中右对齐；库是否为旧版本？".into(),
            Self::Empty => "返回成功，但没有写入任何内容".into(),
            Self::Beyond => "写入超出结构；库是否为 GM/T 0018 的其他版本？".into(),
        }
    }
}
