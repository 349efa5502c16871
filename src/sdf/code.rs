//! Return codes (GM/T 0018-2012, annex A).

use std::fmt;

/// SDR_BASE: the codes of the standard count from here; vendors' own are elsewhere.
const BASE: u32 = 0x0100_0000;

/// Why a library refused a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    Unknown,
    NotSupported,
    Communication,
    Hardware,
    OpenDevice,
    OpenSession,
    PermissionDenied,
    KeyNotExist,
    AlgorithmNotSupported,
    ModeNotSupported,
    PublicKeyOperation,
    PrivateKeyOperation,
    Sign,
    Verify,
    SymmetricOperation,
    Step,
    FileSize,
    FileNotExist,
    FileOffset,
    KeyType,
    Key,
    EncryptedData,
    Random,
    PrivateKeyRight,
    Mac,
    FileExists,
    FileWrite,
    NoBuffer,
    InputArgument,
    OutputArgument,
    /// None of the standard: a vendor's own.
    Vendor(u32),
}

/// Code, its name in the standard, Chinese, English; the first is SDR_BASE + 1.
const CODES: [(Code, &str, &str, &str); 30] = [
    (Code::Unknown, "SDR_UNKNOWERR", "未知错误", "unknown error"),
    (Code::NotSupported, "SDR_NOTSUPPORT", "不支持的接口调用", "the call is not supported"),
    (Code::Communication, "SDR_COMMFAIL", "与设备通信失败", "the device cannot be reached"),
    (Code::Hardware, "SDR_HARDFAIL", "运算模块无响应", "the device's hardware does not answer"),
    (Code::OpenDevice, "SDR_OPENDEVICE", "打开设备失败", "the device cannot be opened"),
    (Code::OpenSession, "SDR_OPENSESSION", "创建会话失败", "the session cannot be opened"),
    (Code::PermissionDenied, "SDR_PARDENY", "无私钥使用权限", "no right to use the private key"),
    (Code::KeyNotExist, "SDR_KEYNOTEXIST", "密钥不存在", "there is no such key"),
    (Code::AlgorithmNotSupported, "SDR_ALGNOTSUPPORT", "不支持的算法", "the algorithm is not supported"),
    (Code::ModeNotSupported, "SDR_ALGMODNOTSUPPORT", "不支持的算法模式", "the mode of the algorithm is not supported"),
    (Code::PublicKeyOperation, "SDR_PKOPERR", "公钥运算失败", "the public key operation failed"),
    (Code::PrivateKeyOperation, "SDR_SKOPERR", "私钥运算失败", "the private key operation failed"),
    (Code::Sign, "SDR_SIGNERR", "签名运算失败", "signing failed"),
    (Code::Verify, "SDR_VERIFYERR", "验证签名失败", "verifying failed"),
    (Code::SymmetricOperation, "SDR_SYMOPERR", "对称算法运算失败", "the symmetric operation failed"),
    (Code::Step, "SDR_STEPERR", "多步运算步骤错误", "the call is out of its order"),
    (Code::FileSize, "SDR_FILESIZEERR", "文件长度超出限制", "the file or the input is too long"),
    (Code::FileNotExist, "SDR_FILENOEXIST", "指定的文件不存在", "there is no such file"),
    (Code::FileOffset, "SDR_FILEOFSERR", "文件起始位置错误", "the offset in the file is wrong"),
    (Code::KeyType, "SDR_KEYTYPEERR", "密钥类型错误", "the key is of another type"),
    (Code::Key, "SDR_KEYERR", "密钥错误", "the key is wrong"),
    (Code::EncryptedData, "SDR_ENCDATAERR", "ECC 加密数据错误", "the encrypted data is wrong"),
    (Code::Random, "SDR_RANDERR", "随机数产生失败", "no random numbers"),
    (Code::PrivateKeyRight, "SDR_PRKRERR", "私钥使用权限获取失败", "the right to the private key is not given: is the password right?"),
    (Code::Mac, "SDR_MACERR", "MAC 运算失败", "the MAC failed"),
    (Code::FileExists, "SDR_FILEEXISTS", "指定的文件已存在", "the file is there already"),
    (Code::FileWrite, "SDR_FILEWERR", "文件写入失败", "the file cannot be written"),
    (Code::NoBuffer, "SDR_NOBUFFER", "存储空间不足", "there is no room"),
    (Code::InputArgument, "SDR_INARGERR", "输入参数错误", "an argument is wrong"),
    (Code::OutputArgument, "SDR_OUTARGERR", "输出参数错误", "an output argument is wrong"),
];

impl Code {
    /// The code of a value other than 0, which is success.
    pub fn of(value: u32) -> Self {
        let place = value.checked_sub(BASE + 1).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| CODES.get(place)).map_or(Self::Vendor(value), |row| row.0)
    }

    /// As the library returned it.
    pub fn value(self) -> u32 {
        match self {
            Self::Vendor(value) => value,
            _ => (BASE + 1..).zip(&CODES).find(|(_, row)| row.0 == self).map_or(BASE, |(value, _)| value),
        }
    }

    /// The name in the standard.
    pub fn name(self) -> &'static str {
        self.row().map_or("SDR_*", |row| row.1)
    }

    /// What it means, in Chinese.
    pub fn chinese(self) -> &'static str {
        self.row().map_or("厂商自定义错误，见其手册", |row| row.2)
    }

    /// What it means, in English.
    pub fn english(self) -> &'static str {
        self.row().map_or("an error of the vendor's own, see its manual", |row| row.3)
    }

    /// Whether it tells that the session or the device behind it is gone, so that another session may help. A refusal for any other
    /// reason is an answer: asking again could count as another wrong password.
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Communication | Self::Hardware | Self::OpenDevice | Self::OpenSession)
    }

    fn row(self) -> Option<&'static (Self, &'static str, &'static str, &'static str)> {
        CODES.iter().find(|row| row.0 == self)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (0x{:08X}): {}", self.name(), self.value(), self.english())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_codes_are_each_others() {
        for value in BASE + 1..=BASE + 30 {
            let code = Code::of(value);
            assert!(!matches!(code, Code::Vendor(_)) && code.value() == value, "{value:x}");
        }
        for value in [1, BASE, BASE + 31, 0x0101_0001, u32::MAX] {
            assert_eq!(Code::of(value), Code::Vendor(value));
            assert_eq!(Code::of(value).value(), value);
        }
        assert_eq!(Code::of(0x0100_0018).to_string().split(':').next(), Some("SDR_PRKRERR (0x01000018)"));
        assert_eq!(Code::of(0x0100_001E).name(), "SDR_OUTARGERR");
    }
}
