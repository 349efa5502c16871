//! Runs a program: root by root, then level by level, one statement for all certificates of a level.

mod face;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Variables;
use futures_util::future::{BoxFuture, FutureExt as _, try_join_all};
use indexmap::IndexSet;
use model::plan::{ById, Column, Direction, HolderHeads, Plan, Related, Request, Step, Value, plan};
use verify::report::Report;

pub(super) use face::Face;

use super::Stop::{self, Slow};
use super::arguments::Args;
use super::program::{Asks, Certificates, Load, LoadBy, Program, Root, Verify, Which};
use super::write::write;
use crate::audit::Entry;
use crate::graphql::ask::Ask;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::graphql::queries::{across, many, one, statistics, verification};
use crate::graphql::types::holder::Cell;
use crate::graphql::types::relation;
use crate::graphql::types::statistics::{Grouped, labelled};
use crate::journal::Journal;
use crate::store::{Answer, Record, With};

/// One request on its way.
pub(super) struct Run<'a> {
    pub ask: &'a Ask,
    pub variables: &'a Variables,
    /// What was read, to be recorded before the answer leaves.
    entries: Mutex<Vec<Entry>>,
}

/// What a root field found.
pub(super) enum Filled {
    Nothing,
    Certificates(Loaded),
    Page(PageFilled),
    Holders { cells: Vec<Option<Cell>>, children: Vec<Child> },
    Groups(Vec<Grouped>),
    Reports(Vec<Report>),
}

/// Certificates of one selection, and what its loads reached from them.
#[derive(Default)]
pub(super) struct Loaded {
    pub rows: Vec<Record>,
    pub children: Vec<Child>,
}

/// What a load reached: rows by the key that reached them.
#[derive(Default)]
pub(super) struct Child {
    pub by_key: HashMap<String, Vec<usize>>,
    pub loaded: Loaded,
}

pub(super) struct PageFilled {
    pub loaded: Loaded,
    /// Each row's place in the order.
    pub places: Vec<Vec<Value>>,
    pub order: Vec<(Column, Direction)>,
    pub at: chrono::DateTime<chrono::Utc>,
    pub has_next: bool,
    pub has_previous: bool,
    pub total: Option<u32>,
}

/// Answers an operation: `{"data":{…}}`.
///
/// # Errors
/// [`Stop`]: nothing was recorded.
pub(super) async fn run(program: &Program, ask: &Ask, variables: &Variables) -> Result<Vec<u8>, Stop> {
    if program.needs_purpose(ask) {
        return Err(Slow);
    }
    let run = Run::new(ask, variables);
    let filled = run.roots(program).await?;
    let bytes = write(program, &run, &filled)?;
    let remembered = filled.iter().all(|root| root.remembered(ask));
    record(program, ask, run.entries(), remembered).await?;
    Ok(bytes)
}

/// Records what was read: before the answer leaves where it holds anything of a person, else with it; behind it where the answer
/// was remembered.
pub(super) async fn record(program: &Program, ask: &Ask, entries: Vec<Entry>, remembered: bool) -> Result<(), Stop> {
    if entries.is_empty() {
    } else if program.answers_personal {
        ask.hub.audit.append_all(entries).await?;
    } else if remembered {
        ask.hub.audit.follow_behind(entries).await;
    } else {
        ask.hub.audit.accompany(entries).await;
    }
    Ok(())
}

