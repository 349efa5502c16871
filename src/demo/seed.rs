//! The certificates of the demonstration, issued the way every certificate is: validated, numbered, signed, verified, committed.

use std::sync::Arc;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, Utc};
use model::actor::{Actor, Caller, Granted, Role};
use model::plan::evidence_by_keys;
use model::registry::template::{RenderContext, render};
use model::registry::{CertificateType, Operation, RelationBy, Source, TemplatePart};
use serde_json::{Map, Value};
use uuid::Uuid;
use verify::messages::Lang;

use super::about::Example;
use super::fiction::{Numbers, holder_codes, invent, moved};
use super::{DemoError, authorities, dates};
use crate::hub::Hub;
use crate::issue::{IssueError, IssueInput, SuccessorInput};

/// How many are issued in one batch.
const BATCH: u64 = 500;
/// At most so many of a type are suspended, revoked, cancelled or amended afterwards.
const CHANGES: usize = 100;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Seeded {
    pub(super) issued: u64,
    pub(super) examples: Vec<(String, Example)>,
    /// What could not be issued: type, how many, the first reason.
    pub(super) refused: Vec<(String, u64, String)>,
}

/// Issues `count` certificates over all types, at least one of each. `progress` is told how many there are.
pub(super) async fn seed(hub: &Hub, count: u64, lang: Lang, mut progress: impl FnMut(u64)) -> Result<Seeded, DemoError> {
    let registry = hub.registry.load_full();
    let types = in_order(registry.types().map(|known| Arc::clone(&known.ty)).collect());
    let total = u64::try_from(types.len()).unwrap_or(1).max(1);
    let mut seeding = Seeding { hub, lang, caller: caller(), today: today(), numbers: Numbers::new(), done: Seeded::default() };
    for (place, ty) in types.iter().enumerate() {
        let place = u64::try_from(place).unwrap_or_default();
        let share = (count / total + u64::from(place < count % total)).max(1);
        seeding.of_type(ty, share, place, &mut progress).await?;
    }
    Ok(seeding.done)
}

struct Seeding<'a> {
    hub: &'a Hub,
    lang: Lang,
    caller: Caller,
    today: NaiveDate,
    numbers: Numbers,
    done: Seeded,
}

