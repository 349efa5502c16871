//! The steps of a start, the first and every later one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use indexmap::IndexMap;
use model::actor::{Actor, Caller, Department, Granted, Role};
use model::registry::SourceFile;
use tokio::net::TcpListener;
use verify::digest::sm3_hex;
use verify::messages::Lang;

use super::about::{self, About, Client, Clients, Tokens};
use super::authorities::{AUTHORITIES, DEPARTMENT, RESTRICTED, credit_code};
use super::watch::{Watch, register};
use super::{Demo, DemoError, DemoSettings, seed, types};
use crate::administrators::AccountInput;
use crate::clients::{ClientInput, DepartmentInput};
use crate::config::{Secret, index_key, make_index_key, write_private};
use crate::hub::{Bounds, CacheSettings, CallerSettings, Hub, HubSettings};
use crate::sign::authority_ca::{self, export_anchor};
use crate::sign::revoking::write_crls;
use crate::sign::{Holder, create_token_key};
use crate::store::{ChangesSettings, Contact, Replicas, StoreSettings, TokenRow};

/// The types a restricted department may use, where they are registered.
const RESTRICTED_TYPES: [&str; 2] = ["SafetyOfficerCertificate", "SafetyProductionLicence"];

/// Where the demonstration's departments are: a division that does not exist.
const DIVISION: &str = "990000";

/// How long lists of revoked certificates are fresh: every start makes new ones.
const LISTS_DAYS: u64 = 365;

pub(super) async fn start(settings: &DemoSettings, lang: Lang) -> Result<Demo, DemoError> {
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| DemoError::Listen { address: settings.listen, error })?;
    let bound = listener.local_addr().map_err(|error| DemoError::Listen { address: settings.listen, error })?;
    let url = format!("http://{bound}");
    let say = |zh: &str, en: &str| say!("==> {}", if lang == Lang::Zh { zh } else { en });

    let place = Place::prepare(&settings.data)?;
    let known = place.known()?;
    if known.is_none() {
        place.begin()?;
        say("首次启动：生成演示 CA、密钥与数据库", "first start: making the demo CA, keys and database");
    } else {
        say("使用已有的演示数据", "using the demonstration's data of before");
    }
    place.keys()?;
    let mut with = place.hub_settings(&url)?;
    with.callers.second.clone_from(&settings.second);
    let hub = Hub::open(with).await?;

    let (files, folder) = type_files(settings)?;
    say("登记证照类型", "registering certificate types");
    let faulty = register(&hub, files.clone(), &administrator(), lang, true).await;
    if hub.registry.load().is_empty() {
        return Err(DemoError::NoTypes { folder: folder.unwrap_or_else(|| PathBuf::from("schema")) });
    }
    let about = match known {
        Some(mut known) => {
            // A demonstration of before there were seals gets them now.
            for authority in hub.store.authorities().await? {
                hub.registration.provide_seal(&authority, &administrator()).await?;
            }
            if known.tokens.portal.is_empty() {
                known.tokens.portal = portal(&hub).await?;
            }
            let clients = match known.clients {
                Some(clients) => Some(clients),
                None => Some(clients(&hub).await?),
            };
            if known.administrators.is_empty() {
                known.administrators = administrators(&hub).await?;
            }
            About { endpoint: endpoint(&url), trust: place.trust(), clients, ..known }
        }
        None => {
            for authority in &AUTHORITIES {
                hub.registration.register_authority(authority.input(), &administrator()).await?;
            }
            let tokens = tokens(&hub).await?;
            let examples = issue(&hub, settings.certificates, lang).await?;
            let clients = Some(clients(&hub).await?);
            let administrators = administrators(&hub).await?;
            About { endpoint: endpoint(&url), tokens, clients, administrators, examples, trust: place.trust() }
        }
    };
    about.write(&place.demo_file())?;
    place.finish()?;
    let watch = folder.map(|folder| Watch::new(&folder, &files, faulty));
    Ok(Demo { hub, listener, url, demo_file: place.demo_file(), watch })
}

