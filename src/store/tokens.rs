//! Bearer tokens: stored by the SM3 of the token, never the token.

use model::actor::{Actor, Department, Granted, Person, Role};

use super::decode::Reader;
use super::departments::read_amount;
use super::error::Fault;
use super::sql::{Sql, optional_text, text};
use super::{Store, StoreError, TokenRow};
use crate::fresh::Tag;
use crate::limits::Limit;

const COLUMNS: [&str; 11] = [
    "hash",
    "name",
    "role",
    "types",
    "authorities",
    "department_code",
    "department_name",
    "created_at",
    "expires_at",
    "revoked_at",
    "person",
];

impl Store {
    /// Writes a new token.
    ///
    /// # Errors
    /// The database; a token of that hash exists.
    pub async fn put_token(&self, hash: &str, token: &TokenRow) -> Result<(), StoreError> {
        let row = encoded(hash, token)?;
        let tags = [Tag::token(hash), Tag::token_name(&token.name)].into_iter().collect();
        let put = self.write(tags, |session| {
            let row = row.clone();
            async move { session.insert("token", &COLUMNS, vec![row]).await }
        });
        Ok(put.await?)
    }

    /// The token of that hash, whether it has expired or been revoked or not.
    ///
    /// # Errors
    /// The database.
    pub async fn token(&self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        Ok(self.token_and_limit(hash).await?.map(|(row, _)| row))
    }

    /// As [`Self::token`], with what all of its department together may take.
    ///
    /// # Errors
    /// The database.
    pub async fn token_and_limit(&self, hash: &str) -> Result<Option<(TokenRow, Limit)>, StoreError> {
        let mut sql = selected();
        sql.push(" WHERE t.hash = ").bind(text(hash));
        Ok(self.reading().first(sql).await?.map(|row| decoded(&mut Reader::new(&row))).transpose()?)
    }

    /// All tokens, by name and time of making.
    ///
    /// # Errors
    /// The database.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        let mut sql = selected();
        sql.push(" ORDER BY t.name, t.created_at, t.hash");
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row)).map(|(row, _)| row)).collect::<Result<_, Fault>>()?)
    }

    /// Revokes every token of that name; how many were not revoked yet.
    ///
    /// # Errors
    /// The database.
    pub async fn revoke_token(&self, name: &str) -> Result<u64, StoreError> {
        let now = chrono::Utc::now().timestamp_micros();
        let revoked = self.write(Tag::token_name(name).into(), |session| async move {
            let mut sql = Sql::new("UPDATE token SET revoked_at = ");
            sql.bind(now).push(" WHERE revoked_at IS NULL AND name = ").bind(text(name));
            session.run(sql).await
        });
        Ok(revoked.await?)
    }
}

/// What of a token is read, with what its department is registered with.
fn selected() -> Sql {
    let mut sql = Sql::new("SELECT ");
    for column in &COLUMNS[1..] {
        // A token ends with the account of whoever has it.
        match *column {
            "revoked_at" => sql.push("COALESCE(t.revoked_at, a.disabled_at), "),
            column => sql.push("t.").push(column).push(", "),
        };
    }
    sql.push("d.division, d.rate, d.daily FROM token t LEFT JOIN department d ON d.code = t.department_code");
    sql.push(" LEFT JOIN administrator a ON a.name = t.person");
    sql
}

fn encoded(hash: &str, token: &TokenRow) -> Result<Vec<sea_orm::Value>, Fault> {
    let actor = &token.actor;
    let json = |granted: &Granted| serde_json::to_string(granted).map_err(|error| Fault::nonsense(error.to_string()));
    let Ok(serde_json::Value::String(role)) = serde_json::to_value(actor.role) else {
        return Err(Fault::nonsense("a role without a name"));
    };
    let department = |part: fn(&Department) -> &str| optional_text(actor.department.as_ref().map(part));
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| sea_orm::Value::BigInt(at.map(|at| at.timestamp_micros()));
    Ok(vec![
        text(hash),
        text(&token.name),
        text(&role),
        text(&json(&actor.types)?),
        text(&json(&actor.authorities)?),
        department(|department| &department.code),
        department(|department| &department.name),
        token.created_at.timestamp_micros().into(),
        time(token.expires_at),
        time(token.revoked_at),
        optional_text(actor.person.as_ref().map(|person| &*person.name)),
    ])
}

fn decoded(reader: &mut Reader<'_>) -> Result<(TokenRow, Limit), Fault> {
    let name = reader.text()?;
    let role: Role = read(serde_json::Value::String(reader.text()?))?;
    let mut granted =
        || -> Result<Granted, Fault> { serde_json::from_str(&reader.text()?).map_err(|error| Fault::nonsense(error.to_string())) };
    let (types, authorities) = (granted()?, granted()?);
    let department = match (reader.value::<Option<String>>()?, reader.value::<Option<String>>()?) {
        (Some(code), Some(name)) => Some(Department { code, name, division: None }),
        _ => None,
    };
    let (created_at, expires_at, revoked_at) = (reader.time()?, reader.optional_time()?, reader.optional_time()?);
    let person = reader.value::<Option<String>>()?.map(|name| Person { name: name.into(), session: None });
    let division: Option<String> = reader.value()?;
    let limit = Limit { rate: read_amount(reader)?, daily: read_amount(reader)? };
    let department = department.map(|department| Department { division, ..department });
    let actor = Actor { person, ..Actor::new(role, name.as_str(), department, types, authorities) };
    Ok((TokenRow { actor, name, created_at, expires_at, revoked_at }, limit))
}

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|error| Fault::nonsense(error.to_string()))
}
