//! Strings as characters and as instants (ISO 32000-1, 7.9.2 and 7.9.4).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{object::Node, syntax::digit};

/// Characters kept of a string: more is no name or reason but a burden.
const LONGEST: usize = 4096;

/// The bytes that a string spells.
pub(super) fn bytes(spelling: &[u8]) -> Vec<u8> {
    let inside = spelling.get(1..spelling.len().saturating_sub(1)).unwrap_or_default();
    if spelling.first() == Some(&b'<') {
        let digits: Vec<u8> = inside.iter().filter_map(|byte| digit(*byte)).collect();
        return digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect();
    }
    let mut found = Vec::with_capacity(inside.len());
    let mut left = inside;
    while let Some((&byte, after)) = left.split_first() {
        left = after;
        if byte != b'\\' {
            found.push(byte);
            continue;
        }
        let Some((&escaped, after)) = left.split_first() else { break };
        left = after;
        match escaped {
            b'n' => found.push(b'\n'),
            b'r' => found.push(b'\r'),
            b't' => found.push(b'\t'),
            b'b' => found.push(8),
            b'f' => found.push(12),
            b'\r' => left = left.strip_prefix(b"\n").unwrap_or(left),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u16::from(escaped - b'0');
                for _ in 0..2 {
                    let Some((&next @ b'0'..=b'7', after)) = left.split_first() else { break };
                    value = value * 8 + u16::from(next - b'0');
                    left = after;
                }
                found.push((value & 0xff) as u8);
            }
            other => found.push(other),
        }
    }
    found
}

/// A text string: UTF-16 or UTF-8 with its mark, else Latin-1, which PDFDocEncoding nearly is.
pub(super) fn decode(node: &Node<'_>) -> Option<String> {
    let bytes = bytes(node.text()?);
    let text = if let Some(pairs) = bytes.strip_prefix(b"\xfe\xff") {
        let units = pairs.chunks(2).map(|pair| u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
        char::decode_utf16(units).map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER)).take(LONGEST).collect()
    } else if let Some(utf8) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        String::from_utf8_lossy(utf8).chars().take(LONGEST).collect()
    } else {
        bytes.iter().take(LONGEST).map(|byte| char::from(*byte)).collect()
    };
    Some(text)
}

/// A name as characters.
pub(super) fn of_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).chars().take(LONGEST).collect()
}

/// `D:YYYYMMDDHHmmSSOHH'mm'` as an instant; what is left out from the right has its least value, no zone means UTC.
pub(super) fn instant(date: &str) -> Option<DateTime<Utc>> {
    let date = date.strip_prefix("D:").unwrap_or(date);
    let length = date.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, zone) = date.split_at(length);
    let part = |from: usize, to: usize, least: u32| match digits.get(from..to) {
        Some(part) => part.parse().ok(),
        None if digits.len() <= from => Some(least),
        None => None,
    };
    let year = digits.get(..4)?.parse().ok()?;
    let day = NaiveDate::from_ymd_opt(year, part(4, 6, 1)?, part(6, 8, 1)?)?;
    let local = day.and_hms_opt(part(8, 10, 0)?, part(10, 12, 0)?, part(12, 14, 0)?)?;
    if digits.len() > 14 {
        return None;
    }
    let minutes = |zone: &str| {
        let mut parts = zone.trim_end_matches('\'').split('\'');
        let hours: i64 = parts.next()?.parse().ok().filter(|hours| (0..24).contains(hours))?;
        let minutes: i64 = parts.next().map_or(Some(0), |part| part.parse().ok()).filter(|minutes| (0..60).contains(minutes))?;
        parts.next().is_none().then_some(hours * 60 + minutes)
    };
    let east = match zone.split_at_checked(1) {
        None | Some(("Z", _)) => 0,
        Some(("+", rest)) => minutes(rest)?,
        Some(("-", rest)) => -minutes(rest)?,
        Some(_) => return None,
    };
    local.checked_sub_signed(TimeDelta::minutes(east)).map(|utc| utc.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_and_without_zone() {
        let noon = "2026-11-22T12:00:00Z".parse().ok();
        assert_eq!(instant("D:20261122200000+08'00'"), noon);
        assert_eq!(instant("D:20261122200000+08'00"), noon);
        assert_eq!(instant("D:20261122120000Z"), noon);
        assert_eq!(instant("D:20261122"), "2026-11-22T00:00:00Z".parse().ok());
        for wrong in ["", "D:", "D:2026112", "D:20261322", "D:20261122200000+99'00'", "D:20261122200000x"] {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn strings_are_unescaped() {
        assert_eq!(
            bytes(
                br"(a\(b\)\101\n\
c)"
            ),
            b"a(b)A\nc"
        );
        assert_eq!(bytes(b"<4 1 4>"), b"A@");
    }
}
