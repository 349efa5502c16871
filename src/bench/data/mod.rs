//! The world into a PostgreSQL: types, authorities and tokens as any hub has them, certificates composed, signed and verified as
//! issuing does it, over all cores, and written by COPY while the next ones are signed.

mod recast;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use chrono::{FixedOffset, Utc};
use model::actor::{Actor, Caller, Department, Granted, Role};
use model::registry::{CertificateType, State};
use uuid::Uuid;
use verify::digest::sm3_hex;
use verify::messages::Lang;

use super::limits::slot;
use super::place::{About, Folder, authority_name};
use super::{BenchError, workloads};

use super::world::{IdOf, OFFICER, TYPES, World};
use crate::demo::{people, types};
use crate::hub::Hub;
use crate::issue::IssueInput;
use crate::issue::past::{Counting, PastIssue, PastIssuing, PastNumbered};
use crate::registration::AuthorityInput;
use crate::sign::{KeyRing, Signer};
use crate::store::commands::NewVersion;
use crate::store::rows::{AuthorityRow, SignerRow};
use crate::store::{Lines, TokenRow};
use crate::verification::over_cores;

/// The data of a certificate, as they are given to issue it.
pub(super) fn invented(world: &World, ty: &CertificateType, one: super::world::Certificate) -> serde_json::Value {
    recast::input(world, ty, one, false).data
}

/// Certificates of one transaction, and of one piece of work.
const CHUNK: u64 = 8000;
const PIECE: usize = 500;
/// Numbers that no counter of a bench reaches.
const FRESH_NUMBERS: i64 = 5_000_000;

/// Which indexes a database gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexes {
    All,
    /// Of those that filters and orders may use, only what W1 to W5 read: half the disk. Such a database is for reading.
    Read,
}

/// Fills the database; says what it does through `tell`. What an earlier, broken-off load left is done anew.
///
/// # Errors
/// A database with certificates of somebody else; a certificate that cannot be made; the database.
pub async fn fill(
    folder: &Path,
    database: &str,
    certificates: u64,
    seed: u64,
    indexes: Indexes,
    tell: impl Fn(String),
) -> Result<About, BenchError> {
    let folder = Folder::open(folder)?;
    let known = folder.about()?;
    let same = known.as_ref().filter(|about| (about.seed, about.certificates, about.database.as_str()) == (seed, certificates, database));
    if let Some(about) = same.filter(|about| about.loaded) {
        tell(format!("{certificates} certificates of seed {seed} are there already"));
        return Ok(about.clone());
    }
    let shanghai =
        FixedOffset::east_opt(8 * 3600).map_or_else(|| Utc::now().date_naive(), |offset| Utc::now().with_timezone(&offset).date_naive());
    let world = World::new(seed, certificates, shanghai);
    tell(format!("keys of {} authorities", world.authorities));
    folder.keys(world.authorities)?;
    let hub = Hub::open(folder.hub_settings(database)?).await?;
    if known.is_none_or(|about| about.database != database) && hub.store.has_certificates().await? {
        return Err(BenchError::Foreign("the database holds certificates that are not of this bench: name an empty one".into()));
    }
    tell("types, authorities and tokens".into());
    catalogue(&hub, &world).await?;
    let mut about = About {
        seed,
        certificates,
        day: world.day,
        database: database.to_owned(),
        indexes: folder.about()?.map(|about| about.indexes).unwrap_or_default(),
        loaded: false,
        department: token(&hub, department()).await?,
        issuer: token(&hub, issuer()).await?,
        fresh: 0,
    };
    folder.write(&about)?;
    let dropped = hub.store.begin_load().await?;
    // A load that was broken off has dropped them before.
    about.indexes.extend(dropped.into_iter().filter(|one| !about.indexes.contains(one)).collect::<Vec<_>>());
    folder.write(&about)?;
    let counters = Loading::new(&hub, &folder, world)?.run(&tell).await?;
    let began = Instant::now();
    if indexes == Indexes::Read {
        let registry = hub.registry.load();
        let read = workloads::FILTERED.iter().map(|property| slot(&registry, property)).collect::<Result<Vec<_>, _>>()?;
        about.indexes.retain(|one| !one.contains(" ON public.certificate_index ") || is_read(one, &read));
    }
    tell(format!("building {} indexes", about.indexes.len()));
    hub.store.end_load(&about.indexes, &counters).await?;
    tell(format!("indexes and ANALYZE: {:.0} s", began.elapsed().as_secs_f64()));
    about.loaded = true;
    folder.write(&about)?;
    hub.store.close().await?;
    Ok(about)
}

