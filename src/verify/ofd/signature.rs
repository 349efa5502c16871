//! Signatures.xml and each Signature.xml with its files.

use std::collections::HashSet;

use base64ct::{Base64, Encoding};
use chrono::NaiveDateTime;
use const_oid::ObjectIdentifier;
use roxmltree::Node;

use super::{
    Coverage, CoverageFault, Ofd, Reference, ReferenceOutcome,
    fault::DocumentFault,
    package::Reading,
    xml::{child, child_text, children, text},
};
use crate::{
    digest::sm3,
    ses::{Algorithm, SealSignature, SesFault},
    sm2,
};

const SM3: &str = "1.2.156.10197.1.401";
/// Most files that a signature may list.
const MAX_REFERENCES: usize = 4_000;
/// Most places that a seal may be shown at.
const MAX_STAMPS: usize = 4_000;

/// A signature of a package as it was read. Nothing of it is trusted yet.
#[derive(Debug, Clone, PartialEq)]
pub struct OfdSignature {
    /// What is wrong with what it covers. One is enough not to believe that it covers the document.
    pub faults: Vec<CoverageFault>,
    /// ID.
    pub id: String,
    /// What it says it is.
    pub kind: SignatureKind,
    /// The signature this one builds on (OFD 2.0), by its ID.
    pub relative: Option<String>,
    /// Path of Signature.xml.
    pub file: String,
    /// SM3 of Signature.xml: what the signed value must be of.
    pub digest: [u8; 32],
    /// Provider.
    pub provider: Provider,
    /// SignatureMethod.
    pub method: Method,
    /// SignatureDateTime.
    pub signed_at: SignedAt,
    /// CheckMethod: how the files were digested.
    pub check_method: CheckMethod,
    /// The files it lists.
    pub references: Vec<Reference>,
    /// What it covers.
    pub coverage: Coverage,
    /// Where the seal is shown.
    pub stamps: Vec<Stamp>,
    /// Path of Seal.esl.
    pub seal_file: Option<String>,
    /// Its bytes.
    pub seal: Option<Vec<u8>>,
    /// Path of SignedValue.dat.
    pub value_file: String,
    /// What is in it.
    pub signed_value: SignedValue,
}

/// Type of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    /// With a seal; what is meant where nothing is said.
    Seal,
    /// Without.
    Sign,
}

/// The program that signed, as it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// ProviderName.
    pub name: String,
    /// Version.
    pub version: Option<String>,
    /// Company.
    pub company: Option<String>,
}

/// SignatureMethod. It is said here, not signed with: the signed value names its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// By identifier.
    Algorithm(Algorithm),
    /// By a name.
    Named(String),
}

/// SignatureDateTime. Vendors write `20201010151120`, `2020-04-22 16:22:44`, `20200817111329Z` and `20201010065840.923Z` \[M\].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAt {
    /// As it is written.
    pub text: String,
    /// To the second, if it is one of the spellings.
    pub time: Option<NaiveDateTime>,
    /// Whether it says that it is UTC. Otherwise it is the signer's local time.
    pub is_utc: bool,
}

/// How files were digested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckMethod {
    /// SM3, by name or identifier.
    Sm3,
    /// Another one: named, not judged.
    Foreign(String),
}

/// A place where the seal is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamp {
    /// ID.
    pub id: String,
    /// ID of the page.
    pub page: String,
    /// x, y, width and height in millimetres.
    pub boundary: [f64; 4],
    /// Clip: the part of the seal that is shown.
    pub clip: Option<[f64; 4]>,
}

/// What signs the digest of Signature.xml.
#[derive(Debug, Clone, PartialEq)]
pub enum SignedValue {
    /// A seal signature.
    Seal(Box<SealSignature>),
    /// PKCS#7 (GB/T 35275 or RFC 5652): handed out as it is, for [`OfdSignature::digest`] or Signature.xml itself.
    Cms(Vec<u8>),
    /// An SM2 signature and nothing more, r and s in DER: seen with the type Sign \[M\]. Who signed, it does not say.
    Bare(Vec<u8>),
    /// None of them.
    Unreadable(SesFault),
}