/// The hub of a demonstration that was started before, beside it or without it.
pub(super) async fn open(data: &Path) -> Result<Arc<Hub>, DemoError> {
    let never = || DemoError::NeverStarted { data: data.into() };
    let place = Place { data: std::fs::canonicalize(data).map_err(|_| never())? };
    if place.file("first-start").exists() || !place.file("hub.db").exists() || !place.demo_file().exists() {
        return Err(never());
    }
    let endpoint = place.known()?.map(|about| about.endpoint).unwrap_or_default();
    Ok(Hub::open(place.hub_settings(endpoint.trim_end_matches("/graphql"))?).await?)
}

fn endpoint(url: &str) -> String {
    format!("{url}/graphql")
}

/// Who registers in a demonstration.
pub(super) fn administrator() -> Actor {
    Actor::new(Role::Administrator, "demo", None, Granted::All, Granted::All)
}

/// The type files to begin with, their faces, and the folder to watch.
fn type_files(settings: &DemoSettings) -> Result<(Vec<SourceFile>, Option<PathBuf>), DemoError> {
    match &settings.schema {
        Some(folder) => {
            let unreadable = |error| DemoError::file(folder, error);
            let files = [types::of_folder(folder).map_err(unreadable)?, types::faces_of_folder(folder).map_err(unreadable)?].concat();
            Ok((files, Some(folder.clone())))
        }
        None => Ok(([types::embedded(), types::embedded_faces()].concat(), None)),
    }
}

async fn issue(hub: &Hub, count: u64, lang: Lang) -> Result<IndexMap<String, about::Example>, DemoError> {
    say!("==> {}", if lang == Lang::Zh { format!("签发 {count} 份虚构证照") } else { format!("issuing {count} fictitious certificates") });
    let mut told = 0;
    let seeded = seed::seed(hub, count, lang, |issued| {
        if issued >= told + 5000 {
            told = issued;
            say!("    {issued}");
        }
    })
    .await?;
    for (name, number, reason) in &seeded.refused {
        say!(
            "    {name}: {}",
            if lang == Lang::Zh {
                format!("{number} 份未能签发或变更：{reason}")
            } else {
                format!("{number} could not be issued or changed: {reason}")
            }
        );
    }
    say!("    {}", if lang == Lang::Zh { format!("已签发 {} 份", seeded.issued) } else { format!("{} issued", seeded.issued) });
    Ok(seeded.examples.into_iter().collect())
}

/// The demonstration's departments, each with a client that has a secret.
async fn clients(hub: &Hub) -> Result<Clients, DemoError> {
    let register = &hub.clients.register;
    let caller = Caller { actor: Arc::new(administrator()), purpose: None };
    let mut made = Vec::new();
    for ((body, name), id, types) in
        [(DEPARTMENT, "demo-department-system", Granted::All), (RESTRICTED, "demo-restricted-system", Granted::Only(few(hub)))]
    {
        let department = DepartmentInput {
            code: credit_code(body),
            name: name.to_owned(),
            division: Some(DIVISION.to_owned()),
            contacts: Some(vec![Contact { name: "测试联系人".into(), ..Contact::default() }]),
            ..DepartmentInput::default()
        };
        let row = register.department(department, &caller, Utc::now()).await?;
        let input = ClientInput { id: Some(id.to_owned()), ..ClientInput::reader(&row.code, &format!("{name}办件系统"), types) };
        let new = register.client(input, &caller, Utc::now()).await?;
        made.push(Client { id: new.client.id, secret: new.secret.map(|new| new.secret.to_string()).unwrap_or_default() });
    }
    let mut made = made.into_iter();
    match (made.next(), made.next()) {
        (Some(department), Some(restricted)) => Ok(Clients { department, restricted }),
        _ => Err(DemoError::Seed("the clients".into())),
    }
}

