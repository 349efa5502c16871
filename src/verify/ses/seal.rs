//! SESeal: the seal itself.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use der::Tag;

use super::{
    Algorithm, MAX_LISTED, SesFault, Version,
    fields::{Field, Fields},
    write,
};
use crate::chain::MAX_CERTIFICATE;

/// An electronic seal as it was read. Nothing of it is trusted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The bytes it was read from.
    pub der: Vec<u8>,
    /// By the shape: two fields are v1, four are v4, unless the header states 5.
    pub version: Version,
    /// What the header states.
    pub stated_version: u32,
    /// Vid: who wrote the structure.
    pub vendor: String,
    /// esID: the seal's own identifier.
    pub id: String,
    /// type: 1 for an organisation, 2 for a person \[K\]; other numbers are in use \[M\].
    pub kind: u32,
    /// name, as 云南省住房和城乡建设厅.
    pub name: String,
    /// certList: who may use it.
    pub signers: SignerList,
    /// createDate.
    pub created: DateTime<Utc>,
    /// validStart.
    pub valid_from: DateTime<Utc>,
    /// validEnd, itself still valid.
    pub valid_to: DateTime<Utc>,
    /// What is shown.
    pub picture: Picture,
    /// extDatas.
    pub extensions: Vec<Extension>,
    /// The maker's certificate (DER, not yet read).
    pub maker_certificate: Vec<u8>,
    /// With what the maker signed.
    pub algorithm: Algorithm,
    /// The maker's signature value.
    pub signature: Vec<u8>,
    /// v5: a timestamp token over the signature (DER, not read here).
    pub time_stamp: Option<Vec<u8>>,
    /// What the maker signed: eSealInfo, byte for byte; in v1 eSealInfo, cert and signAlg as one SEQUENCE.
    pub(super) signed: Vec<u8>,
}

/// Who may use a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerList {
    /// The certificates (DER, not yet read).
    Certificates(Vec<Vec<u8>>),
    /// Their digests, each with the name of its algorithm.
    Digests(Vec<(String, Vec<u8>)>),
}

/// The picture of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// type, as `png` or `ofd`; vendors differ in case.
    pub format: String,
    /// data.
    pub bytes: Vec<u8>,
    /// Millimetres.
    pub width: u32,
    /// Millimetres.
    pub height: u32,
}

/// One of the extDatas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// extnID.
    pub oid: ObjectIdentifier,
    /// critical. FALSE is spelled out by a vendor against DER \[M\] and read all the same.
    pub critical: bool,
    /// extnValue.
    pub value: Vec<u8>,
}

impl Seal {
    /// Reads a seal (`Seal.esl`) from DER.
    ///
    /// # Errors
    /// The first field that is not as the standard has it, trailing bytes included.
    pub fn read(der: &[u8]) -> Result<Self, SesFault> {
        let whole = Fields::whole("SESeal", der)?;
        Self::from_fields(whole, Field { der, offset: 0 })
    }

    pub(super) fn within(field: Field<'_>) -> Result<Self, SesFault> {
        Self::from_fields(Fields::within("SESeal", field)?, field)
    }

    fn from_fields(mut whole: Fields<'_>, itself: Field<'_>) -> Result<Self, SesFault> {
        let old = whole.count(3)? == 2;
        let raw_info = whole.raw("eSealInfo")?;
        let info = Info::read(raw_info, old)?;
        let version = match (old, info.version) {
            (true, _) => Version::V1,
            (false, 5) => Version::V5,
            (false, _) => Version::V4,
        };
        let maker = if old { Maker::within(raw_info, &mut whole)? } else { Maker::beside(raw_info, &mut whole)? };
        let time_stamp = if version == Version::V5 { time_stamp(&mut whole)? } else { None };
        whole.finish()?;
        Ok(Self {
            der: itself.der.to_vec(),
            version,
            stated_version: info.version,
            vendor: info.vendor,
            id: info.id,
            kind: info.kind,
            name: info.name,
            signers: info.signers,
            created: info.created,
            valid_from: info.valid_from,
            valid_to: info.valid_to,
            picture: info.picture,
            extensions: info.extensions,
            maker_certificate: maker.certificate,
            algorithm: maker.algorithm,
            signature: maker.signature,
            time_stamp,
            signed: maker.signed,
        })
    }
}

/// SES_SealInfo.
struct Info {
    version: u32,
    vendor: String,
    id: String,
    kind: u32,
    name: String,
    signers: SignerList,
    created: DateTime<Utc>,
    valid_from: DateTime<Utc>,
    valid_to: DateTime<Utc>,
    picture: Picture,
    extensions: Vec<Extension>,
}