/// Reads who vouches for what.
pub(super) fn read(reading: &mut Reading<'_>, ofd: &mut Ofd) {
    let Some(list) = ofd.signature_list.clone() else { return };
    let Some(document) = reading.xml(&list, "Signatures") else { return };
    let mut ids = HashSet::new();
    let signatures: Vec<_> = children(document.root_element(), "Signature").collect();
    if signatures.len() > reading.limits.signatures {
        reading.kept::<()>(&list, Err(DocumentFault::Value { what: "Signatures", value: format!("{} signatures", signatures.len()) }));
        return;
    }
    for item in signatures {
        let id = item.attribute("ID").unwrap_or_default();
        if !ids.insert(id) {
            reading.kept::<()>(&list, Err(DocumentFault::Repeated(format!("Signature {id:?}"))));
        }
        let Some(file) = reading.located(&list, "Signature", item.attribute("BaseLoc").unwrap_or_default()) else { continue };
        ofd.signatures.extend(signature(reading, ofd, item, &list, file));
    }
}

fn signature(reading: &mut Reading<'_>, ofd: &Ofd, item: Node<'_, '_>, list: &str, file: String) -> Option<OfdSignature> {
    let kind = match item.attribute("Type") {
        None | Some("Seal") => SignatureKind::Seal,
        Some("Sign") => SignatureKind::Sign,
        Some(other) => return reading.kept(list, Err(DocumentFault::Value { what: "Signature/@Type", value: other.to_owned() })),
    };
    let document = reading.xml(&file, "Signature")?;
    let digest = sm3(reading.package.file(&file)?.bytes.as_slice());
    let root = document.root_element();
    let description = reading.kept(&file, Description::read(root))?;
    for stamp in &description.stamps {
        if !ofd.pages.iter().any(|page| page.id == stamp.page) {
            reading.kept::<()>(&file, Err(DocumentFault::Value { what: "StampAnnot/@PageRef", value: stamp.page.clone() }));
        }
    }
    let value_file = reading.located(&file, "SignedValue", &description.value)?;
    let seal_file = description.seal.and_then(|path| reading.located(&file, "Seal", &path));
    let bytes_of = |name: &str| reading.package.file(name).map(|file| file.bytes.clone());
    Some(OfdSignature {
        faults: Vec::new(),
        id: item.attribute("ID").unwrap_or_default().to_owned(),
        kind,
        relative: item.attribute("Relative").map(str::to_owned),
        digest,
        provider: description.provider,
        method: description.method,
        signed_at: description.signed_at,
        check_method: description.check_method,
        references: description.references,
        coverage: Coverage::Partial { unlisted: Vec::new() },
        stamps: description.stamps,
        seal: seal_file.as_deref().and_then(bytes_of),
        seal_file,
        signed_value: SignedValue::of(bytes_of(&value_file)?),
        value_file,
        file,
    })
}

/// What a Signature.xml says.
struct Description {
    provider: Provider,
    method: Method,
    signed_at: SignedAt,
    check_method: CheckMethod,
    references: Vec<Reference>,
    stamps: Vec<Stamp>,
    seal: Option<String>,
    value: String,
}

impl Description {
    fn read(root: Node<'_, '_>) -> Result<Self, DocumentFault> {
        let value = child_text(root, "SignedValue")?.ok_or(DocumentFault::Missing("SignedValue"))?;
        let info = child(root, "SignedInfo")?.ok_or(DocumentFault::Missing("SignedInfo"))?;
        let list = child(info, "References")?.ok_or(DocumentFault::Missing("References"))?;
        let provider = child(info, "Provider")?.map_or_else(Provider::default, |provider| Provider {
            name: provider.attribute("ProviderName").unwrap_or_default().to_owned(),
            version: provider.attribute("Version").map(str::to_owned),
            company: provider.attribute("Company").map(str::to_owned),
        });
        let check_method = match list.attribute("CheckMethod") {
            Some(method) if method == SM3 || method.eq_ignore_ascii_case("SM3") => CheckMethod::Sm3,
            // The schema's default is MD5 [K].
            other => CheckMethod::Foreign(other.unwrap_or("MD5").to_owned()),
        };
        let seal = match child(info, "Seal")? {
            Some(seal) => Some(child_text(seal, "BaseLoc")?.ok_or(DocumentFault::Missing("Seal/BaseLoc"))?),
            None => None,
        };
        Ok(Self {
            provider,
            method: Method::of(&child_text(info, "SignatureMethod")?.unwrap_or_default()),
            signed_at: SignedAt::of(child_text(info, "SignatureDateTime")?.unwrap_or_default()),
            check_method,
            references: bounded(list, "Reference", MAX_REFERENCES)?.map(reference).collect::<Result<_, _>>()?,
            stamps: bounded(info, "StampAnnot", MAX_STAMPS)?.map(stamp).collect::<Result<_, _>>()?,
            seal,
            value,
        })
    }
}

