//! Titles in both languages, and how well a fact is known.

use serde::{Deserialize, Serialize};
use verify::messages::Lang;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

impl Text {
    pub fn get(&self, lang: Lang) -> &str {
        pick(&self.zh, &self.en, lang)
    }

    /// Whether one of the two is missing.
    pub(super) fn is_incomplete(&self) -> bool {
        self.zh.trim().is_empty() || self.en.trim().is_empty()
    }
}

/// How well a fact of the dictionary is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Read in a source that states it.
    Verified,
    /// Recomputed here.
    Computed,
    /// Follows from several verified facts.
    Inferred,
    /// From implementers' code, notices or vendors, not from the standard's text.
    Secondary,
    /// A single weak hint: no rule is built on it.
    Unsure,
    /// This project's own, so that the demonstration works.
    Demo,
}

pub(super) fn pick<'a>(zh: &'a str, en: &'a str, lang: Lang) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
