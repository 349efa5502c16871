//! A whole hub in this process, asked over its own routes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use chrono::Utc;
use model::actor::{Actor, Granted, Role};
use model::registry::{SourceFile, State};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;
use zhengzhao::graphql::Bounds;
use zhengzhao::hub::{CacheSettings, CallerSettings, Hub, HubSettings};
use zhengzhao::registration::AuthorityInput;
use zhengzhao::sign::authority_ca::{create_ca, create_holder, create_issuing, create_signer, export_anchor};
use zhengzhao::sign::{Holder, create_token_key};
use zhengzhao::store::{StoreSettings, TokenRow};

/// The authority in whose name tests issue.
pub(crate) const AUTHORITY: &str = "11990000000000GX2C";
const PASSPHRASE: &str = "only for tests";

/// A running hub with the types of `schema/`, one authority, and a token for each role.
pub(crate) struct TestHub {
    pub hub: Arc<Hub>,
    router: Router,
    _folder: tempfile::TempDir,
}

/// Keys are slow to make: one folder for all tests of this process.
fn keys() -> &'static Path {
    static KEYS: OnceLock<PathBuf> = OnceLock::new();
    KEYS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap().keep();
        let keys = folder.join("keys");
        create_ca(&keys, "测试根", PASSPHRASE, true, Utc::now()).unwrap();
        create_issuing(&keys, "测试签发", None, PASSPHRASE, Utc::now()).unwrap();
        create_signer(&keys, AUTHORITY, "测试省住房和城乡建设厅", PASSPHRASE, Utc::now()).unwrap();
        create_holder(&keys, &Holder::SealMaker, "测试制章中心", PASSPHRASE, Utc::now()).unwrap();
        create_holder(&keys, &Holder::TimestampUnit, "测试时间戳服务", PASSPHRASE, Utc::now()).unwrap();
        create_holder(&keys, &Holder::Log, "测试日志服务", PASSPHRASE, Utc::now()).unwrap();
        create_token_key(&keys, PASSPHRASE, None, Utc::now()).unwrap();
        export_anchor(&keys, &folder.join("trust")).unwrap();
        folder
    })
}

pub(crate) fn settings(url: &str) -> HubSettings {
    HubSettings {
        store: StoreSettings { url: url.to_owned(), max_connections: 8, statement_cache: true, index_key: [7; 32] },
        keys: keys().join("keys"),
        passphrase: PASSPHRASE.into(),
        trust: keys().join("trust"),
        public_url: "http://hub.test".into(),
        cors_origins: vec!["https://portal.test".into()],
        demo: true,
        demo_file: None,
        program: Some(env!("CARGO_BIN_EXE_zhengzhao").into()),
        cache: CacheSettings::default(),
        bounds: Bounds::default(),
        unlogged: zhengzhao::transparency::PATIENCE,
        callers: CallerSettings::default(),
    }
}

