//! Timestamps of this hub's own unit (RFC 3161, GB/T 20520), put to what is signed: so that it is proven to have been there before its
//! signer's certificate ends or is revoked.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use verify::chain::X509;
use verify::digest::sm3;
use verify::timestamp::{Accuracy, TimestampRequest, TstInfo};

use super::pdf::refused;
use super::{SignError, Signer};

/// anyPolicy (RFC 5280): the unit's operator states none.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");
/// The hub's clock is taken to be right within so many seconds.
const ACCURACY: Accuracy = Accuracy { seconds: 1, millis: 0, micros: 0 };

/// A token over `stamped`, with the unit's chain.
///
/// # Errors
/// A unit without a certificate, or that gives no signature.
pub fn token(unit: &dyn Signer, stamped: &[u8], at: DateTime<Utc>) -> Result<Vec<u8>, SignError> {
    let fault = |fault: &dyn std::fmt::Display| refused("no timestamp can be made", &fault.to_string());
    let [own, issuers @ ..] = unit.chain() else { return Err(fault(&"the unit has no certificate")) };
    let own = X509::from_der(own).map_err(|error| fault(&error))?;
    let request = TimestampRequest { imprint: sm3(stamped), policy: None, nonce: None, certificate_wanted: true };
    let serial = rand::random::<u64>() >> 1;
    let prepared = TstInfo::answering(&request, POLICY, serial, at, ACCURACY).prepare(&own).map_err(|error| fault(&error))?;
    let signature = unit.sign(prepared.to_be_signed())?;
    prepared.assemble(&signature, issuers, None).map_err(|error| fault(&error))
}
