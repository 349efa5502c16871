//! Attachments.xml and CustomTags.xml: what a document carries beside its pages.

use std::collections::HashSet;

use super::{Ofd, fault::DocumentFault, package::Reading, xml::child_text};

/// A file that a document carries. A certificate carries its signed envelope this way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// ID.
    pub id: String,
    /// Name, for people.
    pub name: String,
    /// Format, as `json`.
    pub format: Option<String>,
    /// CreationDate, as it is written.
    pub creation_date: Option<String>,
    /// Size, as it is written; vendors count in bytes or in KB \[M\].
    pub size: Option<String>,
    /// Usage.
    pub usage: Option<String>,
    /// Path of the file; none when the path leads nowhere, which is among the faults.
    pub file: Option<String>,
}

/// A list of tags over the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomTag {
    /// TypeID (or NameSpace in older files): whose tags they are.
    pub kind: Option<String>,
    /// Path of the file; none when the path leads nowhere, which is among the faults.
    pub file: Option<String>,
}

/// Reads what is carried.
pub(super) fn read(reading: &mut Reading<'_>, ofd: &mut Ofd) {
    if let Some(list) = ofd.attachment_list.clone() {
        attachments(reading, ofd, &list);
    }
    if let Some(list) = ofd.custom_tag_list.clone() {
        tags(reading, ofd, &list);
    }
}

fn attachments(reading: &mut Reading<'_>, ofd: &mut Ofd, list: &str) {
    let Some(document) = reading.xml(list, "Attachments") else { return };
    let mut ids = HashSet::new();
    for item in reading.items(list, document.root_element(), "Attachment") {
        let attribute = |name| item.attribute(name).map(str::to_owned);
        let id = attribute("ID").unwrap_or_default();
        if !id.is_empty() && !ids.insert(id.clone()) {
            reading.kept::<()>(list, Err(DocumentFault::Repeated(format!("Attachment {id:?}"))));
        }
        let path = child_text(item, "FileLoc").and_then(|path| path.ok_or(DocumentFault::Missing("FileLoc")));
        let file = reading.kept(list, path).and_then(|path| reading.located(list, "Attachment", &path));
        ofd.attachments.push(Attachment {
            id,
            name: attribute("Name").unwrap_or_default(),
            format: attribute("Format"),
            creation_date: attribute("CreationDate"),
            size: attribute("Size"),
            usage: attribute("Usage"),
            file,
        });
    }
}

fn tags(reading: &mut Reading<'_>, ofd: &mut Ofd, list: &str) {
    let Some(document) = reading.xml(list, "CustomTags") else { return };
    for item in reading.items(list, document.root_element(), "CustomTag") {
        let path = child_text(item, "FileLoc").and_then(|path| path.ok_or(DocumentFault::Missing("FileLoc")));
        let file = reading.kept(list, path).and_then(|path| reading.located(list, "CustomTag", &path));
        let kind = item.attribute("TypeID").or_else(|| item.attribute("NameSpace")).map(str::to_owned);
        ofd.custom_tags.push(CustomTag { kind, file });
    }
}
