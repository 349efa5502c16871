//! What the sample requests are run on: a hub of its own in a folder that goes with it, with the types of the one that answers, keys that
//! nobody trusts, and one certificate of each type that was asked for, issued from the type file's first example.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::actor::{Actor, Caller, Granted, Purpose, Role};
use model::docs::department::{Exchange, Request};
use model::grant::{Grant, Matters, Variables};
use model::plan::{evidence_by_keys, today};
use model::registry::{CertificateType, Registry, SourceFile, State};
use serde_json::{Map, Value};
use tempfile::TempDir;
use verify::messages::Lang;

use super::InterfaceError;
use crate::graphql::{Asked, Body, Bounds, Parameters, Path as Way};
use crate::hub::{CacheSettings, CallerSettings, Hub, HubSettings};
use crate::issue::IssueInput;
use crate::registration::AuthorityInput;
use crate::sign::authority_ca::{create_ca, create_holder, create_issuing, export_anchor};
use crate::sign::{Holder, create_token_key};
use crate::store::{ChangesSettings, Replicas, StoreSettings};
use crate::transparency::PATIENCE;

/// Who issues there: a body of a division that does not exist.
const AUTHORITY: (&str, &str) = ("11990000000000GX2C", "示例颁发机构（虚构）");

pub(super) struct Rehearsal {
    hub: Arc<Hub>,
    /// Of the types that it has.
    revision: u64,
    /// Identifiers of the certificates, by type.
    issued: HashMap<Arc<str>, String>,
    _folder: TempDir,
}

impl Rehearsal {
    /// The one that is kept, or another one where the types are others by now.
    pub(super) async fn of<'a>(registry: &Registry, kept: &'a mut Option<Self>) -> Result<&'a mut Self, InterfaceError> {
        if kept.as_ref().is_none_or(|kept| kept.revision != registry.revision()) {
            *kept = Some(Self::new(registry).await?);
        }
        kept.as_mut().ok_or_else(|| InterfaceError::Rehearsal("it is gone".into()))
    }

    async fn new(registry: &Registry) -> Result<Self, InterfaceError> {
        let folder = tempfile::tempdir().map_err(failed)?;
        let passphrase: String = rand::random::<[u8; 24]>().iter().map(|byte| format!("{byte:02x}")).collect();
        let settings = settings(folder.path(), passphrase.clone());
        let (keys, trust) = (settings.keys.clone(), settings.trust.clone());
        // Keys take a noticeable part of a second each.
        let made = tokio::task::spawn_blocking(move || {
            let now = Utc::now();
            create_ca(&keys, "示例根", &passphrase, true, now)?;
            create_issuing(&keys, "示例签发", None, &passphrase, now)?;
            for (holder, name) in [(Holder::SealMaker, "示例制章"), (Holder::TimestampUnit, "示例时间戳"), (Holder::Log, "示例日志")]
            {
                create_holder(&keys, &holder, name, &passphrase, now)?;
            }
            create_token_key(&keys, &passphrase, None, now)?;
            export_anchor(&keys, &trust)
        });
        made.await.map_err(failed)?.map_err(failed)?;
        let hub = Hub::open(settings).await.map_err(failed)?;
        let administrator = Actor::new(Role::Administrator, "rehearsal", None, Granted::All, Granted::none());
        let (code, name) = AUTHORITY;
        let input =
            AuthorityInput { code: code.into(), name: name.into(), level: Some("2".into()), division: Some("990000".into()), parent: None };
        hub.registration.register_authority(input, &administrator).await.map_err(failed)?;
        let file = |ty: &CertificateType| SourceFile { name: format!("{}.json", ty.name), text: ty.whole().source.to_string() };
        let files = registry.types().map(|known| file(&known.ty)).collect();
        let outcome = hub.registration.register(files, &administrator, State::Published, false).await.map_err(failed)?;
        if !outcome.registered {
            let told: Vec<_> = outcome.diagnostics.iter().map(|found| found.message.en.clone()).collect();
            return Err(failed(told.join("; ")));
        }
        Ok(Self { hub, revision: registry.revision(), issued: HashMap::new(), _folder: folder })
    }

    /// The identifier of the certificate of this type.
    pub(super) async fn certificate(&mut self, ty: &CertificateType) -> Result<String, InterfaceError> {
        if let Some(identifier) = self.issued.get(&ty.name) {
            return Ok(identifier.clone());
        }
        let example = ty.examples.first().cloned().ok_or_else(|| failed(format!("{} has no example", ty.name)))?;
        let issuer = Actor::new(Role::Issuer, "rehearsal", None, Granted::All, Granted::All);
        let caller = Caller::new(Arc::new(issuer), None);
        let input = IssueInput { data: Value::Object(example), issuer: Some(AUTHORITY.0.into()), ..IssueInput::default() };
        let id = self.hub.issuing.issue(&caller, &ty.name, input, Utc::now()).await.map_err(failed)?;
        let plan = evidence_by_keys(vec![id.to_string()]).map_err(failed)?;
        let found = self.hub.store.evidence(&plan).await?;
        let identifier = found.first().map(|evidence| evidence.row.identifier.clone()).ok_or_else(|| failed("it was not recorded"))?;
        self.issued.insert(ty.name.clone(), identifier.clone());
        Ok(identifier)
    }

    /// Runs a request with this actor's rights, but for the rows that its grants are for.
    pub(super) async fn run(
        &self,
        actor: &Arc<Actor>,
        request: Request,
        lang: Lang,
        now: DateTime<Utc>,
    ) -> Result<Exchange, InterfaceError> {
        let matters = actor.matters.as_ref().map(|matters| {
            let every = |grant: &Arc<Grant>| Arc::new(Grant { rows: None, ..(**grant).clone() });
            let grants = matters.grants().iter().map(every).collect();
            Arc::new(Matters::of(grants, &Variables::of(actor.department.as_ref()), &today(now)))
        });
        let actor = Arc::new(Actor { matters, ..(**actor).clone() });
        let purpose = request.body.pointer("/extensions/purpose").cloned().map(serde_json::from_value::<Purpose>);
        let purpose = purpose.transpose().map_err(failed)?;
        let text = |name: &str| request.body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let variables = request.body.get("variables").and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
        let asked = Asked {
            parameters: Parameters { query: text("query"), operation_name: None, variables },
            caller: Caller::new(actor, purpose),
            from: None,
            lang,
            now,
            queries_only: true,
        };
        let answer = match self.hub.graph.execute(&self.hub, asked, Way::Usual).await.body {
            Body::Json(answer) => answer,
            Body::Written(bytes) => serde_json::from_slice(&bytes).map_err(failed)?,
        };
        Ok(Exchange { request, answer })
    }
}

fn settings(folder: &Path, passphrase: String) -> HubSettings {
    HubSettings {
        store: StoreSettings {
            url: format!("sqlite://{}?mode=rwc", folder.join("hub.db").display()),
            max_connections: 2,
            statement_cache: true,
            index_key: rand::random(),
        },
        keys: folder.join("keys"),
        passphrase,
        trust: folder.join("trust"),
        public_url: "http://rehearsal.invalid".into(),
        cors_origins: Vec::new(),
        demo: true,
        demo_file: None,
        program: None,
        cache: CacheSettings {
            changes: ChangesSettings { replicas: Replicas::One, ..ChangesSettings::default() },
            answers_bytes: 0,
            ..CacheSettings::default()
        },
        bounds: Bounds::default(),
        unlogged: PATIENCE,
        callers: CallerSettings::default(),
    }
}

fn failed(error: impl std::fmt::Display) -> InterfaceError {
    InterfaceError::Rehearsal(error.to_string())
}
