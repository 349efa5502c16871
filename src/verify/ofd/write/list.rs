//! Attachments.xml and CustomTags.xml.

use super::escaped;
use crate::ofd::NAMESPACE;

/// A file to be attached. Its path is written from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentEntry {
    /// ID.
    pub id: String,
    /// Name, for people.
    pub name: String,
    /// Format, as `json`.
    pub format: String,
    /// CreationDate, as `2026-06-01T08:00:00`.
    pub creation_date: String,
    /// Its bytes; written in KB, as the standard counts \[K\].
    pub size: usize,
    /// Usage, as `none`.
    pub usage: String,
    /// Name of the file in the package, as `Doc_0/Attachs/certificate.json`.
    pub file: String,
}

/// A list of tags. Its path is written from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomTagEntry {
    /// TypeID.
    pub kind: String,
    /// Name of the file in the package.
    pub file: String,
}

/// Attachments.xml.
pub fn attachments(entries: &[AttachmentEntry]) -> String {
    let mut items = String::new();
    for entry in entries {
        let kilobytes = entry.size.div_ceil(1024);
        items.push_str(&format!(
            "<ofd:Attachment ID=\"{}\" Name=\"{}\" Format=\"{}\" CreationDate=\"{}\" Size=\"{kilobytes}\" Visible=\"true\" \
             Usage=\"{}\"><ofd:FileLoc>/{}</ofd:FileLoc></ofd:Attachment>",
            escaped(&entry.id),
            escaped(&entry.name),
            escaped(&entry.format),
            escaped(&entry.creation_date),
            escaped(&entry.usage),
            escaped(&entry.file),
        ));
    }
    root("Attachments", &items)
}

/// CustomTags.xml.
pub fn custom_tags(entries: &[CustomTagEntry]) -> String {
    let mut items = String::new();
    for entry in entries {
        let (kind, file) = (escaped(&entry.kind), escaped(&entry.file));
        items.push_str(&format!("<ofd:CustomTag TypeID=\"{kind}\"><ofd:FileLoc>/{file}</ofd:FileLoc></ofd:CustomTag>"));
    }
    root("CustomTags", &items)
}

pub(super) fn root(name: &str, content: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:{name} xmlns:ofd=\"{NAMESPACE}\">{content}</ofd:{name}>")
}
