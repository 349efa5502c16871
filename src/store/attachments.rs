//! Bytes that statements name by their digest: written once, with the first version that names them, and never changed.

use std::collections::BTreeSet;

use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, text};
use super::{Attachment, Store, StoreError};

/// Most names of one statement.
const NAMES: usize = 10_000;
const COLUMNS: [&str; 3] = ["digest", "bytes", "created_at"];

impl Store {
    /// The attachments of these names that are on record. The names come from statements that a plan has read.
    ///
    /// # Errors
    /// The database.
    pub async fn attachments(&self, names: &[String]) -> Result<Vec<Attachment>, StoreError> {
        let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let mut found = Vec::new();
        for names in names.chunks(NAMES) {
            let mut sql = Sql::new("SELECT digest, bytes FROM attachment WHERE digest IN ");
            sql.list(names.iter().map(|name| text(name)));
            for row in self.reading().all(sql).await? {
                let mut reader = Reader::new(&row);
                found.push(Attachment { name: reader.text()?, bytes: reader.value()? });
            }
        }
        Ok(found)
    }
}

/// Writes what is not there yet, in the order of the names, so that two writers of the same photos do not wait for each other.
pub(super) async fn put(session: &Session, attachments: Vec<(&Attachment, i64)>) -> Result<(), Fault> {
    let rows =
        in_order(attachments).into_iter().map(|(attachment, at)| vec![text(&attachment.name), attachment.bytes.clone().into(), at.into()]);
    session.insert_absent("attachment", &COLUMNS, rows.collect()).await
}

/// Each name once, in their order.
pub(super) fn in_order(mut attachments: Vec<(&Attachment, i64)>) -> Vec<(&Attachment, i64)> {
    attachments.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    attachments.dedup_by(|(one, _), (other, _)| one.name == other.name);
    attachments
}
