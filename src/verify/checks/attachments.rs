//! The bytes that came with the certificate are those that the signed data name. Bytes that stayed behind are not missed:
//! the statement is whole without them.

use super::Finding;
use crate::{
    attachment::{name_of, named_in},
    facts::CertificateFacts,
    report::Reason,
};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    let attachments = &facts.envelope.attachments;
    if attachments.is_empty() {
        return Finding::not_applicable("NO_ATTACHMENTS");
    }
    let Some(statement) = facts.whole() else {
        return Finding::unread();
    };
    let named = named_in(&statement.data);
    let foreign = attachments.iter().find(|(name, bytes)| !named.contains(name.as_str()) || name_of(bytes) != **name);
    match foreign {
        None => Finding::ok(),
        Some((name, _)) => Finding::failed(Reason::new("ATTACHMENT_MISMATCH", [("which", name.chars().take(80).collect())])),
    }
}
