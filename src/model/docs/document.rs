//! A document as its parts, for whoever sets it: as a page, or on paper.
//!
//! In every text what stands between two backticks is code. Texts of others come through [`plain`], so that they open none.

use serde::Serialize;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    pub title: String,
    /// For whom, by whom, of when: under the title.
    pub subtitle: Vec<String>,
    pub sections: Vec<Section>,
}

/// What stands under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    pub title: String,
    pub blocks: Vec<Block>,
}

/// One part of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    Heading {
        text: String,
    },
    Text {
        text: String,
    },
    List {
        items: Vec<String>,
    },
    Table {
        head: Vec<String>,
        /// Shares of the width, a column each.
        widths: Vec<u8>,
        rows: Vec<Vec<String>>,
    },
    /// Lines as they stand; nothing in them is markup.
    Code {
        /// What it is, to tell several from one another.
        label: String,
        text: String,
    },
}

impl Block {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    pub(super) fn heading(text: impl Into<String>) -> Self {
        Self::Heading { text: text.into() }
    }

    pub(super) fn code(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Code { label: label.into(), text: text.into() }
    }

    /// `head`: each column's title and its share of the width.
    pub(super) fn table(head: &[(&str, u8)], rows: Vec<Vec<String>>) -> Self {
        let (head, widths) = head.iter().map(|(title, width)| ((*title).to_owned(), *width)).unzip();
        Self::Table { head, widths, rows }
    }
}

/// A text of somebody else's: without marks and on one line.
pub(super) fn plain(text: &str) -> String {
    text.replace('`', "'").replace(['\r', '\n'], " ")
}

/// As code.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", plain(text))
}
