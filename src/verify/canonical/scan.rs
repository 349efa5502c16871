//! Whether a text is RFC 8785, told at sight.

/// Whether `text` is surely canonical, without reading it into values: no is no answer. Left aside is what statements seldom
/// have: fractions, long integers, `\u` escapes, and member names that UTF-8 and UTF-16 order otherwise.
pub(crate) fn is_surely_canonical(text: &str) -> bool {
    let mut scan = Scan { text: text.as_bytes(), at: 0 };
    scan.value(0).is_some() && scan.at == text.len()
}

/// None: not surely canonical.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// serde_json reads 128 levels.
    const DEPTH: usize = 64;
    /// An integer of so many digits is a double that RFC 8785 writes as it stands.
    const DIGITS: usize = 15;

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > Self::DEPTH {
            return None;
        }
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'-' | b'0'..=b'9' => self.integer(),
            _ => ["true", "false", "null"].iter().find_map(|word| self.word(word)),
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.expect(b'{')?;
        if self.expect(b'}').is_some() {
            return Some(());
        }
        let mut before: Option<&[u8]> = None;
        loop {
            let name = self.string()?;
            // Below U+E000 the order of the bytes is that of UTF-16.
            if name.iter().any(|byte| *byte == b'\\' || *byte >= 0xee) || before.is_some_and(|before| before >= name) {
                return None;
            }
            before = Some(name);
            self.expect(b':')?;
            self.value(depth + 1)?;
            if self.expect(b',').is_none() {
                return self.expect(b'}');
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.expect(b'[')?;
        if self.expect(b']').is_some() {
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            if self.expect(b',').is_none() {
                return self.expect(b']');
            }
        }
    }

    /// What stands between the quotes, as it is written.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let begin = self.at;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    matches!(self.peek()?, b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't').then_some(())?;
                }
                0..=0x1f => return None,
                _ => {}
            }
            self.at += 1;
        }
        let string = self.text.get(begin..self.at)?;
        self.at += 1;
        Some(string)
    }

    fn integer(&mut self) -> Option<()> {
        let negative = self.expect(b'-').is_some();
        let rest = self.text.get(self.at..)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let spare_zero = rest.first() == Some(&b'0') && (negative || digits > 1);
        let fraction = matches!(rest.get(digits), Some(b'.' | b'e' | b'E'));
        if !(1..=Self::DIGITS).contains(&digits) || spare_zero || fraction {
            return None;
        }
        self.at += digits;
        Some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word.as_bytes()).then(|| self.at += word.len())
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::canonical::{canonical_text, read_canonical};

    #[test]
    fn what_statements_have_is_surely_canonical() {
        let long = r#"{"A":null,"a":["\n\\\"",{"b":true,"乙":[999999999999999,-10,0]}],"ab":"张😀/"}"#;
        for text in ["{}", "[]", "null", "-1", "0", "[[],{}]", long] {
            assert!(is_surely_canonical(text) && read_canonical(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn all_else_is_not() {
        let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
        for text in ["", " 1", "1 ", "-0", "01", "-", "1.5", "1e1", "1234567890123456", "tru", "[1,]", "[1", "[,1]", "{}{}", &deep] {
            assert!(!is_surely_canonical(text), "{text}");
        }
        let objects = [r#"{"a":1,}"#, r#"{"a"1}"#, r#"{"a":1,"a":1}"#, r#"{"b":1,"a":1}"#, r#"{a:1}"#, "{\"\u{e000}\":1}", r#"{"\n":1}"#];
        let texts = ["\"", r#""\/""#, r#""\u0001""#, "\"\u{1}\"", r#""\"#, r#""\""#];
        for text in objects.into_iter().chain(texts) {
            assert!(!is_surely_canonical(text), "{text}");
        }
    }

    fn sample() -> impl Strategy<Value = Value> {
        (".{0,6}", any::<i64>(), any::<f32>(), prop::collection::vec(".{0,3}", 0..3))
            .prop_map(|(text, number, float, names)| json!({"a": [text, number % 100, float, {"乙": names}], "b": null, "c": {"d": -7}}))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn what_is_surely_canonical_is_canonical(value in sample(), place in any::<prop::sample::Index>(), by in r#"[ "\\{}\[\],:0-9a-f.é😀]{0,2}"#) {
            let text = canonical_text(&value).unwrap();
            prop_assert!(!is_surely_canonical(&text) || read_canonical(text.as_bytes()).is_ok(), "{}", text);
            let mut characters: Vec<char> = text.chars().collect();
            let place = place.index(characters.len());
            characters.splice(place..=place, by.chars());
            let changed: String = characters.into_iter().collect();
            prop_assert!(!is_surely_canonical(&changed) || read_canonical(changed.as_bytes()).is_ok(), "{}", changed);
        }
    }
}
