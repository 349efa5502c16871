//! One running hub: the rooms, put together.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use model::actor::Actor;
use model::registry::{Diagnostic, Registry};
use thiserror::Error;
use tokio::task::JoinHandle;
use uuid::Uuid;
use verify::{Policy, Trust};

use crate::administrators::{Administrators, SessionTerms};
use crate::approvals::{Action, Approvals};
use crate::clients::{self, Clients};
use crate::faces::Typesetters;
use crate::files::Files;
use crate::fresh::{Answers, Kept};
use crate::granting::Granting;
pub use crate::graphql::Bounds;
use crate::graphql::Graph;
use crate::guard::Guard;
use crate::holders::Holders;
use crate::issue::Issuing;
use crate::journal::Journal;
use crate::limits::{GuessLimits, Guesses, Limit, Meter, Meters, Network};
use crate::registration::{self, Registration, RegistrationError};
use crate::sealing::Sealing;
use crate::sign::{KeyRing, SignError, TrustState, read_trust, trust_state};
use crate::store::{ChangesSettings, Store, StoreError, StoreSettings};
use crate::transparency::Transparency;
use crate::verification::Verification;

/// How often a replica looks whether another has registered a type.
const FOLLOW: Duration = Duration::from_millis(500);

/// Every so many looks it looks whether something that is trusted is another, or a key of access tokens: five seconds.
const TRUST_EVERY: u32 = 10;

/// What a hub is made of. Holds a passphrase: never printed.
#[derive(Clone)]
pub struct HubSettings {
    pub store: StoreSettings,
    /// Folder of the signers' keys.
    pub keys: PathBuf,
    pub passphrase: String,
    /// Folder of PEM trust anchors.
    pub trust: PathBuf,
    /// Where outsiders reach this hub, without a slash at the end.
    pub public_url: String,
    /// Origins whose pages may verify and read the catalogue; `*` for all.
    pub cors_origins: Vec<String>,
    /// A demonstration: its CA is accepted, and authorities registered get a signer at once.
    pub demo: bool,
    /// `demo.json`, shown to callers on this machine.
    pub demo_file: Option<PathBuf>,
    /// This program's file, started for work on what others handed over; None does it in this process.
    pub program: Option<PathBuf>,
    pub cache: CacheSettings,
    pub bounds: Bounds,
    /// How long access events may wait for their place in the signed log.
    pub unlogged: Duration,
    pub callers: CallerSettings,
}

/// How callers are treated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerSettings {
    /// How long an access token lives.
    pub token_lifetime: Duration,
    /// What a client may take for which nothing else is registered, and a token with a department.
    pub client: Limit,
    /// What all clients of a department together may take, where nothing else is registered.
    pub department: Limit,
    /// How often strangers may be wrong.
    pub guesses: GuessLimits,
    /// Whose `X-Forwarded-For` counts.
    pub proxies: Vec<Network>,
    /// How long those who sign in stay so.
    pub sessions: SessionTerms,
    /// What a second person must agree to.
    pub second: BTreeSet<Action>,
}

impl Default for CallerSettings {
    fn default() -> Self {
        Self {
            token_lifetime: clients::LIFETIME,
            client: Limit::default(),
            department: Limit::default(),
            guesses: GuessLimits::default(),
            proxies: Vec::new(),
            sessions: SessionTerms::default(),
            second: BTreeSet::new(),
        }
    }
}

/// What a hub serves from memory once it follows the others: see [`Hub::follow`].
#[derive(Clone)]
pub struct CacheSettings {
    pub changes: ChangesSettings,
    /// Nothing older is served from memory: so long, at most, something lost on the way between replicas stays unseen.
    pub lifetime: Duration,
    /// Memory for answers, and again as much for reports of verification; 0 keeps none.
    pub answers_bytes: u64,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { changes: ChangesSettings::default(), lifetime: Duration::from_secs(30), answers_bytes: 64 << 20 }
    }
}

/// Memory for tokens that were looked up: some ten thousand.
const TOKENS: u64 = 4 << 20;
/// Memory for tokens that are not good, apart, so that whoever tries tokens out pushes no good one out.
const REFUSED: u64 = 256 << 10;

