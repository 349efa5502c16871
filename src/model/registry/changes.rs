//! What a new version of a type changes for those who use its API, and whether its version number says so.

mod constraints;

use serde::Serialize;

use super::diagnostic::Message;
use super::names;
use super::{CertificateType, Field, FieldKind, Relation, Sensitivity, Version};

/// One difference between two versions of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    pub kind: ChangeKind,
    /// Dotted path of the property or relation; `number`, `status`, `version` … for the rest.
    pub path: String,
    /// A program that worked with the old version may fail with the new one.
    pub breaking: bool,
    pub message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum ChangeKind {
    FieldAdded,
    FieldRemoved,
    FieldTypeChanged,
    FieldRequired,
    FieldOptional,
    CodeTableChanged,
    ConstraintNarrowed,
    ConstraintWidened,
    SearchAdded,
    SearchNarrowed,
    SensitivityChanged,
    TypeRenamed,
    PluralChanged,
    RelationAdded,
    RelationRemoved,
    RelationChanged,
    StatusSchemeChanged,
    TransitionAdded,
    TransitionRemoved,
    TypeCodeChanged,
    NumberPatternChanged,
    KindChanged,
    /// Stored certificates hold a value that the new version cannot read: keeps it from being registered.
    StoredUnreadable,
    /// A warning: the version number was not raised as far as the other changes ask.
    VersionTooLow,
}

/// The differences, in the order of the new file; the warning about the version last.
pub fn changes(old: &CertificateType, new: &CertificateType) -> Vec<Change> {
    let mut found = Found(Vec::new());
    found.of_type(old, new);
    found.of_fields("", &old.fields, &new.fields);
    constraints::compare(&mut found, old, new);
    found.of_relations(old, new);
    found.of_status(old, new);
    found.of_version(old, new);
    found.0
}

pub(super) struct Found(Vec<Change>);

impl Found {
    pub(super) fn add(&mut self, kind: ChangeKind, path: impl Into<String>, breaking: bool, zh: String, en: String) {
        self.0.push(Change { kind, path: path.into(), breaking, message: Message { zh, en } });
    }

    fn of_type(&mut self, old: &CertificateType, new: &CertificateType) {
        if old.name != new.name {
            self.add(
                ChangeKind::TypeRenamed,
                "name",
                true,
                format!("类型名由 {} 改为 {}", old.name, new.name),
                format!("the type {} is now {}", old.name, new.name),
            );
        }
        if old.plural != new.plural {
            let (before, after) = (names::root_many(old), names::root_many(new));
            self.add(
                ChangeKind::PluralChanged,
                "plural",
                true,
                format!("查询字段 {before} 改名为 {after}"),
                format!("the query field {before} is now {after}"),
            );
        }
        if old.type_code != new.type_code {
            self.add(
                ChangeKind::TypeCodeChanged,
                "typeCode",
                true,
                format!("证照类型代码由 {} 改为 {}：新证照的标识随之不同", old.type_code, new.type_code),
                format!("the type code {} is now {}: identifiers of new certificates differ", old.type_code, new.type_code),
            );
        }
        if old.kind != new.kind {
            self.add(ChangeKind::KindChanged, "kind", true, "证照与记录互换".into(), "certificate and record were exchanged".into());
        }
        let pattern = |ty: &CertificateType| ty.number.pattern.as_ref().map(|pattern| pattern.as_str().to_owned());
        let (before, after) = (pattern(old), pattern(new));
        if before != after {
            let narrowed = after.is_some();
            let (zh, en) = match after {
                Some(after) => (format!("编号须符合新的格式 {after}"), format!("numbers must match the new pattern {after}")),
                None => ("编号不再有固定格式".into(), "numbers have no pattern any more".into()),
            };
            self.add(ChangeKind::NumberPatternChanged, "number", narrowed, zh, en);
        }
    }

    fn of_fields(&mut self, parent: &str, old: &[Field], new: &[Field]) {
        let path = |name: &str| {
            if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
        };
        for field in old.iter().filter(|field| !new.iter().any(|other| other.name == field.name)) {
            let path = path(&field.name);
            self.add(ChangeKind::FieldRemoved, &path, true, format!("去掉了字段 {path}"), format!("the field {path} is gone"));
        }
        for field in new {
            let path = path(&field.name);
            match old.iter().find(|other| other.name == field.name) {
                Some(before) => self.of_field(&path, before, field),
                None if field.required => {
                    self.add(
                        ChangeKind::FieldAdded,
                        &path,
                        true,
                        format!("新增必填字段 {path}：签发输入须给出它"),
                        format!("the new field {path} is required: issue inputs must give it"),
                    );
                }
                None => self.add(ChangeKind::FieldAdded, &path, false, format!("新增字段 {path}"), format!("the field {path} is new")),
            }
        }
    }

