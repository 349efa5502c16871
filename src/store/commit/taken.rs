//! A unique key existed already: whose row is it that cannot be written?

use std::collections::{HashMap, HashSet};

use uuid::Uuid;
use verify::number::normalise_number;

use super::ready::Ready;
use crate::fresh::Tags;
use crate::store::commands::{Claim, CommitFault, Idempotency, Taken};
use crate::store::decode::Reader;
use crate::store::error::Fault;
use crate::store::idempotency::horizon;
use crate::store::sql::{Sql, text};
use crate::store::{Store, StoreError};

impl Store {
    /// The rows that meet a key, number or identifier that is committed. Lapsed idempotency keys are forgotten on the way.
    pub(super) async fn taken(&self, ready: &[Ready], now: &[usize]) -> Result<Vec<(usize, CommitFault)>, Fault> {
        let rows: Vec<(usize, &Ready)> = now.iter().filter_map(|place| Some((*place, ready.get(*place)?))).collect();
        let mut faults = Vec::new();
        let replayed = self.replayed(&rows, &mut faults).await?;
        let number = |row: &Ready| (row.new.row.type_name.to_string(), row.new.row.issuer.clone(), row.number_key.clone());
        let numbers = self.numbers(rows.iter().map(|(_, row)| number(row)).collect()).await?;
        let identifiers = self.identifiers(rows.iter().map(|(_, row)| row.new.row.identifier.as_str())).await?;
        for (place, row) in rows.into_iter().filter(|(place, _)| !replayed.contains(place)) {
            if numbers.get(&number(row)).is_some_and(|record| *record != row.new.row.record_id) {
                faults.push((place, CommitFault::NumberTaken { number: row.new.row.number.clone() }));
            } else if identifiers.contains(&row.new.row.identifier) {
                faults.push((place, CommitFault::IdentifierTaken { identifier: row.new.row.identifier.clone() }));
            }
        }
        Ok(faults)
    }

    async fn replayed(&self, rows: &[(usize, &Ready)], faults: &mut Vec<(usize, CommitFault)>) -> Result<HashSet<usize>, Fault> {
        let keyed = |(place, row): &(usize, &Ready)| Some((*place, row.new.idempotency.clone()?));
        let keys: Vec<(usize, Idempotency)> = rows.iter().filter_map(keyed).collect();
        let known = self.remembered(keys.iter().map(|(_, key)| key)).await?;
        let mut replayed = HashSet::new();
        let mut lapsed = Vec::new();
        for (place, key) in keys {
            match known.get(&(key.actor.clone(), key.key.clone())) {
                None => {}
                Some(found) if found.lapsed => lapsed.push(key),
                Some(found) => {
                    faults.push((place, CommitFault::Replay(found.replay(&key.digest))));
                    replayed.insert(place);
                }
            }
        }
        if !lapsed.is_empty() {
            self.forget(&lapsed).await?;
        }
        Ok(replayed)
    }

    async fn forget(&self, keys: &[Idempotency]) -> Result<(), Fault> {
        self.write(Tags::none(), |session| async move {
            for key in keys {
                let mut sql = Sql::new("DELETE FROM idempotency WHERE actor = ");
                sql.bind(text(&key.actor)).push(" AND key = ").bind(text(&key.key)).push(" AND created_at < ").bind(horizon());
                session.run(sql).await?;
            }
            Ok(())
        })
        .await
    }

    /// Which of these another certificate has.
    ///
    /// # Errors
    /// The database.
    pub async fn taken_of(&self, claims: &[Claim]) -> Result<Vec<Taken>, StoreError> {
        let key = |claim: &Claim| {
            let number = self.inner.key.opaque(&normalise_number(claim.number.as_ref()?));
            Some((claim.type_name.to_string(), claim.issuer.clone(), number))
        };
        let keys: Vec<Option<Key>> = claims.iter().map(key).collect();
        let numbers = self.numbers(keys.iter().flatten().cloned().collect()).await?;
        let identifiers = self.identifiers(claims.iter().filter_map(|claim| claim.identifier.as_deref())).await?;
        let taken = |(claim, key): (&Claim, Option<Key>)| Taken {
            number: key.is_some_and(|key| numbers.contains_key(&key)),
            identifier: claim.identifier.as_ref().is_some_and(|identifier| identifiers.contains(identifier)),
        };
        Ok(claims.iter().zip(keys).map(taken).collect())
    }

    /// Records by type, issuer and number.
    async fn numbers(&self, wanted: Vec<Key>) -> Result<HashMap<Key, Uuid>, Fault> {
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let mut types: Vec<&str> = wanted.iter().map(|(ty, ..)| ty.as_str()).collect();
        let mut issuers: Vec<&str> = wanted.iter().map(|(_, issuer, _)| issuer.as_str()).collect();
        for list in [&mut types, &mut issuers] {
            list.sort_unstable();
            list.dedup();
        }
        let mut sql = Sql::new("SELECT type_name, issuer, number_key, id FROM certificate WHERE type_name IN ");
        sql.list(types.into_iter().map(text)).push(" AND issuer IN ").list(issuers.into_iter().map(text));
        sql.push(" AND number_key IN ").list(wanted.iter().map(|(.., number)| text(number)));
        let mut numbers = HashMap::new();
        for row in self.reading().all(sql).await? {
            let mut reader = Reader::new(&row);
            numbers.insert((reader.text()?, reader.text()?, reader.text()?), reader.uuid()?);
        }
        Ok(numbers)
    }

    async fn identifiers(&self, wanted: impl Iterator<Item = &str>) -> Result<HashSet<String>, Fault> {
        let wanted: Vec<_> = wanted.map(text).collect();
        if wanted.is_empty() {
            return Ok(HashSet::new());
        }
        let mut sql = Sql::new("SELECT identifier FROM certificate_version WHERE identifier IN ");
        sql.list(wanted);
        self.reading().all(sql).await?.iter().map(|row| Reader::new(row).text()).collect()
    }
}

/// Type, issuer and opaque number of a record.
type Key = (String, String, String);
