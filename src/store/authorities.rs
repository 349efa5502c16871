//! 颁发机构 and other bodies.

use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, optional_text, text};
use super::{AuthorityRow, Store, StoreError};
use crate::fresh::Tag;

const COLUMNS: [&str; 6] = ["code", "name", "level", "division", "parent", "updated_at"];

impl Store {
    /// Writes an authority, in the place of the one with its code.
    ///
    /// # Errors
    /// The database.
    pub async fn put_authority(&self, authority: &AuthorityRow) -> Result<(), StoreError> {
        Ok(self.write(Tag::authority(&authority.code).into(), |session| put(session, authority)).await?)
    }

    /// All authorities, by code.
    ///
    /// # Errors
    /// The database.
    pub async fn authorities(&self) -> Result<Vec<AuthorityRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM authority ORDER BY code");
        Ok(self.found(sql).await?)
    }

    /// The authorities of these codes that are known.
    ///
    /// # Errors
    /// The database.
    pub async fn authorities_by(&self, codes: &[String]) -> Result<Vec<AuthorityRow>, StoreError> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM authority WHERE code IN ").list(codes.iter().map(|code| text(code)));
        Ok(self.found(sql).await?)
    }

    async fn found(&self, sql: Sql) -> Result<Vec<AuthorityRow>, Fault> {
        let rows = self.reading().all(sql).await?;
        let authorities = rows.iter().map(|row| {
            let mut reader = Reader::new(row);
            Ok(AuthorityRow {
                code: reader.text()?,
                name: reader.text()?,
                level: reader.value()?,
                division: reader.value()?,
                parent: reader.value()?,
                updated_at: reader.time()?,
            })
        });
        authorities.collect()
    }
}

async fn put(session: Session, authority: &AuthorityRow) -> Result<(), Fault> {
    let mut delete = Sql::new("DELETE FROM authority WHERE code = ");
    delete.bind(text(&authority.code));
    session.run(delete).await?;
    let row = vec![
        text(&authority.code),
        text(&authority.name),
        optional_text(authority.level.as_deref()),
        optional_text(authority.division.as_deref()),
        optional_text(authority.parent.as_deref()),
        authority.updated_at.timestamp_micros().into(),
    ];
    session.insert("authority", &COLUMNS, vec![row]).await.map_err(Fault::raced)
}
