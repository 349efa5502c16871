//! What is handed to the verifier, and what it says.

use chrono::{DateTime, Utc};

use super::{Crl, OcspResponse, RevocationFault, Revoked, certificate_id::IssuerDigests, ocsp::SingleStatus};
use crate::chain::{Chain, X509};

/// Most pieces of revocation data that one collection takes.
pub const MAX_PIECES: usize = 128;
/// Most bytes of revocation data that one collection takes.
pub const MAX_TOTAL: usize = 64 * 1024 * 1024;

/// Revocation data as somebody handed them over. Copying is cheap.
#[derive(Debug, Clone, Default)]
pub struct Revocations {
    crls: Vec<Crl>,
    ocsp_responses: Vec<OcspResponse>,
    unusable: Vec<Unusable>,
    bytes: usize,
}

/// A piece that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// What it was handed over as.
    pub source: Source,
    /// Why not.
    pub fault: RevocationFault,
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A list of revoked certificates.
    Crl,
    /// An answer of the authority or its responder.
    Ocsp,
}

/// What is known of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Not revoked.
    Good {
        /// As of when: the data were made then, which may be before or after the time asked for.
        as_of: DateTime<Utc>,
        /// Until when the data count as fresh.
        until: DateTime<Utc>,
        /// What says so.
        source: Source,
    },
    /// Revoked, or suspended.
    Revoked {
        /// Since when and why.
        revoked: Revoked,
        /// When the data were made.
        as_of: DateTime<Utc>,
        /// What says so.
        source: Source,
    },
    /// Nothing can be said.
    Unknown {
        /// Why not.
        why: WhyUnknown,
    },
}

/// Why nothing can be said of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyUnknown {
    /// No data speak of it.
    NoneGiven,
    /// Data name its issuer, but neither the issuer nor a responder of its signed them, or with a key that may not.
    NotSignedByIssuer,
    /// The data were fresh until then only.
    TooOld {
        /// The latest such time.
        until: DateTime<Utc>,
    },
    /// The lists of its issuer cover other certificates than this one.
    NotCovered,
    /// The list was made when the certificate had run out, and need no longer list it.
    MadeAfterExpiry {
        /// When.
        as_of: DateTime<Utc>,
    },
    /// The authority's responder does not know it.
    NotKnownToResponder,
}

/// What is known of one certificate on a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRevocation {
    /// Position in the chain, 0 for the signer.
    pub place: usize,
    /// Its subject.
    pub subject: String,
    /// Its status.
    pub status: RevocationStatus,
}

/// What one piece says of a certificate.
struct Statement {
    as_of: DateTime<Utc>,
    until: DateTime<Utc>,
    revoked: Option<Revoked>,
    source: Source,
}

impl Revocations {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads DER: CertificateLists and OCSPResponses. What cannot be used is listed by [`Self::unusable`].
    pub fn read<T: AsRef<[u8]>>(crls: &[T], ocsp_responses: &[T]) -> Self {
        let mut found = Self::new();
        for der in crls {
            found.add_crl(der.as_ref());
        }
        for der in ocsp_responses {
            found.add_ocsp(der.as_ref());
        }
        found
    }

    /// Adds a CertificateList.
    pub fn add_crl(&mut self, der: &[u8]) {
        match self.admit(der.len()).and_then(|()| Crl::read(der)) {
            Ok(crl) => self.crls.push(crl),
            Err(fault) => self.refuse(Source::Crl, fault),
        }
    }

    /// Adds an OCSPResponse.
    pub fn add_ocsp(&mut self, der: &[u8]) {
        match self.admit(der.len()).and_then(|()| OcspResponse::read(der)) {
            Ok(response) => self.ocsp_responses.push(response),
            Err(fault) => self.refuse(Source::Ocsp, fault),
        }
    }

    /// Adds what another collection has: such as a hub's lists, read once, to what came with a file.
    pub fn add_all(&mut self, other: &Self) {
        for unusable in &other.unusable {
            self.refuse(unusable.source, unusable.fault.clone());
        }
        for crl in &other.crls {
            match self.admit(crl.size()) {
                Ok(()) => self.crls.push(crl.clone()),
                Err(fault) => self.refuse(Source::Crl, fault),
            }
        }
        for response in &other.ocsp_responses {
            match self.admit(response.size()) {
                Ok(()) => self.ocsp_responses.push(response.clone()),
                Err(fault) => self.refuse(Source::Ocsp, fault),
            }
        }
    }

