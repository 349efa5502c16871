//! Names of entries, and paths that lead to them.

use super::fault::{LocationFault, ZipFault};

/// What is wrong with an entry's name.
pub(super) fn faults(name: &str) -> Vec<ZipFault> {
    let mut faults = Vec::new();
    if name.starts_with('/') || name.as_bytes().get(1) == Some(&b':') {
        faults.push(ZipFault::Absolute);
    }
    if name.contains('\\') {
        faults.push(ZipFault::Backslash);
    }
    let parts = || name.split(['/', '\\']);
    if parts().any(|part| part == "..") {
        faults.push(ZipFault::Parent);
    }
    if name.strip_prefix('/').unwrap_or(name).split('/').any(|part| part.is_empty() || part == ".") {
        faults.push(ZipFault::EmptyPart);
    }
    let ambiguous = |part: &str| ![".", ".."].contains(&part) && part.ends_with(['.', ' ']);
    if name.chars().any(char::is_control) || parts().any(ambiguous) {
        faults.push(ZipFault::NameCharacter);
    }
    faults
}

/// The spelling under which two names are one for a careless reader.
pub(super) fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    let parts: Vec<_> = lower.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}

/// The name that the path `location` (ST_Loc), written in the file `from`, leads to: from the root with a leading `/`, else
/// from the directory of `from`.
pub(super) fn resolved(from: &str, location: &str) -> Result<String, LocationFault> {
    let (mut parts, location) = match location.strip_prefix('/') {
        Some(location) => (Vec::new(), location),
        None => (from.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(), location),
    };
    for part in location.split('/') {
        match part {
            "" => return Err(LocationFault::Spelling),
            "." => {}
            ".." => drop(parts.pop().ok_or(LocationFault::Escape)?),
            part if part.contains(['\\', ':']) || part.chars().any(char::is_control) => return Err(LocationFault::Spelling),
            part => parts.push(part),
        }
    }
    if parts.is_empty() { Err(LocationFault::Spelling) } else { Ok(parts.join("/")) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_lead_from_their_file_or_from_the_root() {
        for (from, location, expected) in [
            ("OFD.xml", "Doc_0/Document.xml", Ok("Doc_0/Document.xml")),
            ("Doc_0/Document.xml", "Pages/Page_0/Content.xml", Ok("Doc_0/Pages/Page_0/Content.xml")),
            ("Doc_0/Document.xml", "/Doc_0/Res/a.png", Ok("Doc_0/Res/a.png")),
            ("Doc_0/Signs/Sign_0/Signature.xml", "../../Document.xml", Ok("Doc_0/Document.xml")),
            ("Doc_0/Document.xml", "./PublicRes.xml", Ok("Doc_0/PublicRes.xml")),
            ("Doc_0/Document.xml", "../../etc/passwd", Err(LocationFault::Escape)),
            ("Doc_0/Document.xml", "/../etc/passwd", Err(LocationFault::Escape)),
            ("Doc_0/Document.xml", "a//b", Err(LocationFault::Spelling)),
            ("Doc_0/Document.xml", "a\\b", Err(LocationFault::Spelling)),
            ("Doc_0/Document.xml", "", Err(LocationFault::Spelling)),
            ("Doc_0/Document.xml", "..", Err(LocationFault::Spelling)),
            ("Doc_0/Document.xml", "http://example.invalid/a", Err(LocationFault::Spelling)),
        ] {
            assert_eq!(resolved(from, location).as_deref(), expected.as_ref().map(|name| *name), "{location}");
        }
    }

    #[test]
    fn honest_names_have_no_fault() {
        for name in ["OFD.xml", "Doc_0/Pages/Page_0/Content.xml", "Doc_0/附件/证照.json", "Doc_0/Res/a.b.png"] {
            assert_eq!(faults(name), Vec::new());
        }
    }

    proptest! {
        #[test]
        fn what_a_path_leads_to_is_an_honest_name(from in "[a-c/.]{0,12}", location in "\\PC{0,12}|[a./\\\\]{0,12}") {
            if let (Ok(name), true) = (resolved(&from, &location), faults(&from).is_empty()) {
                prop_assert!(faults(&name).iter().all(|fault| *fault == ZipFault::NameCharacter), "{name}");
            }
        }
    }
}
