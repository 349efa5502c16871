//! Which of its authority's certificates a list covers (RFC 5280, 5.2.5): authorities of many certificates divide their lists.

use super::RevocationFault;
use crate::{
    asn1::{Element, Extension, Malformed, tag},
    chain::X509,
};

/// Most names of one distribution point, and most points of one certificate.
const MAX_NAMES: usize = 64;

/// IssuingDistributionPoint, as far as it is understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// GeneralNames of the point; None when the list is not one of several.
    names: Option<Vec<Vec<u8>>>,
    only_users: bool,
    only_authorities: bool,
}

impl Scope {
    /// Reads the extension. What names reasons, other authorities or attribute certificates is not used.
    pub(super) fn read(extension: &Extension<'_>) -> Result<Self, RevocationFault> {
        let mut parts = extension.element()?.tagged(tag::SEQUENCE, "an issuing distribution point")?.elements();
        let point = parts.optional(tag::constructed(0))?;
        let only_users = flag(parts.optional(tag::primitive(1))?)?;
        let only_authorities = flag(parts.optional(tag::primitive(2))?)?;
        if !parts.is_at_end() {
            return Err(RevocationFault::Partial);
        }
        let names = match point.map(full_names).transpose()? {
            Some(None) => return Err(RevocationFault::Partial),
            Some(Some(names)) => Some(names.iter().map(|name| name.whole.to_vec()).collect()),
            None => None,
        };
        Ok(Self { names, only_users, only_authorities })
    }

    /// Whether a certificate of the authority belongs on the list when it is revoked: one of its distribution points (without
    /// reasons or an authority of their own) has a name of this one.
    pub(super) fn covers(&self, certificate: &X509) -> bool {
        let kind_fits = if certificate.is_authority() { !self.only_users } else { !self.only_authorities };
        let named = match &self.names {
            Some(names) => points_of(certificate).is_ok_and(|found| found.iter().any(|name| names.contains(name))),
            None => true,
        };
        kind_fits && named
    }
}

fn flag(element: Option<Element<'_>>) -> Result<bool, Malformed> {
    match element.map(|element| (element, element.value)) {
        None => Ok(false),
        Some((_, [0xff])) => Ok(true),
        Some((element, _)) => Err(element.is_not("a flag that is set")),
    }
}

/// The GeneralNames of a DistributionPointName; None when it is relative to the authority's name.
fn full_names(point: Element<'_>) -> Result<Option<Vec<Element<'_>>>, Malformed> {
    let name = point.inner()?;
    if name.tag == tag::constructed(0) { name.elements().all(MAX_NAMES).map(Some) } else { Ok(None) }
}

/// CRLDistributionPoints (RFC 5280, 4.2.1.13).
fn points_of(certificate: &X509) -> Result<Vec<Vec<u8>>, Malformed> {
    let Some(value) = certificate.crl_distribution_points() else {
        return Ok(Vec::new());
    };
    crate::asn1::scan(value)?;
    let mut found = Vec::new();
    for point in Element::only(value, 0)?.tagged(tag::SEQUENCE, "distribution points")?.elements().all(MAX_NAMES)? {
        let mut parts = point.tagged(tag::SEQUENCE, "a distribution point")?.elements();
        let name = parts.optional(tag::constructed(0))?;
        if let (Some(name), true) = (name, parts.is_at_end()) {
            found.extend(full_names(name)?.unwrap_or_default().iter().map(|name| name.whole.to_vec()));
        }
    }
    Ok(found)
}