/// Two people, since one may not approve what he asked for himself.
async fn administrators(hub: &Hub) -> Result<Vec<about::Administrator>, DemoError> {
    let caller = Caller { actor: Arc::new(administrator()), purpose: None };
    let mut made = Vec::new();
    for (name, display_name) in [("demo-first", "测试管理员甲"), ("demo-second", "测试管理员乙")] {
        let input = AccountInput {
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            role: Role::Administrator,
            types: Granted::All,
            authorities: Granted::All,
            department: None,
        };
        let new = hub.administrators.accounts.add(input, None, &caller, Utc::now()).await?;
        made.push(about::Administrator { name: new.account.name, password: new.password.to_string(), totp: new.totp.secret.to_string() });
    }
    Ok(made)
}

/// The types of the restricted department.
fn few(hub: &Hub) -> BTreeSet<String> {
    let registry = hub.registry.load();
    let mut few: BTreeSet<String> =
        RESTRICTED_TYPES.iter().filter(|name| registry.get(name).is_some()).map(|name| (*name).to_owned()).collect();
    for known in registry.types() {
        if few.len() < RESTRICTED_TYPES.len() {
            few.insert(known.ty.name.to_string());
        }
    }
    few
}

async fn tokens(hub: &Hub) -> Result<Tokens, DemoError> {
    let few = few(hub);
    let department = |(body, name): (&str, &str)| Some(Department { code: credit_code(body), name: name.to_owned(), division: None });
    let actor = |role, name: &str, department, types, authorities| Actor::new(role, name, department, types, authorities);
    // One authority only, so that a request to issue need not name it.
    let issuing = Granted::Only([AUTHORITIES[0].code()].into());
    Ok(Tokens {
        admin: token(hub, actor(Role::Administrator, "demo-admin", None, Granted::All, Granted::All)).await?,
        issuer: token(hub, actor(Role::Issuer, "demo-issuer", None, Granted::All, issuing)).await?,
        department: token(hub, actor(Role::Department, "demo-department", department(DEPARTMENT), Granted::All, Granted::none())).await?,
        restricted: token(hub, actor(Role::Department, "demo-restricted", department(RESTRICTED), Granted::Only(few), Granted::none()))
            .await?,
        portal: portal(hub).await?,
    })
}

async fn portal(hub: &Hub) -> Result<String, DemoError> {
    token(hub, Actor::new(Role::Portal, "demo-portal", None, Granted::none(), Granted::none())).await
}

