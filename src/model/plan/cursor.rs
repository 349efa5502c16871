//! Cursors: where a page ended, and the `now` at which its statuses were filtered.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Column, Direction, PlanError, Value};

/// Opaque to callers. Holds values of the order's columns only, which are never personal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// Microseconds; pages behind this one filter statuses at the same moment.
    #[serde(rename = "n")]
    now: i64,
    #[serde(rename = "o")]
    order: Vec<(Column, bool)>,
    #[serde(rename = "v")]
    values: Vec<Value>,
}

impl Cursor {
    pub fn new(now: DateTime<Utc>, order: &[(Column, Direction)], values: Vec<Value>) -> Self {
        Self { now: now.timestamp_micros(), order: signature(order), values }
    }

    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a cursor that belongs to this order; gives its values and its `now`.
    pub(super) fn decode(
        text: &str,
        argument: &str,
        order: &[(Column, Direction)],
        now: DateTime<Utc>,
    ) -> Result<(Vec<Value>, DateTime<Utc>), PlanError> {
        let wrong = || {
            PlanError::input(
                argument,
                "this is no cursor of this list and order: take endCursor or edges.cursor as they were given",
                "游标不属于该列表或该排序：请原样使用 endCursor 或 edges.cursor",
            )
        };
        if text.len() > 4096 {
            return Err(wrong());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let at = DateTime::from_timestamp_micros(cursor.now).filter(|at| *at <= now).ok_or_else(wrong)?;
        let fits = cursor.order == signature(order) && cursor.values.len() == order.len();
        let clear = cursor.values.iter().all(|value| !matches!(value, Value::Opaque(_) | Value::Key(_)));
        if fits && clear { Ok((cursor.values, at)) } else { Err(wrong()) }
    }
}

fn signature(order: &[(Column, Direction)]) -> Vec<(Column, bool)> {
    order.iter().map(|(column, direction)| (*column, *direction == Direction::Desc)).collect()
}
