//! A type file as text: strict JSON whose every value knows its place.

use std::ops::Range;

use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{ParseOptions, ast, common::Ranged, parse_to_ast};
use serde_json::Value;

use super::diagnostic::{Code, Diagnostic, Message, Severity};
use super::pointer::Pointer;

/// Largest file taken, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// Deepest nesting of objects and arrays.
pub const MAX_DEPTH: usize = 32;

/// A type file as its author gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Shown in diagnostics; need not be a path.
    pub name: String,
    pub text: String,
}

/// Which part of a member is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Key,
    Value,
}

/// A file that is JSON, with the place of everything in it.
pub(super) struct Document<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) root: Value,
    places: Place,
    lines: Vec<usize>,
}

struct Place {
    key: Option<Range<usize>>,
    value: Range<usize>,
    children: Vec<(String, Self)>,
}

impl<'a> Document<'a> {
    /// Size and depth are judged before anything recursive runs; then strict JSON and doubled keys.
    pub(super) fn read(file: &'a SourceFile) -> Result<Self, Vec<Diagnostic>> {
        let lines: Vec<usize> = std::iter::once(0).chain(file.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let fault =
            |code, span: Range<usize>, message, help| diagnostic(file, &lines, code, Severity::Error, Pointer::root(), span, message, help);
        if file.text.len() > MAX_BYTES {
            let message = Message::new(
                format!("文件有 {} 字节，上限为 {MAX_BYTES} 字节", file.text.len()),
                format!("the file has {} bytes; at most {MAX_BYTES} are taken", file.text.len()),
            );
            let help = Message::new(
                "把照片等大块内容移出文件，或拆成两种证照类型",
                "move photos and other bulk out of the file, or split it into two types",
            );
            return Err(vec![fault(Code::TooBig, 0..0, message, help)]);
        }
        if let Some(at) = too_deep(&file.text) {
            let message = Message::new(
                format!("对象和数组的嵌套超过 {MAX_DEPTH} 层"),
                format!("objects and arrays are nested more than {MAX_DEPTH} deep"),
            );
            let help = Message::new("用 $defs 和 $ref 把内层结构提出来", "lift inner structures out with $defs and $ref");
            return Err(vec![fault(Code::TooDeep, at..at + 1, message, help)]);
        }
        let options = ParseOptions {
            allow_comments: false,
            allow_loose_object_property_names: false,
            allow_trailing_commas: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        let tree = parse_to_ast(&file.text, &Default::default(), &options).map_err(|error| {
            let range = error.range();
            vec![fault(Code::NotJson, range.start..range.end, not_json(error.kind()), strict_json())]
        })?;
        let Some(tree) = tree.value else {
            let message = Message::new("文件是空的", "the file is empty");
            let help = Message::new("可用 zhengzhao type new 生成一个样例", "zhengzhao type new writes a file to start from");
            return Err(vec![fault(Code::NotJson, 0..0, message, help)]);
        };
        // The second parser is the judge of what serde takes (numbers out of range, lone surrogates).
        let root: Value = serde_json::from_str(&file.text).map_err(|error| {
            let start = lines.get(error.line().saturating_sub(1)).copied().unwrap_or(0);
            let at = file.text.floor_char_boundary((start + error.column().saturating_sub(1)).min(file.text.len()));
            let message = Message::new(format!("不是合法的 JSON：{error}"), format!("not JSON: {error}"));
            vec![fault(Code::NotJson, at..at, message, strict_json())]
        })?;
        let mut doubled = Vec::new();
        let places = place(&tree, None, &Pointer::root(), &mut doubled);
        if !doubled.is_empty() {
            let faults = doubled.into_iter().map(|(pointer, name, span)| {
                let message =
                    Message::new(format!("键“{name}”在同一对象里出现了两次"), format!("the key “{name}” stands twice in one object"));
                let help = Message::new(
                    "删去其中一个；JSON 里后一个会悄悄盖掉前一个",
                    "remove one of them; in JSON the later silently replaces the earlier",
                );
                diagnostic(file, &lines, Code::DuplicateKey, Severity::Error, pointer, span, message, help)
            });
            return Err(faults.collect());
        }
        Ok(Self { file, root, places, lines })
    }

    /// Makes the diagnostic for a place; a pointer to nothing falls back to the nearest thing above it.
    pub(super) fn diagnostic(
        &self,
        code: Code,
        severity: Severity,
        at: &Pointer,
        part: Part,
        message: Message,
        help: Message,
    ) -> Diagnostic {
        let mut place = &self.places;
        for step in at.steps() {
            match place.children.iter().find(|(name, _)| name == step) {
                Some((_, child)) => place = child,
                None => break,
            }
        }
        let span = match (&place.key, part) {
            (Some(key), Part::Key) => key.clone(),
            _ => place.value.clone(),
        };
        diagnostic(self.file, &self.lines, code, severity, at.clone(), span, message, help)
    }
}

#[expect(clippy::too_many_arguments, reason = "the one place where a diagnostic is put together")]
fn diagnostic(
    file: &SourceFile,
    lines: &[usize],
    code: Code,
    severity: Severity,
    pointer: Pointer,
    span: Range<usize>,
    message: Message,
    help: Message,
) -> Diagnostic {
    let start = file.text.floor_char_boundary(span.start.min(file.text.len()));
    let end = file.text.ceil_char_boundary(span.end.clamp(start, file.text.len()));
    // A value over several lines is underlined on its first line only.
    let end = file.text[start..end].find('\n').map_or(end, |at| start + at);
    let (line, column) = position(&file.text, lines, start);
    let (end_line, end_column) = position(&file.text, lines, end);
    Diagnostic {
        code,
        severity,
        message,
        help,
        file: file.name.clone(),
        line,
        column,
        end_line,
        end_column,
        pointer: pointer.to_string(),
        span: start..end,
    }
}

fn position(text: &str, lines: &[usize], offset: usize) -> (usize, usize) {
    let line = lines.partition_point(|start| *start <= offset).max(1);
    let start = lines.get(line - 1).copied().unwrap_or(0);
    (line, text[start..offset].chars().count() + 1)
}

/// Offset of the bracket that goes too deep. Strings are skipped, nothing is parsed.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(at);
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn place(value: &ast::Value<'_>, key: Option<Range<usize>>, at: &Pointer, doubled: &mut Vec<(Pointer, String, Range<usize>)>) -> Place {
    let range = value.range();
    let mut children: Vec<(String, Place)> = Vec::new();
    match value {
        ast::Value::Object(object) => {
            let mut seen = std::collections::HashSet::new();
            for property in &object.properties {
                let name = property.name.as_str().to_owned();
                let span = property.name.range();
                let inner = at.child(&name);
                if !seen.insert(name.clone()) {
                    doubled.push((inner.clone(), name.clone(), span.start..span.end));
                }
                let child = place(&property.value, Some(span.start..span.end), &inner, doubled);
                children.push((name, child));
            }
        }
        ast::Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                children.push((index.to_string(), place(element, None, &at.index(index), doubled)));
            }
        }
        _ => {}
    }
    Place { key, value: range.start..range.end, children }
}

