//! The types as grants show them: what is not granted is not there.

use std::sync::Arc;

use super::{Rights, TypeRights};
use crate::registry::{CertificateType, Registry, RelationFrom, Shown, Sight, Source};

impl Registry {
    /// The same types under the same revision, those that `rights` limit replaced by what they show of them.
    #[must_use]
    pub fn as_shown(&self, rights: &Rights) -> Self {
        self.map_types(|ty| rights.of(&ty.name).filter(|rights| !rights.is_whole()).map(|rights| Arc::new(shown(ty, rights))))
    }
}

fn shown(ty: &Arc<CertificateType>, rights: &TypeRights) -> CertificateType {
    let mut projected = (**ty).clone();
    projected.fields.retain_mut(|field| {
        field.masked = rights.sight(&field.name) == Sight::Masked;
        if field.masked {
            // Whoever may not see a value may not ask whether it is this one.
            field.search = None;
        }
        rights.sight(&field.name) != Sight::Denied
    });
    projected.relations.retain(|relation| match &relation.from {
        // What is reached tells what it was reached by.
        RelationFrom::Number => rights.number() == Sight::Plain,
        RelationFrom::Holder => rights.holders() == Sight::Plain,
        RelationFrom::Property(steps) => steps.first().is_some_and(|first| rights.sight(first) == Sight::Plain),
    });
    // A certificate's name may be made of a property.
    if let Source::From(steps) = &projected.metadata.name
        && steps.first().is_none_or(|first| rights.sight(first) != Sight::Plain)
    {
        projected.metadata.name = Source::Constant(ty.title.zh.clone());
    }
    projected.shown = Some(Arc::new(Shown { of: ty.clone(), number: rights.number(), holders: rights.holders(), files: rights.files }));
    projected
}
