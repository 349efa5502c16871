//! Making seals and seal signatures, in two steps: what is to be signed goes to whoever holds the key, and comes back with the
//! signature value. The result is read back before it is handed out, so that nothing is written that is not read.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use der::{
    AnyRef, Encode, Tag,
    asn1::{BitStringRef, GeneralizedTime, Ia5StringRef, OctetStringRef, PrintableStringRef, UtcTime, Utf8StringRef},
};

use super::{Extension, Picture, SM2_WITH_SM3, Seal, SealSignature, SesFault, SignerList, Version};

/// A seal to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealDraft {
    /// The standard to follow. New seals follow [`Version::V4`].
    pub version: Version,
    /// Vid: who writes it; ASCII.
    pub vendor: String,
    /// esID; ASCII.
    pub id: String,
    /// type.
    pub kind: u32,
    /// name.
    pub name: String,
    /// Who may use it; v1 knows certificates only.
    pub signers: SignerList,
    /// createDate.
    pub created: DateTime<Utc>,
    /// validStart.
    pub valid_from: DateTime<Utc>,
    /// validEnd.
    pub valid_to: DateTime<Utc>,
    /// What is shown.
    pub picture: Picture,
    /// extDatas.
    pub extensions: Vec<Extension>,
}

/// A seal that waits for its maker's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsignedSeal {
    /// What the maker signs.
    pub to_sign: Vec<u8>,
    version: Version,
    info: Vec<u8>,
    certificate: Vec<u8>,
}

/// A seal signature to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureDraft<'a> {
    /// The seal that is used (DER).
    pub seal: &'a [u8],
    /// When.
    pub time: DateTime<Utc>,
    /// In OFD the SM3 of Signature.xml.
    pub data_hash: [u8; 32],
    /// In OFD the path of Signature.xml; ASCII.
    pub property_info: &'a str,
    /// The signer's certificate (DER).
    pub certificate: &'a [u8],
}

/// A seal signature that waits for its signature value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsignedSignature {
    /// What the signer signs.
    pub to_sign: Vec<u8>,
    version: Version,
    certificate: Vec<u8>,
}

impl SealDraft {
    /// What the maker, who has this certificate (DER), signs.
    ///
    /// # Errors
    /// When a value cannot be written: no ASCII where the standard wants it, a time before 1970, digests in v1.
    pub fn for_maker(&self, certificate: &[u8]) -> Result<UnsignedSeal, SesFault> {
        let info = self.info()?;
        let to_sign = match self.version {
            Version::V1 => sequence(&[&info, &octets(certificate)?, &oid(SM2_WITH_SM3)?])?,
            Version::V4 | Version::V5 => info.clone(),
        };
        Ok(UnsignedSeal { to_sign, version: self.version, info, certificate: certificate.to_vec() })
    }

    fn info(&self) -> Result<Vec<u8>, SesFault> {
        let old = self.version == Version::V1;
        let header = sequence(&[&ia5("ID", "ES")?, &encoded("version", &self.version.number())?, &ia5("Vid", &self.vendor)?])?;
        let time = |field, time| if old { utc_time(field, time) } else { general_time(field, time) };
        let mut property = vec![encoded("type", &self.kind)?, encoded("name", &utf8(&self.name)?)?];
        let list = match &self.signers {
            SignerList::Certificates(certificates) => (1_u32, certificates.iter().map(|one| octets(one)).collect::<Result<Vec<_>, _>>()?),
            SignerList::Digests(digests) => (2, digests.iter().map(|(name, value)| digest(name, value)).collect::<Result<_, _>>()?),
        };
        match (old, list.0) {
            (true, 1) => {}
            (true, _) => return Err(refused("certList", "v1 lists certificates, not digests")),
            (false, form) => property.push(encoded("certListType", &form)?),
        }
        property.push(sequence(&list.1)?);
        property.push(time("createDate", self.created)?);
        property.push(time("validStart", self.valid_from)?);
        property.push(time("validEnd", self.valid_to)?);
        let picture = sequence(&[
            ia5("type", &self.picture.format)?,
            octets(&self.picture.bytes)?,
            encoded("width", &self.picture.width)?,
            encoded("height", &self.picture.height)?,
        ])?;
        let mut info = vec![header, ia5("esID", &self.id)?, sequence(&property)?, picture];
        if !self.extensions.is_empty() {
            info.push(sequence(&self.extensions.iter().map(extension).collect::<Result<Vec<_>, _>>()?)?);
        }
        sequence(&info)
    }
}

impl UnsignedSeal {
    /// The seal with its maker's signature (DER of r and s).
    ///
    /// # Errors
    /// When it cannot be written or read back.
    pub fn sealed(self, signature: &[u8]) -> Result<Seal, SesFault> {
        let (certificate, algorithm, value) = (octets(&self.certificate)?, oid(SM2_WITH_SM3)?, bits(signature)?);
        let der = match self.version {
            Version::V1 => sequence(&[self.info, sequence(&[certificate, algorithm, value])?])?,
            Version::V4 | Version::V5 => sequence(&[self.info, certificate, algorithm, value])?,
        };
        Seal::read(&der)
    }
}