impl Info {
    fn read(field: Field<'_>, old: bool) -> Result<Self, SesFault> {
        let mut info = Fields::within("eSealInfo", field)?;
        let mut header = info.sequence("header")?;
        let offset = header.offset();
        let mark = header.ia5("ID")?;
        if mark != "ES" {
            return Err(SesFault::Value { field: "ID", offset, value: format!("{mark:?}"), expected: "\"ES\"" });
        }
        let (version, vendor) = (header.number("version")?, header.ia5("Vid")?);
        header.finish()?;
        let id = info.ia5("esID")?;
        let mut property = info.sequence("property")?;
        let (kind, name) = (property.number("type")?, property.utf8("name")?);
        let signers = signers(&mut property, old)?;
        let mut time = |field| if old { property.utc_time(field) } else { property.time(field) };
        let (created, valid_from, valid_to) = (time("createDate")?, time("validStart")?, time("validEnd")?);
        property.finish()?;
        let picture = picture(&mut info)?;
        let extensions = if info.is_finished() { Vec::new() } else { extensions(info.sequence("extDatas")?)? };
        info.finish()?;
        Ok(Self { version, vendor, id, kind, name, signers, created, valid_from, valid_to, picture, extensions })
    }
}

/// Who made a seal, and the signature.
struct Maker {
    certificate: Vec<u8>,
    algorithm: Algorithm,
    signature: Vec<u8>,
    signed: Vec<u8>,
}

impl Maker {
    /// v1: SES_SignInfo.
    fn within(info: Field<'_>, whole: &mut Fields<'_>) -> Result<Self, SesFault> {
        let mut maker = whole.sequence("signInfo")?;
        let mut ahead = maker.clone();
        let signed = write::sequence(&[info.der, ahead.raw("cert")?.der, ahead.raw("signatureAlgorithm")?.der])?;
        let certificate = certificate(&mut maker, "cert")?;
        let algorithm = maker.oid("signatureAlgorithm")?.into();
        let signature = maker.bits("signData")?;
        maker.finish()?;
        Ok(Self { certificate, algorithm, signature, signed })
    }

    /// v4 and v5: beside the information.
    fn beside(info: Field<'_>, whole: &mut Fields<'_>) -> Result<Self, SesFault> {
        let certificate = certificate(whole, "cert")?;
        let algorithm = whole.oid("signAlgID")?.into();
        Ok(Self { certificate, algorithm, signature: whole.bits("signedValue")?, signed: info.der.to_vec() })
    }
}

/// certList: in v1 certificates only, else what certListType says.
fn signers(property: &mut Fields<'_>, old: bool) -> Result<SignerList, SesFault> {
    let offset = property.offset();
    let form = if old { 1 } else { property.number("certListType")? };
    let mut list = property.sequence("certList")?;
    bounded(&list, "certList")?;
    match form {
        1 => {
            let mut certificates = Vec::new();
            while !list.is_finished() {
                certificates.push(certificate(&mut list, "certList")?);
            }
            Ok(SignerList::Certificates(certificates))
        }
        2 => {
            let mut digests = Vec::new();
            while !list.is_finished() {
                let mut digest = list.sequence("CertDigestObj")?;
                digests.push((digest.printable("type")?, digest.octets("value")?));
                digest.finish()?;
            }
            Ok(SignerList::Digests(digests))
        }
        other => Err(SesFault::Value {
            field: "certListType",
            offset,
            value: other.to_string(),
            expected: "1 for certificates or 2 for their digests",
        }),
    }
}

fn picture(info: &mut Fields<'_>) -> Result<Picture, SesFault> {
    let mut picture = info.sequence("picture")?;
    let read = Picture {
        format: picture.ia5("type")?,
        bytes: picture.octets("data")?,
        width: picture.number("width")?,
        height: picture.number("height")?,
    };
    picture.finish()?;
    Ok(read)
}

pub(super) fn extensions(mut list: Fields<'_>) -> Result<Vec<Extension>, SesFault> {
    bounded(&list, "extDatas")?;
    let mut extensions = Vec::new();
    while !list.is_finished() {
        let mut extension = list.sequence("ExtData")?;
        let oid = extension.oid("extnID")?;
        let critical = extension.next_tag() == Some(Tag::Boolean) && extension.boolean("critical")?;
        extensions.push(Extension { oid, critical, value: extension.octets("extnValue")? });
        extension.finish()?;
    }
    Ok(extensions)
}

/// A certificate in an OCTET STRING.
pub(super) fn certificate(fields: &mut Fields<'_>, field: &'static str) -> Result<Vec<u8>, SesFault> {
    let offset = fields.offset();
    let der = fields.octets(field)?;
    if der.len() > MAX_CERTIFICATE {
        let value = format!("{} bytes long", der.len());
        return Err(SesFault::Value { field, offset, value, expected: "a certificate of at most 64 KiB" });
    }
    Ok(der)
}

/// `[0]` EXPLICIT BIT STRING.
pub(super) fn time_stamp(fields: &mut Fields<'_>) -> Result<Option<Vec<u8>>, SesFault> {
    let Some(mut tagged) = fields.tagged("timeStamp")? else { return Ok(None) };
    let token = tagged.bits("timeStamp")?;
    tagged.finish()?;
    Ok(Some(token))
}

fn bounded(list: &Fields<'_>, field: &'static str) -> Result<(), SesFault> {
    if list.count(MAX_LISTED)? > MAX_LISTED { Err(SesFault::TooMany { field, offset: list.offset() }) } else { Ok(()) }
}