fn strict_json() -> Message {
    Message::new(
        "类型文件是严格的 JSON：不许注释，不许末尾逗号，键和字符串用双引号",
        "a type file is strict JSON: no comments, no trailing commas, double quotes around keys and strings",
    )
}

fn not_json(kind: &ParseErrorKind) -> Message {
    let zh = match kind {
        ParseErrorKind::CommentsNotAllowed => "JSON 里不许写注释",
        ParseErrorKind::TrailingCommasNotAllowed => "末尾多了一个逗号",
        ParseErrorKind::ExpectedComma => "这里缺一个逗号",
        ParseErrorKind::ExpectedColonAfterObjectKey => "键后面缺冒号",
        ParseErrorKind::ExpectedObjectValue => "冒号后面缺值",
        ParseErrorKind::ExpectedStringObjectProperty => "键要用双引号括起来",
        ParseErrorKind::MultipleRootJsonValues => "一个文件只能有一个 JSON 值",
        ParseErrorKind::SingleQuotedStringsNotAllowed => "字符串要用双引号",
        ParseErrorKind::String(_) => "字符串写法有误或没有结束",
        ParseErrorKind::UnexpectedCloseBrace => "多了一个右花括号",
        ParseErrorKind::UnexpectedCloseBracket => "多了一个右方括号",
        ParseErrorKind::UnterminatedArray => "数组没有结束，缺右方括号",
        ParseErrorKind::UnterminatedObject => "对象没有结束，缺右花括号",
        ParseErrorKind::NestingDepthExceeded => "嵌套过深",
        _ => "这里不是合法的 JSON",
    };
    Message::new(format!("不是合法的 JSON：{zh}"), format!("not JSON: {}", kind.to_string().to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile { name: "t.json".into(), text: text.into() }
    }

    #[test]
    fn a_place_counts_characters_not_bytes() {
        let file = file("{\n  \"证\": {\"码\": 1}\n}");
        let Ok(document) = Document::read(&file) else { panic!("it is JSON") };
        let at = Pointer::root().child("证").child("码");
        let text = || Message::new("", "");
        let found = document.diagnostic(Code::MetaSchema, Severity::Error, &at, Part::Value, text(), text());
        assert_eq!((found.line, found.column, found.end_column), (2, 14, 15));
        let key = document.diagnostic(Code::MetaSchema, Severity::Error, &at, Part::Key, text(), text());
        assert_eq!((key.line, key.column), (2, 9));
    }

    #[test]
    fn brackets_in_strings_are_not_depth() {
        assert_eq!(too_deep(&format!("\"{}\"", "[".repeat(100))), None);
        assert_eq!(too_deep(&"[".repeat(MAX_DEPTH + 1)), Some(MAX_DEPTH));
    }

    #[test]
    fn a_file_beyond_the_limit_is_not_parsed() {
        let found = Document::read(&file(&"[".repeat(MAX_BYTES + 1))).err().expect("refused");
        assert_eq!(found[0].code, Code::TooBig);
    }

    #[test]
    fn comments_and_trailing_commas_are_refused() {
        for text in ["{} // x", "{\"a\":1,}", "[1,]", "{a:1}", "{'a':1}", "1e999", "", "\u{feff}{}", "[+1]", "[0x1]"] {
            assert!(Document::read(&file(text)).is_err(), "{text}");
        }
    }
}
