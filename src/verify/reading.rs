//! Which kind of file bytes are, and reading the kind that is understood.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::{
    Input, Lang,
    document::{Document, DocumentFault},
    envelope::{Envelope, EnvelopeError},
    message::{self, MessageFault},
    policy::Policy,
    qr::{self, Code, CodeFault},
    report::Report,
    trust::Trust,
    verifying::verify,
};

/// A kind of certificate file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Signed JSON, [`Envelope`].
    SignedJson,
    /// The signed statement as a message of GB/T 35275.
    SignedMessage,
    /// PDF.
    Pdf,
    /// OFD (GB/T 33190), a ZIP package.
    Ofd,
    /// The text of a QR code: a link to a verification page, or the code's own text.
    QrText,
}

impl Kind {
    /// The kind by the first bytes; `None` for bytes of no known kind.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if crate::pdf::looks_like(bytes) {
            return Some(Self::Pdf);
        }
        if crate::ofd::looks_like(bytes) {
            return Some(Self::Ofd);
        }
        if message::looks_like(bytes) {
            return Some(Self::SignedMessage);
        }
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let begins = |magic: &[u8]| start.get(..magic.len()).is_some_and(|start| start.eq_ignore_ascii_case(magic));
        if begins(b"{") {
            Some(Self::SignedJson)
        } else if begins(b"https://") || begins(b"http://") || begins(b"1.2.156.3005.2.") {
            Some(Self::QrText)
        } else {
            None
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::SignedJson => "signed JSON",
            Self::SignedMessage => "GB/T 35275 message",
            Self::Pdf => "PDF",
            Self::Ofd => "OFD",
            Self::QrText => "QR text",
        })
    }
}

/// Why bytes cannot be verified at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReadable {
    /// A PDF or OFD that cannot be read as one, or is over a limit.
    #[error("not a document that can be read: {0}")]
    Document(#[from] DocumentFault),
    /// Signed JSON with a fault.
    #[error("not a signed certificate: {0}")]
    Envelope(#[from] EnvelopeError),
    /// A GB/T 35275 message with a fault, or of something else.
    #[error("not a signed certificate: {0}")]
    Message(#[from] MessageFault),
    /// The text of a code that names no certificate.
    #[error("not the code of a certificate: {0}")]
    Code(#[from] CodeFault),
    /// None of the kinds.
    #[error("the file is neither signed JSON nor a GB/T 35275 message, PDF, OFD or QR text")]
    UnknownKind,
}

impl NotReadable {
    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Document(fault), Lang::Zh) => format!("不是可读的文件：{fault}"),
            (Self::Envelope(fault), Lang::Zh) => format!("不是可读的签名证照数据：{fault}"),
            (Self::Message(fault), Lang::Zh) => format!("不是可读的签名证照消息（GB/T 35275）：{fault}"),
            (Self::Code(fault), Lang::Zh) => format!("不是证照二维码：{fault}"),
            (Self::UnknownKind, Lang::Zh) => "既不是签名数据（JSON 或 GB/T 35275 消息），也不是 PDF、OFD 或二维码文本".to_owned(),
            (other, Lang::En) => other.to_string(),
        }
    }
}

/// What bytes were read as.
#[derive(Debug, Clone, PartialEq)]
pub enum Readable {
    /// Signed data.
    Data(Envelope),
    /// The text of a code.
    Code(Code),
    /// A PDF or OFD.
    Document(Box<Document>),
}

/// Reads a file, so that a caller can look up what it knows of the certificate before it verifies.
///
/// # Errors
/// When it is of no kind that can be verified, or has a fault.
pub fn read(bytes: &[u8]) -> Result<Readable, NotReadable> {
    match Kind::of(bytes) {
        Some(Kind::SignedJson) => Ok(Readable::Data(Envelope::from_json(bytes)?)),
        Some(Kind::SignedMessage) => Ok(Readable::Data(Envelope::from_message(bytes)?)),
        Some(Kind::QrText) => {
            let text = std::str::from_utf8(bytes).map_err(|_| NotReadable::UnknownKind)?;
            Ok(Readable::Code(qr::read(text.trim_start_matches('\u{feff}'))?))
        }
        Some(Kind::Pdf) => Ok(Readable::Document(Box::new(Document::from_pdf(bytes)?))),
        Some(Kind::Ofd) => Ok(Readable::Document(Box::new(Document::from_ofd(bytes)?))),
        None => Err(NotReadable::UnknownKind),
    }
}

/// Reads a file and verifies it by itself. Who signed a code must be among [`Trust::with_signers`].
///
/// # Errors
/// When it is of no kind that can be verified, or has a fault. A file that reads and does not hold is no error but a report.
pub fn verify_bytes(bytes: &[u8], trust: &Trust, policy: &Policy, at: DateTime<Utc>) -> Result<Report, NotReadable> {
    Ok(match read(bytes)? {
        Readable::Data(envelope) => verify(&Input::of(&envelope), trust, policy, at).of_file(),
        Readable::Code(code) => {
            let signer = code.signed.as_ref().and_then(|signed| trust.signer(signed.claims.key));
            verify(&Input::of_code(&code, signer), trust, policy, at)
        }
        Readable::Document(document) => verify(&Input::of_document(&document), trust, policy, at).of_file(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_bytes() {
        assert!(matches!(read(b"%PDF-1.7\n"), Ok(Readable::Document(_)) | Err(NotReadable::Document(_))));
        assert!(matches!(read(b"PK\x03\x04....OFD.xml"), Err(NotReadable::Document(_))));
        assert!(matches!(read(b"HTTPS://hub.example/verify/1.2"), Err(NotReadable::Code(_))));
        assert!(matches!(read("\u{feff}https://\u{e9}".as_bytes()), Err(NotReadable::Code(_))));
        assert_eq!(read(b"GIF89a"), Err(NotReadable::UnknownKind));
        assert_eq!(read(b""), Err(NotReadable::UnknownKind));
        assert!(matches!(read(b"{}"), Err(NotReadable::Envelope(_))));
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = verify_bytes(&bytes, &Trust::default(), &Policy::default(), DateTime::UNIX_EPOCH);
        }
    }
}
