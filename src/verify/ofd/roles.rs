//! Which part each file plays. A file with two parts is exempt from being signed in the one and shown in the other.

use std::collections::BTreeMap;

use super::{PackageFault, fault::DocumentFault};

/// Files by their parts.
#[derive(Debug, Default)]
pub(super) struct Roles {
    roles: BTreeMap<String, Vec<&'static str>>,
}

impl Roles {
    pub(super) fn take(&mut self, name: &str, role: &'static str) {
        self.roles.entry(name.to_owned()).or_default().push(role);
    }

    /// Whether the file was read as OFD XML.
    pub(super) fn is_read(&self, name: &str) -> bool {
        const READ: [&str; 6] = ["OFD.xml", "DocRoot", "Attachments", "CustomTags", "Signatures", "Signature"];
        self.roles.get(name).is_some_and(|roles| roles.iter().any(|role| READ.contains(role)))
    }

    /// Each file that plays two parts, or one part twice; a seal may be shared by signatures, nothing else may.
    pub(super) fn faults(&self) -> Vec<PackageFault> {
        let mut faults = Vec::new();
        for (name, roles) in &self.roles {
            let mut others = roles.iter().skip(1);
            if let (Some(first), Some(second)) = (roles.first(), others.find(|role| **role != "Seal" || roles.first() != Some(role))) {
                faults.push(PackageFault::document(name, DocumentFault::TwoRoles { first, second }));
            }
        }
        faults
    }
}
