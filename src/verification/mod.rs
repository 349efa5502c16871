//! Is this certificate genuine and in force? Loads what the hub has on record and asks `verify`, which alone judges.
//!
//! Anybody may ask: what is loaded goes to `verify` only, and its report holds masked facts.

mod code;
mod evidence;
mod file;
mod information;
mod learning;
mod parallel;
mod upload;

pub use code::CodeError;
pub(crate) use evidence::record_of;
pub(crate) use parallel::over_cores;
pub use upload::{READING, UploadFault, read_within_limits};

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use model::plan::{EvidencePlan, PlanError, evidence_by_keys};
use model::registry::Registry;
use tokio::sync::Semaphore;
use uuid::Uuid;
use verify::envelope::SignedText;
use verify::status::next_boundary;
use verify::{Envelope, Input, Policy, Presented, Report, Trust};

use self::learning::Learning;
use crate::fresh::{Kept, Tag};
use crate::guard::Guard;
use crate::sign::KeyRing;
use crate::store::Store;
use crate::store::rows::Evidence;

/// What a report takes in memory, in bytes, roundly: its checks with their details, and what is told of the certificate.
const REPORT: usize = 4096;

/// Answers questions about certificates on record.
#[derive(Debug)]
pub struct Verification {
    store: Store,
    registry: Arc<ArcSwap<Registry>>,
    keys: Arc<KeyRing>,
    /// Swapped whole when its folder is read again.
    trust: Arc<ArcSwap<Trust>>,
    learning: Learning,
    policy: Policy,
    kept: Option<Reports>,
    guard: Option<Arc<Guard>>,
    /// Documents that are judged at a time.
    reading: Arc<Semaphore>,
}

/// Reports by the id or identifier asked for.
pub type Reports = Kept<String, KeptReport>;

/// A report and what was trusted when it was made: with other anchors or revocation data it says nothing.
#[derive(Debug, Clone)]
pub struct KeptReport {
    report: Arc<Report>,
    trust: Arc<Trust>,
}

/// What somebody read off a printed certificate, and of what type they say it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Information {
    /// Type code or GraphQL name.
    pub type_code: String,
    pub presented: Presented,
}

/// gbResult of what is not known here, or does not agree.
const NO_MATCH: u8 = 5;

impl Information {
    /// Which certificate is asked about: questions with the same answer here are guesses at the same one.
    pub fn about(&self) -> String {
        let Presented { number, holder_code, .. } = &self.presented;
        format!("{}\n{}", self.type_code, number.as_deref().or(holder_code.as_deref()).unwrap_or_default().trim())
    }

    /// Was it a wrong guess, where this is the answer?
    pub fn is_wrong(&self, report: &Report) -> bool {
        report.gb_result == Some(NO_MATCH)
    }
}