#[derive(Debug, Error)]
pub enum HubError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error("the trust anchors in {folder}: {detail}")]
    Trust { folder: PathBuf, detail: String },
    #[error("the signing keys belong to a demonstration CA: import keys of a real one (zhengzhao keys …)")]
    DemoKeys,
    #[error("stored type files do not read any more:\n{}", .0.iter().map(|found| found.message.en.clone()).collect::<Vec<_>>().join("\n"))]
    Types(Vec<Diagnostic>),
    #[error(transparent)]
    Registration(#[from] RegistrationError),
}

/// Who calls with a token, and what counts his requests.
#[derive(Debug)]
pub struct Known {
    pub actor: Arc<Actor>,
    pub meters: Vec<Arc<Meter>>,
}

/// A hub that answers.
pub struct Hub {
    pub settings: HubSettings,
    pub store: Store,
    pub registry: Arc<ArcSwap<Registry>>,
    pub keys: Arc<KeyRing>,
    /// What is trusted, as the folder was when it was read last.
    trust: Arc<ArcSwap<Trust>>,
    trust_state: Mutex<TrustState>,
    pub audit: Journal,
    pub clients: Clients,
    pub administrators: Administrators,
    pub approvals: Approvals,
    pub transparency: Transparency,
    pub issuing: Issuing,
    pub verification: Arc<Verification>,
    pub files: Files,
    pub typesetters: Arc<Typesetters>,
    pub registration: Registration,
    pub sealing: Arc<Sealing>,
    pub granting: Granting,
    pub holders: Holders,
    pub graph: Graph,
    /// Whole answers. What goes with each: the types and versions it shows, for the log.
    pub answers: Answers<Vec<(String, Uuid)>>,
    /// What callers have taken.
    pub meters: Arc<Meters>,
    /// Strangers who verify.
    pub guesses: Guesses,
    /// Who calls, by the digest of the token.
    pub tokens: Kept<String, Arc<Known>>,
    /// Digests of tokens that are not good.
    pub refused: Kept<String, ()>,
}

impl Hub {
    /// Opens the database, brings it up to date, reads types, keys and trust anchors.
    ///
    /// # Errors
    /// What of it is not there or does not read, by name.
    pub async fn open(settings: HubSettings) -> Result<Arc<Self>, HubError> {
        let keys = Arc::new(KeyRing::open(&settings.keys, &settings.passphrase)?);
        // Seals name their signers without the authorities above them.
        let trust_state = Mutex::new(trust_state(&settings.trust)?);
        let trust = Arc::new(ArcSwap::from_pointee(anchors(&settings)?.with_signers(keys.chains())));
        if keys.has_demo() && !settings.demo {
            return Err(HubError::DemoKeys);
        }
        let store = Store::open(&settings.store).await?.serving(&settings.cache.changes)?;
        let CacheSettings { lifetime, answers_bytes, .. } = settings.cache;
        let ledger = store.ledger();
        store.migrate().await?;
        let registry = Arc::new(ArcSwap::from_pointee(registration::load(&store, &Registry::empty()).await?));
        let audit = Journal::start(store.clone());
        let sealing = Arc::new(Sealing::new(store.clone(), registry.clone(), keys.clone()));
        let reports = Kept::new(ledger.clone(), answers_bytes, lifetime);
        let guard = settings.program.clone().map(|program| Arc::new(Guard::new(program)));
        let typesetters = Arc::new(Typesetters::new(settings.program.clone()));
        let verification = Verification::new(store.clone(), registry.clone(), keys.clone(), trust.clone(), Policy::default())
            .keeping(reports)
            .guarded(guard);
        let verification = Arc::new(verification);
        let demo = settings.demo.then(|| (settings.keys.clone(), settings.passphrase.clone()));
        let signers = registration::Signers::new(keys.clone(), demo, sealing.clone());
        let lifetime = settings.callers.token_lifetime;
        let hub = Arc::new(Self {
            clients: Clients::new(store.clone(), keys.clone(), audit.clone(), &settings.public_url, lifetime),
            administrators: Administrators::new(store.clone(), audit.clone(), &settings.public_url, settings.callers.sessions),
            approvals: Approvals::new(store.clone(), settings.callers.second.clone()),
            issuing: Issuing::new(store.clone(), registry.clone(), keys.clone(), trust.clone()),
            files: Files::new(
                store.clone(),
                registry.clone(),
                verification.clone(),
                sealing.clone(),
                keys.clone(),
                typesetters.clone(),
                &settings.public_url,
            ),
            verification,
            registration: Registration::new(store.clone(), registry.clone(), audit.clone(), signers, typesetters.clone()),
            typesetters,
            transparency: Transparency::new(store.clone(), keys.clone(), &settings.public_url, settings.unlogged),
            sealing,
            granting: Granting::new(store.clone(), registry.clone()),
            holders: Holders::new(store.clone(), registry.clone()),
            meters: Arc::new(Meters::new(store.counters())),
            guesses: Guesses::new(settings.callers.guesses),
            graph: Graph::new(settings.bounds.clone()),
            answers: Answers::new(ledger.clone(), answers_bytes, lifetime, store.second_level()),
            tokens: Kept::new(ledger.clone(), TOKENS, lifetime),
            refused: Kept::new(ledger, REFUSED, lifetime),
            settings,
            store,
            registry,
            keys,
            trust,
            trust_state,
            audit,
        });
        hub.verification.learn_own_signers();
        Ok(hub)
    }

