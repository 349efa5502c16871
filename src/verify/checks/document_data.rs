//! The document carries the certificate as signed data, and says of itself what they say.

use super::Finding;
use crate::{
    facts::{DocumentFacts, Facts},
    report::Reason,
};

pub(super) fn run(facts: &Facts<'_>, document: &DocumentFacts<'_>) -> Finding {
    let certificate = match (&document.document.data, &facts.certificate) {
        (Some(Err(fault)), _) => {
            let params = [("where", crate::document::CERTIFICATE_FILE.to_owned()), ("what", fault.clone())];
            return Finding::failed(Reason::new("FORMAT_FAILURE", params));
        }
        (None, _) | (_, None) => return Finding::unknown(Reason::new("DOCUMENT_WITHOUT_DATA", [])),
        (Some(Ok(_)), Some(certificate)) => certificate,
    };
    let Ok(statement) = &certificate.statement else {
        return Finding::unread();
    };
    let members = [("ZZBS", &statement.identifier), ("ZZBH", &statement.number), ("ZZLXDM", &statement.type_code)];
    let differs = |name: &str, value: &String| document.document.stated.iter().any(|(stated, said)| stated == name && said != value);
    let differing: Vec<&str> = members.into_iter().filter(|(name, value)| differs(name, value)).map(|(name, _)| name).collect();
    if differing.is_empty() {
        return Finding::ok();
    }
    Finding::failed(Reason::new("DOCUMENT_DATA_MISMATCH", [("members", differing.join(", "))]))
}
