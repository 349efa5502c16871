//! Rows as PostgreSQL's binary COPY takes them.

use sea_orm::Value;
use sea_orm::sqlx::PgConnection;

use crate::store::error::Fault;

/// Signature, flags and length of the header's extension.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
pub(super) const END: i16 = -1;

/// What is copied into one table.
pub(super) struct Part {
    statement: String,
    /// None: there are no rows.
    bytes: Option<Vec<u8>>,
}

impl Part {
    pub(super) fn new(table: &str, columns: &[&str], rows: &[Vec<Value>]) -> Result<Self, Fault> {
        let bytes = if rows.is_empty() { None } else { Some(encoded(rows)?) };
        Ok(Self { statement: format!("COPY {table} ({}) FROM STDIN BINARY", columns.join(", ")), bytes })
    }

    /// Writes the rows; with how many statements.
    pub(super) async fn copy(&self, connection: &mut PgConnection) -> Result<u64, Fault> {
        let Some(bytes) = &self.bytes else { return Ok(0) };
        let mut copy = connection.copy_in_raw(&self.statement).await?;
        copy.send(bytes.as_slice()).await?;
        copy.finish().await?;
        Ok(1)
    }
}

fn encoded(rows: &[Vec<Value>]) -> Result<Vec<u8>, Fault> {
    let mut bytes = HEADER.to_vec();
    for one in rows {
        row(&mut bytes, one)?;
    }
    bytes.extend_from_slice(&END.to_be_bytes());
    Ok(bytes)
}

/// Puts one row behind others.
pub(super) fn row(bytes: &mut Vec<u8>, values: &[Value]) -> Result<(), Fault> {
    let count = i16::try_from(values.len()).map_err(|_| Fault::nonsense("a row with too many columns"))?;
    bytes.extend_from_slice(&count.to_be_bytes());
    values.iter().try_for_each(|value| field(bytes, value))
}

/// The columns of this store are text, bigint, uuid and bytea, and nothing else.
fn field(bytes: &mut Vec<u8>, value: &Value) -> Result<(), Fault> {
    match value {
        Value::String(None) | Value::BigInt(None) | Value::Uuid(None) | Value::Bytes(None) => {
            bytes.extend_from_slice(&(-1i32).to_be_bytes());
            Ok(())
        }
        Value::String(Some(text)) => sized(bytes, text.as_bytes()),
        Value::Bytes(Some(content)) => sized(bytes, content),
        Value::BigInt(Some(number)) => sized(bytes, &number.to_be_bytes()),
        Value::Uuid(Some(id)) => sized(bytes, id.as_bytes()),
        other => Err(Fault::nonsense(format!("a value of no column: {other:?}"))),
    }
}

fn sized(bytes: &mut Vec<u8>, content: &[u8]) -> Result<(), Fault> {
    let length = i32::try_from(content.len()).map_err(|_| Fault::nonsense("a value of more than 2 GiB"))?;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_as_postgresql_documents_them() {
        let rows = [vec![Value::from("证"), Value::from(-2i64)], vec![Value::String(None), Value::from(vec![7u8])]];
        let written = encoded(&rows).unwrap();
        let body = [
            &[0, 2, 0, 0, 0, 3, 0xe8, 0xaf, 0x81, 0, 0, 0, 8, 255, 255, 255, 255, 255, 255, 255, 254][..],
            &[0, 2, 255, 255, 255, 255, 0, 0, 0, 1, 7],
            &[255, 255],
        ]
        .concat();
        assert_eq!(written, [HEADER, &body].concat());
        assert!(encoded(&[vec![Value::from(1.5f64)]]).is_err());
    }
}