/// The type files of the project.
pub(crate) fn type_files() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| SourceFile {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            text: std::fs::read_to_string(path).unwrap(),
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

pub(crate) fn administrator() -> Actor {
    Actor::new(Role::Administrator, "admin", None, Granted::All, Granted::none())
}

impl TestHub {
    /// Statements executed so far, once the journal, which may follow behind, is at rest.
    pub(crate) async fn statements(&self) -> u64 {
        loop {
            let before = self.hub.store.statements();
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
            if self.hub.store.statements() == before {
                return before;
            }
        }
    }

    /// Opens a hub on this database with every type of `schema/`.
    pub(crate) async fn start(url: &str) -> Self {
        let hub = Self::empty(url).await;
        let outcome = hub.hub.registration.register(type_files(), &administrator(), State::Published, false).await.unwrap();
        assert!(outcome.registered, "{:#?}", outcome.diagnostics);
        hub
    }

    /// Another hub on a database that has been set up, which follows the others.
    pub(crate) async fn replica(url: &str, cache: CacheSettings) -> Self {
        let hub = Hub::open(HubSettings { cache, ..settings(url) }).await.unwrap();
        hub.follow();
        Self { router: zhengzhao::http::router(hub.clone()), hub, _folder: tempfile::tempdir().unwrap() }
    }

    /// Another hub on a database that has been set up, whose requests keep to these bounds.
    pub(crate) async fn bounded(url: &str, bounds: Bounds) -> Self {
        let hub = Hub::open(HubSettings { bounds, ..settings(url) }).await.unwrap();
        Self { router: zhengzhao::http::router(hub.clone()), hub, _folder: tempfile::tempdir().unwrap() }
    }

    /// A hub of these settings, without authorities and types.
    pub(crate) async fn with(settings: HubSettings) -> Self {
        let hub = Hub::open(settings).await.unwrap();
        Self { router: zhengzhao::http::router(hub.clone()), hub, _folder: tempfile::tempdir().unwrap() }
    }

    /// A hub without types.
    pub(crate) async fn empty(url: &str) -> Self {
        let hub = Hub::open(settings(url)).await.unwrap();
        let input = AuthorityInput {
            code: AUTHORITY.into(),
            name: "测试省住房和城乡建设厅".into(),
            level: Some("2".into()),
            division: Some("990000".into()),
            parent: None,
        };
        hub.registration.register_authority(input, &administrator()).await.unwrap();
        let only = |names: &[&str]| Granted::Only(names.iter().map(|name| (*name).to_owned()).collect());
        let rows = [
            ("admin", administrator()),
            ("issuer", actor(Role::Issuer, "issuer", Granted::All, only(&[AUTHORITY]))),
            ("department", actor(Role::Department, "department", Granted::All, Granted::none())),
            (
                "restricted",
                actor(Role::Department, "restricted", only(&["SafetyOfficerCertificate", "SafetyProductionLicence"]), Granted::none()),
            ),
        ];
        for (token, actor) in rows {
            let digest = verify::digest::sm3_hex(token.as_bytes());
            let row = TokenRow { name: token.into(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
            hub.store.put_token(&digest, &row).await.unwrap();
        }
        Self { router: zhengzhao::http::router(hub.clone()), hub, _folder: tempfile::tempdir().unwrap() }
    }

    /// Asks GraphQL as the holder of `token` ("" = nobody), with a purpose, in English.
    pub(crate) async fn ask(&self, token: &str, query: &str, variables: Json) -> Json {
        self.send(token, &json!({ "query": query, "variables": variables, "extensions": { "purpose": { "useFor": "test" } } })).await
    }

    /// Asks and expects no error.
    pub(crate) async fn data(&self, token: &str, query: &str, variables: Json) -> Json {
        let mut answer = self.ask(token, query, variables.clone()).await;
        assert!(answer.get("errors").is_none(), "{query}\n{variables}\n{answer:#}");
        answer["data"].take()
    }

    /// Asks and expects a refusal with this code.
    pub(crate) async fn refused(&self, token: &str, query: &str, variables: Json, code: &str) -> Json {
        let answer = self.ask(token, query, variables).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}\n{answer:#}");
        answer
    }

    /// Posts a GraphQL body as it stands.
    pub(crate) async fn send(&self, token: &str, body: &Json) -> Json {
        let mut request = Request::post("/graphql").header("content-type", "application/json").header("accept-language", "en");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let (_, body) = self.http(request.body(Body::from(body.to_string())).unwrap()).await;
        serde_json::from_slice(&body).unwrap()
    }

    /// Any request: the headers of its answer.
    pub(crate) async fn headers(&self, request: Request<Body>) -> axum::http::HeaderMap {
        self.router.clone().oneshot(request).await.unwrap().headers().clone()
    }

    /// Any request: status, headers and a body of JSON.
    pub(crate) async fn whole(&self, request: Request<Body>) -> (u16, axum::http::HeaderMap, Json) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
        (status, headers, serde_json::from_slice(&body).unwrap())
    }

    /// Any request: status and body.
    pub(crate) async fn http(&self, request: Request<Body>) -> (u16, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        (status, axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec())
    }
}

fn actor(role: Role, name: &str, types: Granted, authorities: Granted) -> Actor {
    Actor::new(role, name, None, types, authorities)
}