    /// The roots that this hub trusts.
    ///
    /// # Errors
    /// They do not read any more.
    pub fn trust(&self) -> Result<Trust, HubError> {
        Ok(anchors(&self.settings)?.with_signers(self.keys.chains()))
    }

    /// Reads the folder of what is trusted again where something in it is another: a new root, a new list of revoked certificates.
    /// Whether it was. What was before stays where it does not read.
    ///
    /// # Errors
    /// What does not read, by name.
    pub fn follow_trust(&self) -> Result<bool, HubError> {
        let found = trust_state(&self.settings.trust)?;
        let mut known = self.trust_state.lock().unwrap_or_else(PoisonError::into_inner);
        if *known == found {
            return Ok(false);
        }
        // What does not read is told once, not at every look.
        *known = found;
        self.trust.store(Arc::new(self.trust()?));
        self.verification.learn_own_signers();
        Ok(true)
    }

    /// Follows what other replicas register and change, until the hub is dropped. Only a hub that follows serves from memory.
    pub fn follow(self: &Arc<Self>) -> JoinHandle<()> {
        self.store.follow_changes();
        self.meters.keep_adding_up();
        let hub = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(FOLLOW);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut turn = 0_u32;
            loop {
                ticks.tick().await;
                let Some(hub) = hub.upgrade() else { return };
                if let Err(error) = hub.registration.follow().await {
                    tracing::warn!(%error, "could not look for newly registered types");
                }
                turn += 1;
                if !turn.is_multiple_of(TRUST_EVERY) {
                    continue;
                }
                // Opening a key takes a noticeable part of a second.
                let keys = hub.keys.clone();
                match tokio::task::spawn_blocking(move || keys.follow_tokens()).await {
                    Ok(Ok(true)) => tracing::info!("the keys of access tokens were read again"),
                    Ok(Ok(false)) => {}
                    Ok(Err(error)) => tracing::warn!(%error, "the keys of access tokens do not read: those of before stay"),
                    Err(error) => tracing::error!(%error, "the keys of access tokens could not be looked at"),
                }
                match hub.follow_trust() {
                    Ok(true) => tracing::info!("what is trusted was read again"),
                    Ok(false) => {}
                    Err(error) => tracing::warn!(%error, "what is trusted does not read: what was before stays"),
                }
            }
        })
    }
}

fn anchors(settings: &HubSettings) -> Result<Trust, HubError> {
    read_trust(&settings.trust).map_err(|error| HubError::Trust { folder: settings.trust.clone(), detail: error.to_string() })
}