impl Filled {
    /// Nothing was read for it: reports that were made before.
    fn remembered(&self, ask: &Ask) -> bool {
        matches!(self, Self::Reports(reports) if reports.iter().all(|report| report.verified_at < ask.now))
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(ask: &'a Ask, variables: &'a Variables) -> Self {
        Self { ask, variables, entries: Mutex::default() }
    }

    /// What was read, for the journal.
    pub(super) fn entries(self) -> Vec<Entry> {
        self.entries.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// What each root field finds.
    pub(super) async fn roots(&self, program: &Program) -> Result<Vec<Filled>, Stop> {
        try_join_all(program.roots.iter().map(|root| self.root(root))).await
    }

    async fn root(&self, root: &Root) -> Result<Filled, Stop> {
        if matches!(root.asks, Asks::TypeName) {
            return Ok(Filled::Nothing);
        }
        let args = root.args.bind(self.variables)?;
        let args = &*args;
        Ok(match &root.asks {
            Asks::TypeName => Filled::Nothing,
            Asks::One { type_name, below } => {
                let mut rows = self.rows(&told(one::request(args, type_name))?, below).await?;
                rows.retain(|row| row.type_name().is_ok_and(|name| name == &**type_name));
                // Several authorities use the number: the library says so.
                if rows.len() > 1 {
                    return Err(Slow);
                }
                Filled::Certificates(self.descend(below, rows).await?)
            }
            Asks::Node { below } => {
                let keys = arguments::text(args, "id").into_iter().collect();
                let mut rows = self.rows(&Request::ById(ById::of(keys)), below).await?;
                rows.truncate(1);
                Filled::Certificates(self.descend(below, rows).await?)
            }
            Asks::Many { type_name, connection, below } => {
                self.page(&told(many::request(args, type_name, connection.total))?, below).await?
            }
            Asks::Across { connection, below } => self.page(&told(across::request(args, connection.total))?, below).await?,
            Asks::Holders { several, loads, .. } => self.holders(*several, args, loads).await?,
            Asks::Statistics { ty, .. } => {
                let asked = told(statistics::asked(args, ty))?;
                match self.ask(&Request::Statistics(asked.clone()), With::default()).await?.1 {
                    Answer::Groups(groups) => Filled::Groups(labelled(ty, &asked, groups, self.ask.lang)),
                    _ => return Err(Slow),
                }
            }
            Asks::Verify { what, .. } => {
                let reports = told(match what {
                    Verify::One => verification::one(args, self.ask).await.map(|report| report.into_iter().collect()),
                    Verify::Several => verification::several(args, self.ask).await,
                    Verify::Information => verification::information(args, self.ask).await.map(|report| vec![report]),
                    Verify::File => verification::file(args, self.ask).await.map(|report| vec![report]),
                    Verify::Code => verification::code(args, self.ask).await.map(|report| vec![report]),
                })?;
                let count = if matches!(what, Verify::Several) { reports.len() } else { 1 };
                self.note(Journal::entry_of_verification(&self.ask.caller, count, self.ask.now));
                Filled::Reports(reports)
            }
        })
    }

    async fn holders(&self, several: bool, args: &Arguments, loads: &[Load]) -> Result<Filled, Stop> {
        let codes =
            if several { arguments::texts(args, "codes").unwrap_or_default() } else { arguments::text(args, "code").into_iter().collect() };
        if codes.is_empty() || codes.len() > across::MAX_HOLDERS {
            return Err(Slow);
        }
        let trimmed: IndexSet<String> = codes.iter().map(|code| code.trim().to_owned()).collect();
        let heads = HolderHeads { codes: trimmed.iter().cloned().collect(), types: None, status: None, first: Some(1) };
        let newest = self.reached(&Request::HolderHeads(heads), With::default()).await?;
        let wanted = arguments::text(args, "codeType");
        let cells = codes.iter().map(|code| {
            let found = trimmed.get_index_of(code.trim()).and_then(|place| newest.get(place)).and_then(|rows| rows.first());
            let Some(record) = found else { return Ok(None) };
            let cell = Face::of(self.ask, record)?.holders()?.into_iter().find(|cell| cell.code.as_deref() == Some(code.trim()));
            let cell = cell.map(|cell| Cell { named: true, ..cell });
            Ok(cell.filter(|cell| several || wanted.as_deref().is_none_or(|wanted| cell.code_type.as_deref() == Some(wanted))))
        });
        let cells = cells.collect::<Result<Vec<_>, Stop>>()?;
        let keys: IndexSet<String> = cells.iter().flatten().filter_map(|cell| cell.code.clone()).collect();
        let children = try_join_all(loads.iter().map(|load| self.child(load, keys.clone(), Vec::new()))).await?;
        Ok(Filled::Holders { cells, children })
    }

    async fn page(&self, request: &Request, below: &Certificates) -> Result<Filled, Stop> {
        let (plan, answer) = self.ask(request, with(below)).await?;
        let (Step::Page(step), Answer::Page(found)) = (plan.step(), answer) else { return Err(Slow) };
        let turned = |(column, direction): &(Column, Direction)| (*column, if step.backwards { direction.turned() } else { *direction });
        let (rows, places) = found.rows.into_iter().unzip();
        let behind = step.after.is_some();
        let (has_next, has_previous) = if step.backwards { (behind, found.more) } else { (found.more, behind) };
        Ok(Filled::Page(PageFilled {
            loaded: self.descend(below, rows).await?,
            places,
            order: step.order.iter().map(turned).collect(),
            at: step.at,
            has_next,
            has_previous,
            total: found.total,
        }))
    }

    async fn rows(&self, request: &Request, below: &Certificates) -> Result<Vec<Record>, Stop> {
        match self.ask(request, with(below)).await?.1 {
            Answer::Rows(rows) => Ok(rows),
            _ => Err(Slow),
        }
    }

    async fn reached(&self, request: &Request, with: With) -> Result<Vec<Vec<Record>>, Stop> {
        match self.ask(request, with).await?.1 {
            Answer::Reached(lists) => Ok(lists),
            _ => Err(Slow),
        }
    }

    /// Plans and runs one question; what it read is noted for the journal.
    async fn ask(&self, request: &Request, with: With) -> Result<(Plan, Answer<Record>), Stop> {
        let ask = self.ask;
        let plan = plan(request, &ask.registry, &ask.caller, ask.now)?;
        let answer = ask.hub.store.records(&plan, with).await?;
        ask.budget.read(answer.certificates())?;
        let entry = Journal::entry_of(&ask.caller, &plan, &answer, ask.now);
        self.note(entry);
        Ok((plan, answer))
    }

    fn note(&self, entry: Entry) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// What the selection's loads reach from these rows.
    fn descend<'b>(&'b self, selection: &'b Certificates, rows: Vec<Record>) -> BoxFuture<'b, Result<Loaded, Stop>> {
        if selection.loads.is_empty() || rows.is_empty() {
            return std::future::ready(Ok(Loaded { rows, children: Vec::new() })).boxed();
        }
        async move {
            let mut keys: Vec<IndexSet<String>> = selection.loads.iter().map(|_| IndexSet::new()).collect();
            let mut own: Vec<Vec<Record>> = selection.loads.iter().map(|_| Vec::new()).collect();
            for record in &rows {
                let face = Face::of(self.ask, record)?;
                let variant = selection.variant(&face.ty.name).ok_or(Slow)?;
                for &load in &variant.loads {
                    match &selection.loads[load].by {
                        LoadBy::Relation { relation, .. } => keys[load].extend(face.starts(&relation.from)?),
                        LoadBy::Holder(_) => keys[load].extend(face.holders()?.iter().filter_map(Cell::reaching).cloned()),
                        LoadBy::Version(Which::Current) if record.current_id()? == record.id()? => own[load].push(record.clone()),
                        LoadBy::Version(which) => keys[load].extend(face.version(*which)?),
                    }
                }
            }
            let loads = selection.loads.iter().zip(keys).zip(own);
            let children = try_join_all(loads.map(|((load, keys), own)| self.child(load, keys, own))).await?;
            Ok(Loaded { rows, children })
        }
        .boxed()
    }

    /// One load for all its keys, and what lies below it. `own` are rows that need no reading.
    async fn child(&self, load: &Load, keys: IndexSet<String>, own: Vec<Record>) -> Result<Child, Stop> {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        let mut rows = Vec::new();
        let add = |key: String, record: Record, by_key: &mut HashMap<String, Vec<usize>>, rows: &mut Vec<Record>| {
            by_key.entry(key).or_default().push(rows.len());
            rows.push(record);
        };
        for record in own {
            add(record.id()?.to_string(), record, &mut by_key, &mut rows);
        }
        if !keys.is_empty() {
            let all = || keys.iter().cloned().collect::<Vec<_>>();
            let request = match &load.by {
                LoadBy::Version(_) => {
                    for record in self.rows(&Request::ById(ById::of(all())), &load.below).await? {
                        add(record.id()?.to_string(), record, &mut by_key, &mut rows);
                    }
                    return Ok(Child { by_key, loaded: self.descend(&load.below, rows).await? });
                }
                LoadBy::Relation { relation, args } => {
                    let first = first(args, self.variables)?;
                    Request::Related(Related { to: relation.to.clone(), by: relation.by.clone(), keys: all(), first })
                }
                LoadBy::Holder(args) => {
                    let args = args.bind(self.variables)?;
                    let status = told(arguments::statuses(&args, "status"))?;
                    let (types, first) = (arguments::texts(&args, "typeCodes"), arguments::integer(&args, "first"));
                    Request::HolderHeads(HolderHeads { codes: all(), types, status, first })
                }
            };
            for (key, found) in keys.iter().zip(self.reached(&request, with(&load.below)).await?) {
                for record in found {
                    add(key.clone(), record, &mut by_key, &mut rows);
                }
            }
        }
        Ok(Child { by_key, loaded: self.descend(&load.below, rows).await? })
    }
}

/// How many certificates a relation reaches at most.
pub(super) fn first(args: &Args, variables: &Variables) -> Result<i64, Stop> {
    Ok(arguments::integer(&*args.bind(variables)?, "first").unwrap_or(relation::DEFAULT_FIRST))
}

fn with(selection: &Certificates) -> With {
    With { issuer: selection.issuer, columns: selection.columns }
}

/// A refusal is told by the library.
fn told<T>(asked: Result<T, crate::graphql::errors::ApiError>) -> Result<T, Stop> {
    asked.map_err(|_| Slow)
}

/// The type of a row; one that this snapshot does not know is the library's to report.
fn type_of<'a>(ask: &'a Ask, record: &Record) -> Result<&'a Arc<model::registry::CertificateType>, Stop> {
    Ok(&ask.registry.get(record.type_name()?).ok_or(Slow)?.ty)
}
