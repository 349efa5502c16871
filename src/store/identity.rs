//! What tells one database from every other: a random number, made once.
//!
//! It lies beside the certificates, and no backup has it: a database restored from one is another database, which does not
//! know what was written after the backup was made. Who keeps a note of what he wrote here must not take it for the same.

use uuid::Uuid;

use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

/// Its row in the table `revision`.
pub(super) const IDENTITY: &str = "identity";
/// 62 bits: of a UUID version 7 these are random.
const RANDOM: u128 = (1 << 62) - 1;

impl Store {
    /// The identity of this database, in hex; made where there is none yet.
    ///
    /// # Errors
    /// The database.
    pub async fn identity(&self) -> Result<String, StoreError> {
        if let Some(known) = self.known_identity().await? {
            return Ok(known);
        }
        let random = i64::try_from(Uuid::now_v7().as_u128() & RANDOM).unwrap_or_default();
        self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("INSERT INTO revision (name, value) VALUES (");
            sql.bind(text(IDENTITY)).push(", ").bind(random).push(") ON CONFLICT (name) DO NOTHING");
            session.run(sql).await?;
            Ok(())
        })
        .await?;
        Ok(self.known_identity().await?.ok_or_else(|| Fault::nonsense("the identity that was just written is not there"))?)
    }

    async fn known_identity(&self) -> Result<Option<String>, Fault> {
        let mut sql = Sql::new("SELECT value FROM revision WHERE name = ");
        sql.bind(text(IDENTITY));
        let found = self.reading().all(sql).await?;
        found.first().map(|row| Ok(format!("{:016x}", Reader::new(row).integer()?))).transpose()
    }
}