async fn token(hub: &Hub, actor: Actor) -> Result<String, DemoError> {
    let bytes: [u8; 32] = rand::random();
    let token = bytes.iter().fold("zz_".to_owned(), |text, byte| format!("{text}{byte:02x}"));
    let row = TokenRow { name: actor.name.to_string(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
    hub.store.put_token(&sm3_hex(token.as_bytes()), &row).await?;
    Ok(token)
}

/// The folder of the demonstration.
struct Place {
    data: PathBuf,
}

impl Place {
    fn prepare(data: &Path) -> Result<Self, DemoError> {
        std::fs::create_dir_all(data).map_err(|error| DemoError::file(data, error))?;
        let data = std::fs::canonicalize(data).map_err(|error| DemoError::file(data, error))?;
        Ok(Self { data })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }

    fn demo_file(&self) -> PathBuf {
        self.file("demo.json")
    }

    fn trust(&self) -> String {
        self.file("trust").display().to_string()
    }

    /// What an earlier start left. A start that was broken off is made undone: its marker says that the database is ours.
    fn known(&self) -> Result<Option<About>, DemoError> {
        let marker = self.file("first-start");
        if marker.exists() {
            for name in ["hub.db", "hub.db-wal", "hub.db-shm", "demo.json"] {
                remove(&self.file(name))?;
            }
            return Ok(None);
        }
        let database = self.file("hub.db").exists();
        match About::read(&self.demo_file())? {
            Some(about) if database => Ok(Some(about)),
            None if database => Err(DemoError::Foreign { data: self.data.clone() }),
            // The database was removed: start anew.
            _ => Ok(None),
        }
    }

    /// The marker of a first start.
    fn begin(&self) -> Result<(), DemoError> {
        let marker = self.file("first-start");
        if !marker.exists() {
            write_private(&marker, b"").map_err(|error| DemoError::file(&marker, error))?;
        }
        // Made once only: with another one nothing stored is found by its holder any more.
        let index = self.file("keys/index.key");
        if index_key(&index)?.is_none() {
            make_index_key(&index)?;
        }
        Ok(())
    }

    /// Every key that is not there yet.
    fn keys(&self) -> Result<(), DemoError> {
        let passphrase = self.file("keys/passphrase");
        if !passphrase.exists() {
            let bytes: [u8; 24] = rand::random();
            let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            write_private(&passphrase, text.as_bytes()).map_err(|error| DemoError::file(&passphrase, error))?;
        }
        let secret = Secret::of_file(&passphrase)?;
        let (keys, now) = (self.file("keys"), Utc::now());
        if !keys.join("ca.cert.pem").exists() {
            // A key without its certificate is the rest of a start that was broken off.
            remove(&keys.join("ca.key.pem"))?;
            authority_ca::create_ca(&keys, "证照共享枢纽", secret.reveal(), true, now)?;
        }
        // A demonstration of before there was an issuing authority gets one for what is made from now on.
        if !keys.join("issuing.cert.pem").exists() {
            remove(&keys.join("issuing.key.pem"))?;
            authority_ca::create_issuing(&keys, "证照共享枢纽签发机构", None, secret.reveal(), now)?;
        }
        for (holder, name) in
            [(Holder::SealMaker, "测试制章中心"), (Holder::TimestampUnit, "测试时间戳服务"), (Holder::Log, "测试日志服务")]
        {
            if !holder.certificate(&keys).exists() {
                remove(&holder.key(&keys))?;
                authority_ca::create_holder(&keys, &holder, name, secret.reveal(), now)?;
            }
        }
        if !keys.join("tokens").exists() {
            create_token_key(&keys, secret.reveal(), None, now)?;
        }
        for authority in &AUTHORITIES {
            let code = authority.code();
            if !keys.join(format!("signers/{code}.cert.pem")).exists() {
                remove(&keys.join(format!("signers/{code}.key.pem")))?;
                authority_ca::create_signer(&keys, &code, authority.name, secret.reveal(), now)?;
            }
        }
        export_anchor(&keys, &self.file("trust"))?;
        write_crls(&keys, &self.file("trust"), secret.reveal(), LISTS_DAYS, now)?;
        Ok(())
    }

    fn finish(&self) -> Result<(), DemoError> {
        remove(&self.file("first-start"))
    }

    fn hub_settings(&self, url: &str) -> Result<HubSettings, DemoError> {
        let index = self.file("keys/index.key");
        let lost = || {
            DemoError::file(
                &index,
                std::io::Error::new(std::io::ErrorKind::NotFound, "the index key is gone; remove the folder to start anew"),
            )
        };
        Ok(HubSettings {
            store: StoreSettings {
                url: format!("sqlite://{}?mode=rwc", self.file("hub.db").display()),
                max_connections: 8,
                statement_cache: true,
                index_key: index_key(&index)?.ok_or_else(lost)?,
            },
            keys: self.file("keys"),
            passphrase: Secret::of_file(&self.file("keys/passphrase"))?.reveal().to_owned(),
            trust: self.file("trust"),
            public_url: url.to_owned(),
            cors_origins: vec!["*".to_owned()],
            demo: true,
            demo_file: Some(self.demo_file()),
            program: std::env::current_exe().ok(),
            // One process on SQLite.
            cache: CacheSettings {
                changes: ChangesSettings { replicas: Replicas::One, ..ChangesSettings::default() },
                ..CacheSettings::default()
            },
            bounds: Bounds::default(),
            unlogged: crate::transparency::PATIENCE,
            callers: CallerSettings::default(),
        })
    }
}

fn remove(file: &Path) -> Result<(), DemoError> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(DemoError::file(file, error)),
        _ => Ok(()),
    }
}
