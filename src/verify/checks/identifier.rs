//! The identifier says the same as the statement around it, and its check character is right.

use super::Finding;
use crate::{facts::CertificateFacts, report::Reason};

/// Type code and issuer inside the identifier are those of the statement.
pub(super) fn parts(facts: &CertificateFacts<'_>) -> Finding {
    let (Ok(statement), Some(parsed)) = (&facts.statement, &facts.identifier) else {
        return Finding::unread();
    };
    let identifier = match parsed {
        Ok(parsed) => &parsed.identifier,
        Err(error) => {
            let params = [("where", "identifier".to_owned()), ("what", error.to_string())];
            return Finding::failed(Reason::new("FORMAT_FAILURE", params));
        }
    };
    let differs = |member: &str, inside: &str, stated: &str| {
        let params = [("member", member.to_owned()), ("inside", inside.to_owned()), ("stated", stated.to_owned())];
        Reason::new("IDENTIFIER_MISMATCH", params)
    };
    if identifier.type_code() != statement.type_code {
        return Finding::failed(differs("typeCode", identifier.type_code(), &statement.type_code));
    }
    if identifier.issuer() == statement.issuer.code {
        return Finding::ok();
    }
    let reason = differs("issuer.code", identifier.issuer(), &statement.issuer.code);
    // Some registries put a region code of 6 digits here, which names no authority to compare with.
    if identifier.issuer().len() == 18 { Finding::failed(reason) } else { Finding::unknown(reason) }
}

/// MOD 37,36. Foreign makers get it wrong, so by default this only warns.
pub(super) fn check_character(facts: &CertificateFacts<'_>) -> Finding {
    match &facts.identifier {
        None | Some(Err(_)) => Finding::unread(),
        Some(Ok(parsed)) if parsed.check_is_right() => Finding::ok(),
        Some(Ok(parsed)) => {
            let expected = parsed.expected_check.map_or_else(|| "–".to_owned(), String::from);
            let params = [("written", parsed.identifier.check().to_string()), ("expected", expected)];
            Finding::failed(Reason::new("IDENTIFIER_CHECK_CHARACTER", params))
        }
    }
}
