//! Copies for one use, with the event of their making.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, text};
use super::{Store, StoreError, access};
use crate::fresh::Tags;

/// A copy as its issuer signed it.
#[derive(Debug, Clone)]
pub struct CopyRow {
    pub id: Uuid,
    /// The version it is of.
    pub version_id: Uuid,
    /// [`verify::statement::CopyStatement`], byte for byte.
    pub statement: Arc<str>,
    /// DER of the SM2 signature.
    pub signature: Vec<u8>,
    /// Key of the signer's chain.
    pub signer: String,
    /// Name of the token that had it made.
    pub actor: String,
    pub made_at: DateTime<Utc>,
}

const COLUMNS: [&str; 7] = ["id", "version_id", "statement", "signature", "signer", "actor", "made_at"];

impl Store {
    /// Writes a copy and its event, in one transaction.
    ///
    /// # Errors
    /// The database.
    pub async fn put_copy(&self, copy: &CopyRow, event: &AccessEvent) -> Result<(), StoreError> {
        let put = self.write(Tags::none(), |session| async move {
            let row = vec![
                copy.id.into(),
                copy.version_id.into(),
                copy.statement.as_bytes().to_vec().into(),
                copy.signature.clone().into(),
                text(&copy.signer),
                text(&copy.actor),
                copy.made_at.timestamp_micros().into(),
            ];
            session.insert("usage_copy", &COLUMNS, vec![row]).await?;
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
        });
        Ok(put.await?)
    }

    /// The copy of that id.
    ///
    /// # Errors
    /// The database.
    pub async fn copy(&self, id: Uuid) -> Result<Option<CopyRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM usage_copy WHERE id = ").bind(id);
        let row = self.reading().first(sql).await?;
        let read = |row| {
            let mut reader = Reader::new(row);
            let (id, version_id) = (reader.uuid()?, reader.uuid()?);
            let statement = String::from_utf8(reader.value()?).map_err(|_| Fault::nonsense("the statement of a copy is no text"))?;
            Ok::<_, Fault>(CopyRow {
                id,
                version_id,
                statement: statement.into(),
                signature: reader.value()?,
                signer: reader.text()?,
                actor: reader.text()?,
                made_at: reader.time()?,
            })
        };
        Ok(row.as_ref().map(read).transpose()?)
    }
}
