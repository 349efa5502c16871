//! What several grants allow together.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{FILES, Fields, Grant, HOLDERS, NUMBER, Variables, rows};
use crate::plan::Filter;
use crate::registry::Sight;

/// What a department may read beyond what its token names, in one call.
#[derive(Debug, Clone)]
pub struct Rights {
    /// SM3 over all of it: two that agree show the same, and share schemas and plans.
    digest: [u8; 32],
    types: BTreeMap<String, TypeRights>,
}

/// What may be read of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRights {
    /// None: every field.
    pub(crate) plain: Option<BTreeSet<String>>,
    pub(crate) masked: BTreeSet<String>,
    pub files: bool,
    /// Only rows for which this holds.
    pub(crate) rows: Option<Filter>,
    /// Only certificates of the holder of this opaque key, who consents.
    pub(crate) holder: Option<String>,
    /// Names of the grants that say so.
    pub rules: Vec<Arc<str>>,
}

impl PartialEq for Rights {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Rights {}

impl Hash for Rights {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl Rights {
    /// What these grants allow together; None: nothing. Their rows must have been checked for agreement ([`super::conflict`]).
    ///
    /// `rows_agree` false is for showing what there is, and not for reading: whichever rows each of them allows.
    pub(crate) fn of_grants<'a>(grants: impl Iterator<Item = &'a Grant>, variables: &Variables, rows_agree: bool) -> Option<Self> {
        let mut types: BTreeMap<String, TypeRights> = BTreeMap::new();
        for grant in grants {
            // Rows that cannot be read, because the caller has no division, say, allow nothing.
            let Ok(rows) = grant.rows.as_ref().map(|rows| rows::read(rows, variables)).transpose() else { continue };
            let rights = types.entry(grant.type_name.clone()).or_insert_with(|| TypeRights {
                plain: Some(BTreeSet::new()),
                masked: BTreeSet::new(),
                files: false,
                rows: rows.clone(),
                holder: None,
                rules: Vec::new(),
            });
            // They were checked for agreement one by one; of two that came at the same moment the later adds nothing.
            if rows_agree && rights.rows != rows {
                continue;
            }
            match (&grant.fields, &mut rights.plain) {
                (Fields::All, plain) => *plain = None,
                (Fields::Only(names), Some(plain)) => plain.extend(names.iter().cloned()),
                (Fields::Only(_), None) => {}
            }
            rights.masked.extend(grant.masked.iter().cloned());
            rights.rules.push(Arc::from(grant.name.as_str()));
        }
        for rights in types.values_mut() {
            rights.files = rights.plain.as_ref().is_none_or(|plain| plain.contains(FILES));
            rights.rules.sort_unstable();
        }
        (!types.is_empty()).then(|| Self::new(types))
    }

    /// What a holder consents to: as a grant, of his own certificates.
    pub fn of_consent(grant: &Grant, holder: &str) -> Self {
        let mut types = Self::of_grants(std::iter::once(grant), &Variables::default(), true).map(|rights| rights.types).unwrap_or_default();
        for rights in types.values_mut() {
            rights.holder = Some(holder.to_owned());
        }
        Self::new(types)
    }

    fn new(types: BTreeMap<String, TypeRights>) -> Self {
        let digest = verify::digest::sm3(format!("{types:?}").as_bytes());
        Self { digest, types }
    }

    /// Of this type.
    pub fn of(&self, type_name: &str) -> Option<&TypeRights> {
        self.types.get(type_name)
    }

    pub fn types(&self) -> impl Iterator<Item = (&str, &TypeRights)> {
        self.types.iter().map(|(name, rights)| (name.as_str(), rights))
    }

    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

impl TypeRights {
    /// How a field, or one of `number`, `holders` and `files`, is answered.
    pub fn sight(&self, name: &str) -> Sight {
        let plain = |plain: &BTreeSet<String>| plain.contains(name);
        if self.plain.as_ref().is_none_or(plain) {
            Sight::Plain
        } else if self.masked.contains(name) {
            Sight::Masked
        } else {
            Sight::Denied
        }
    }

    /// Every field of every row?
    pub fn is_whole(&self) -> bool {
        self.plain.is_none() && self.rows.is_none() && self.holder.is_none()
    }

    pub(crate) fn number(&self) -> Sight {
        self.sight(NUMBER)
    }

    pub(crate) fn holders(&self) -> Sight {
        self.sight(HOLDERS)
    }

    pub const fn rows(&self) -> Option<&Filter> {
        self.rows.as_ref()
    }
}
