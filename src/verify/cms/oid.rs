//! Object identifiers of contents, algorithms and attributes.

use const_oid::ObjectIdentifier;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(crate) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub(crate) const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
pub(crate) const GM_DATA: ObjectIdentifier = oid("1.2.156.10197.6.1.4.2.1");
pub(crate) const GM_SIGNED_DATA: ObjectIdentifier = oid("1.2.156.10197.6.1.4.2.2");
/// id-ct-TSTInfo.
pub(crate) const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");

pub(crate) const SM3: ObjectIdentifier = oid("1.2.156.10197.1.401");
pub(crate) const SM2_WITH_SM3: ObjectIdentifier = oid("1.2.156.10197.1.501");
/// The SM2 signature of older GM/T 0010 material: read, never written.
pub(crate) const SM2_SIGNATURE: ObjectIdentifier = oid("1.2.156.10197.1.301.1");
pub(crate) const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
pub(crate) const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");

pub(crate) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub(crate) const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
pub(crate) const TIMESTAMP_TOKEN: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
/// adbe-revocationInfoArchival.
pub(crate) const ADOBE_REVOCATION: ObjectIdentifier = oid("1.2.840.113583.1.1.8");
/// id-ri-ocsp-response (RFC 5940).
pub(crate) const OCSP_RESPONSE: ObjectIdentifier = oid("1.3.6.1.5.5.7.16.2");
