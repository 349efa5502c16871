//! Point reads that are answered from memory: one certificate by its id, with nothing reached from it.
//!
//! A hit asks no database; it is recorded like every read, and whoever asks must have a purpose as before. Whose rights the
//! answer was made for stands in its key.

use async_graphql::Variables;
use model::plan::check_purpose;
use uuid::Uuid;
use verify::messages::Lang;
use verify::status::next_boundary;

use super::Stop::{self, Slow};
use super::program::{Asks, Program};
use super::run::{self, Filled, Run};
use super::write;
use crate::audit::{Entry, Kind};
use crate::fresh::{Answer, Keep, Key, Made, Tag};
use crate::graphql::ask::Ask;

/// Answers a program: from memory where it can be, else by running it.
///
/// # Errors
/// [`Stop`]: nothing was recorded.
pub(in crate::graphql) async fn answer(program: &Program, ask: &Ask, variables: &Variables) -> Result<bytes::Bytes, Stop> {
    // Holders share a program and see other rows each: nothing is kept of what they are answered.
    let key = if ask.caller.actor.holder.is_some() { None } else { key(program, variables, ask.lang) };
    let Some(key) = key else { return Ok(run::run(program, ask, variables).await?.into()) };
    if program.needs_purpose(ask) {
        return Err(Slow);
    }
    check_purpose(&ask.caller)?;
    // What this call read itself; who is answered with what another read is recorded by what the answer shows.
    let mut read = None;
    let answer = match ask.hub.answers.get(&key, ask.now) {
        Some(kept) => kept,
        None => {
            let make = async || {
                let (made, entries) = make(program, ask, variables).await?;
                read = Some(entries);
                Ok::<_, Stop>(made)
            };
            ask.hub.answers.get_or_make(key, ask.now, make).await?
        }
    };
    let remembered = read.is_none();
    run::record(program, ask, read.unwrap_or_else(|| vec![shown(ask, &answer.facts)]), remembered).await?;
    Ok(answer.bytes.clone())
}

/// What a kept answer showed.
fn shown(ask: &Ask, facts: &[(String, Uuid)]) -> Entry {
    let rules = |(name, _): &(String, Uuid)| ask.caller.actor.granted(name).map(|rights| rights.rules.clone());
    let rules: Vec<_> = facts.iter().filter_map(rules).flatten().collect();
    let entry = Entry::new(&ask.caller, Kind::Query, ask.now).by(&rules);
    match facts {
        [(type_name, version)] => entry.of_version(type_name, *version),
        several => entry.of_many(None, u32::try_from(several.len()).unwrap_or(u32::MAX)),
    }
}

/// None: not an answer to keep.
fn key(program: &Program, variables: &Variables, lang: Lang) -> Option<Key> {
    if !program.is_point_read(variables) {
        return None;
    }
    let variables = serde_json::to_vec(variables).ok()?;
    Some(Key::new(&[&program.name, &variables, if lang == Lang::Zh { b"zh" } else { b"en" }]))
}

async fn make(program: &Program, ask: &Ask, variables: &Variables) -> Result<(Made<Vec<(String, Uuid)>>, Vec<Entry>), Stop> {
    let run = Run::new(ask, variables);
    let filled = run.roots(program).await?;
    // As long as it is and no longer: it may be kept, and is counted by its length.
    let bytes = bytes::Bytes::copy_from_slice(&write::write(program, &run, &filled)?);
    let [Filled::Certificates(loaded)] = filled.as_slice() else { return Err(Slow) };
    let mut facts = Vec::new();
    let mut keep = None;
    for record in &loaded.rows {
        facts.push((record.type_name()?.to_owned(), record.id()?));
        let day = write::day;
        let (from, to) = (day(record.valid_from()?)?, day(record.valid_to()?)?);
        keep = Some(Keep {
            tags: vec![Tag::record(record.record_id()?), Tag::authority(record.issuer()?)],
            until: next_boundary(record.event_status()?, from, to, ask.now),
            shared: !program.answers_personal,
        });
    }
    // What is not there may be there the next moment: it is not kept.
    Ok((Made { answer: Answer { bytes, facts }, keep }, run.entries()))
}

impl Program {
    /// One certificate by its id, with nothing reached from it.
    fn is_point_read(&self, variables: &Variables) -> bool {
        let [root] = self.roots.as_slice() else { return false };
        let (Asks::One { below, .. } | Asks::Node { below }) = &root.asks else { return false };
        below.loads.is_empty() && root.args.bind(variables).is_ok_and(|args| args.contains_key("id") && !args.contains_key("number"))
    }
}