    fn of_field(&mut self, path: &str, old: &Field, new: &Field) {
        let (before, after) = (graphql_type(&old.kind), graphql_type(&new.kind));
        if before != after {
            self.add(
                ChangeKind::FieldTypeChanged,
                path,
                true,
                format!("字段 {path} 的类型由 {before} 改为 {after}"),
                format!("the field {path} was {before} and is {after}"),
            );
        } else if let (Some(before), Some(after)) = (code_table(&old.kind), code_table(&new.kind))
            && before != after
        {
            self.add(
                ChangeKind::CodeTableChanged,
                path,
                true,
                format!("字段 {path} 的代码表由 {before} 改为 {after}"),
                format!("the codes of {path} were of {before} and are of {after}"),
            );
        }
        match (old.required && !old.nullable, new.required && !new.nullable) {
            (false, true) => self.add(
                ChangeKind::FieldRequired,
                path,
                true,
                format!("字段 {path} 改为必填"),
                format!("the field {path} is now required"),
            ),
            (true, false) => self.add(
                ChangeKind::FieldOptional,
                path,
                false,
                format!("字段 {path} 不再必填"),
                format!("the field {path} is required no more"),
            ),
            _ => {}
        }
        if old.sensitivity != new.sensitivity {
            let tightened = new.sensitivity == Sensitivity::Personal;
            self.add(
                ChangeKind::SensitivityChanged,
                path,
                tightened,
                format!("字段 {path} 的敏感级别变了：授权和索引方式随之变化"),
                format!("the sensitivity of {path} changed, and with it who may read it and how it is indexed"),
            );
        }
        let asked = |field: &Field| field.search.map(|search| (search.order, search.prefix));
        match (asked(old), asked(new)) {
            (None, Some(_)) => self.add(
                ChangeKind::SearchAdded,
                path,
                false,
                format!("字段 {path} 可以检索了"),
                format!("the field {path} is now searchable"),
            ),
            (Some(_), None) => self.add(
                ChangeKind::SearchNarrowed,
                path,
                true,
                format!("字段 {path} 不能再检索"),
                format!("the field {path} is searchable no more"),
            ),
            (Some((order, prefix)), Some((now_order, now_prefix))) if (order && !now_order) || (prefix && !now_prefix) => {
                self.add(
                    ChangeKind::SearchNarrowed,
                    path,
                    true,
                    format!("字段 {path} 的检索方式减少了"),
                    format!("the field {path} can be searched in fewer ways"),
                );
            }
            (Some(before), Some(after)) if before != after => {
                self.add(
                    ChangeKind::SearchAdded,
                    path,
                    false,
                    format!("字段 {path} 的检索方式增加了"),
                    format!("the field {path} can be searched in more ways"),
                );
            }
            _ => {}
        }
        if let (Some(before), Some(after)) = (members(&old.kind), members(&new.kind)) {
            self.of_fields(path, before, after);
        }
    }

    fn of_relations(&mut self, old: &CertificateType, new: &CertificateType) {
        for relation in old.relations.iter().filter(|relation| !new.relations.iter().any(|other| other.name == relation.name)) {
            let name = &relation.name;
            self.add(ChangeKind::RelationRemoved, name, true, format!("去掉了关联 {name}"), format!("the relation {name} is gone"));
        }
        for relation in &new.relations {
            let name = &relation.name;
            match old.relations.iter().find(|other| other.name == *name) {
                None => self.add(ChangeKind::RelationAdded, name, false, format!("新增关联 {name}"), format!("the relation {name} is new")),
                Some(before) if targets(before) != targets(relation) => {
                    self.add(
                        ChangeKind::RelationChanged,
                        name,
                        true,
                        format!("关联 {name} 改为指向 {}", targets(relation)),
                        format!("the relation {name} now leads to {}", targets(relation)),
                    );
                }
                Some(before) if (&before.from, &before.by) != (&relation.from, &relation.by) => {
                    self.add(
                        ChangeKind::RelationChanged,
                        name,
                        false,
                        format!("关联 {name} 的查法变了"),
                        format!("the relation {name} is followed in another way"),
                    );
                }
                Some(_) => {}
            }
        }
    }

