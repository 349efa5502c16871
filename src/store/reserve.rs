//! Numbers, reserved before anything is signed.

use chrono::Utc;
use uuid::Uuid;

use super::commands::Reservation;
use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, text};
use super::{Store, StoreError};

impl Store {
    /// Reserves `count` numbers of a scope, counted from 1, in a short transaction of its own. No two reservations overlap; what is
    /// not used stays on record as a gap.
    ///
    /// # Errors
    /// The database.
    pub async fn reserve(&self, scope: &str, count: u32) -> Result<Reservation, StoreError> {
        let id = Uuid::now_v7();
        Ok(self.write(|session| reserve(session, scope, id, count)).await?)
    }
}

async fn reserve(session: Session, scope: &str, id: Uuid, count: u32) -> Result<Reservation, Fault> {
    let wide = i64::from(count);
    let mut raise = Sql::new("UPDATE counter SET next = next + ");
    raise.bind(wide).push(" WHERE scope = ").bind(text(scope));
    let first = if session.run(raise).await? == 0 {
        // Whoever inserts second finds the row when he runs again.
        session.insert("counter", &["scope", "next"], vec![vec![text(scope), (wide + 1).into()]]).await.map_err(Fault::raced)?;
        1
    } else {
        let mut read = Sql::new("SELECT next FROM counter WHERE scope = ");
        read.bind(text(scope));
        let Some(row) = session.first(read).await? else { return Err(Fault::nonsense("a counter vanished")) };
        Reader::new(&row).integer()? - wide
    };
    let row = vec![id.into(), text(scope), first.into(), wide.into(), 0i64.into(), Utc::now().timestamp_micros().into()];
    session.insert("reservation", &["id", "scope", "first", "count", "used", "reserved_at"], vec![row]).await?;
    Ok(Reservation { id, scope: scope.to_owned(), first, count })
}
