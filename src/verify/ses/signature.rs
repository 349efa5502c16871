//! SES_Signature: a seal put to a document.

use chrono::{DateTime, Utc};
use der::{
    Decode,
    asn1::{GeneralizedTime, UtcTime},
};

use super::{
    Algorithm, Extension, Seal, SesFault, Version,
    fields::{Field, Fields},
    seal::{certificate, extensions, time_stamp},
};

/// A seal signature as it was read. Nothing of it is trusted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealSignature {
    /// The bytes it was read from.
    pub der: Vec<u8>,
    /// By the shape: two fields are v1, else what the seal is, v4 or v5.
    pub version: Version,
    /// What it states itself.
    pub stated_version: u32,
    /// The seal that was used.
    pub seal: Seal,
    /// When it was made, as the signer says.
    pub time: StatedTime,
    /// dataHash: in OFD the SM3 of Signature.xml.
    pub data_hash: Vec<u8>,
    /// propertyInfo: in OFD the path of Signature.xml \[M\].
    pub property_info: String,
    /// extDatas.
    pub extensions: Vec<Extension>,
    /// The signer's certificate (DER, not yet read).
    pub certificate: Vec<u8>,
    /// With what the signer signed.
    pub algorithm: Algorithm,
    /// The signer's signature value.
    pub signature: Vec<u8>,
    /// A timestamp token over the signature (DER, not read here).
    pub time_stamp: Option<Vec<u8>>,
    /// toSign, byte for byte.
    pub(super) to_sign: Vec<u8>,
}

/// When a seal was put to a document, as the signer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatedTime {
    /// A time.
    At(DateTime<Utc>),
    /// v1 lets a BIT STRING hold what it will: these bytes are no time in DER, but perhaps a text or a timestamp token.
    Bytes(Vec<u8>),
}

impl SealSignature {
    /// Reads a seal signature (`SignedValue.dat`) from DER.
    ///
    /// # Errors
    /// The first field that is not as the standard has it, trailing bytes included.
    pub fn read(der: &[u8]) -> Result<Self, SesFault> {
        let mut whole = Fields::whole("SES_Signature", der)?;
        let old = whole.count(3)? == 2;
        let to_sign = whole.raw("toSign")?;
        let mut stated = ToSign::read(to_sign, old)?;
        let (certificate, algorithm) = match stated.signer.take() {
            Some(signer) => signer,
            None => (certificate(&mut whole, "cert")?, whole.oid("signatureAlgID")?.into()),
        };
        let signature = whole.bits("signature")?;
        let time_stamp = if old { None } else { time_stamp(&mut whole)? };
        whole.finish()?;
        Ok(Self {
            der: der.to_vec(),
            version: match (old, stated.seal.version) {
                (true, _) => Version::V1,
                (false, Version::V5) => Version::V5,
                (false, _) => Version::V4,
            },
            stated_version: stated.version,
            seal: stated.seal,
            time: stated.time,
            data_hash: stated.data_hash,
            property_info: stated.property_info,
            extensions: stated.extensions,
            certificate,
            algorithm,
            signature,
            time_stamp,
            to_sign: to_sign.der.to_vec(),
        })
    }
}

/// TBS_Sign.
struct ToSign {
    version: u32,
    seal: Seal,
    time: StatedTime,
    data_hash: Vec<u8>,
    property_info: String,
    extensions: Vec<Extension>,
    /// v1 signs the signer's certificate and algorithm too.
    signer: Option<(Vec<u8>, Algorithm)>,
}

impl ToSign {
    fn read(field: Field<'_>, old: bool) -> Result<Self, SesFault> {
        let mut fields = Fields::within("toSign", field)?;
        let version = fields.number("version")?;
        let seal = Seal::within(fields.raw("eseal")?)?;
        let time = if old { StatedTime::of(fields.bits("timeInfo")?) } else { StatedTime::At(fields.time("timeInfo")?) };
        let data_hash = fields.bits("dataHash")?;
        let property_info = fields.ia5("propertyInfo")?;
        let (mut signer, mut listed) = (None, Vec::new());
        if old {
            signer = Some((certificate(&mut fields, "cert")?, fields.oid("signatureAlgorithm")?.into()));
        } else if let Some(mut tagged) = fields.tagged("extDatas")? {
            listed = extensions(tagged.sequence("extDatas")?)?;
            tagged.finish()?;
        }
        fields.finish()?;
        Ok(Self { version, seal, time, data_hash, property_info, extensions: listed, signer })
    }
}

impl StatedTime {
    /// The time, if one can be read.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(time) => Some(*time),
            Self::Bytes(_) => None,
        }
    }

    /// v1: a UTCTime or GeneralizedTime in DER is read, anything else is kept.
    fn of(bytes: Vec<u8>) -> Self {
        let since = match bytes.first() {
            Some(0x17) => UtcTime::from_der(&bytes).ok().map(|time| time.to_unix_duration()),
            Some(0x18) => GeneralizedTime::from_der(&bytes).ok().map(|time| time.to_unix_duration()),
            _ => None,
        };
        let time = since.and_then(|since| i64::try_from(since.as_secs()).ok()).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        time.map_or(Self::Bytes(bytes), Self::At)
    }
}
