//! A font cut down for PDF has no character map; OFD readers want one. Puts `cmap` and `OS/2` back.

/// A font file's tables, by tag.
type Tables<'a> = Vec<([u8; 4], std::borrow::Cow<'a, [u8]>)>;

/// The cut-down font with a character map added, and `OS/2` as in the whole font. None when either is no font.
pub(crate) fn with_cmap(cut: &[u8], whole: &[u8], characters: &[(char, u16)]) -> Option<Vec<u8>> {
    let mut all = tables(cut)?;
    all.retain(|(tag, _)| tag != b"cmap" && tag != b"OS/2");
    let (_, os2) = tables(whole)?.into_iter().find(|(tag, _)| tag == b"OS/2")?;
    all.push((*b"OS/2", os2));
    all.push((*b"cmap", cmap(characters).into()));
    all.sort_by_key(|(tag, _)| *tag);
    assemble(cut.get(..4)?, all)
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(data: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?)).ok()
}

fn tables(font: &[u8]) -> Option<Tables<'_>> {
    let count = usize::from(u16_at(font, 4)?);
    (0..count)
        .map(|index| {
            let record = 12 + 16 * index;
            let tag = font.get(record..record + 4)?.try_into().ok()?;
            let (offset, length) = (u32_at(font, record + 8)?, u32_at(font, record + 12)?);
            Some((tag, font.get(offset..offset.checked_add(length)?)?.into()))
        })
        .collect()
}

fn assemble(flavour: &[u8], mut all: Tables<'_>) -> Option<Vec<u8>> {
    let count = u16::try_from(all.len()).ok()?;
    let selector = count.checked_ilog2()?;
    let range = (1u16 << selector) * 16;
    let mut font = flavour.to_vec();
    for value in [count, range, u16::try_from(selector).ok()?, count * 16 - range] {
        font.extend(value.to_be_bytes());
    }
    let mut offset = 12 + 16 * all.len();
    let mut adjustment = None;
    for (tag, data) in &mut all {
        if tag == b"head" {
            data.to_mut().get_mut(8..12)?.fill(0);
            adjustment = Some(offset + 8);
        }
        font.extend(*tag);
        for value in [checksum(data), u32::try_from(offset).ok()?, u32::try_from(data.len()).ok()?] {
            font.extend(value.to_be_bytes());
        }
        offset += data.len().next_multiple_of(4);
    }
    for (_, data) in &all {
        font.extend_from_slice(data);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    if let Some(at) = adjustment {
        let value = 0xB1B0_AFBA_u32.wrapping_sub(checksum(&font));
        font.get_mut(at..at + 4)?.copy_from_slice(&value.to_be_bytes());
    }
    Some(font)
}

/// The sum of a table's big-endian words, the last filled up with zeros.
fn checksum(data: &[u8]) -> u32 {
    let word = |chunk: &[u8]| chunk.iter().chain(&[0; 4]).take(4).fold(0u32, |word, byte| word << 8 | u32::from(*byte));
    data.chunks(4).map(word).fold(0, u32::wrapping_add)
}

/// Formats 4 (the basic plane) and 12 (everything), for Unicode and Windows.
fn cmap(characters: &[(char, u16)]) -> Vec<u8> {
    let mut sorted: Vec<(u32, u16)> = characters.iter().map(|(c, glyph)| (u32::from(*c), *glyph)).collect();
    sorted.sort_unstable();
    sorted.dedup_by_key(|(code, _)| *code);
    let basic: Vec<(u16, u16)> =
        sorted.iter().filter_map(|(code, glyph)| Some((u16::try_from(*code).ok().filter(|code| *code < 0xFFFF)?, *glyph))).collect();
    let (four, twelve) = (format_4(&basic), format_12(&sorted));
    let start = 4 + 4 * 8;
    let mut table = Vec::new();
    let put16 = |table: &mut Vec<u8>, value: u16| table.extend(value.to_be_bytes());
    put16(&mut table, 0);
    put16(&mut table, 4);
    for (platform, encoding, second) in [(0u16, 3u16, false), (0, 4, true), (3, 1, false), (3, 10, true)] {
        put16(&mut table, platform);
        put16(&mut table, encoding);
        table.extend(u32::try_from(start + if second { four.len() } else { 0 }).unwrap_or_default().to_be_bytes());
    }
    table.extend(four);
    table.extend(twelve);
    table
}

/// One segment a character: a face shows some hundred at most.
fn format_4(characters: &[(u16, u16)]) -> Vec<u8> {
    let segments = u16::try_from(characters.len() + 1).unwrap_or(u16::MAX);
    let selector = segments.ilog2();
    let range = 2 * (1u32 << selector);
    let mut words: Vec<u16> =
        vec![4, 16 + 8 * segments, 0, 2 * segments, u16::try_from(range).unwrap_or_default(), u16::try_from(selector).unwrap_or_default()];
    words.push((2 * segments).wrapping_sub(u16::try_from(range).unwrap_or_default()));
    words.extend(characters.iter().map(|(code, _)| *code).chain([0xFFFF]));
    words.push(0);
    words.extend(characters.iter().map(|(code, _)| *code).chain([0xFFFF]));
    words.extend(characters.iter().map(|(code, glyph)| glyph.wrapping_sub(*code)).chain([1]));
    words.extend(std::iter::repeat_n(0, usize::from(segments)));
    words.into_iter().flat_map(u16::to_be_bytes).collect()
}

fn format_12(characters: &[(u32, u16)]) -> Vec<u8> {
    let count = u32::try_from(characters.len()).unwrap_or_default();
    let mut table = vec![0, 12, 0, 0];
    for value in [16 + 12 * count, 0, count] {
        table.extend(value.to_be_bytes());
    }
    for (code, glyph) in characters {
        for value in [*code, *code, u32::from(*glyph)] {
            table.extend(value.to_be_bytes());
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use subsetter::{GlyphRemapper, subset};

    use super::*;
    use crate::fonts::SONG;

    #[test]
    fn a_cut_font_finds_its_characters_again() {
        let whole = ttf_parser::Face::parse(SONG, 0).unwrap();
        let mut remapper = GlyphRemapper::new();
        let characters: Vec<(char, u16)> = "证照𫓧A（".chars().filter_map(|c| Some((c, remapper.remap(whole.glyph_index(c)?.0)))).collect();
        let cut = with_cmap(&subset(SONG, 0, &remapper).unwrap(), SONG, &characters).unwrap();
        assert!(cut.len() < 8000, "{}", cut.len());
        let face = ttf_parser::Face::parse(&cut, 0).unwrap();
        for (c, glyph) in &characters {
            assert_eq!(face.glyph_index(*c).map(|glyph| glyph.0), Some(*glyph), "{c}");
            assert_eq!(face.glyph_hor_advance(ttf_parser::GlyphId(*glyph)), whole.glyph_hor_advance(whole.glyph_index(*c).unwrap()));
        }
        assert_eq!(face.glyph_index('文'), None);
        assert_eq!(checksum(&cut), 0xB1B0_AFBA, "the sum over the whole font");
    }

    proptest! {
        #[test]
        fn foreign_bytes_are_no_font(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = with_cmap(&bytes, SONG, &[]);
            prop_assert!(with_cmap(SONG, &bytes, &[]).is_none());
        }
    }
}
