//! Templates: typst sources. `#import "/zhengzhao.typ": *` gives a template what it needs; that file (`templates/zhengzhao.typ`)
//! says of each function what it does.
//!
//! Names of what a face shows, besides properties: `name` (the title), `number`, `identifier`, `issuer`, `holder`, `issuedOn`,
//! `validFrom`, `validTo`. What is shown by `value(…)` or wrapped in `marked(…)` is found again in the sheet's marks and in the
//! OFD's tags.

use std::sync::LazyLock;

use typst::syntax::{DiagSpanKind, Source};

use crate::error::{Fault, Measure, RenderError};
use crate::limits;
use crate::world;

static DEFAULT: LazyLock<Source> = LazyLock::new(|| world::source(world::FACE, include_str!("templates/default.typ")));

/// A template, parsed.
#[derive(Debug, Clone)]
pub struct Template {
    pub(crate) source: Source,
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// When it is too large, or is no typst: every fault with its line and column. What only data can show (an unknown
    /// variable, a property the type lacks) is found by [`crate::lay_out`].
    pub fn new(text: &str) -> Result<Self, RenderError> {
        limits::within(Measure::TemplateBytes, text.len(), limits::TEMPLATE_BYTES)?;
        let source = world::source(world::FACE, text);
        let (errors, _) = source.root().errors_and_warnings();
        if errors.is_empty() {
            return Ok(Self { source });
        }
        let fault = |error: &typst::syntax::SyntaxDiagnostic| {
            let range = match error.span.get() {
                DiagSpanKind::Number { num, sub_range, .. } => source.range(num, sub_range),
                DiagSpanKind::Range { range, .. } => Some(range),
                DiagSpanKind::Detached => None,
            };
            let (line, column) =
                range.and_then(|range| source.lines().byte_to_line_column(range.start)).map_or((0, 0), |(l, c)| (l + 1, c + 1));
            Fault {
                file: world::FACE.trim_start_matches('/').to_owned(),
                line,
                column,
                message: error.message.to_string(),
                hints: error.hints.iter().map(|hint| hint.v.to_string()).collect(),
            }
        };
        Err(RenderError::Template(errors.iter().map(fault).collect()))
    }

    /// The face of a type without a template of its own: A4, its printed properties in the order of the type file.
    pub fn default_face() -> Self {
        Self { source: DEFAULT.clone() }
    }
}
