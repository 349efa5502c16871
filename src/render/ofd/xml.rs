//! Well-formed XML by hand: few elements, no namespaces but two, and every byte decided here.

use std::fmt::Write as _;

pub(crate) const NAMESPACE: &str = "http://www.ofdspec.org/2016";

/// An element under construction: its attributes, then its content.
#[derive(Debug)]
pub(crate) struct Element {
    name: String,
    attributes: String,
    content: String,
}

impl Element {
    /// An element in OFD's namespace.
    pub(crate) fn new(name: &str) -> Self {
        Self::named(format!("ofd:{name}"))
    }

    /// An element with its prefix in the name.
    pub(crate) fn named(name: String) -> Self {
        Self { name, attributes: String::new(), content: String::new() }
    }

    pub(crate) fn with(mut self, attribute: &str, value: impl AsRef<str>) -> Self {
        // Writing to a String cannot fail.
        let _ = write!(self.attributes, " {attribute}=\"{}\"", escape(value.as_ref()));
        self
    }

    pub(crate) fn with_some(self, attribute: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.with(attribute, value),
            None => self,
        }
    }

    pub(crate) fn text(mut self, text: impl AsRef<str>) -> Self {
        self.content.push_str(&escape(text.as_ref()));
        self
    }

    pub(crate) fn child(mut self, child: Self) -> Self {
        child.write(&mut self.content);
        self
    }

    pub(crate) fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// A child that only holds text.
    pub(crate) fn leaf(self, name: &str, text: impl AsRef<str>) -> Self {
        self.child(Self::new(name).text(text))
    }

    fn write(&self, to: &mut String) {
        let Self { name, attributes, content } = self;
        let _ = if content.is_empty() { write!(to, "<{name}{attributes}/>") } else { write!(to, "<{name}{attributes}>{content}</{name}>") };
    }

    /// The whole file with this as its root.
    pub(crate) fn document(self) -> Vec<u8> {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.with("xmlns:ofd", NAMESPACE).write(&mut text);
        text.push('\n');
        text.into_bytes()
    }
}

/// A number of millimetres, to a ten-thousandth, without needless zeros.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 1e4).round() / 1e4;
    // No negative zero.
    let text = format!("{:.4}", rounded + 0.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Numbers with spaces between.
pub(crate) fn numbers(values: impl IntoIterator<Item = f64>) -> String {
    values.into_iter().map(number).collect::<Vec<_>>().join(" ")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // As they are, a parser would turn them into spaces in attributes.
            '\n' | '\r' | '\t' => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A text as part of an element's name: letters, digits, `_` and `-`, not beginning with a digit; None otherwise.
pub(crate) fn name(text: &str) -> Option<&str> {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    (plain && text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        assert_eq!(numbers([1.0, 0.25, -0.00001, 210.00004, 12.345_67]), "1 0.25 0 210 12.3457");
    }

    #[test]
    fn an_element_without_content_closes_itself() {
        let text = String::from_utf8(Element::new("A").with("N", "<\"&\n").leaf("B", "x > y").child(Element::new("C")).document()).unwrap();
        assert!(text.ends_with(
            "<ofd:A N=\"&lt;&quot;&amp;&#10;\" xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:B>x &gt; y</ofd:B><ofd:C/></ofd:A>\n"
        ));
    }

    proptest! {
        #[test]
        fn no_text_escapes_its_element(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"']) && !escaped.contains(|c: char| c.is_control()));
        }
    }
}
