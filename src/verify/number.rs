//! One spelling of a certificate number, for comparing and for uniqueness. The original is what is stored and shown.
//!
//! Real feeds write the same number with （） or (), 〔〕, 【】 or [], in full width or half width, with stray spaces.

/// The comparable form of a certificate number: every bracket pair becomes `()`, full-width letters, digits and signs
/// become half-width, white space and invisible characters go, Latin letters become upper case.
pub fn normalise_number(number: &str) -> String {
    number.chars().filter_map(normalise_character).collect()
}

fn normalise_character(character: char) -> Option<char> {
    let narrow = half_width(character);
    match narrow {
        '[' | '〔' | '【' | '〖' | '﹝' => Some('('),
        ']' | '〕' | '】' | '〗' | '﹞' => Some(')'),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        _ if narrow.is_whitespace() || narrow.is_control() => None,
        _ => Some(narrow.to_ascii_uppercase()),
    }
}

/// U+FF01 to U+FF5E are ASCII shifted by 0xFEE0.
pub(crate) fn half_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_one_number_is_one() {
        for spelling in [
            "湘建安A（2023）0000403",
            "湘建安Ａ(2023) 0000403",
            "湘建安a〔２０２３〕0000403",
            "湘建安A【2023】　0000403",
            "湘建安A[2023]0000403",
            "湘建安A［2023］0000403\u{feff}",
        ] {
            assert_eq!(normalise_number(spelling), "湘建安A(2023)0000403", "{spelling}");
        }
        assert_ne!(normalise_number("A-1"), normalise_number("A1"));
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(number in ".{0,40}") {
            let once = normalise_number(&number);
            prop_assert_eq!(normalise_number(&once), once);
        }
    }
}
