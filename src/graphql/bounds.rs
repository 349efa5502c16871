//! What a document may cost, told before anything walks it: the library's parser recurses without a limit of its own, and its
//! validation visits a fragment anew at every spread.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use tokio::sync::Semaphore;
use verify::messages::Lang;

use super::budget::Spent;

/// Brackets within brackets, of any kind.
const MAX_NESTING: usize = 64;
/// Fields and fragments within one another, fragments written out: whatever walks a document goes as deep.
const MAX_DEPTH: usize = 100;
/// Fields with every fragment written out.
const MAX_FIELDS: u64 = 2_000;
/// Fields of the root.
const MAX_ROOT_FIELDS: u64 = 50;
/// Roots that verify, by the beginning of their names.
const VERIFYING: [&str; 2] = ["verify", "sealedFiles"];
/// Verifications of one request, each of which may name a hundred certificates.
const MAX_VERIFICATIONS: u64 = 10;

/// So many of the largest requests are answered at once; others wait.
const AT_ONCE: u64 = 8;
/// Certificates of a request that is large.
const LARGE: u64 = 1_000;

/// What one request may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Certificates that it may ask for, told before anything is read.
    pub nodes: u64,
    /// Length of its answer, in bytes.
    pub answer_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { nodes: 20_000, answer_bytes: 16 << 20 }
    }
}

impl Bounds {
    /// Certificates that may be read. A page is read with one more than is shown, and a certificate with several holders, or a
    /// relation from several values, reaches more than was told.
    pub(super) fn certificates(&self) -> usize {
        usize::try_from(self.nodes.saturating_mul(2)).unwrap_or(usize::MAX)
    }

    /// Certificates that all large requests together may be asking for at once.
    pub(super) fn at_once(&self) -> usize {
        usize::try_from(self.nodes.saturating_mul(AT_ONCE)).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS)
    }

    /// How much of that one request for so many takes; nothing, where it is not large.
    pub(super) fn permits(&self, nodes: u64) -> u32 {
        if nodes < LARGE { 0 } else { u32::try_from(nodes).unwrap_or(u32::MAX) }
    }

    /// Is a request for so many within the bounds?
    pub(super) fn nodes(&self, asked: u64) -> Result<(), Beyond> {
        let most = self.nodes;
        if asked <= most {
            return Ok(());
        }
        Err(Beyond::new(
            format!("该请求最多会查询{asked}条证照，一次请求最多{most}条：请减小各层的 first（或 last），减少嵌套层数，或分多次查询"),
            format!(
                "this request asks for up to {asked} certificates, at most {most} are allowed: ask for smaller pages (first, last), nest less, or ask several times"
            ),
        ))
    }

    /// What is told of a request that passed its budget.
    pub(super) fn spent(&self, spent: Spent) -> Beyond {
        match spent {
            Spent::Certificates => {
                let most = self.certificates();
                Beyond::new(
                    format!("该请求读取的证照超过{most}条：请减小各层的 first（或 last），减少嵌套层数，或分多次查询"),
                    format!(
                        "this request reads more than {most} certificates: ask for smaller pages (first, last), nest less, or ask several times"
                    ),
                )
            }
            Spent::Bytes => {
                let most = self.answer_bytes;
                Beyond::new(
                    format!("应答超过{most}字节：请减小各层的 first（或 last），少选字段，或分多次查询"),
                    format!(
                        "the answer is longer than {most} bytes: ask for smaller pages (first, last) or fewer fields, or ask several times"
                    ),
                )
            }
        }
    }
}

/// A document beyond a bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beyond {
    zh: String,
    en: String,
}

impl Beyond {
    fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    pub(super) fn message(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }
}

/// Before parsing: nesting, by one pass over the text. Strings and comments do not count.
pub(super) fn text(document: &str) -> Result<(), Beyond> {
    let bytes = document.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'#' => at += bytes[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count(),
            b'"' => at += string(&bytes[at..]),
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > MAX_NESTING {
                    return Err(Beyond::new(
                        format!("查询嵌套超过{MAX_NESTING}层"),
                        format!("the document nests deeper than {MAX_NESTING} brackets"),
                    ));
                }
                at += 1;
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            _ => at += 1,
        }
    }
    Ok(())
}

