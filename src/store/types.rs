//! Registered types: files by digest, never overwritten; versions; and a revision that every change raises.

use std::collections::HashMap;
use std::sync::Arc;

use model::registry::State;

use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, text};
use super::{Store, StoreError, TypeRow};
use crate::fresh::Tag;

const COLUMNS: [&str; 8] = ["name", "version", "digest", "state", "slots", "file", "registered_at", "registered_by"];

/// What became of a type that was to be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutType {
    /// Stored, under this revision.
    Stored(u64),
    /// This version is registered with this very file.
    Unchanged,
    /// This version is registered with another file, or the registry has another revision than expected.
    Conflict,
}

impl Store {
    /// Registers a version of a type. With `expected_revision`, only while the registry still has it.
    ///
    /// # Errors
    /// The database.
    pub async fn put_type(&self, row: TypeRow, expected_revision: Option<u64>) -> Result<PutType, StoreError> {
        Ok(self.write(Tag::certificate_type(&row.name).into(), |session| put(session, &row, expected_revision)).await?)
    }

    /// Publishes or withdraws a version of a type; false where it is not known.
    ///
    /// # Errors
    /// The database.
    pub async fn set_type_state(&self, name: &str, version: &str, state: State) -> Result<bool, StoreError> {
        let set = self.write(Tag::certificate_type(name).into(), |session| async move {
            let mut sql = Sql::new("UPDATE certificate_type SET state = ");
            sql.bind(text(state.as_str())).push(" WHERE name = ").bind(text(name)).push(" AND version = ").bind(text(version));
            let known = session.run(sql).await? > 0;
            if known {
                raise(&session, None).await?;
            }
            Ok(known)
        });
        Ok(set.await?)
    }

    /// The newest version of each type, in the order in which the types were first registered.
    ///
    /// # Errors
    /// The database.
    pub async fn types(&self) -> Result<Vec<TypeRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM certificate_type ORDER BY registered_at, name");
        let mut newest: Vec<TypeRow> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in self.reading().all(sql).await? {
            let row = decoded(&mut Reader::new(&row))?;
            match places.get(&row.name).and_then(|place| newest.get_mut(*place)) {
                Some(known) if parts(&known.version) < parts(&row.version) => *known = row,
                Some(_) => {}
                None => {
                    places.insert(row.name.clone(), newest.len());
                    newest.push(row);
                }
            }
        }
        Ok(self.with_sources(newest).await?)
    }

    /// The files are fetched for the newest versions alone: a type may have had a thousand.
    async fn with_sources(&self, mut rows: Vec<TypeRow>) -> Result<Vec<TypeRow>, Fault> {
        let mut sql = Sql::new("SELECT digest, source FROM type_file WHERE digest IN ");
        sql.list(rows.iter().map(|row| text(&row.digest)));
        let mut sources: HashMap<String, Arc<str>> = HashMap::new();
        for row in self.reading().all(sql).await? {
            let mut reader = Reader::new(&row);
            sources.insert(reader.text()?, reader.shared()?);
        }
        for row in &mut rows {
            let source = sources.get(&row.digest).cloned();
            row.source = source.ok_or_else(|| Fault::nonsense(format!("the file {} of {} is gone", row.digest, row.name)))?;
        }
        Ok(rows)
    }

    /// The file of that digest, as it was written.
    ///
    /// # Errors
    /// The database.
    pub async fn type_file(&self, digest: &str) -> Result<Option<Arc<str>>, StoreError> {
        let mut sql = Sql::new("SELECT source FROM type_file WHERE digest = ");
        sql.bind(text(digest));
        let row = self.reading().first(sql).await?;
        Ok(row.map(|row| Reader::new(&row).shared()).transpose()?)
    }

    /// Rises with every change of a type or its state.
    ///
    /// # Errors
    /// The database.
    pub async fn registry_revision(&self) -> Result<u64, StoreError> {
        Ok(revision(&self.reading()).await?)
    }
}

async fn put(session: Session, row: &TypeRow, expected: Option<u64>) -> Result<PutType, Fault> {
    let mut same = Sql::new("SELECT digest FROM certificate_type WHERE name = ");
    same.bind(text(&row.name)).push(" AND version = ").bind(text(&row.version));
    if let Some(known) = session.first(same).await? {
        return Ok(if Reader::new(&known).text()? == row.digest { PutType::Unchanged } else { PutType::Conflict });
    }
    // First the row that all registrations share: from here on nobody else registers.
    let Some(revision) = raise(&session, expected).await? else { return Ok(PutType::Conflict) };
    let mut file = Sql::new("SELECT 1 FROM type_file WHERE digest = ");
    file.bind(text(&row.digest));
    if session.first(file).await?.is_none() {
        session.insert("type_file", &["digest", "source"], vec![vec![text(&row.digest), text(&row.source)]]).await.map_err(Fault::raced)?;
    }
    let values = vec![
        text(&row.name),
        text(&row.version),
        text(&row.digest),
        text(row.state.as_str()),
        text(&row.slots),
        text(&row.file),
        row.registered_at.timestamp_micros().into(),
        text(&row.registered_by),
    ];
    session.insert("certificate_type", &COLUMNS, vec![values]).await.map_err(Fault::raced)?;
    Ok(PutType::Stored(revision))
}

/// Raises the revision; None where it is not the expected one.
async fn raise(session: &Session, expected: Option<u64>) -> Result<Option<u64>, Fault> {
    let mut sql = Sql::new("UPDATE revision SET value = value + 1 WHERE name = 'registry'");
    if let Some(expected) = expected {
        sql.push(" AND value = ").bind(i64::try_from(expected).unwrap_or(i64::MAX));
    }
    if session.run(sql).await? == 0 {
        return if expected.is_some() { Ok(None) } else { Err(Fault::nonsense("the revision of the registry is gone")) };
    }
    revision(session).await.map(Some)
}

async fn revision(session: &Session) -> Result<u64, Fault> {
    let row = session.first(Sql::new("SELECT value FROM revision WHERE name = 'registry'")).await?;
    let Some(row) = row else { return Err(Fault::nonsense("the revision of the registry is gone")) };
    Ok(Reader::new(&row).integer()?.unsigned_abs())
}

fn decoded(reader: &mut Reader<'_>) -> Result<TypeRow, Fault> {
    Ok(TypeRow {
        name: reader.text()?,
        version: reader.text()?,
        digest: reader.text()?,
        state: state(&reader.text()?)?,
        slots: reader.text()?,
        file: reader.text()?,
        registered_at: reader.time()?,
        registered_by: reader.text()?,
        source: Arc::from(""),
    })
}

fn state(text: &str) -> Result<State, Fault> {
    let known = [State::Draft, State::Published, State::Withdrawn].into_iter().find(|state| state.as_str() == text);
    known.ok_or_else(|| Fault::nonsense(format!("{text:?} is no state of a type")))
}

/// `1.10.0` is newer than `1.9.0`.
fn parts(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}
