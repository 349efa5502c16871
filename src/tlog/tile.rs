//! How the tree and its entries lie in files that never change (C2SP tlog-tiles, tiles of height 8).

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::Hash;

/// Hashes of a full tile, entries of a full bundle.
pub const WIDTH: u16 = 256;
/// Levels of tiles below each other and above nothing: eight levels of 256 hold every tree whose size is a `u64`.
pub const LEVELS: u8 = 8;

/// A tile of hashes: at level 0 those of leaves, above it those of full tiles below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

/// A bundle of entries: those whose hashes are in the tile of level 0 with the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    index: u64,
    width: u16,
}

impl Tile {
    /// The tile number `index` of `level`, as wide as it is in the tree of `size`. None where that tree has no such tile.
    pub fn of_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = if level < LEVELS { size >> (8 * level) } else { 0 };
        Some(Self { level, index, width: width(index, hashes)? })
    }

    /// 0 where its hashes are those of leaves, 7 at the most.
    pub fn level(self) -> u8 {
        self.level
    }

    /// Its number within its level.
    pub fn index(self) -> u64 {
        self.index
    }

    /// How many hashes it has, 1 to 256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// Whether it has all 256.
    pub fn is_full(self) -> bool {
        self.width == WIDTH
    }

    /// Where the hash of this tile stands once it is full: the number of a tile one level up, and the place in it.
    pub(crate) fn above(self) -> (u64, u16) {
        (self.index >> 8, (self.index & 0xff) as u16)
    }

    /// Its path below the log's prefix, as `tile/0/x001/x234/067.p/5`.
    pub fn path(self) -> String {
        format!("tile/{}/{}", self.level, Place(self.index, self.width))
    }

    /// The hashes in a tile's bytes. A reader that has the full tile in place of a partial one gives its first hashes.
    ///
    /// # Errors
    /// [`TileLength`] for anything but 32 bytes for each hash.
    pub fn hashes(self, bytes: &[u8]) -> Result<Vec<Hash>, TileLength> {
        let (hashes, rest) = bytes.as_chunks::<{ Hash::SIZE }>();
        if hashes.len() == usize::from(self.width) && rest.is_empty() {
            Ok(hashes.iter().copied().map(Hash).collect())
        } else {
            Err(TileLength { tile: self, bytes: bytes.len() })
        }
    }
}

impl Bundle {
    /// The bundle number `index`, as wide as it is in the tree of `size`. None where that tree has no such bundle.
    pub fn of_tree(index: u64, size: u64) -> Option<Self> {
        Some(Self { index, width: width(index, size)? })
    }

    /// Its number.
    pub fn index(self) -> u64 {
        self.index
    }

    /// How many entries it has, 1 to 256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// The number of its first leaf.
    pub fn first(self) -> u64 {
        self.index << 8
    }

    /// Its path below the log's prefix, as `tile/entries/x001/x234/067.p/5`.
    pub fn path(self) -> String {
        format!("tile/entries/{}", Place(self.index, self.width))
    }
}

/// A tile whose bytes are not as many as its width says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{tile} must have {} bytes, it has {bytes}", usize::from(.tile.width) * Hash::SIZE)]
pub struct TileLength {
    /// Which tile.
    pub tile: Tile,
    /// How many bytes were found.
    pub bytes: usize,
}

/// The tiles that are made, wider or full when a tree grows from `old` to `new` leaves: level by level, from the left. What lies
/// left of them has not changed. They come one by one, so a number from outside costs nothing until it is asked for.
pub fn grown_tiles(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    (0..LEVELS).flat_map(move |level| grown(old >> (8 * level), new >> (8 * level)).map(move |(index, width)| Tile { level, index, width }))
}

/// The bundles that are made, wider or full when a tree grows from `old` to `new` leaves, from the left.
pub fn grown_bundles(old: u64, new: u64) -> impl Iterator<Item = Bundle> {
    grown(old, new).map(|(index, width)| Bundle { index, width })
}

fn grown(old: u64, new: u64) -> impl Iterator<Item = (u64, u16)> {
    let last = if old < new { new.div_ceil(u64::from(WIDTH)) } else { 0 };
    (old >> 8..last).filter_map(move |index| Some((index, width(index, new)?)))
}

/// How many of `all` are in the part number `index` of 256 each.
fn width(index: u64, all: u64) -> Option<u16> {
    let first = index.checked_mul(u64::from(WIDTH))?;
    let found = all.checked_sub(first)?.min(u64::from(WIDTH));
    (found > 0).then_some(found as u16)
}

/// Number and width as paths spell them.
struct Place(u64, u16);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(index, width) = *self;
        // 2^64 has 20 digits.
        for place in (1..7).rev() {
            let above = index / 1000_u64.pow(place);
            if above > 0 {
                write!(f, "x{:03}/", above % 1000)?;
            }
        }
        write!(f, "{:03}", index % 1000)?;
        if width < WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
    }
}

/// What is served below the log's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// `checkpoint`: the newest one.
    Checkpoint,
    /// `tile/<level>/…`
    Tile(Tile),
    /// `tile/entries/…`
    Bundle(Bundle),
}

/// A path that names nothing of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such path of a log: expected checkpoint, tile/<level>/<number>[.p/<width>] or tile/entries/<number>[.p/<width>]")]
pub struct NotAPath;

