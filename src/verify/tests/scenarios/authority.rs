//! A small world: a root, an authority below it, a signer for the synthetic issuer, and certificates it signed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use const_oid::ObjectIdentifier;
use der::{
    Any, DateTime as DerDateTime, Decode, Encode, Tag,
    asn1::{GeneralizedTime, SetOfVec},
};
use serde_json::json;
use sm2::{
    dsa::{
        DerSignature, Signature, SigningKey, VerifyingKey,
        signature::{Error, Keypair, Signer},
    },
    pkcs8::spki::{self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier},
};
use verify::{
    CertificateStatus, Envelope, Record, Trust,
    digest::sm3_hex,
    envelope::{SignatureBlock, SignedText},
    identifier::Identifier,
    signature::{DISTINGUISHING_ID, sign_message},
    statement::{AsOfStatement, StatedHolder, StatedIssuer, Statement, StatusStatement},
};
use x509_cert::{
    TbsCertificate,
    attr::AttributeTypeAndValue,
    builder::{Builder, CertificateBuilder, Result as BuilderResult, profile::BuilderProfile},
    ext::{
        Extension, ToExtension,
        pkix::{BasicConstraints, KeyUsage, KeyUsages},
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
    serial_number::SerialNumber,
    spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef},
    time::{Time, Validity},
};

pub(crate) const ISSUER: &str = "11990000000000GX2C";
pub(crate) const TYPE: &str = "11100000000013338W011";

pub(crate) fn now() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The plain `SigningKey` would put 64 raw bytes into a certificate; X.509 wants DER.
#[derive(Clone)]
pub(crate) struct DerSigner(pub(crate) SigningKey);

impl Signer<DerSignature> for DerSigner {
    fn try_sign(&self, message: &[u8]) -> Result<DerSignature, Error> {
        let signature: Signature = self.0.try_sign(message)?;
        Ok(signature.to_der())
    }
}

impl Keypair for DerSigner {
    type VerifyingKey = VerifyingKey;

    fn verifying_key(&self) -> VerifyingKey {
        self.0.verifying_key().clone()
    }
}

impl DynSignatureAlgorithmIdentifier for DerSigner {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned { oid: ObjectIdentifier::new_unwrap("1.2.156.10197.1.501"), parameters: None })
    }
}

pub(crate) fn key(seed: u8) -> DerSigner {
    DerSigner(SigningKey::from_slice(DISTINGUISHING_ID, &[seed; 32]).unwrap())
}

/// What a test may want otherwise in one certificate.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) subject: Name,
    pub(crate) issuer: Name,
    pub(crate) ca: Option<(bool, Option<u8>)>,
    pub(crate) usage: Option<KeyUsages>,
    pub(crate) years: (u16, u16),
    pub(crate) extra: Option<Extension>,
    pub(crate) serial: u8,
    /// Whether a key that signs certificates may sign lists of revoked ones.
    pub(crate) signs_crls: bool,
}

impl BuilderProfile for Draft {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> BuilderResult<Vec<Extension>> {
        let mut extensions = Vec::new();
        if let Some((ca, path_len_constraint)) = self.ca {
            extensions.push((&BasicConstraints { ca, path_len_constraint }).to_extension(tbs.subject(), &[])?);
        }
        if let Some(usage) = self.usage {
            let usage = match usage {
                KeyUsages::KeyCertSign if self.signs_crls => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
                other => other.into(),
            };
            extensions.push((&KeyUsage(usage)).to_extension(tbs.subject(), &[])?);
        }
        extensions.extend(self.extra.clone());
        Ok(extensions)
    }
}

impl Draft {
    pub(crate) fn ca(subject: &Name, issuer: &Name) -> Self {
        Self {
            subject: subject.clone(),
            issuer: issuer.clone(),
            ca: Some((true, None)),
            usage: Some(KeyUsages::KeyCertSign),
            years: (2020, 2040),
            extra: None,
            serial: 7,
            signs_crls: true,
        }
    }

    pub(crate) fn signer(subject: &Name, issuer: &Name) -> Self {
        Self { ca: None, usage: Some(KeyUsages::DigitalSignature), ..Self::ca(subject, issuer) }
    }

    pub(crate) fn sign(self, subject: &DerSigner, issuer: &DerSigner) -> Vec<u8> {
        let time = |year| Time::from(GeneralizedTime::from_date_time(DerDateTime::new(year, 1, 1, 0, 0, 0).unwrap()).to_date_time());
        let validity = Validity::new(time(self.years.0), time(self.years.1));
        let spki = SubjectPublicKeyInfoOwned::from_key(&subject.verifying_key()).unwrap();
        let serial = SerialNumber::new(&[self.serial]).unwrap();
        let builder = CertificateBuilder::new(self, serial, validity, spki).unwrap();
        builder.build::<_, DerSignature>(issuer).unwrap().to_der().unwrap()
    }
}

pub(crate) fn name(common: &str, code: Option<&str>) -> Name {
    let mut sequence = RdnSequence::default();
    for (oid, text) in [("2.5.4.3", Some(common)), ("2.5.4.5", code)] {
        let Some(text) = text else { continue };
        let value = Any::new(Tag::Utf8String, text.as_bytes()).unwrap();
        let attribute = AttributeTypeAndValue { oid: ObjectIdentifier::new_unwrap(oid), value };
        sequence.push(RelativeDistinguishedName::from(SetOfVec::try_from(vec![attribute]).unwrap()));
    }
    Name::from_der(&sequence.to_der().unwrap()).unwrap()
}

