//! A whole package, from its bytes to what is shown, carried and signed.

use roxmltree::Node;

use super::{
    Attachment, CustomTag, DocInfo, File, Limits, OfdFault, OfdSignature, PackageFault, Page, attachment, coverage, document,
    fault::{DocumentFault, LocationFault},
    name,
    roles::Roles,
    signature, xml,
    zip::Package,
};

/// An OFD package as it was read. Nothing of it is trusted yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ofd {
    /// Everything that no honest writer makes. One is enough not to believe the package.
    pub faults: Vec<PackageFault>,
    /// Every file, in the order of the central directory.
    pub files: Vec<File>,
    /// Version of the format, as `1.1`.
    pub version: String,
    /// What the document says of itself.
    pub doc_info: DocInfo,
    /// CustomDatas: name and value, as `ZZMC`.
    pub custom_data: Vec<(String, String)>,
    /// Path of Document.xml.
    pub document: Option<String>,
    /// The pages, first to last.
    pub pages: Vec<Page>,
    /// Path of Attachments.xml.
    pub attachment_list: Option<String>,
    /// Attached files.
    pub attachments: Vec<Attachment>,
    /// Path of CustomTags.xml.
    pub custom_tag_list: Option<String>,
    /// CustomTags.
    pub custom_tags: Vec<CustomTag>,
    /// Path of Signatures.xml.
    pub signature_list: Option<String>,
    /// The signatures, in the order of that list.
    pub signatures: Vec<OfdSignature>,
}

impl Ofd {
    /// The file with exactly this name.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|file| file.name == name).map(|file| file.bytes.as_slice())
    }
}

/// Reads a package.
///
/// # Errors
/// When it is no package, or is beyond the limits. Everything else that is wrong is data.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Ofd, OfdFault> {
    let package = Package::read(bytes, limits).map_err(OfdFault)?;
    let mut reading = Reading { package: &package, limits, faults: package.faults.clone(), roles: Roles::default() };
    let mut ofd = Ofd::default();
    document::read(&mut reading, &mut ofd);
    attachment::read(&mut reading, &mut ofd);
    signature::read(&mut reading, &mut ofd);
    reading.every_xml(&ofd);
    let Reading { mut faults, roles, .. } = reading;
    faults.extend(roles.faults());
    coverage::decide(&mut ofd.signatures, &package, ofd.signature_list.as_deref());
    Ok(Ofd { faults, files: package.files, ..ofd })
}

/// What the readers of the parts share.
pub(super) struct Reading<'a> {
    pub(super) package: &'a Package,
    pub(super) limits: &'a Limits,
    pub(super) faults: Vec<PackageFault>,
    pub(super) roles: Roles,
}

impl<'a> Reading<'a> {
    /// Keeps what is right and notes what is not.
    pub(super) fn kept<T>(&mut self, entry: &str, result: Result<T, DocumentFault>) -> Option<T> {
        result.map_err(|fault| self.faults.push(PackageFault::document(entry, fault))).ok()
    }

    /// The elements of this name directly below, as many as there may be files.
    pub(super) fn items<'n, 'i: 'n>(&mut self, entry: &str, node: Node<'n, 'i>, name: &'static str) -> Vec<Node<'n, 'i>> {
        let limit = self.limits.entries;
        let items: Vec<_> = xml::children(node, name).take(limit + 1).collect();
        if items.len() > limit {
            self.kept::<()>(entry, Err(DocumentFault::Value { what: name, value: format!("more than {limit} of them") }));
            return Vec::new();
        }
        items
    }

    /// The OFD XML of a file that plays a part.
    pub(super) fn xml(&mut self, entry: &str, root: &'static str) -> Option<roxmltree::Document<'a>> {
        let Some(file) = self.package.file(entry) else {
            self.faults.push(PackageFault::document(entry, DocumentFault::Missing(root)));
            return None;
        };
        xml::read_ofd(entry, &file.bytes, root, self.limits).map_err(|fault| self.faults.push(fault)).ok()
    }

    /// The name of the file that a path in `from` leads to.
    pub(super) fn located(&mut self, from: &str, what: &'static str, path: &str) -> Option<String> {
        let found = located(self.package, from, path);
        let found = found.map_err(|fault| DocumentFault::Location { what, path: path.to_owned(), fault });
        let name = self.kept(from, found)?;
        self.roles.take(&name, what);
        Some(name)
    }

    /// XML that nobody asked for yet is as strict: some reader will read it.
    fn every_xml(&mut self, ofd: &Ofd) {
        for file in &self.package.files {
            let attached = ofd.attachments.iter().any(|attachment| attachment.file.as_ref() == Some(&file.name));
            let is_xml = file.name.get(file.name.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".xml"));
            let known = self.faults.iter().any(|fault| matches!(fault, PackageFault::Xml { entry, .. } if *entry == file.name));
            if is_xml && !attached && !known && !self.roles.is_read(&file.name) {
                self.faults.extend(xml::read(&file.name, &file.bytes, self.limits).err());
            }
        }
    }
}

/// The name of the file that a path leads to, if it is there in this very spelling.
pub(super) fn located(package: &Package, from: &str, path: &str) -> Result<String, LocationFault> {
    let name = name::resolved(from, path)?;
    if package.file(&name).is_some() {
        return Ok(name);
    }
    Err(package.spelled_otherwise(&name).map_or(LocationFault::NoFile, |other| LocationFault::WrongCase(other.clone())))
}
