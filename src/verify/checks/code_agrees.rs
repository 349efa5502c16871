//! The code on the face is the code of this certificate: identifier, term and holder are what was signed as data. A code cut out of
//! one face and glued on another shows here.

use super::Finding;
use crate::{
    facts::{CodeFacts, Facts},
    qr::holder_of,
    report::Reason,
};

pub(super) fn run(facts: &Facts<'_>, code: &CodeFacts<'_>) -> Finding {
    let Some(certificate) = &facts.certificate else {
        return Finding::not_applicable("NOT_GIVEN");
    };
    let Ok(statement) = &certificate.statement else {
        return Finding::unread();
    };
    let identifier = code.identifier.as_ref().map(|parsed| parsed.identifier.to_string());
    let mut members = vec![("identifier", identifier.as_deref() == Some(statement.identifier.as_str()))];
    if let Some(claims) = code.claims {
        members.extend([
            ("validFrom", claims.valid_from == statement.valid_from),
            ("validTo", claims.valid_to == statement.valid_to),
            ("holder", claims.holder == holder_of(&statement.holders)),
        ]);
    }
    let differing: Vec<&str> = members.into_iter().filter(|(_, agrees)| !agrees).map(|(member, _)| member).collect();
    if differing.is_empty() {
        return Finding::ok();
    }
    Finding::failed(Reason::new("CODE_MISMATCH", [("members", differing.join(", "))]))
}
