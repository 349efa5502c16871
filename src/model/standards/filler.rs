//! Fillers: what senders put into a mandatory item that they have no value for.

/// Whether a text says nothing: blank, `-`, `--` or `空`, as seen in real feeds.
pub fn is_filler(text: &str) -> bool {
    matches!(text.trim(), "" | "-" | "--" | "空")
}

/// The text unless it is a filler. Blanks around a value are the sender's and stay.
pub fn filled(text: &str) -> Option<&str> {
    (!is_filler(text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_count_as_empty() {
        for text in ["", "  ", "\u{3000}", "-", "--", " -- ", "空"] {
            assert_eq!(filled(text), None, "{text:?}");
        }
    }

    #[test]
    fn values_are_kept_as_they_stand() {
        // 空 may begin a real word, and a house number may hold a dash.
        for text in ["空调安装", "3-201", "0", " 甲 "] {
            assert_eq!(filled(text), Some(text));
        }
    }
}
