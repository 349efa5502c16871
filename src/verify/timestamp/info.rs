//! TSTInfo (RFC 3161, 2.4.2).

use chrono::{DateTime, TimeDelta, Utc};
use const_oid::ObjectIdentifier;

use super::{TimestampFault, TimestampRequest, imprint};
use crate::{
    asn1::{Element, Malformed, TimeOutOfRange, element, generalized_time, integer, object_identifier, scan, sequence, tag},
    chain::X509,
    cms::{Draft, Prepared, WriteFault},
};

/// What a time-stamping unit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TstInfo {
    /// The policy that it stamps under.
    pub policy: ObjectIdentifier,
    /// SM3 of the stamped bytes.
    pub imprint: [u8; 32],
    /// Number of the token at this unit: an INTEGER's bytes, the highest first.
    pub serial: Vec<u8>,
    /// The time.
    pub at: DateTime<Utc>,
    /// How far off the time may be.
    pub accuracy: Option<Accuracy>,
    /// Whether tokens of this unit can be ordered by their times alone.
    pub ordering: bool,
    /// An INTEGER's bytes, as the request gave them.
    pub nonce: Option<Vec<u8>>,
}

/// How far off a time may be, in either direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Seconds, up to 2^31 − 1.
    pub seconds: u32,
    /// Thousandths, up to 999.
    pub millis: u16,
    /// Millionths, up to 999.
    pub micros: u16,
}

impl Accuracy {
    /// As one span of time.
    pub fn span(&self) -> TimeDelta {
        let micros = i64::from(self.millis) * 1_000 + i64::from(self.micros);
        TimeDelta::seconds(i64::from(self.seconds)) + TimeDelta::microseconds(micros)
    }
}

impl TstInfo {
    /// What a unit answers to a request. The time is written in whole seconds.
    pub fn answering(request: &TimestampRequest, policy: ObjectIdentifier, serial: u64, at: DateTime<Utc>, accuracy: Accuracy) -> Self {
        let serial = integer(serial).get(2..).unwrap_or_default().to_vec();
        let (imprint, nonce) = (request.imprint, request.nonce.clone());
        Self { policy, imprint, serial, at, accuracy: Some(accuracy), ordering: false, nonce }
    }

    /// The first step of a token: what the unit's key signs. Its certificate comes along in any case, since a token that does not
    /// carry it cannot be judged later.
    ///
    /// # Errors
    /// A time that cannot be written.
    pub fn prepare(&self, unit: &X509) -> Result<Prepared, WriteFault> {
        Draft::token(self.to_der()?).prepare(unit)
    }

    /// As DER.
    ///
    /// # Errors
    /// A time that cannot be written.
    pub fn to_der(&self) -> Result<Vec<u8>, TimeOutOfRange> {
        let ordering = if self.ordering { element(tag::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
        Ok(sequence(&[
            &integer(1),
            &object_identifier(self.policy),
            &imprint::write(&self.imprint),
            &element(tag::INTEGER, &[&self.serial]),
            &generalized_time(self.at)?,
            &self.accuracy.as_ref().map(write_accuracy).unwrap_or_default(),
            &ordering,
            &self.nonce.as_ref().map(|nonce| element(tag::INTEGER, &[nonce])).unwrap_or_default(),
        ]))
    }

    /// Reads the content of a token.
    pub(super) fn read(der: &[u8]) -> Result<Self, TimestampFault> {
        scan(der)?;
        let mut parts = Element::only(der, 0)?.tagged(tag::SEQUENCE, "a TSTInfo")?.elements();
        let version = parts.expect(tag::INTEGER, "a version")?.number()?;
        if version != 1 {
            return Err(TimestampFault::Version(version));
        }
        let policy = parts.next()?.oid()?;
        let imprint = imprint::read(parts.next()?)?.map_err(TimestampFault::ForeignImprint)?;
        let serial = parts.expect(tag::INTEGER, "a serial number")?.value.to_vec();
        let at = parts.next()?.fine_time()?;
        let accuracy = parts.optional(tag::SEQUENCE)?.map(read_accuracy).transpose()?;
        let ordering = match parts.optional(tag::BOOLEAN)? {
            Some(flag) if flag.value == [0] => return Err(flag.is_not("a default that is left out").into()),
            flag => flag.is_some(),
        };
        let nonce = parts.optional(tag::INTEGER)?.map(|nonce| nonce.value.to_vec());
        parts.optional(tag::constructed(0))?;
        if let Some(extensions) = parts.optional(tag::constructed(1))? {
            // Tagged IMPLICIT: the list itself.
            let list = sequence(&[extensions.value]);
            let found = Element::only(&list, extensions.at)?.extensions()?;
            if let Some(critical) = found.iter().find(|extension| extension.critical) {
                return Err(TimestampFault::Extension(critical.oid));
            }
        }
        parts.end()?;
        Ok(Self { policy, imprint, serial, at, accuracy, ordering, nonce })
    }
}

fn read_accuracy(accuracy: Element<'_>) -> Result<Accuracy, Malformed> {
    let mut parts = accuracy.elements();
    let seconds = parts.optional(tag::INTEGER)?;
    let millis = parts.optional(tag::primitive(0))?;
    let micros = parts.optional(tag::primitive(1))?;
    parts.end()?;
    let thousand = |part: Option<Element<'_>>| match part.map(|part| (part, part.number())) {
        None => Ok(0),
        Some((_, Ok(number @ 1..=999))) => Ok(u16::try_from(number).unwrap_or(999)),
        Some((part, _)) => Err(part.is_not("a number from 1 to 999")),
    };
    let seconds = match seconds.map(|part| (part, part.number())) {
        None => 0,
        Some((part, number)) => {
            let number = number?.try_into().ok().filter(|seconds| *seconds <= u32::MAX / 2);
            number.ok_or(part.is_not("a number of seconds"))?
        }
    };
    Ok(Accuracy { seconds, millis: thousand(millis)?, micros: thousand(micros)? })
}

fn write_accuracy(accuracy: &Accuracy) -> Vec<u8> {
    let part = |tag: u8, number: u64| match number {
        0 => Vec::new(),
        _ => element(tag, &[integer(number).get(2..).unwrap_or_default()]),
    };
    sequence(&[
        &part(tag::INTEGER, accuracy.seconds.min(u32::MAX / 2).into()),
        &part(tag::primitive(0), accuracy.millis.min(999).into()),
        &part(tag::primitive(1), accuracy.micros.min(999).into()),
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            imprint in any::<[u8; 32]>(), serial in any::<u64>(), seconds in 0_i64..4_000_000_000,
            accuracy in prop::option::of((0_u32..=u32::MAX / 2, 0_u16..1000, 0_u16..1000)), ordering in any::<bool>(), nonce in prop::option::of(1_u8..0x80),
        ) {
            let info = TstInfo {
                policy: "1.2.3.4".parse().unwrap(),
                imprint,
                serial: integer(serial)[2..].to_vec(),
                at: DateTime::from_timestamp(seconds, 0).unwrap(),
                accuracy: accuracy.map(|(seconds, millis, micros)| Accuracy { seconds, millis, micros }),
                ordering,
                nonce: nonce.map(|nonce| vec![nonce]),
            };
            prop_assert_eq!(TstInfo::read(&info.to_der().unwrap()).unwrap(), info);
        }

        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = TstInfo::read(&bytes);
        }
    }
}
