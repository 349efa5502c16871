//! OFD.xml and Document.xml: which document, what it says of itself, and its pages.

use std::collections::HashSet;

use roxmltree::Node;

use super::{
    Ofd,
    fault::DocumentFault,
    package::Reading,
    xml::{child, child_text, children, text},
};

/// Where every package begins.
const ROOT: &str = "OFD.xml";

/// DocInfo: what a document says of itself, as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocInfo {
    /// DocID.
    pub doc_id: String,
    /// Title.
    pub title: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Abstract.
    pub summary: Option<String>,
    /// CreationDate.
    pub creation_date: Option<String>,
    /// ModDate.
    pub mod_date: Option<String>,
    /// Creator: the program.
    pub creator: Option<String>,
    /// CreatorVersion.
    pub creator_version: Option<String>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// ID.
    pub id: String,
    /// Path of its Content.xml.
    pub file: String,
}

/// Reads what is shown.
pub(super) fn read(reading: &mut Reading<'_>, ofd: &mut Ofd) {
    let Some(document) = reading.xml(ROOT, "OFD") else { return };
    reading.roles.take(ROOT, ROOT);
    let root = document.root_element();
    ofd.version = root.attribute("Version").unwrap_or_default().to_owned();
    if root.attribute("DocType") != Some("OFD") {
        let value = root.attribute("DocType").unwrap_or_default().to_owned();
        reading.kept::<()>(ROOT, Err(DocumentFault::Value { what: "DocType", value }));
    }
    let body = child(root, "DocBody").and_then(|body| body.ok_or(DocumentFault::Missing("DocBody")));
    let Some(body) = reading.kept(ROOT, body) else { return };
    let info = child(body, "DocInfo").and_then(|info| info.ok_or(DocumentFault::Missing("DocInfo")));
    if let Some(info) = reading.kept(ROOT, info) {
        ofd.doc_info = reading.kept(ROOT, doc_info(info)).unwrap_or_default();
        ofd.custom_data = reading.kept(ROOT, custom_data(info)).unwrap_or_default();
    }
    // Versions may name another root to be shown.
    if children(body, "Versions").next().is_some() {
        reading.kept::<()>(ROOT, Err(DocumentFault::NotUnderstood("Versions")));
    }
    if let Some(Some(path)) = reading.kept(ROOT, child_text(body, "Signatures")) {
        ofd.signature_list = reading.located(ROOT, "Signatures", &path);
    }
    let path = child_text(body, "DocRoot").and_then(|path| path.ok_or(DocumentFault::Missing("DocRoot")));
    let Some(path) = reading.kept(ROOT, path) else { return };
    ofd.document = reading.located(ROOT, "DocRoot", &path);
    if let Some(name) = ofd.document.clone() {
        read_pages(reading, ofd, &name);
    }
}

fn doc_info(info: Node<'_, '_>) -> Result<DocInfo, DocumentFault> {
    Ok(DocInfo {
        doc_id: child_text(info, "DocID")?.ok_or(DocumentFault::Missing("DocID"))?,
        title: child_text(info, "Title")?,
        author: child_text(info, "Author")?,
        subject: child_text(info, "Subject")?,
        summary: child_text(info, "Abstract")?,
        creation_date: child_text(info, "CreationDate")?,
        mod_date: child_text(info, "ModDate")?,
        creator: child_text(info, "Creator")?,
        creator_version: child_text(info, "CreatorVersion")?,
    })
}

/// A name that stands twice has no value: which one holds would be anybody's choice.
fn custom_data(info: Node<'_, '_>) -> Result<Vec<(String, String)>, DocumentFault> {
    let Some(list) = child(info, "CustomDatas")? else { return Ok(Vec::new()) };
    let (mut data, mut names) = (Vec::new(), HashSet::new());
    for item in children(list, "CustomData") {
        let name = item.attribute("Name").ok_or(DocumentFault::Missing("CustomData/@Name"))?;
        if !names.insert(name) {
            return Err(DocumentFault::Repeated(format!("CustomData {name:?}")));
        }
        data.push((name.to_owned(), text(item, "CustomData")?));
    }
    Ok(data)
}

fn read_pages(reading: &mut Reading<'_>, ofd: &mut Ofd, name: &str) {
    let Some(document) = reading.xml(name, "Document") else { return };
    let root = document.root_element();
    let pages = child(root, "Pages").and_then(|pages| pages.ok_or(DocumentFault::Missing("Pages")));
    let mut ids = HashSet::new();
    let pages = reading.kept(name, pages).map(|pages| reading.items(name, pages, "Page"));
    for page in pages.unwrap_or_default() {
        let (id, path) = (page.attribute("ID").unwrap_or_default(), page.attribute("BaseLoc").unwrap_or_default());
        if !ids.insert(id) {
            reading.kept::<()>(name, Err(DocumentFault::Repeated(format!("Page {id:?}"))));
        }
        if let Some(file) = reading.located(name, "Page", path) {
            ofd.pages.push(Page { id: id.to_owned(), file });
        }
    }
    if let Some(Some(path)) = reading.kept(name, child_text(root, "Attachments")) {
        ofd.attachment_list = reading.located(name, "Attachments", &path);
    }
    if let Some(Some(path)) = reading.kept(name, child_text(root, "CustomTags")) {
        ofd.custom_tag_list = reading.located(name, "CustomTags", &path);
    }
    read_resources(reading, root, name);
}

/// Files that pages are drawn with: each path must lead to its file.
fn read_resources(reading: &mut Reading<'_>, root: Node<'_, '_>, name: &str) {
    let mut resources = reading.items(name, root, "Annotations");
    resources.extend(reading.items(name, root, "Extensions"));
    if let Some(common) = reading.kept(name, child(root, "CommonData")).flatten() {
        resources.extend(reading.items(name, common, "PublicRes"));
        resources.extend(reading.items(name, common, "DocumentRes"));
        for template in reading.items(name, common, "TemplatePage") {
            reading.located(name, "TemplatePage", template.attribute("BaseLoc").unwrap_or_default());
        }
    }
    for resource in resources {
        if let Some(path) = reading.kept(name, text(resource, "Resource")) {
            reading.located(name, "Resource", &path);
        }
    }
}