impl FromStr for Resource {
    type Err = NotAPath;

    /// Reads a path in its one spelling.
    fn from_str(path: &str) -> Result<Self, NotAPath> {
        // The longest there is: six parts of four bytes, one of three, and what stands around them.
        if path.len() > 64 {
            return Err(NotAPath);
        }
        if path == "checkpoint" {
            return Ok(Self::Checkpoint);
        }
        let (kind, place) = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(NotAPath)?;
        let (number, width) = match place.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|width| (1..WIDTH).contains(width)).ok_or(NotAPath)?),
            None => (place, WIDTH),
        };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let index = digits.parse().ok().filter(|index| *index <= u64::MAX >> 8).ok_or(NotAPath)?;
        let (found, spelt) = if kind == "entries" {
            let bundle = Bundle { index, width };
            (Self::Bundle(bundle), bundle.path())
        } else {
            let level = kind.parse().ok().filter(|level| *level < LEVELS).ok_or(NotAPath)?;
            let tile = Tile { level, index, width };
            // The tree above it would have more leaves than can be counted.
            if index > u64::MAX >> (8 * u32::from(level)) >> 8 {
                return Err(NotAPath);
            }
            (Self::Tile(tile), tile.path())
        };
        if spelt == path { Ok(found) } else { Err(NotAPath) }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl Serialize for Tile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Bundle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_spelt_as_the_specification_spells_them() {
        let paths = [
            (Tile { level: 0, index: 1_234_067, width: 256 }, "tile/0/x001/x234/067"),
            (Tile { level: 1, index: 0, width: 17 }, "tile/1/000.p/17"),
            (Tile { level: 2, index: 1000, width: 255 }, "tile/2/x001/000.p/255"),
            (Tile { level: 0, index: u64::MAX >> 8, width: 256 }, "tile/0/x072/x057/x594/x037/x927/935"),
        ];
        for (tile, path) in paths {
            assert_eq!(tile.path(), path);
            assert_eq!(path.parse(), Ok(Resource::Tile(tile)));
        }
        let bundle = Bundle { index: 999, width: 1 };
        assert_eq!(bundle.path(), "tile/entries/999.p/1");
        assert_eq!(bundle.path().parse(), Ok(Resource::Bundle(bundle)));
        assert_eq!("checkpoint".parse(), Ok(Resource::Checkpoint));
    }

    #[test]
    fn other_spellings_name_nothing() {
        let wrong = [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/1",
            "tile/0/0001",
            "tile/0/x000/001",
            "tile/00/001",
            "tile/8/000",
            "tile/-1/000",
            "tile/+1/000",
            "tile/0/001.p/0",
            "tile/0/001.p/256",
            "tile/0/001.p/01",
            "tile/0/001.p/",
            "tile/0/001.p/+1",
            "tile/0/x001",
            "tile/0/001/002",
            "tile/0/x001/2",
            "tile/0/../000",
            "tile/0/000/",
            "/tile/0/000",
            "tile/0/000.p/1.p/1",
            "tile/entries",
            "tile/entries/0",
            "tile/0/٠٠٠",
            "checkpoint/",
            "Checkpoint",
            "tile/7/001",
            "tile/0/x072/x057/x594/x037/x927/936",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ];
        for path in wrong {
            assert_eq!(path.parse::<Resource>(), Err(NotAPath), "{path}");
        }
    }

    /// The example of tlog-tiles.
    #[test]
    fn a_tree_of_seventy_thousand() {
        let of_level = |level| grown_tiles(0, 70_000).filter(|tile| tile.level == level).collect::<Vec<_>>();
        let full = |level| of_level(level).iter().filter(|tile| tile.is_full()).count();
        assert_eq!((full(0), full(1), full(2)), (273, 1, 0));
        assert_eq!(of_level(0).last().map(|tile| tile.width), Some(112));
        assert_eq!(of_level(1).last().map(|tile| tile.width), Some(17));
        assert_eq!(of_level(2), [Tile { level: 2, index: 0, width: 1 }]);
        let of_256: Vec<String> = grown_tiles(0, 256).map(Tile::path).collect();
        assert_eq!(of_256, ["tile/0/000", "tile/1/000.p/1"]);
    }

    #[test]
    fn growth_names_what_changed_and_no_more() {
        let paths = |old, new| grown_tiles(old, new).map(Tile::path).collect::<Vec<_>>();
        assert_eq!(paths(5, 5), [""; 0]);
        assert_eq!(paths(6, 5), [""; 0]);
        assert_eq!(paths(5, 6), ["tile/0/000.p/6"]);
        assert_eq!(paths(255, 257), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
        assert_eq!(paths(256, 257), ["tile/0/001.p/1"]);
        assert_eq!(paths(65_535, 65_536), ["tile/0/255", "tile/1/000", "tile/2/000.p/1"]);
        assert_eq!(grown_bundles(255, 257).map(Bundle::path).collect::<Vec<_>>(), ["tile/entries/000", "tile/entries/001.p/1"]);
        assert_eq!(grown_tiles(0, u64::MAX).take(3).count(), 3);
        assert_eq!(grown_tiles(u64::MAX - 1, u64::MAX).count(), 1);
    }
}