/// Does a workload read this index of `certificate_index`?
fn is_read(definition: &str, slots: &[String]) -> bool {
    let of_slot = |slot: &String| definition.ends_with(&format!("(type_name, {slot}, id)"));
    definition.ends_with("(type_name, id)") || slots.iter().any(of_slot)
}

async fn catalogue(hub: &Hub, world: &World) -> Result<(), BenchError> {
    let administrator = administrator();
    let outcome = hub.registration.register(types::embedded(), &administrator, State::Published, false).await?;
    if let Some(fault) = outcome.diagnostics.first().filter(|_| hub.registry.load().is_empty()) {
        return Err(BenchError::Foreign(fault.message.en.clone()));
    }
    for index in 0..world.authorities {
        let input = AuthorityInput {
            code: people::authority(index),
            name: authority_name(index),
            level: Some(if index == 0 { "2" } else { "3" }.to_owned()),
            division: Some("990000".to_owned()),
            parent: None,
        };
        hub.registration.register_authority(input, &administrator).await?;
    }
    Ok(())
}

fn administrator() -> Actor {
    Actor::new(Role::Administrator, "bench", None, Granted::All, Granted::All)
}

fn department() -> Actor {
    let department = Some(Department { code: people::authority(9_000_000), name: "测试市政务服务局".into(), division: None });
    Actor::new(Role::Department, "bench-department", department, Granted::All, Granted::none())
}

fn issuer() -> Actor {
    let authorities = Granted::Only([people::authority(0)].into());
    Actor::new(Role::Issuer, "bench-issuer", None, Granted::All, authorities)
}

