//! Bytes in the alphabet that a QR code stores densest and a URL takes as it is.
//!
//! A QR code has 45 alphanumeric characters. Base45 (RFC 9285) uses them all, and its space and `%` break a link. 41 of them are
//! enough: 41³ > 256², so two bytes are three characters here as there. Without `/`, `.` and `%` the text is one segment of a path.

const ALPHABET: &[u8; 41] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-:";

/// Two bytes become three characters, a last single one two.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let mut value = pair.iter().fold(0, |value, byte| value * 256 + usize::from(*byte));
        for _ in 0..=pair.len() {
            text.push(char::from(ALPHABET[value % 41]));
            value /= 41;
        }
    }
    text
}

/// The bytes of a text; None for a character that does not belong, a length that cannot be, or a group too large for its bytes.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let value = group.iter().rev().try_fold(0, |value, character| {
            let digit = ALPHABET.iter().position(|known| known == character)?;
            Some(value * 41 + digit)
        })?;
        match group.len() {
            3 => bytes.extend(u16::try_from(value).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(value).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_character_may_stand_in_a_path() {
        assert_eq!(ALPHABET.len(), 41);
        assert_eq!(encode(b""), "");
        assert_eq!(encode(&[0, 0, 0]), "00000");
        assert_eq!(encode(&[255, 255]), "H:+");
        for foreign in ["0", "0000", "00a", ":::", ":7", "%20"] {
            assert_eq!(decode(foreign), None, "{foreign}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_reads(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn a_text_has_one_spelling(text in "[0-9A-Z$*+:-]{0,60}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
