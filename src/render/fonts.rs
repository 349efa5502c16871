//! The fonts carried along, under the SIL Open Font License (`fonts/OFL.txt`): a serif in two weights and a sans with the 8,105
//! characters of 通用规范汉字表, Latin, punctuation and symbols, and a serif with further Han characters. Parsed on first use.

use std::sync::LazyLock;

use ttf_parser::Face;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

pub(crate) const SONG: &[u8] = include_bytes!("fonts/ZhengzhaoSong-Regular.otf");
pub(crate) const SONG_BOLD: &[u8] = include_bytes!("fonts/ZhengzhaoSong-Bold.otf");
const HEI: &[u8] = include_bytes!("fonts/ZhengzhaoHei-Regular.otf");
const RARE: &[u8] = include_bytes!("fonts/ZhengzhaoSongRare-Regular.otf");

/// In the order of typst's font book.
static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| [SONG, SONG_BOLD, HEI, RARE].into_iter().filter_map(|bytes| Font::new(Bytes::new(bytes), 0)).collect());

static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

static FACES: LazyLock<Vec<Face<'static>>> =
    LazyLock::new(|| [SONG, SONG_BOLD, HEI, RARE].into_iter().filter_map(|bytes| Face::parse(bytes, 0).ok()).collect());

pub(crate) fn book() -> &'static LazyHash<FontBook> {
    &BOOK
}

pub(crate) fn font(index: usize) -> Option<Font> {
    FONTS.get(index).cloned()
}

/// The bold serif, then the font of rare characters: what seals are lettered with.
pub(crate) fn for_seals() -> impl Iterator<Item = &'static Face<'static>> {
    FACES.get(1).into_iter().chain(FACES.get(3))
}

/// Whether some font has a glyph for a character. A name can be checked with it before a certificate is issued.
pub fn has(character: char) -> bool {
    FACES.iter().any(|face| face.glyph_index(character).is_some_and(|glyph| glyph.0 != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERAL: &str = include_str!("../../standards/general-standard-characters.txt");

    #[test]
    fn every_general_standard_character_has_a_glyph_in_each_of_the_three_main_fonts() {
        let all: Vec<char> = GENERAL.lines().filter(|line| !line.starts_with('#')).flat_map(str::chars).collect();
        assert_eq!(all.len(), 8105);
        for face in &FACES[..3] {
            let missing: String = all.iter().filter(|c| face.glyph_index(**c).is_none_or(|glyph| glyph.0 == 0)).collect();
            assert!(missing.is_empty(), "missing: {missing}");
        }
    }

    #[test]
    fn rare_characters_of_names_have_a_glyph_and_pictographs_have_none() {
        assert_eq!(FONTS.len(), 4);
        assert!("㐂𬭛𫍣龘㎡㎥℃≥±×Ⅱ①ā".chars().all(has));
        assert!(!has('🙂') && !has('\u{e000}'));
    }
}