impl SignatureDraft<'_> {
    /// What the signer signs.
    ///
    /// # Errors
    /// When the seal cannot be read or a value cannot be written.
    pub fn for_signer(&self) -> Result<UnsignedSignature, SesFault> {
        let version = Seal::read(self.seal)?.version;
        let time = match version {
            Version::V1 => bits(&utc_time("timeInfo", self.time)?)?,
            Version::V4 | Version::V5 => general_time("timeInfo", self.time)?,
        };
        let stated = encoded("version", &version.number())?;
        let mut fields = vec![stated, self.seal.to_vec(), time, bits(&self.data_hash)?, ia5("propertyInfo", self.property_info)?];
        if version == Version::V1 {
            fields.extend([octets(self.certificate)?, oid(SM2_WITH_SM3)?]);
        }
        Ok(UnsignedSignature { to_sign: sequence(&fields)?, version, certificate: self.certificate.to_vec() })
    }
}

impl UnsignedSignature {
    /// The seal signature with its signature value (DER of r and s).
    ///
    /// # Errors
    /// When it cannot be written or read back.
    pub fn signed(self, signature: &[u8]) -> Result<SealSignature, SesFault> {
        self.stamped(signature, None)
    }

    /// The same with a timestamp token over the signature value; v1 has no place for one.
    ///
    /// # Errors
    /// When it cannot be written or read back.
    pub fn stamped(self, signature: &[u8], token: Option<&[u8]>) -> Result<SealSignature, SesFault> {
        let mut fields = vec![self.to_sign];
        if self.version != Version::V1 {
            fields.extend([octets(&self.certificate)?, oid(SM2_WITH_SM3)?]);
        }
        fields.push(bits(signature)?);
        match token {
            Some(_) if self.version == Version::V1 => return Err(refused("timeStamp", "v1 has no place for one")),
            Some(token) => fields.push(tagged(&bits(token)?)?),
            None => {}
        }
        SealSignature::read(&sequence(&fields)?)
    }
}

pub(super) fn sequence<T: AsRef<[u8]>>(members: &[T]) -> Result<Vec<u8>, SesFault> {
    let content = members.iter().flat_map(|member| member.as_ref()).copied().collect::<Vec<_>>();
    let any = AnyRef::new(Tag::Sequence, &content).map_err(|error| refused("SEQUENCE", &error.to_string()))?;
    encoded("SEQUENCE", &any)
}

/// `[0]` EXPLICIT.
fn tagged(member: &[u8]) -> Result<Vec<u8>, SesFault> {
    let tag = Tag::ContextSpecific { constructed: true, number: der::TagNumber(0) };
    encoded("[0]", &AnyRef::new(tag, member).map_err(|error| refused("[0]", &error.to_string()))?)
}

fn digest(name: &str, value: &[u8]) -> Result<Vec<u8>, SesFault> {
    let name = PrintableStringRef::new(name).map_err(|error| refused("CertDigestObj", &error.to_string()))?;
    sequence(&[encoded("type", &name)?, octets(value)?])
}

/// DER leaves FALSE out.
fn extension(extension: &Extension) -> Result<Vec<u8>, SesFault> {
    let mut fields = vec![oid(extension.oid)?];
    if extension.critical {
        fields.push(encoded("critical", &true)?);
    }
    fields.push(octets(&extension.value)?);
    sequence(&fields)
}

fn ia5(field: &'static str, text: &str) -> Result<Vec<u8>, SesFault> {
    encoded(field, &Ia5StringRef::new(text).map_err(|error| refused(field, &error.to_string()))?)
}

fn utf8(text: &str) -> Result<Utf8StringRef<'_>, SesFault> {
    Utf8StringRef::new(text).map_err(|error| refused("name", &error.to_string()))
}

fn oid(oid: ObjectIdentifier) -> Result<Vec<u8>, SesFault> {
    encoded("OBJECT IDENTIFIER", &oid)
}

fn octets(bytes: &[u8]) -> Result<Vec<u8>, SesFault> {
    encoded("OCTET STRING", &OctetStringRef::new(bytes).map_err(|error| refused("OCTET STRING", &error.to_string()))?)
}

fn bits(bytes: &[u8]) -> Result<Vec<u8>, SesFault> {
    encoded("BIT STRING", &BitStringRef::from_bytes(bytes).map_err(|error| refused("BIT STRING", &error.to_string()))?)
}

fn general_time(field: &'static str, time: DateTime<Utc>) -> Result<Vec<u8>, SesFault> {
    encoded(field, &GeneralizedTime::from_unix_duration(since_1970(field, time)?).map_err(|error| refused(field, &error.to_string()))?)
}

fn utc_time(field: &'static str, time: DateTime<Utc>) -> Result<Vec<u8>, SesFault> {
    encoded(field, &UtcTime::from_unix_duration(since_1970(field, time)?).map_err(|error| refused(field, &error.to_string()))?)
}

fn since_1970(field: &'static str, time: DateTime<Utc>) -> Result<std::time::Duration, SesFault> {
    let seconds = u64::try_from(time.timestamp()).map_err(|_| refused(field, "it is before 1970"))?;
    Ok(std::time::Duration::from_secs(seconds))
}

fn encoded<T: Encode + ?Sized>(field: &'static str, value: &T) -> Result<Vec<u8>, SesFault> {
    value.to_der().map_err(|error| refused(field, &error.to_string()))
}

fn refused(field: &'static str, reason: &str) -> SesFault {
    SesFault::Unwritable { field, reason: reason.to_owned() }
}
