//! Tags: what an answer depends on, and what a command changes.

use uuid::Uuid;

/// One thing that can change. 64 bits, the same on every replica and in every version of this program: two things that share a tag
/// cost an answer in a cache, never its rightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(pub u64);

impl Tag {
    /// A record (all versions of one certificate): its status, its current version, its events.
    pub fn record(record_id: Uuid) -> Self {
        Self::of("record", record_id.as_bytes())
    }

    /// Which certificates a holder has, by the holder's opaque key. What is said of each of them hangs on its record.
    pub fn holder(key: &str) -> Self {
        Self::of("holder", key.as_bytes())
    }

    /// What is known of an authority, by its credit code.
    pub fn authority(code: &str) -> Self {
        Self::of("authority", code.as_bytes())
    }

    /// A type: its file, its state, the index values of its certificates.
    pub fn certificate_type(name: &str) -> Self {
        Self::of("type", name.as_bytes())
    }

    /// What a department may read, by its credit code.
    pub fn grants(department: &str) -> Self {
        Self::of("grants", department.as_bytes())
    }

    /// All tokens of that name.
    pub fn token_name(name: &str) -> Self {
        Self::of("token name", name.as_bytes())
    }

    /// The token of that digest.
    pub fn token(hash: &str) -> Self {
        Self::of("token", hash.as_bytes())
    }

    /// Somebody's account: all his sessions and tokens.
    pub fn administrator(name: &str) -> Self {
        Self::of("administrator", name.as_bytes())
    }

    /// A department: its name, its division, what all its clients together may take.
    pub fn department(code: &str) -> Self {
        Self::of("department", code.as_bytes())
    }

    /// A client of a department: what it may, and whether it still may.
    pub fn client(id: &str) -> Self {
        Self::of("client", id.as_bytes())
    }

    /// FNV-1a, then mixed so that the low bits, which choose the slot, depend on all others.
    fn of(kind: &str, value: &[u8]) -> Self {
        let bytes = kind.bytes().chain([0]).chain(value.iter().copied());
        let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        Self(hash ^ (hash >> 33))
    }
}

/// What a command changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tags {
    These(Vec<Tag>),
    Everything,
}

impl Tags {
    /// More than these in one announcement are [`Tags::Everything`]: 32 KiB.
    const MOST: usize = 4096;

    /// Changes nothing that anybody keeps.
    pub const fn none() -> Self {
        Self::These(Vec::new())
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Self::These(tags) if tags.is_empty())
    }

    /// Eight bytes a tag; everything is no bytes at all, since an announcement of nothing is not made.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::These(tags) => tags.iter().flat_map(|tag| tag.0.to_be_bytes()).collect(),
            Self::Everything => Vec::new(),
        }
    }

    /// Bytes that are no tags count as everything: another version's announcement is never passed over.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let (tags, rest) = bytes.as_chunks::<8>();
        if tags.is_empty() || !rest.is_empty() { Self::Everything } else { tags.iter().map(|tag| Tag(u64::from_be_bytes(*tag))).collect() }
    }
}

impl FromIterator<Tag> for Tags {
    fn from_iter<I: IntoIterator<Item = Tag>>(tags: I) -> Self {
        let mut tags: Vec<Tag> = tags.into_iter().collect();
        tags.sort_unstable();
        tags.dedup();
        if tags.len() > Self::MOST { Self::Everything } else { Self::These(tags) }
    }
}

impl From<Tag> for Tags {
    fn from(tag: Tag) -> Self {
        Self::These(vec![tag])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_same_for_ever() {
        // Replicas of two versions must agree: change this and they do not while one replaces the other.
        assert_eq!(Tag::token("a"), Tag(0x927f_f55c_450b_b2d3));
        assert_ne!(Tag::token("a"), Tag::token_name("a"));
    }

    #[test]
    fn tags_are_written_and_read() {
        let few: Tags = [Tag(7), Tag(3), Tag(7)].into_iter().collect();
        assert_eq!(few, Tags::These(vec![Tag(3), Tag(7)]));
        assert_eq!(Tags::from_bytes(&few.to_bytes()), few);
        assert_eq!(Tags::from_bytes(&Tags::Everything.to_bytes()), Tags::Everything);
        assert_eq!(Tags::from_bytes(&[1, 2, 3]), Tags::Everything);
        assert_eq!((0..5000).map(Tag).collect::<Tags>(), Tags::Everything);
        assert!(Tags::none().is_none() && !Tags::Everything.is_none());
    }
}