impl Seeding<'_> {
    async fn of_type(&mut self, ty: &CertificateType, share: u64, place: u64, progress: &mut impl FnMut(u64)) -> Result<(), DemoError> {
        let issuer = authorities::for_type(ty).code();
        self.example(ty).await?;
        let mut ids = Vec::new();
        let mut from = 1;
        while from < share {
            let until = (from + BATCH).min(share);
            let issued = self.batch(ty, from..until, share, &issuer).await?;
            ids.extend(issued);
            from = until;
            progress(self.done.issued);
        }
        self.remember_numbers(ty, &ids).await?;
        self.change(ty, &ids, place).await
    }

    /// The type's first example as it stands, by the authority that the issuer's token of the demonstration acts for.
    async fn example(&mut self, ty: &CertificateType) -> Result<(), DemoError> {
        let Some(first) = ty.examples.first() else { return Ok(()) };
        let input = self.example_input(ty, first);
        let data = input.data.clone();
        let answer = self.hub.issuing.issue(&self.caller, &ty.name, input, Utc::now()).await;
        let id = match answer {
            Ok(id) => id,
            Err(error) => {
                self.refuse(ty, 1, &error);
                return Ok(());
            }
        };
        self.done.issued += 1;
        let plan = evidence_by_keys(vec![id.to_string()]).map_err(|error| DemoError::Seed(error.to_string()))?;
        let found = self.hub.store.evidence(&plan).await?;
        if let Some(row) = found.first().map(|evidence| &evidence.row) {
            let holder_code = data.as_object().and_then(|data| holder_codes(ty, data).into_iter().next());
            let example = Example { id: id.to_string(), identifier: row.identifier.clone(), number: row.number.clone(), holder_code };
            self.numbers.entry(ty.name.to_string()).or_default().push(row.number.clone());
            self.done.examples.push((ty.name.to_string(), example));
        }
        Ok(())
    }

    /// An example whose term is over, or has not begun, is moved so that it is in force today.
    fn example_input(&self, ty: &CertificateType, first: &Map<String, Value>) -> IssueInput {
        let term = dates::term(ty, first);
        let soon = self.today.checked_add_days(Days::new(30)).unwrap_or(self.today);
        let over = term.end.is_some_and(|end| end < soon) || term.begin.is_some_and(|begin| begin > self.today);
        let mut data = first.clone();
        if over {
            let begin = term.begin.or(term.end).unwrap_or(self.today);
            super::fiction::shift_if_sound(ty, &mut data, (self.today - begin).num_days() - 30);
        }
        let begin = dates::term(ty, &data).begin.filter(|begin| *begin <= self.today);
        IssueInput {
            data: Value::Object(data),
            issuer: Some(authorities::AUTHORITIES[0].code()),
            issued_on: begin.filter(|_| !matches!(ty.metadata.issued_on, Source::From(_))),
            ..IssueInput::default()
        }
    }

    /// Issues a range; rows that are refused are tried once more without variety, since a code may not fit another.
    async fn batch(&mut self, ty: &CertificateType, range: std::ops::Range<u64>, share: u64, issuer: &str) -> Result<Vec<Uuid>, DemoError> {
        let mut ids = Vec::new();
        let mut pending: Vec<u64> = range.collect();
        for plain in [false, true] {
            let inputs: Vec<_> = pending.iter().map(|index| self.input(ty, *index, plain, share, issuer)).collect();
            let answers = self
                .hub
                .issuing
                .issue_many(&self.caller, &ty.name, inputs, false, Utc::now())
                .await
                .map_err(|error| DemoError::Seed(error.to_string()))?;
            let mut refused = Vec::new();
            for (index, answer) in pending.iter().zip(answers) {
                match answer {
                    Ok(id) => ids.push(id),
                    Err(error) => refused.push((*index, error)),
                }
            }
            if let Some((_, error)) = refused.first().filter(|_| plain) {
                self.refuse(ty, u64::try_from(refused.len()).unwrap_or_default(), error);
            }
            pending = refused.into_iter().map(|(index, _)| index).collect();
            if pending.is_empty() {
                break;
            }
        }
        self.done.issued += u64::try_from(ids.len()).unwrap_or_default();
        Ok(ids)
    }

    fn input(&self, ty: &CertificateType, index: u64, plain: bool, share: u64, issuer: &str) -> IssueInput {
        let mut begin = self.today;
        let data = invent(ty, index, plain, &self.numbers, |data, chance| {
            begin = dates::beginning(ty, data, self.today, chance);
            let reference = dates::term(ty, data).begin.or_else(|| super::fiction::latest_date(ty, data)).unwrap_or(begin);
            (begin - reference).num_days()
        });
        let issued_on = begin.min(self.today);
        let said = matches!(ty.metadata.issued_on, Source::From(_));
        let later = begin > self.today && dates::term(ty, &data).begin.is_none();
        IssueInput {
            number: own_number(ty, &data, issued_on, index, share),
            data: Value::Object(data),
            issuer: Some(issuer.to_owned()),
            issued_on: (!said).then_some(issued_on),
            valid_from: later.then_some(begin),
            ..IssueInput::default()
        }
    }

    async fn remember_numbers(&mut self, ty: &CertificateType, ids: &[Uuid]) -> Result<(), DemoError> {
        for id in ids.iter().take(100).map(Uuid::to_string).collect::<Vec<_>>().chunks(100) {
            let plan = evidence_by_keys(id.to_vec()).map_err(|error| DemoError::Seed(error.to_string()))?;
            let found = self.hub.store.evidence(&plan).await?;
            self.numbers.entry(ty.name.to_string()).or_default().extend(found.into_iter().map(|evidence| evidence.row.number));
        }
        Ok(())
    }

    /// Some of the certificates live on: suspended, revoked, cancelled, amended, as far as the type knows it.
    async fn change(&mut self, ty: &CertificateType, ids: &[Uuid], place: u64) -> Result<(), DemoError> {
        let mut changed = 0;
        for (index, id) in ids.iter().enumerate() {
            let operation = match (place * 7 + u64::try_from(index).unwrap_or_default() * 3) % 20 {
                0 => Operation::Suspend,
                1 => Operation::Revoke,
                2 => Operation::Cancel,
                3 => Operation::Amend,
                _ => continue,
            };
            if changed == CHANGES || !ty.status.transitions.contains_key(&operation) {
                continue;
            }
            changed += 1;
            let id = id.to_string();
            let answer = match operation {
                Operation::Amend => self.amend(&id).await?,
                other => self.hub.issuing.change_status(&self.caller, &id, other, reason(other), None, Utc::now()).await.map(drop),
            };
            if let Err(error) = answer {
                self.refuse(ty, 1, &error);
            }
        }
        Ok(())
    }

    async fn amend(&self, id: &str) -> Result<Result<(), IssueError>, DemoError> {
        let plan = evidence_by_keys(vec![id.to_owned()]).map_err(|error| DemoError::Seed(error.to_string()))?;
        let found = self.hub.store.evidence(&plan).await?;
        let statement: Option<Value> = found.first().and_then(|evidence| serde_json::from_str(&evidence.row.statement).ok());
        let input = SuccessorInput {
            data: statement.and_then(|statement| statement.get("data").cloned()),
            reason: Some("信息变更（演示）".into()),
            ..SuccessorInput::default()
        };
        Ok(self.hub.issuing.amend(&self.caller, id, input, Utc::now()).await.map(drop))
    }

    fn refuse(&mut self, ty: &CertificateType, count: u64, error: &IssueError) {
        self.done.refused.push((ty.name.to_string(), count, error.message(self.lang)));
    }
}