    /// Whether there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.ocsp_responses.is_empty()
    }

    /// Every list that can be used.
    pub fn lists(&self) -> &[Crl] {
        &self.crls
    }

    /// The lists of the authorities above these certificates that are fresh at the time `at`: what is kept beside a signature, so that it
    /// can be judged when nobody publishes them any more.
    pub fn lists_for<'a>(&'a self, chain: &'a [X509], at: DateTime<Utc>) -> impl Iterator<Item = &'a Crl> {
        let of_issuer = move |crl: &&Crl| chain.iter().any(|certificate| certificate.issuer_der() == crl.issuer_der());
        self.crls.iter().filter(of_issuer).filter(move |crl| crl.this_update() <= at && at <= crl.next_update())
    }

    /// Verifies every list that one of `issuers` is named by, so that whoever asks later need not.
    pub(crate) fn verify_by(&self, issuers: impl Iterator<Item = X509>) {
        for issuer in issuers {
            for crl in self.crls.iter().filter(|crl| crl.names(&issuer)) {
                // Remembered by the list.
                let _ = crl.is_signed_by(&issuer);
            }
        }
    }

    /// Pieces that cannot be used, and why.
    pub fn unusable(&self) -> &[Unusable] {
        &self.unusable
    }

    /// What is known at the time `at` of a certificate that `issuer` really issued.
    ///
    /// Only data count that the issuer, or a responder it delegated, signed. Data made later than `at` count too: they know more,
    /// and [`RevocationStatus::Good::as_of`] says so. A revocation for ever counts however old the data are; a suspension, and
    /// that there is none, only from the newest data, and only while they are fresh at `at`.
    pub fn status(&self, certificate: &X509, issuer: &X509, at: DateTime<Utc>) -> RevocationStatus {
        let mut why = WhyUnknown::NoneGiven;
        let mut for_ever: Option<Statement> = None;
        let mut newest: Option<Statement> = None;
        for statement in self.statements(certificate, issuer) {
            let statement = match statement {
                Ok(statement) => statement,
                Err(reason) => {
                    why = why.or_graver(reason);
                    continue;
                }
            };
            match statement.revoked {
                Some(revoked) if revoked.is_for_ever() => {
                    let earlier = |other: &Statement| other.revoked.is_none_or(|other| revoked.since < other.since);
                    if for_ever.as_ref().is_none_or(earlier) {
                        for_ever = Some(statement);
                    }
                }
                _ if statement.until < at => why = why.or_graver(WhyUnknown::TooOld { until: statement.until }),
                revoked => {
                    let key = |statement: &Statement| (statement.as_of, statement.revoked.is_some());
                    if newest.as_ref().is_none_or(|other| key(other) < (statement.as_of, revoked.is_some())) {
                        newest = Some(statement);
                    }
                }
            }
        }
        match for_ever.or(newest) {
            Some(Statement { as_of, revoked: Some(revoked), source, .. }) => RevocationStatus::Revoked { revoked, as_of, source },
            Some(Statement { as_of, until, revoked: None, source }) => RevocationStatus::Good { as_of, until, source },
            None => RevocationStatus::Unknown { why },
        }
    }

    /// What is known at the time `at` of every certificate of a followed chain from the signer up to the last one below its root.
    /// Empty for a broken chain, and for a signer that is itself a root. Of a chain without a trusted root it says what that
    /// chain's own authorities say.
    pub fn of_chain(&self, chain: &Chain, at: DateTime<Utc>) -> Vec<CertificateRevocation> {
        let issued = chain.issued().into_iter().enumerate();
        let status = |(place, (certificate, issuer)): (usize, (&X509, &X509))| CertificateRevocation {
            place,
            subject: certificate.subject(),
            status: self.status(certificate, issuer, at),
        };
        issued.map(status).collect()
    }

    fn statements<'a>(&'a self, certificate: &'a X509, issuer: &'a X509) -> impl Iterator<Item = Result<Statement, WhyUnknown>> + 'a {
        let by_list = self.crls.iter().filter(|crl| crl.names(issuer)).map(|crl| {
            if !crl.is_signed_by(issuer) {
                return Err(WhyUnknown::NotSignedByIssuer);
            }
            let (as_of, revoked) = (crl.this_update(), crl.entry(certificate.serial()));
            if revoked.is_none() && !crl.covers(certificate) {
                return Err(WhyUnknown::NotCovered);
            }
            if revoked.is_none() && as_of > certificate.not_after() && !crl.keeps_expired(certificate.not_after()) {
                return Err(WhyUnknown::MadeAfterExpiry { as_of });
            }
            Ok(Statement { as_of, until: crl.next_update(), revoked, source: Source::Crl })
        });
        let digests = (!self.ocsp_responses.is_empty()).then(|| IssuerDigests::of(issuer));
        let by_answer = self.ocsp_responses.iter().filter_map(move |response| {
            let single = response.single(digests.as_ref()?, certificate.serial())?;
            let revoked = match single.status {
                _ if response.signer(issuer).is_none() => return Some(Err(WhyUnknown::NotSignedByIssuer)),
                SingleStatus::Unknown => return Some(Err(WhyUnknown::NotKnownToResponder)),
                SingleStatus::Revoked(revoked) => Some(revoked),
                SingleStatus::Good => None,
            };
            Some(Ok(Statement { as_of: single.this_update, until: single.until(), revoked, source: Source::Ocsp }))
        });
        by_list.chain(by_answer)
    }

    fn admit(&mut self, bytes: usize) -> Result<(), RevocationFault> {
        let pieces = self.crls.len() + self.ocsp_responses.len() + self.unusable.len();
        let total = self.bytes.saturating_add(bytes);
        if pieces >= MAX_PIECES || total > MAX_TOTAL {
            return Err(RevocationFault::Overfull);
        }
        self.bytes = total;
        Ok(())
    }

    fn refuse(&mut self, source: Source, fault: RevocationFault) {
        if self.unusable.len() < MAX_PIECES {
            self.unusable.push(Unusable { source, fault });
        }
    }
}

impl WhyUnknown {
    /// The reason that says more.
    fn or_graver(self, other: Self) -> Self {
        let weight = |why: Self| match why {
            Self::NoneGiven => (0, DateTime::UNIX_EPOCH),
            Self::NotSignedByIssuer => (1, DateTime::UNIX_EPOCH),
            Self::NotCovered => (2, DateTime::UNIX_EPOCH),
            Self::MadeAfterExpiry { as_of } => (3, as_of),
            Self::TooOld { until } => (4, until),
            Self::NotKnownToResponder => (5, DateTime::UNIX_EPOCH),
        };
        if weight(other) > weight(self) { other } else { self }
    }
}
