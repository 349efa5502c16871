//! Templates of types' faces, and the files made of certificates: written once, never changed.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

/// A template of a type's face.
#[derive(Debug, Clone)]
pub struct FaceRow {
    pub type_name: String,
    /// SM3 (hex) of the source.
    pub digest: String,
    pub source: Arc<str>,
    pub registered_at: DateTime<Utc>,
    pub registered_by: String,
}

/// A file of one version of a certificate.
#[derive(Debug, Clone)]
pub struct FileRow {
    pub version_id: Uuid,
    /// `pdf` or `ofd`.
    pub format: String,
    /// SM3 (hex) of the bytes.
    pub digest: String,
    /// Digest of the template it was laid out with; empty for the default face.
    pub face: String,
    /// Code of the seal put to it.
    pub seal: String,
    pub made_at: DateTime<Utc>,
    pub bytes: Arc<[u8]>,
}

const FILE: [&str; 7] = ["version_id", "format", "digest", "face", "seal", "made_at", "bytes"];

impl Store {
    /// The newest template of a type; None where it has none.
    ///
    /// # Errors
    /// The database.
    pub async fn face(&self, type_name: &str) -> Result<Option<FaceRow>, StoreError> {
        let mut sql = Sql::new("SELECT type_name, digest, source, registered_at, registered_by FROM type_face WHERE type_name = ");
        sql.bind(text(type_name)).push(" ORDER BY registered_at DESC, digest LIMIT 1");
        let row = self.reading().first(sql).await?;
        let read = |row| {
            let mut reader = Reader::new(row);
            Ok::<_, Fault>(FaceRow {
                type_name: reader.text()?,
                digest: reader.text()?,
                source: reader.shared()?,
                registered_at: reader.time()?,
                registered_by: reader.text()?,
            })
        };
        Ok(row.as_ref().map(read).transpose()?)
    }

    /// Makes a template the newest of its type. One that was there before is the newest again.
    ///
    /// # Errors
    /// The database.
    pub async fn put_face(&self, row: &FaceRow) -> Result<(), StoreError> {
        let put = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("DELETE FROM type_face WHERE type_name = ");
            sql.bind(text(&row.type_name)).push(" AND digest = ").bind(text(&row.digest));
            session.run(sql).await?;
            let values = vec![
                text(&row.type_name),
                text(&row.digest),
                text(&row.source),
                text(&row.registered_by),
                row.registered_at.timestamp_micros().into(),
            ];
            let columns = ["type_name", "digest", "source", "registered_by", "registered_at"];
            session.insert("type_face", &columns, vec![values]).await.map_err(Fault::raced)
        });
        Ok(put.await?)
    }

    /// A file that was made before.
    ///
    /// # Errors
    /// The database.
    pub async fn certificate_file(&self, version_id: Uuid, format: &str) -> Result<Option<FileRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&FILE.join(", ")).push(" FROM certificate_file WHERE version_id = ").bind(version_id);
        sql.push(" AND format = ").bind(text(format));
        let row = self.reading().first(sql).await?;
        let read = |row| {
            let mut reader = Reader::new(row);
            Ok::<_, Fault>(FileRow {
                version_id: reader.uuid()?,
                format: reader.text()?,
                digest: reader.text()?,
                face: reader.text()?,
                seal: reader.text()?,
                made_at: reader.time()?,
                bytes: reader.value::<Vec<u8>>()?.into(),
            })
        };
        Ok(row.as_ref().map(read).transpose()?)
    }

    /// Current versions of a type without a file, behind `after` in the order of their ids.
    ///
    /// # Errors
    /// The database.
    pub async fn without_file(&self, type_name: &str, after: Option<Uuid>, limit: u32) -> Result<Vec<Uuid>, StoreError> {
        let mut sql =
            Sql::new("SELECT i.id FROM certificate_index i LEFT JOIN certificate_file f ON f.version_id = i.id AND f.format = 'pdf'");
        sql.push(" WHERE f.version_id IS NULL AND i.type_name = ").bind(text(type_name));
        if let Some(after) = after {
            sql.push(" AND i.id > ").bind(after);
        }
        sql.push(" ORDER BY i.id LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| Reader::new(row).uuid()).collect::<Result<_, Fault>>()?)
    }

    /// Keeps files. Where another process was faster, its files stay: ask for them again.
    ///
    /// # Errors
    /// The database.
    pub async fn put_files(&self, files: &[FileRow]) -> Result<(), StoreError> {
        let row = |file: &FileRow| {
            vec![
                file.version_id.into(),
                text(&file.format),
                text(&file.digest),
                text(&file.face),
                text(&file.seal),
                file.made_at.timestamp_micros().into(),
                file.bytes.to_vec().into(),
            ]
        };
        let rows: Vec<_> = files.iter().map(row).collect();
        let put = self.write(Tags::none(), |session| {
            let rows = rows.clone();
            async move { session.insert_absent("certificate_file", &FILE, rows).await }
        });
        Ok(put.await?)
    }
}