const fn reason(operation: Operation) -> &'static str {
    match operation {
        Operation::Suspend => "检查发现不再具备条件，暂扣（演示）",
        Operation::Revoke => "以不正当手段取得，撤销（演示）",
        _ => "持证主体申请注销（演示）",
    }
}

/// The seeding acts as an issuer of everything; no token belongs to it.
fn caller() -> Caller {
    let actor = Actor::new(Role::Issuer, "demo-seed", None, Granted::All, Granted::All);
    Caller { actor: Arc::new(actor), purpose: None }
}

/// Types to which others point by number come first, so that there are numbers to point to.
fn in_order(types: Vec<Arc<CertificateType>>) -> Vec<Arc<CertificateType>> {
    let points = |from: &CertificateType, to: &CertificateType| {
        from.name != to.name && from.relations.iter().any(|relation| relation.by == RelationBy::Number && relation.to.contains(&to.name))
    };
    let (mut placed, mut waiting): (Vec<Arc<CertificateType>>, Vec<_>) = (Vec::new(), types);
    while !waiting.is_empty() {
        // Among types that point at each other the first goes first.
        let free = waiting.iter().position(|ty| !waiting.iter().any(|other| points(ty, other))).unwrap_or(0);
        placed.push(waiting.remove(free));
    }
    placed
}

/// The number that goes with the issue, where the hub's counter would not do; None: the hub counts.
///
/// An authority other than the first gives numbers of its own range, so that a number is found without its issuer. Where so
/// many are asked for that the counter is too short, days are taken from the past.
fn own_number(ty: &CertificateType, data: &Map<String, Value>, issued_on: NaiveDate, index: u64, share: u64) -> Option<String> {
    let template = ty.number.template.as_ref().filter(|_| ty.number.from.is_none())?;
    let width = template.0.iter().find_map(|part| if let TemplatePart::Sequence(width) = part { Some(*width) } else { None })?;
    let room = 10_u64.checked_pow(u32::from(width))?.checked_sub(1)?;
    let place = authorities::place(authorities::for_type(ty));
    let (date, sequence) = if share >= room && template.0.contains(&TemplatePart::Date) {
        let first = NaiveDate::from_ymd_opt(2015, 1, 1)?;
        (moved(first, i64::try_from(index / room).ok()?)?, index % room + 1)
    } else if place > 0 {
        (issued_on, place * room.div_ceil(10) + index)
    } else {
        return None;
    };
    let context = RenderContext { data, date, province: "测", division: "990000" };
    let width = usize::from(width);
    render(template, &context, |_| format!("{sequence:0width$}")).ok()
}

fn today() -> NaiveDate {
    day(Utc::now())
}

fn day(now: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(8 * 3600).map_or_else(|| now.date_naive(), |shanghai| now.with_timezone(&shanghai).date_naive())
}

#[cfg(test)]
mod tests {
    use model::registry::{Registry, resolve};

    use super::*;
    use crate::demo::types::embedded;

    #[test]
    fn pointed_types_come_first_and_none_is_lost() {
        let types = resolve(&embedded(), &Registry::empty()).map(|resolved| resolved.types).unwrap_or_else(|faults| panic!("{faults:?}"));
        let ordered = in_order(types.clone());
        assert_eq!(ordered.len(), types.len());
        let place = |name: &str| ordered.iter().position(|ty| &*ty.name == name);
        assert!(place("ConstructionPermit") < place("CompletionFiling"));
    }

    #[test]
    fn the_day_is_shanghais() {
        let late: DateTime<Utc> = "2026-11-22T16:00:00Z".parse().expect("a time");
        assert_eq!(day(late).to_string(), "2026-11-23");
    }
}
