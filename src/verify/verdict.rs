//! The one table from what was found to the verdict.
//!
//! | situation | result | gbResult |
//! | --- | --- | --- |
//! | all checks OK, VALID | PASSED | 0 |
//! | genuine, NOT_YET_VALID | FAILED | 1 |
//! | genuine, SUSPENDED | FAILED | 2 |
//! | genuine, EXPIRED, REVOKED, CANCELLED, TRANSFERRED, SUPERSEDED | FAILED | 3 |
//! | genuine, a copy for one use that is over | FAILED | 3 |
//! | genuine, OTHER: the issuer's code has no meaning we know | INDETERMINATE | – |
//! | too little given | INDETERMINATE | 4 |
//! | not known here | INDETERMINATE | 5 |
//! | not genuine, or data do not agree | FAILED | 5 |
//! | genuine or not cannot be said | INDETERMINATE | – |
//! | status cannot be reached, or is too old to rely on | INDETERMINATE | – |
//!
//! A status too old to rely on still decides when time cannot mend it: what was revoked or has expired stays so.

use crate::{
    report::VerificationResult::{self, Failed, Indeterminate, Passed},
    status::CertificateStatus,
};

/// GB/T 36906: the information is too little to verify.
pub(crate) const TOO_LITTLE: u8 = 4;
/// GB/T 36906: no such information.
pub(crate) const UNKNOWN_HERE: u8 = 5;

/// What the checks came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Findings {
    /// What was presented is too little to compare.
    pub(crate) too_little: bool,
    /// `None` when it cannot be said.
    pub(crate) genuine: Option<bool>,
    /// Derived status; `None` when the statements cannot be read.
    pub(crate) status: Option<CertificateStatus>,
    /// Whether the status may be relied on.
    pub(crate) status_known: bool,
    /// Whether the copy for one use is over; `None` when that cannot be said.
    pub(crate) copy_lapsed: Option<bool>,
}

/// Result and gbResult.
pub(crate) fn verdict(findings: Findings) -> (VerificationResult, Option<u8>) {
    use CertificateStatus as S;
    match findings {
        Findings { genuine: Some(false), .. } => (Failed, Some(UNKNOWN_HERE)),
        Findings { too_little: true, .. } => (Indeterminate, Some(TOO_LITTLE)),
        Findings { genuine: None, .. } | Findings { status: None, .. } => (Indeterminate, None),
        Findings { genuine: Some(true), status: Some(status), status_known, copy_lapsed, .. } => match status {
            S::Expired | S::Revoked | S::Cancelled | S::Transferred | S::Superseded => (Failed, Some(3)),
            S::NotYetValid => (Failed, Some(1)),
            _ if copy_lapsed == Some(true) => (Failed, Some(3)),
            S::Other => (Indeterminate, None),
            _ if copy_lapsed.is_none() => (Indeterminate, None),
            S::Valid | S::Suspended if !status_known => (Indeterminate, None),
            S::Suspended => (Failed, Some(2)),
            S::Valid => (Passed, Some(0)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::CertificateStatus::*;

    #[test]
    fn every_row_of_the_table() {
        let of = |genuine, status, status_known, too_little, copy_lapsed| {
            verdict(Findings { too_little, genuine, status, status_known, copy_lapsed })
        };
        let row = |genuine, status, status_known, too_little| of(genuine, status, status_known, too_little, Some(false));
        let known = |status| row(Some(true), Some(status), true, false);
        assert_eq!(known(Valid), (Passed, Some(0)));
        assert_eq!(known(NotYetValid), (Failed, Some(1)));
        assert_eq!(known(Suspended), (Failed, Some(2)));
        for over in [Expired, Revoked, Cancelled, Transferred, Superseded] {
            assert_eq!(known(over), (Failed, Some(3)));
            assert_eq!(row(Some(true), Some(over), false, false), (Failed, Some(3)));
        }
        assert_eq!(known(Other), (Indeterminate, None));
        assert_eq!(row(Some(true), Some(Valid), true, true), (Indeterminate, Some(4)));
        assert_eq!(row(None, Some(Valid), true, true), (Indeterminate, Some(4)));
        for status in CertificateStatus::ALL {
            assert_eq!(row(Some(false), Some(status), true, false), (Failed, Some(5)));
            assert_eq!(row(None, Some(status), true, false), (Indeterminate, None));
        }
        assert_eq!(row(Some(true), Some(Valid), false, false), (Indeterminate, None));
        assert_eq!(row(Some(true), Some(Suspended), false, false), (Indeterminate, None));
        assert_eq!(row(Some(true), Some(NotYetValid), false, false), (Failed, Some(1)));
        assert_eq!(row(Some(true), None, true, false), (Indeterminate, None));
        for status in [Valid, Suspended, Other] {
            assert_eq!(of(Some(true), Some(status), true, false, Some(true)), (Failed, Some(3)));
            assert_eq!(of(Some(true), Some(status), true, false, None), (Indeterminate, None));
        }
        assert_eq!(of(Some(true), Some(NotYetValid), true, false, Some(true)), (Failed, Some(1)));
        assert_eq!(of(Some(false), Some(Valid), true, false, Some(true)), (Failed, Some(5)));
    }

    /// Whatever is found, PASSED needs all of it.
    #[test]
    fn passed_is_one_case_alone() {
        for genuine in [None, Some(false), Some(true)] {
            for status in CertificateStatus::ALL.into_iter().map(Some).chain([None]) {
                for (status_known, too_little) in [(false, false), (false, true), (true, false), (true, true)] {
                    for copy_lapsed in [None, Some(true), Some(false)] {
                        let findings = Findings { too_little, genuine, status, status_known, copy_lapsed };
                        let passed = verdict(findings).0 == Passed;
                        let best = Findings {
                            too_little: false,
                            genuine: Some(true),
                            status: Some(Valid),
                            status_known: true,
                            copy_lapsed: Some(false),
                        };
                        assert_eq!(passed, findings == best);
                    }
                }
            }
        }
    }
}
