//! Which files a signature vouches for, and which nobody does.

use std::collections::{HashMap, HashSet};

use super::{CheckMethod, OfdSignature, fault::LocationFault, name, package::located, zip::Package};
use crate::digest::sm3;

/// What a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// Every file but its own: the list of signatures too, so that no other signature can be added.
    Whole,
    /// Every file but its own and the list of signatures: others may sign after.
    ContinueSign,
    /// Not every file.
    Partial {
        /// Those that it leaves out.
        unlisted: Vec<String>,
    },
}

/// A file that a signature lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// FileRef, as it is written.
    pub path: String,
    /// The file it leads to.
    pub file: Option<String>,
    /// CheckValue.
    pub digest: Vec<u8>,
    /// What comparing found.
    pub outcome: ReferenceOutcome,
}

/// Whether a listed file is what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceOutcome {
    /// It is.
    Agrees,
    /// It is not.
    Differs,
    /// There is no such file in this spelling.
    NotFound(LocationFault),
    /// Digested with an algorithm that is not judged here.
    NotJudged,
}

/// What is wrong with what a signature covers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoverageFault {
    /// A file that the signature does not list.
    #[error("{file:?} is not listed by the signature")]
    Unlisted {
        /// The file.
        file: String,
    },
    /// A listed file that is not there.
    #[error("{path:?} is listed and not there")]
    Missing {
        /// As listed.
        path: String,
    },
    /// A listed file that is there in another spelling only.
    #[error("{path:?} is listed and only {file:?} is there")]
    WrongCase {
        /// As listed.
        path: String,
        /// As it is there.
        file: String,
    },
    /// A path that leaves the package or is no path.
    #[error("the listed path {path:?} cannot be followed: {fault}")]
    Path {
        /// As listed.
        path: String,
        /// Why.
        fault: LocationFault,
    },
    /// A file that is listed more than once.
    #[error("{file:?} is listed more than once")]
    Repeated {
        /// The file.
        file: String,
    },
    /// A file that is not what was signed.
    #[error("{file:?} has another SM3 than the signature says")]
    Digest {
        /// The file.
        file: String,
    },
    /// A signature that lists what it cannot have known.
    #[error("{file:?} is the signature itself and is listed")]
    Itself {
        /// The file.
        file: String,
    },
    /// Digests of an algorithm that is not judged here.
    #[error("the files are digested with {0:?}, which is not judged here")]
    ForeignDigest(String),
}

impl CoverageFault {
    /// A name that stays the same.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unlisted { .. } => "COVERAGE_UNLISTED",
            Self::Missing { .. } => "COVERAGE_MISSING",
            Self::WrongCase { .. } => "COVERAGE_WRONG_CASE",
            Self::Path { .. } => "COVERAGE_PATH",
            Self::Repeated { .. } => "COVERAGE_REPEATED",
            Self::Digest { .. } => "COVERAGE_DIGEST",
            Self::Itself { .. } => "COVERAGE_ITSELF",
            Self::ForeignDigest(_) => "COVERAGE_FOREIGN_DIGEST",
        }
    }
}

/// Compares every listed file and finds those that are not listed.
pub(super) fn decide(signatures: &mut [OfdSignature], package: &Package, list: Option<&str>) {
    let digests: HashMap<&str, [u8; 32]> = match signatures {
        [] => HashMap::new(),
        _ => package.files.iter().rev().map(|file| (file.name.as_str(), sm3(&file.bytes))).collect(),
    };
    // What can only be there after signing: a later signature's own files are not for an earlier one to list.
    let own = |signature: &OfdSignature| [Some(signature.file.clone()), Some(signature.value_file.clone()), signature.seal_file.clone()];
    let owned: HashSet<String> = signatures.iter().flat_map(own).flatten().collect();
    for signature in signatures {
        let mut faults = Vec::new();
        if let CheckMethod::Foreign(method) = &signature.check_method {
            faults.push(CoverageFault::ForeignDigest(method.clone()));
        }
        let mut listed = HashSet::new();
        for reference in &mut signature.references {
            faults.extend(compare(reference, package, &signature.check_method, &digests));
            if let Some(file) = &reference.file {
                if *file == signature.file || *file == signature.value_file {
                    faults.push(CoverageFault::Itself { file: file.clone() });
                }
                if !listed.insert(name::folded(file)) {
                    faults.push(CoverageFault::Repeated { file: file.clone() });
                }
            }
        }
        let mut unlisted = Vec::new();
        for file in &package.files {
            let exempt = owned.contains(&file.name) || Some(file.name.as_str()) == list;
            if !exempt && !listed.contains(&name::folded(&file.name)) {
                unlisted.push(file.name.clone());
            }
        }
        faults.extend(unlisted.iter().map(|file| CoverageFault::Unlisted { file: file.clone() }));
        signature.coverage = match list {
            _ if !unlisted.is_empty() => Coverage::Partial { unlisted },
            Some(list) if listed.contains(&name::folded(list)) => Coverage::Whole,
            _ => Coverage::ContinueSign,
        };
        signature.faults = faults;
    }
}

fn compare(reference: &mut Reference, package: &Package, method: &CheckMethod, digests: &HashMap<&str, [u8; 32]>) -> Option<CoverageFault> {
    let path = reference.path.clone();
    // From the root in every package seen; one that is not is read from there too.
    let file = match located(package, "", &path) {
        Ok(_) if path.contains("./") => Err(LocationFault::Spelling),
        found => found,
    };
    let file = match file {
        Ok(file) => file,
        Err(fault) => {
            reference.outcome = ReferenceOutcome::NotFound(fault.clone());
            return Some(match fault {
                LocationFault::NoFile => CoverageFault::Missing { path },
                LocationFault::WrongCase(file) => CoverageFault::WrongCase { path, file },
                fault => CoverageFault::Path { path, fault },
            });
        }
    };
    let agrees = digests.get(file.as_str()).is_some_and(|digest| reference.digest == digest);
    reference.file = Some(file.clone());
    reference.outcome = match method {
        CheckMethod::Sm3 if agrees => ReferenceOutcome::Agrees,
        CheckMethod::Sm3 => ReferenceOutcome::Differs,
        CheckMethod::Foreign(_) => ReferenceOutcome::NotJudged,
    };
    (reference.outcome == ReferenceOutcome::Differs).then_some(CoverageFault::Digest { file })
}