pub(crate) struct World {
    pub(crate) root: Vec<u8>,
    pub(crate) root_name: Name,
    pub(crate) middle: Vec<u8>,
    pub(crate) middle_name: Name,
    pub(crate) signer: Vec<u8>,
    pub(crate) signer_key: u8,
}

pub(crate) const ROOT_KEY: u8 = 1;
pub(crate) const MIDDLE_KEY: u8 = 2;
pub(crate) const SIGNER_KEY: u8 = 3;

impl World {
    pub(crate) fn new() -> Self {
        let (root_name, middle_name) = (name("演示根", None), name("演示中级", None));
        Self {
            root: Draft::ca(&root_name, &root_name).sign(&key(ROOT_KEY), &key(ROOT_KEY)),
            middle: Draft::ca(&middle_name, &root_name).sign(&key(MIDDLE_KEY), &key(ROOT_KEY)),
            signer: Self::signer_of(&middle_name, ISSUER),
            signer_key: SIGNER_KEY,
            root_name,
            middle_name,
        }
    }

    pub(crate) fn signer_of(middle: &Name, code: &str) -> Vec<u8> {
        Draft::signer(&name("演示签名者", Some(code)), middle).sign(&key(SIGNER_KEY), &key(MIDDLE_KEY))
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::from_der(&[&self.root]).unwrap()
    }

    pub(crate) fn path(&self) -> Vec<Vec<u8>> {
        vec![self.signer.clone(), self.middle.clone()]
    }

    pub(crate) fn sign(&self, text: &str) -> Option<SignatureBlock> {
        let value = sign_message(&key(self.signer_key).0, text.as_bytes()).unwrap();
        Some(SignatureBlock { value, certificates: self.path() })
    }

    pub(crate) fn envelope(&self, statement: &Statement, events: &[(&str, CertificateStatus)]) -> Envelope {
        let text = statement.to_text().unwrap();
        let mut previous = sm3_hex(text.as_bytes());
        let mut signed = Vec::new();
        for (seq, (operation, status)) in (1..).zip(events) {
            let event = StatusStatement {
                v: 1,
                identifier: statement.identifier.clone(),
                seq,
                operation: (*operation).to_owned(),
                scheme: "AG_STATE".to_owned(),
                code: "99".to_owned(),
                status: *status,
                reason: Some("测试".to_owned()),
                at: now(),
                superseded_by: None,
                previous,
            };
            let text = event.to_text().unwrap();
            previous = sm3_hex(text.as_bytes());
            signed.push(SignedText { signature: self.sign(&text), statement: text });
        }
        let mut envelope = Envelope {
            signature: self.sign(&text),
            statement: text,
            events: signed,
            attachments: BTreeMap::new(),
            as_of: None,
            copy: None,
        };
        envelope.as_of = Some(self.as_of(&envelope, statement, now()));
        envelope
    }

    /// The issuer's statement that these are the certificate's events at `at`.
    pub(crate) fn as_of(&self, envelope: &Envelope, statement: &Statement, at: DateTime<Utc>) -> SignedText {
        let last = envelope.events.last().map_or(&envelope.statement, |event| &event.statement);
        let stated = AsOfStatement {
            v: 1,
            identifier: statement.identifier.clone(),
            events: u32::try_from(envelope.events.len()).unwrap(),
            last: sm3_hex(last.as_bytes()),
            as_of: at,
            copy: None,
            recorded_at: None,
        };
        let text = stated.to_text().unwrap();
        SignedText { signature: self.sign(&text), statement: text }
    }
}

pub(crate) fn statement(serial: &str) -> Statement {
    let data = json!({"category": "A", "levels": [{"level": 1}, {"level": 2}], "area": "12.50"});
    Statement {
        v: 1,
        identifier: Identifier::build(TYPE, ISSUER, serial, 1).unwrap().to_string(),
        type_code: TYPE.to_owned(),
        type_name: "安全生产管理人员考核合格证书".to_owned(),
        type_version: "1.0.0".to_owned(),
        schema_digest: "0".repeat(64),
        number: "演建安A（2026）0000001".to_owned(),
        issuer: StatedIssuer { code: ISSUER.to_owned(), name: "演示省住房和城乡建设厅".to_owned() },
        holders: vec![StatedHolder {
            name: "张某某".to_owned(),
            code: Some("990000190001010016".to_owned()),
            code_type: Some("111".to_owned()),
            code_absent: None,
        }],
        issued_on: day("2026-01-01"),
        valid_from: Some(day("2026-01-01")),
        valid_to: Some(day("2028-12-31")),
        previous: None,
        data: data.as_object().unwrap().clone(),
    }
}

pub(crate) fn record(statement: &Statement, status: CertificateStatus) -> Record {
    Record {
        identifier: statement.identifier.clone(),
        type_code: statement.type_code.clone(),
        number: statement.number.clone(),
        issuer_code: statement.issuer.code.clone(),
        issued_on: statement.issued_on,
        valid_from: statement.valid_from,
        valid_to: statement.valid_to,
        status,
        superseded_by: None,
        statement_digest: None,
        recorded_at: None,
        unreadable: Vec::new(),
    }
}
