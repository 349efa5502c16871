//! Are all `$ref` local, is what they name there, and do they come to an end?
//!
//! The later stages and the validator follow references without counting: only a file that passes here reaches them.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::diagnostic::{Code, Message};
use super::super::pointer::Pointer;
use super::super::schema::{children, local_target};
use super::super::source::Part;
use super::Desk;

/// How many references may be followed one after the other.
const MAX_CHAIN: usize = 16;
/// How many subschemas there may be once every reference is written out.
const MAX_EXPANDED: usize = 10_000;
/// Keywords that change what a reference means, or that only matter with several documents.
const REFUSED: &[&str] = &["$dynamicRef", "$dynamicAnchor", "$anchor", "$vocabulary", "$recursiveRef"];

/// True when the references may be followed.
pub(super) fn check(desk: &mut Desk<'_>) -> bool {
    let before = desk.errors();
    let root = desk.root();
    let mut walk = Walk { desk, root, sizes: HashMap::new(), open: HashSet::new(), seen: HashSet::new() };
    let size = walk.measure(&Pointer::root(), root, 0);
    if size > MAX_EXPANDED {
        let message = Message::new(
            format!("把所有 $ref 展开后子模式超过 {MAX_EXPANDED} 个"),
            format!("with every $ref written out there are more than {MAX_EXPANDED} subschemas"),
        );
        let help = Message::new("减少 $defs 之间层层引用的次数", "let fewer $defs refer to one another");
        desk.error(Code::ReferencesTooLarge, &Pointer::root().child("$defs"), Part::Key, message, help);
    }
    desk.errors() == before
}

struct Walk<'d, 'a> {
    desk: &'d mut Desk<'a>,
    root: &'a Value,
    sizes: HashMap<String, usize>,
    /// References being followed at this moment.
    open: HashSet<String>,
    /// Places already reported on: a shared part is reached from many sides.
    seen: HashSet<Pointer>,
}

impl<'a> Walk<'_, 'a> {
    fn measure(&mut self, at: &Pointer, schema: &'a Value, chain: usize) -> usize {
        let Some(map) = schema.as_object() else {
            return 1;
        };
        let mut size = 1_usize;
        for keyword in REFUSED.iter().filter(|keyword| map.contains_key(**keyword)) {
            let message = Message::new(format!("类型文件里不能用“{keyword}”"), format!("“{keyword}” cannot be used in a type file"));
            let help = Message::new("改用 \"$ref\": \"#/$defs/…\"", "use \"$ref\": \"#/$defs/…\" instead");
            self.fault(Code::NoGraphqlForm, &at.child(*keyword), message, help);
        }
        if map.contains_key("$id") && at.last().is_some() {
            let message = Message::new("内层不能有 $id：它会改变 $ref 的含义", "an inner $id changes what $ref means and is not taken");
            let help = Message::new("删去这个 $id", "remove this $id");
            self.fault(Code::NoGraphqlForm, &at.child("$id"), message, help);
        }
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            size = size.saturating_add(self.follow(&at.child("$ref"), reference, chain));
        }
        for (place, inner) in children(map, at) {
            size = size.saturating_add(self.measure(&place, inner, chain));
        }
        size
    }

    fn follow(&mut self, at: &Pointer, reference: &str, chain: usize) -> usize {
        let Some(pointer) = reference.strip_prefix('#') else {
            let message = Message::new(
                format!("$ref 指向文件之外：“{reference}”。外部引用从不下载"),
                format!("$ref points outside the file: “{reference}”. Remote references are never fetched"),
            );
            let help = Message::new(
                "把所引的内容抄进本文件的 $defs，写作 \"#/$defs/…\"",
                "copy what it names into this file's $defs and write \"#/$defs/…\"",
            );
            self.fault(Code::RemoteReference, at, message, help);
            return 1;
        };
        let target = pointer.starts_with("/$defs/").then(|| local_target(self.root, reference)).flatten();
        let Some((place, schema)) = target else {
            let message = Message::new(format!("$ref “{reference}”在 $defs 里找不到"), format!("$ref “{reference}” is not found in $defs"));
            let names: Vec<&str> =
                self.root.get("$defs").and_then(Value::as_object).map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default();
            let help = if names.is_empty() {
                Message::new("文件里没有 $defs；先在那里定义", "the file has no $defs; define it there first")
            } else {
                Message::new(format!("$defs 里有：{}", names.join("、")), format!("$defs has: {}", names.join(", ")))
            };
            self.fault(Code::ReferenceNotFound, at, message, help);
            return 1;
        };
        let key = place.to_string();
        let cyclic = self.open.contains(&key);
        if cyclic || chain >= MAX_CHAIN {
            let message = if cyclic {
                Message::new(format!("$ref “{reference}”绕回了自身"), format!("$ref “{reference}” leads back to itself"))
            } else {
                Message::new(format!("$ref 一个接一个超过 {MAX_CHAIN} 次"), format!("more than {MAX_CHAIN} $ref follow one another"))
            };
            let help = Message::new(
                "证照数据的层数是固定的：按实际层数分别定义每一层",
                "a certificate's data has a fixed depth: define each level by itself",
            );
            self.fault(Code::CyclicReference, at, message, help);
            return 1;
        }
        if let Some(size) = self.sizes.get(&key) {
            return *size;
        }
        self.open.insert(key.clone());
        let size = self.measure(&place, schema, chain + 1);
        self.open.remove(&key);
        self.sizes.insert(key, size);
        size
    }

    fn fault(&mut self, code: Code, at: &Pointer, message: Message, help: Message) {
        if self.seen.insert(at.clone()) {
            self.desk.error(code, at, Part::Value, message, help);
        }
    }
}