impl Verification {
    pub fn new(store: Store, registry: Arc<ArcSwap<Registry>>, keys: Arc<KeyRing>, trust: Arc<ArcSwap<Trust>>, policy: Policy) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            store,
            registry,
            keys,
            learning: Learning::new(trust.clone()),
            trust,
            policy,
            kept: None,
            guard: None,
            reading: Arc::new(Semaphore::new(cores)),
        }
    }

    /// What is trusted now.
    pub fn trust(&self) -> Arc<Trust> {
        self.trust.load_full()
    }

    /// Learns the signers of this hub, on a thread of its own, so that what they have signed is verified fast from the start.
    /// Others are learnt as they are met.
    pub fn learn_own_signers(&self) {
        self.learning.own(&self.keys);
    }

    /// Reports on certificates on record are kept and answered again while they hold; each tells when it was made.
    #[must_use]
    pub fn keeping(self, reports: Reports) -> Self {
        Self { kept: Some(reports), ..self }
    }

    /// Verifies certificates by opaque id or identifier: a report for each, in order.
    ///
    /// # Errors
    /// More ids than [`model::plan::MAX_VERIFIED`].
    pub async fn by_ids(&self, ids: &[String], at: DateTime<Utc>) -> Result<Vec<Report>, PlanError> {
        let plan = evidence_by_keys(ids.to_vec())?;
        let known: Vec<Option<Arc<Report>>> = ids.iter().map(|id| self.known(id, at)).collect();
        if known.iter().all(Option::is_some) {
            return Ok(known.into_iter().flatten().map(Arc::unwrap_or_clone).collect());
        }
        let stamp = self.kept.as_ref().and_then(Kept::stamp);
        // Before it is judged: what is trusted may change meanwhile.
        let trust = self.trust.load_full();
        let Some(found) = self.load(&plan).await else {
            return Ok(ids.iter().map(|_| Report::unreachable(at)).collect());
        };
        let found: Vec<Arc<Evidence>> = found.into_iter().map(Arc::new).collect();
        let asked = ids.iter().map(|id| {
            let opaque = id.parse::<Uuid>().ok();
            found.iter().find(|evidence| evidence.row.identifier == *id || Some(evidence.row.id) == opaque).cloned()
        });
        let asked: Vec<Option<Arc<Evidence>>> = asked.collect();
        let Some(reports) = self.judge_all(asked.clone(), None, at).await else {
            return Ok(ids.iter().map(|_| Report::unreachable(at)).collect());
        };
        for ((id, evidence), report) in ids.iter().zip(asked).zip(&reports) {
            if let (Some(kept), Some(stamp), Some(evidence)) = (&self.kept, stamp, evidence) {
                let row = &evidence.row;
                let until = next_boundary(row.event_status, row.valid_from, row.valid_to, at);
                let report = KeptReport { report: Arc::new(report.clone()), trust: trust.clone() };
                kept.keep(id.clone(), report, stamp, &[Tag::record(row.record_id)], until, REPORT);
            }
        }
        Ok(reports)
    }

    /// A report made not later than `at`, with what is trusted now.
    fn known(&self, id: &str, at: DateTime<Utc>) -> Option<Arc<Report>> {
        let kept = self.kept.as_ref()?.get(id, at)?;
        (kept.report.verified_at <= at && Arc::ptr_eq(&kept.trust, &self.trust.load())).then_some(kept.report)
    }

    /// The signed data of a version, as they are exported: with the issuer's statement of the status as of `at`, where the
    /// certificate is signed and its issuer signs here. Without that statement the file says nothing certain of its status.
    pub fn export(&self, evidence: &Evidence, at: DateTime<Utc>) -> Envelope {
        self.export_copy(evidence, None, at)
    }

    /// As [`Self::export`], for a copy for one use: what it states of the status is good within that copy alone.
    pub fn export_copy(&self, evidence: &Evidence, copy: Option<SignedText>, at: DateTime<Utc>) -> Envelope {
        let mut envelope = evidence::envelope(evidence);
        let signer = envelope.signature.as_ref().and_then(|_| self.keys.signer(&evidence.row.issuer));
        envelope.as_of = signer.and_then(|signer| {
            let signed = evidence::as_of(&envelope, copy.as_ref(), evidence.row.updated_at, &*signer, at);
            signed
                .inspect_err(
                    |error| tracing::error!(%error, id = %evidence.row.id, "the status of an exported certificate cannot be signed"),
                )
                .ok()
        });
        envelope.copy = copy;
        envelope
    }

    /// None: the store cannot be reached. Logged here, since a report is no error.
    async fn load(&self, plan: &EvidencePlan) -> Option<Vec<Evidence>> {
        match self.store.evidence(plan).await {
            Ok(found) => Some(found),
            Err(error) => {
                tracing::error!(%error, "verification cannot reach the store");
                None
            }
        }
    }

    /// A report for each; None is a certificate that is not known here.
    async fn judge_all(&self, asked: Vec<Option<Arc<Evidence>>>, presented: Option<Presented>, at: DateTime<Utc>) -> Option<Vec<Report>> {
        let (trust, policy) = (self.trust.load_full(), self.policy.clone());
        self.learning.met(asked.iter().flatten().flat_map(|evidence| &evidence.signers));
        let judged = over_cores(asked, move |evidence| match evidence {
            Some(evidence) => judge(&evidence, presented.as_ref(), &trust, &policy, at),
            None => Report::not_known(at),
        });
        judged.await.inspect_err(|error| tracing::error!(%error, "verification was broken off")).ok()
    }
}

/// What is on record about one version, judged.
fn judge(evidence: &Evidence, presented: Option<&Presented>, trust: &Trust, policy: &Policy, at: DateTime<Utc>) -> Report {
    let envelope = evidence::envelope(evidence);
    let record = evidence::record_without_digest(evidence);
    verify::verify(&Input { record: Some(&record), presented, ..Input::of(&envelope) }, trust, policy, at)
}