    fn of_status(&mut self, old: &CertificateType, new: &CertificateType) {
        let (before, after) = (&old.status, &new.status);
        if before.scheme != after.scheme {
            self.add(
                ChangeKind::StatusSchemeChanged,
                "status",
                true,
                format!("状态表由 {} 改为 {}：同一代码的含义可能不同", before.scheme, after.scheme),
                format!("the status scheme {} is now {}: a code may mean something else", before.scheme, after.scheme),
            );
        }
        for operation in before.transitions.keys().filter(|operation| !after.transitions.contains_key(*operation)) {
            let name = operation.as_str();
            self.add(
                ChangeKind::TransitionRemoved,
                format!("status.{name}"),
                true,
                format!("不再有操作 {name}"),
                format!("the operation {name} is gone"),
            );
        }
        for (operation, transition) in &after.transitions {
            let name = operation.as_str();
            match before.transitions.get(operation) {
                None => self.add(
                    ChangeKind::TransitionAdded,
                    format!("status.{name}"),
                    false,
                    format!("新增操作 {name}"),
                    format!("the operation {name} is new"),
                ),
                Some(earlier) => {
                    let gone = earlier.from.iter().any(|code| !transition.from.contains(code))
                        || earlier.to.iter().any(|code| !transition.to.contains(code));
                    if gone {
                        self.add(
                            ChangeKind::TransitionRemoved,
                            format!("status.{name}"),
                            true,
                            format!("操作 {name} 可用的状态减少了"),
                            format!("the operation {name} allows fewer codes"),
                        );
                    }
                }
            }
        }
    }

    /// Semantic versioning: breaking asks for a major (below 1.0.0 a minor), additions for a minor, any other text for a patch.
    fn of_version(&mut self, old: &CertificateType, new: &CertificateType) {
        let breaking = self.0.iter().any(|change| change.breaking);
        let added = !self.0.is_empty();
        let Version { major, minor, patch } = old.version;
        let next = |major, minor, patch| Version { major, minor, patch };
        let needed = match (breaking, added) {
            (true, _) if major > 0 => next(major.saturating_add(1), 0, 0),
            (true, _) | (_, true) => next(major, minor.saturating_add(1), 0),
            _ if old.digest != new.digest => next(major, minor, patch.saturating_add(1)),
            _ => return,
        };
        if new.version < needed {
            let (zh, en) = if new.version > old.version {
                ("", "")
            } else {
                ("；枢纽不接受同一版本的不同内容或更低的版本", "; a hub refuses other content under the same version, and a lower one")
            };
            self.add(
                ChangeKind::VersionTooLow,
                "version",
                false,
                format!("版本由 {} 到 {}，而这些改动至少应到 {needed}{zh}", old.version, new.version),
                format!("the version goes from {} to {}; these changes ask for {needed} at least{en}", old.version, new.version),
            );
        }
    }
}

fn targets(relation: &Relation) -> String {
    relation.to.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ")
}

/// The GraphQL type as answered.
fn graphql_type(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Text => "String".into(),
        FieldKind::Date => "Date".into(),
        FieldKind::DateTime => "DateTime".into(),
        FieldKind::Decimal => "Decimal".into(),
        FieldKind::Int => "Int".into(),
        FieldKind::Long => "Long".into(),
        FieldKind::Float => "Float".into(),
        FieldKind::Bool => "Boolean".into(),
        FieldKind::Base64 => "Base64".into(),
        FieldKind::Code(_) => "CodeValue".into(),
        FieldKind::Object(object) => object.name.clone(),
        FieldKind::List(inner) => format!("[{}]", graphql_type(inner)),
    }
}

fn code_table(kind: &FieldKind) -> Option<&str> {
    match kind {
        FieldKind::Code(table) => Some(table),
        FieldKind::List(inner) => code_table(inner),
        _ => None,
    }
}

fn members(kind: &FieldKind) -> Option<&[Field]> {
    match kind {
        FieldKind::Object(object) => Some(&object.fields),
        FieldKind::List(inner) => members(inner),
        _ => None,
    }
}