async fn token(hub: &Hub, actor: Actor) -> Result<String, BenchError> {
    let bytes: [u8; 32] = rand::random();
    let token = bytes.iter().fold("zz_".to_owned(), |text, byte| format!("{text}{byte:02x}"));
    let row = TokenRow { name: actor.name.to_string(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
    hub.store.put_token(&sm3_hex(token.as_bytes()), &row).await?;
    Ok(token)
}

/// A certificate that only lacks its transaction, with who signed it.
pub(super) type Signed = (NewVersion, Arc<dyn Signer>);

/// Certificates of persons beyond the world, as W7 issues them, numbered far behind the hub's own counters.
pub(super) fn fresh(hub: &Hub, folder: &Folder, world: &World, persons: Range<u64>) -> Result<Vec<Signed>, BenchError> {
    let making = Loading::new(hub, folder, world.clone())?.making;
    let ((authority, signer), ty) = (&making.authorities[0], &making.types[OFFICER]);
    // From run to run the persons go on by more than fifty times as many as are issued here, so no number comes twice.
    let mut counting = Counting::from(FRESH_NUMBERS + i64::try_from(persons.start / 50).unwrap_or_default());
    let one = |person| {
        let certificate = world.beyond(person);
        let issue = PastIssue {
            ty: ty.clone(),
            authority: authority.clone(),
            signer: signer.clone(),
            input: IssueInput { data: invented(world, ty, certificate), ..IssueInput::default() },
            ids: [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()],
            at: making.issuing.now,
            since: None,
        };
        let draft = issue.draft(making.issuing.now).map_err(|fault| refused(&ty.name, &fault))?;
        let made = making.issuing.make(counting.draw(draft)).map_err(|fault| refused(&ty.name, &fault))?;
        Ok((made.version, signer.clone()))
    };
    persons.map(one).collect()
}

/// What every certificate is made with.
struct Making {
    world: World,
    types: Vec<Arc<CertificateType>>,
    authorities: Vec<(Arc<AuthorityRow>, Arc<dyn Signer>)>,
    issuing: PastIssuing,
}

struct Loading<'a> {
    hub: &'a Hub,
    making: Arc<Making>,
}

impl<'a> Loading<'a> {
    fn new(hub: &'a Hub, folder: &Folder, world: World) -> Result<Self, BenchError> {
        let registry = hub.registry.load();
        let missing = |name: &str| BenchError::Foreign(format!("the type {name} is not registered"));
        let types = TYPES.iter().map(|name| Ok(registry.get(name).ok_or_else(|| missing(name))?.ty.clone()));
        let types = types.collect::<Result<Vec<_>, BenchError>>()?;
        let ring = KeyRing::open(&folder.file("makers"), folder.passphrase()?.reveal())?;
        let now = Utc::now();
        let authority = |index| {
            let (code, name) = (people::authority(index), authority_name(index));
            let signer = ring.signer(&code).ok_or_else(|| BenchError::Foreign(format!("the authority {code} has no signer")))?;
            let row = AuthorityRow { code, name, level: Some("3".into()), division: Some("990000".into()), parent: None, updated_at: now };
            Ok((Arc::new(row), signer))
        };
        let authorities = (0..world.authorities).map(authority).collect::<Result<Vec<_>, BenchError>>()?;
        let actor = Actor { name: "bench-data".into(), authorities: Granted::All, ..issuer() };
        let trust = Arc::new(hub.trust()?);
        // Everything made is verified, so the tables of the makers' keys pay for themselves.
        authorities.iter().for_each(|(_, signer): &(_, Arc<dyn Signer>)| trust.learn(signer.chain()));
        let issuing = PastIssuing { caller: Caller { actor: Arc::new(actor), purpose: None }, trust, now };
        Ok(Self { hub, making: Arc::new(Making { world, types, authorities, issuing }) })
    }

    /// Loads everything; the counters where issuing goes on.
    async fn run(&self, tell: &impl Fn(String)) -> Result<Vec<(String, i64)>, BenchError> {
        for (_, signer) in &self.making.authorities {
            self.hub.store.put_signer(&SignerRow { id: signer.id().into(), chain: signer.chain().to_vec() }).await?;
        }
        let (mut counting, began, count) = (Counting::default(), Instant::now(), self.making.world.certificates);
        let mut writing: Option<tokio::task::JoinHandle<Result<(), crate::store::StoreError>>> = None;
        for first in (0..count).step_by(usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
            let until = (first + CHUNK).min(count);
            let lines = self.chunk(first..until, &mut counting).await?;
            settle(writing.take()).await?;
            let store = self.hub.store.clone();
            writing = Some(tokio::spawn(async move { store.load(&lines).await }));
            if until % (CHUNK * 10) == 0 || until == count {
                let seconds = began.elapsed().as_secs_f64();
                tell(format!("{until} certificates, {:.0} a second", f64::from(u32::try_from(until).unwrap_or(u32::MAX)) / seconds));
            }
        }
        settle(writing).await?;
        Ok(counting.into_next())
    }

    async fn chunk(&self, range: Range<u64>, counting: &mut Counting) -> Result<Lines, BenchError> {
        let making = self.making.clone();
        let drafts = over_cores(range.collect(), move |t| making.draft(t)).await.map_err(|fault| BenchError::tool("a thread", fault))?;
        let numbered = drafts.into_iter().map(|draft| Ok(counting.draw(draft?))).collect::<Result<Vec<PastNumbered>, BenchError>>()?;
        let mut numbered = numbered.into_iter().peekable();
        let mut pieces = Vec::new();
        while numbered.peek().is_some() {
            pieces.push(numbered.by_ref().take(PIECE).collect::<Vec<_>>());
        }
        let (making, store) = (self.making.clone(), self.hub.store.clone());
        let made = over_cores(pieces, move |piece| {
            let made = piece.into_iter().map(|one| making.issuing.make(one).map_err(|fault| refused("", &fault)));
            Ok::<_, BenchError>(store.lines(made.collect::<Result<_, _>>()?)?)
        });
        let mut lines = Lines::default();
        for piece in made.await.map_err(|fault| BenchError::tool("a thread", fault))? {
            lines.extend(piece?);
        }
        Ok(lines)
    }
}

impl Making {
    fn draft(&self, t: u64) -> Result<crate::issue::past::PastDraft, BenchError> {
        let one = self.world.at(t);
        let ty = &self.types[one.place.ty];
        let (authority, signer) = &self.authorities[usize::try_from(self.world.issuer(t)).unwrap_or_default()];
        let issue = |plain| PastIssue {
            ty: ty.clone(),
            authority: authority.clone(),
            signer: signer.clone(),
            input: recast::input(&self.world, ty, one, plain),
            ids: [IdOf::Version, IdOf::Record, IdOf::Event].map(|of| self.world.id(t, of)),
            at: self.world.instant(t),
            since: recast::since(&self.world, ty, t),
        };
        // Where dates depend on one another, the example's own stay.
        let draft = issue(false).draft(self.issuing.now).or_else(|_| issue(true).draft(self.issuing.now));
        draft.map_err(|fault| refused(&ty.name, &fault))
    }
}

async fn settle(writing: Option<tokio::task::JoinHandle<Result<(), crate::store::StoreError>>>) -> Result<(), BenchError> {
    match writing {
        Some(writing) => Ok(writing.await.map_err(|fault| BenchError::tool("a task", fault))??),
        None => Ok(()),
    }
}

fn refused(type_name: &str, fault: &crate::issue::IssueError) -> BenchError {
    BenchError::Make { type_name: type_name.to_owned(), detail: format!("{}: {fault:?}", fault.message(Lang::En)) }
}