fn bounded<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str, limit: usize) -> Result<impl Iterator<Item = Node<'a, 'i>>, DocumentFault> {
    let count = children(node, name).count();
    if count > limit { Err(DocumentFault::Value { what: name, value: format!("{count} of them") }) } else { Ok(children(node, name)) }
}

fn reference(item: Node<'_, '_>) -> Result<Reference, DocumentFault> {
    let path = item.attribute("FileRef").ok_or(DocumentFault::Missing("Reference/@FileRef"))?.to_owned();
    let value = child(item, "CheckValue")?.ok_or(DocumentFault::Missing("CheckValue"))?;
    let value = text(value, "CheckValue")?;
    let digest = Base64::decode_vec(&value).map_err(|_| DocumentFault::Value { what: "CheckValue", value })?;
    Ok(Reference { path, file: None, digest, outcome: ReferenceOutcome::NotJudged })
}

fn stamp(item: Node<'_, '_>) -> Result<Stamp, DocumentFault> {
    let attribute = |name| item.attribute(name).map(str::to_owned);
    let boundary = attribute("Boundary").ok_or(DocumentFault::Missing("StampAnnot/@Boundary"))?;
    Ok(Stamp {
        id: attribute("ID").unwrap_or_default(),
        page: attribute("PageRef").ok_or(DocumentFault::Missing("StampAnnot/@PageRef"))?,
        boundary: rectangle(boundary)?,
        clip: attribute("Clip").map(rectangle).transpose()?,
    })
}

fn rectangle(text: String) -> Result<[f64; 4], DocumentFault> {
    let numbers: Option<Vec<f64>> =
        text.split_ascii_whitespace().take(5).map(|number| number.parse().ok().filter(|number: &f64| number.is_finite())).collect();
    numbers
        .and_then(|numbers| <[f64; 4]>::try_from(numbers).ok())
        .filter(|[_, _, width, height]| *width > 0.0 && *height > 0.0)
        .ok_or(DocumentFault::Value { what: "a rectangle", value: text })
}

impl Method {
    fn of(text: &str) -> Self {
        ObjectIdentifier::new(text).map_or_else(|_| Self::Named(text.to_owned()), |oid| Self::Algorithm(oid.into()))
    }
}

impl SignedAt {
    fn of(text: String) -> Self {
        let (plain, is_utc) = text.strip_suffix('Z').map_or((text.as_str(), false), |plain| (plain, true));
        let time = ["%Y%m%d%H%M%S%.f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]
            .into_iter()
            .find_map(|format| NaiveDateTime::parse_from_str(plain, format).ok());
        Self { time, is_utc, text }
    }
}

impl SignedValue {
    /// A PKCS#7 begins with an identifier, a seal signature with a SEQUENCE, a signature alone is two numbers.
    fn of(bytes: Vec<u8>) -> Self {
        const IDENTIFIER: u8 = 0x06;
        let header = match bytes.get(..2) {
            Some([0x30, length @ 0x81..=0x84]) => 2 + usize::from(length - 0x80),
            _ => 2,
        };
        if bytes.first() == Some(&0x30) && bytes.get(header) == Some(&IDENTIFIER) {
            return Self::Cms(bytes);
        }
        if sm2::Signature::from_der(&bytes).is_ok() {
            return Self::Bare(bytes);
        }
        match SealSignature::read(&bytes) {
            Ok(signature) => Self::Seal(Box::new(signature)),
            Err(fault) => Self::Unreadable(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_vendors_write_them() {
        for (text, expected, is_utc) in [
            ("20201010151120", "2020-10-10T15:11:20", false),
            ("2020-04-22 16:22:44", "2020-04-22T16:22:44", false),
            ("20200817111329Z", "2020-08-17T11:13:29", true),
            ("20201010065840.923Z", "2020-10-10T06:58:40.923", true),
        ] {
            let at = SignedAt::of(text.to_owned());
            assert_eq!((at.time, at.is_utc), (expected.parse().ok(), is_utc), "{text}");
            assert!(at.time.is_some());
        }
        assert_eq!(SignedAt::of("yesterday".to_owned()).time, None);
    }

    #[test]
    fn rectangles_are_four_numbers() {
        assert_eq!(rectangle("90.00 8.00 30 20".to_owned()), Ok([90.0, 8.0, 30.0, 20.0]));
        for text in ["", "1 2 3", "1 2 3 4 5", "1 2 NaN 4", "1 2 inf 4", "1 2 0 4", "1 2 3 -4", "a b c d"] {
            assert!(rectangle(text.to_owned()).is_err(), "{text}");
        }
    }
}