/// The length of the string that begins here.
fn string(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\"\"\"") {
        let mut at = 3;
        while at < bytes.len() {
            if bytes[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if bytes[at..].starts_with(b"\"\"\"") {
                return at + 3;
            } else {
                at += 1;
            }
        }
        return bytes.len();
    }
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' | b'\n' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Before validation: how many fields the operation selects with every fragment written out. Each fragment is measured once.
pub(super) fn size(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), Beyond> {
    let mut measure = Measure { fragments: &document.fragments, known: HashMap::new(), depth: 0 };
    // Validation walks every fragment, used or not.
    for name in document.fragments.keys() {
        within(measure.fragment(name)?.all, MAX_FIELDS, "字段", "fields")?;
    }
    let found = measure.set(&operation.selection_set.node)?;
    within(found.all, MAX_FIELDS, "字段", "fields")?;
    within(found.here, MAX_ROOT_FIELDS, "根字段", "root fields")?;
    within(found.verifications, MAX_VERIFICATIONS, "验证", "verifications")
}

fn within(found: u64, most: u64, zh: &str, en: &str) -> Result<(), Beyond> {
    if found <= most {
        Ok(())
    } else {
        Err(Beyond::new(format!("一次请求最多{most}个{zh}"), format!("at most {most} {en} a request")))
    }
}

fn deep(levels: usize) -> Result<(), Beyond> {
    if levels <= MAX_DEPTH {
        Ok(())
    } else {
        Err(Beyond::new(
            format!("查询展开片段后超过{MAX_DEPTH}层"),
            format!("the document is deeper than {MAX_DEPTH} levels with its fragments written out"),
        ))
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// At every level.
    all: u64,
    /// At this level.
    here: u64,
    /// `verify…` at this level.
    verifications: u64,
    /// Levels.
    deep: usize,
}

struct Measure<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// None: being measured.
    known: HashMap<Name, Option<Size>>,
    depth: usize,
}

impl Measure<'_> {
    fn set(&mut self, set: &SelectionSet) -> Result<Size, Beyond> {
        // Going down, for the sake of this walk; coming up, for whoever walks behind it and meets no fragment that is known.
        self.depth += 1;
        deep(self.depth)?;
        let mut total = Size::default();
        for selection in &set.items {
            let part = match &selection.node {
                Selection::Field(field) => {
                    let below = self.set(&field.node.selection_set.node)?;
                    let verifies = u64::from(VERIFYING.iter().any(|name| field.node.name.node.starts_with(name)));
                    Size { all: below.all.saturating_add(1), here: 1, verifications: verifies, deep: below.deep }
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node)?,
            };
            total.deep = total.deep.max(part.deep + 1);
            deep(total.deep)?;
            total.all = total.all.saturating_add(part.all).saturating_add(1);
            total.here = total.here.saturating_add(part.here);
            total.verifications = total.verifications.saturating_add(part.verifications);
        }
        self.depth -= 1;
        Ok(total)
    }

    /// An unknown fragment is left to validation.
    fn fragment(&mut self, name: &Name) -> Result<Size, Beyond> {
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                return Err(Beyond::new(format!("片段 {name} 循环引用自身"), format!("the fragment {name} leads back to itself")));
            }
            None => {}
        }
        let Some(fragment) = self.fragments.get(name) else { return Ok(Size::default()) };
        self.known.insert(name.clone(), None);
        let size = self.set(&fragment.node.selection_set.node)?;
        self.known.insert(name.clone(), Some(size));
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn measured(query: &str) -> Result<(), Beyond> {
        text(query)?;
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        size(&document, &operation.node)
    }

    #[test]
    fn nesting_is_refused_before_the_parser_sees_it() {
        for (open, close) in [("[", "]"), ("{a:", "}")] {
            let deep = format!("{{ __typename(x: {}1{}) }}", open.repeat(400), close.repeat(400));
            assert!(text(&deep).is_err());
        }
        assert!(text(&format!("{{ a(x: \"{}\") }} # {}", "[".repeat(400), "(".repeat(400))).is_ok());
        assert!(text("{ a(x: \"\"\" [[[ \\\"\"\" { \"\"\") }").is_ok());
    }

    #[test]
    fn fragments_that_double_at_every_step_are_measured_once_each() {
        let steps: String = (0..60).map(|step| format!("fragment F{step} on Query {{ ...F{0} ...F{0} }} ", step + 1)).collect();
        let query = format!("{{ ...F0 }} {steps} fragment F60 on Query {{ __typename }}");
        assert!(measured(&query).unwrap_err().message(Lang::En).contains("fields"));
        assert!(
            measured("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")
                .unwrap_err()
                .message(Lang::En)
                .contains("itself")
        );
    }

    #[test]
    fn a_chain_of_fragments_is_as_deep_as_it_is_long() {
        let chain = |length: usize| {
            let steps = (0..length).map(|step| format!("fragment F{step} on Query {{ ...F{} }} ", step + 1));
            format!("{{ ...F0 }} {} fragment F{length} on Query {{ __typename }}", steps.collect::<String>())
        };
        assert_eq!(measured(&chain(MAX_DEPTH - 3)), Ok(()));
        for length in [MAX_DEPTH, 5_000] {
            assert!(measured(&chain(length)).unwrap_err().message(Lang::En).contains("deeper"), "{length}");
        }
    }

    #[test]
    fn root_fields_and_verifications_are_counted_through_fragments() {
        let many = |count: usize, field: &str| (0..count).map(|at| format!("a{at}: {field} ")).collect::<String>();
        assert!(measured(&format!("{{ {} }}", many(51, "__typename"))).is_err());
        assert!(measured(&format!("{{ ...V }} fragment V on Query {{ {} }}", many(11, "verifyCertificate(id: 1) { result }"))).is_err());
        assert_eq!(measured(&format!("{{ {} }}", many(10, "verifyCertificate(id: 1) { result }"))), Ok(()));
        assert!(measured(&format!("{{ {} }}", many(11, "sealedFiles(identifier: 1) { format }"))).is_err());
    }
}
