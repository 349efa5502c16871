//! What is wrong with a type file, said so that its author can act on it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};
use serde::Serialize;
use verify::messages::Lang;

use super::SourceFile;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    pub zh: String,
    pub en: String,
}

impl Message {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// An error keeps the file from being registered; a warning does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// Declares the codes with their wire names, so that the list that tests walk cannot miss one.
macro_rules! codes {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// The stable name of a kind of fault: programs and documents may rely on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code { $($variant),+ }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

codes! {
    TooBig = "too-big",
    TooDeep = "too-deep",
    NotJson = "not-json",
    DuplicateKey = "duplicate-key",
    MetaSchema = "meta-schema",
    NotJsonSchema = "not-json-schema",
    UnknownKeyword = "unknown-keyword",
    TooManyProperties = "too-many-properties",
    RemoteReference = "remote-reference",
    ReferenceNotFound = "reference-not-found",
    CyclicReference = "cyclic-reference",
    ReferencesTooLarge = "references-too-large",
    TypeName = "type-name",
    NameTaken = "name-taken",
    PropertyName = "property-name",
    ReservedName = "reserved-name",
    NameCollision = "name-collision",
    TypeCode = "type-code",
    SharedTypeCode = "shared-type-code",
    DefiningAuthority = "defining-authority",
    Version = "version",
    NoGraphqlForm = "no-graphql-form",
    IntroducedProperty = "introduced-property",
    RequiredUnknown = "required-unknown",
    UnknownFormat = "unknown-format",
    MissingTitle = "missing-title",
    UnknownCodeTable = "unknown-code-table",
    CodesMisplaced = "codes-misplaced",
    UnknownCode = "unknown-code",
    NotSearchable = "not-searchable",
    TooManySearchable = "too-many-searchable",
    SearchOnPersonal = "search-on-personal",
    SearchFamilyChanged = "search-family-changed",
    UnknownProperty = "unknown-property",
    UnfitProperty = "unfit-property",
    UnfitRule = "unfit-rule",
    OptionalHolder = "optional-holder",
    Template = "template",
    Pattern = "pattern",
    PatternNotAnchored = "pattern-not-anchored",
    NumberNotMade = "number-not-made",
    PersonalNumber = "personal-number",
    PersonalName = "personal-name",
    PersonalSerial = "personal-serial",
    Serial = "serial",
    Period = "period",
    NoValidity = "no-validity",
    UnknownStatusScheme = "unknown-status-scheme",
    UnknownStatusCode = "unknown-status-code",
    UnfitTransition = "unfit-transition",
    UnknownType = "unknown-type",
    BrokenRelation = "broken-relation",
    DuplicateRule = "duplicate-rule",
    ExampleInvalid = "example-invalid",
    ExampleNumber = "example-number",
    SchemaNotCompiled = "schema-not-compiled",
    TooManyFaults = "too-many-faults",
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fault or doubt of a type file, with its place. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub message: Message,
    /// What to do about it.
    pub help: Message,
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    /// JSON pointer (RFC 6901) of the place; empty for the whole file.
    pub pointer: String,
    /// Bytes of the file's text that are underlined.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl Diagnostic {
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// By file in the order given, then by place.
pub(super) fn sort(diagnostics: &mut [Diagnostic], files: &[SourceFile]) {
    let order = |name: &str| files.iter().position(|file| file.name == name).unwrap_or(usize::MAX);
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (order(&d.file), d.span.start, d.severity, d.code);
        key(a).cmp(&key(b)).then_with(|| a.message.en.cmp(&b.message.en))
    });
}

/// The diagnostics as text for people: message, place, the source line underlined, help.
pub fn render(diagnostics: &[Diagnostic], files: &[SourceFile], lang: Lang) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let text = files.iter().find(|file| file.name == diagnostic.file).map(|file| file.text.as_str());
        out.push_str(&one(diagnostic, text.unwrap_or_default(), lang));
        out.push('\n');
        out.push('\n');
    }
    out
}

fn one(diagnostic: &Diagnostic, text: &str, lang: Lang) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR.with_name(match lang {
            Lang::Zh => "错误",
            Lang::En => "error",
        }),
        Severity::Warning => Level::WARNING.with_name(match lang {
            Lang::Zh => "警告",
            Lang::En => "warning",
        }),
    };
    let help = Level::HELP.with_name(match lang {
        Lang::Zh => "建议",
        Lang::En => "help",
    });
    // Only the line itself is handed over: positions then cost the same however long the file is.
    let (start, line) = line_at(text, diagnostic.span.start);
    let from = diagnostic.span.start.saturating_sub(start).min(line.len());
    let to = diagnostic.span.end.saturating_sub(start).clamp(from, line.len());
    let place = format!("{}:{}:{}", diagnostic.file, diagnostic.line, diagnostic.column);
    let group = level.primary_title(diagnostic.message.text(lang)).id(diagnostic.code.as_str());
    let report = &[if line.trim().is_empty() {
        group.element(Level::NOTE.no_name().message(place)).element(help.message(diagnostic.help.text(lang)))
    } else {
        group
            .element(
                Snippet::source(line)
                    .line_start(diagnostic.line)
                    .path(diagnostic.file.as_str())
                    .annotation(AnnotationKind::Primary.span(from..to)),
            )
            .element(help.message(diagnostic.help.text(lang)))
    }];
    Renderer::plain().decor_style(DecorStyle::Ascii).term_width(120).render(report)
}

fn line_at(text: &str, offset: usize) -> (usize, &str) {
    let offset = text.floor_char_boundary(offset);
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    (start, text[start..end].trim_end_matches('\r'))
}
