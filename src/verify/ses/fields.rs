//! The members of a SEQUENCE, taken one by one: strict DER, no surplus, every fault with its field and place.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use der::{
    AnyRef, Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{BitStringRef, GeneralizedTime, Ia5StringRef, OctetStringRef, UtcTime, Utf8StringRef},
};

use super::{MAX_SIZE, SesFault};

/// What is left of a SEQUENCE.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    reader: SliceReader<'a>,
    /// The SEQUENCE, for messages.
    of: &'static str,
    /// Where the content begins in the whole.
    base: usize,
}

/// One member with its exact bytes.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) der: &'a [u8],
    pub(super) offset: usize,
}

impl<'a> Fields<'a> {
    /// The members of `der`, which is one SEQUENCE and nothing more.
    pub(super) fn whole(of: &'static str, der: &'a [u8]) -> Result<Self, SesFault> {
        if der.len() > MAX_SIZE {
            return Err(SesFault::TooLarge(der.len()));
        }
        Self::within(of, Field { der, offset: 0 })
    }

    /// The members of a member that is a SEQUENCE itself.
    pub(super) fn within(of: &'static str, field: Field<'a>) -> Result<Self, SesFault> {
        Self::under(of, field, Tag::Sequence)
    }

    fn under(of: &'static str, field: Field<'a>, tag: Tag) -> Result<Self, SesFault> {
        let fault = |error: der::Error| der_fault(of, field.offset, &error);
        let any = AnyRef::from_der(field.der).map_err(fault)?;
        if any.tag() != tag {
            return Err(SesFault::Der { field: of, offset: field.offset, reason: format!("its tag is {}, not {tag}", any.tag()) });
        }
        let content = any.value();
        let reader = SliceReader::new(content).map_err(fault)?;
        Ok(Self { reader, of, base: field.offset + (field.der.len() - content.len()) })
    }

    /// How many members there are from here on, counted to `most` and one.
    pub(super) fn count(&self, most: usize) -> Result<usize, SesFault> {
        let mut reader = self.reader.clone();
        let mut count = 0;
        while !reader.is_finished() && count <= most {
            reader.tlv_bytes().map_err(|error| der_fault(self.of, self.base, &error))?;
            count += 1;
        }
        Ok(count)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.reader.is_finished()
    }

    /// The tag of the next member.
    pub(super) fn next_tag(&self) -> Option<Tag> {
        Tag::peek(&self.reader).ok()
    }

    pub(super) fn offset(&self) -> usize {
        self.base + usize::try_from(self.reader.position()).unwrap_or(0)
    }

    pub(super) fn raw(&mut self, field: &'static str) -> Result<Field<'a>, SesFault> {
        let offset = self.offset();
        let der = self.reader.tlv_bytes().map_err(|error| der_fault(field, offset, &error))?;
        Ok(Field { der, offset })
    }

    fn take<T: Decode<'a, Error = der::Error>>(&mut self, field: &'static str) -> Result<T, SesFault> {
        let raw = self.raw(field)?;
        T::from_der(raw.der).map_err(|error| der_fault(field, raw.offset, &error))
    }

    pub(super) fn sequence(&mut self, field: &'static str) -> Result<Self, SesFault> {
        Self::within(field, self.raw(field)?)
    }

    /// The content of an explicit `[0]`, if that is what comes next.
    pub(super) fn tagged(&mut self, field: &'static str) -> Result<Option<Self>, SesFault> {
        match self.next_tag() {
            Some(tag @ Tag::ContextSpecific { constructed: true, number: der::TagNumber(0) }) => {
                let raw = self.raw(field)?;
                Self::under(field, raw, tag).map(Some)
            }
            _ => Ok(None),
        }
    }

    pub(super) fn number(&mut self, field: &'static str) -> Result<u32, SesFault> {
        self.take::<u32>(field)
    }

    pub(super) fn ia5(&mut self, field: &'static str) -> Result<String, SesFault> {
        Ok(self.take::<Ia5StringRef<'_>>(field)?.as_str().to_owned())
    }

    pub(super) fn utf8(&mut self, field: &'static str) -> Result<String, SesFault> {
        Ok(self.take::<Utf8StringRef<'_>>(field)?.as_str().to_owned())
    }

    pub(super) fn printable(&mut self, field: &'static str) -> Result<String, SesFault> {
        Ok(self.take::<der::asn1::PrintableStringRef<'_>>(field)?.as_str().to_owned())
    }

    pub(super) fn oid(&mut self, field: &'static str) -> Result<ObjectIdentifier, SesFault> {
        self.take::<ObjectIdentifier>(field)
    }

    pub(super) fn boolean(&mut self, field: &'static str) -> Result<bool, SesFault> {
        self.take::<bool>(field)
    }

    pub(super) fn octets(&mut self, field: &'static str) -> Result<Vec<u8>, SesFault> {
        Ok(self.take::<&'a OctetStringRef>(field)?.as_bytes().to_vec())
    }

    /// A BIT STRING of whole bytes.
    pub(super) fn bits(&mut self, field: &'static str) -> Result<Vec<u8>, SesFault> {
        let offset = self.offset();
        let bits = self.take::<BitStringRef<'_>>(field)?;
        let whole = bits.as_bytes().ok_or_else(|| SesFault::Der { field, offset, reason: "it has unused bits".to_owned() })?;
        Ok(whole.to_vec())
    }

    pub(super) fn time(&mut self, field: &'static str) -> Result<DateTime<Utc>, SesFault> {
        let offset = self.offset();
        instant(field, offset, self.take::<GeneralizedTime>(field)?.to_unix_duration())
    }

    pub(super) fn utc_time(&mut self, field: &'static str) -> Result<DateTime<Utc>, SesFault> {
        let offset = self.offset();
        instant(field, offset, self.take::<UtcTime>(field)?.to_unix_duration())
    }

    /// Nothing may follow.
    pub(super) fn finish(self) -> Result<(), SesFault> {
        if self.is_finished() { Ok(()) } else { Err(SesFault::Trailing { field: self.of, offset: self.offset() }) }
    }
}

fn instant(field: &'static str, offset: usize, since: std::time::Duration) -> Result<DateTime<Utc>, SesFault> {
    i64::try_from(since.as_secs()).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or_else(|| SesFault::Der {
        field,
        offset,
        reason: "the time is out of range".to_owned(),
    })
}

fn der_fault(field: &'static str, offset: usize, error: &der::Error) -> SesFault {
    SesFault::Der { field, offset, reason: error.kind().to_string() }
}
