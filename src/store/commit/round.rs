//! Which rows of a chunk can be written together: of two that clash the second waits until the first is written.

use std::collections::HashMap;

use super::ready::Ready;
use super::rules::refusal;
use crate::store::commands::{CommitFault, Replay};

/// The rows for one transaction, and those that clash with one of them, with the fault that it would be.
pub(super) fn round(ready: &[Ready], live: &[usize]) -> (Vec<usize>, Vec<(usize, CommitFault)>) {
    let mut seen = Seen::default();
    let (mut now, mut clashing) = (Vec::new(), Vec::new());
    for place in live {
        let Some(row) = ready.get(*place) else { continue };
        match seen.clash(row) {
            Some(fault) => clashing.push((*place, fault)),
            None => {
                seen.add(row);
                now.push(*place);
            }
        }
    }
    (now, clashing)
}

#[derive(Default)]
struct Seen<'a> {
    keys: HashMap<(&'a str, &'a str), &'a Ready>,
    records: HashMap<uuid::Uuid, &'a Ready>,
    numbers: HashMap<(&'a str, &'a str, &'a str), &'a Ready>,
    identifiers: HashMap<&'a str, &'a Ready>,
    held: HashMap<&'a str, Vec<&'a Ready>>,
}

impl<'a> Seen<'a> {
    fn clash(&self, row: &'a Ready) -> Option<CommitFault> {
        let new = &row.new;
        if new.idempotency.as_ref().is_some_and(|key| self.keys.contains_key(&(key.actor.as_str(), key.key.as_str()))) {
            return Some(CommitFault::Replay(Replay::Other));
        }
        if let Some(other) = self.records.get(&new.row.record_id) {
            return Some(CommitFault::Superseded { current: other.new.row.id });
        }
        if self.numbers.contains_key(&number(row)) {
            return Some(CommitFault::NumberTaken { number: new.row.number.clone() });
        }
        if self.identifiers.contains_key(new.row.identifier.as_str()) {
            return Some(CommitFault::IdentifierTaken { identifier: new.row.identifier.clone() });
        }
        let broken = row.rules.iter().find(|rule| {
            let others = self.held.get(rule.holder.as_str());
            others.is_some_and(|others| others.iter().any(|other| rule.broken_by(&other.entry)))
        });
        broken.map(|rule| refusal(&rule.check))
    }

    fn add(&mut self, row: &'a Ready) {
        let new = &row.new;
        if let Some(key) = &new.idempotency {
            self.keys.insert((&key.actor, &key.key), row);
        }
        self.records.insert(new.row.record_id, row);
        self.numbers.insert(number(row), row);
        self.identifiers.insert(&new.row.identifier, row);
        for holder in &row.holders {
            self.held.entry(holder).or_default().push(row);
        }
    }
}

fn number(row: &Ready) -> (&str, &str, &str) {
    (&row.new.row.type_name, &row.new.row.issuer, &row.number_key)
}
