//! Bytes inside JSON, as base64: a face travels to a process of its own where its template is not trusted yet.

use std::sync::Arc;

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

pub(crate) fn serialize<S: Serializer>(bytes: &Arc<[u8]>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&Base64::encode_string(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<[u8]>, D::Error> {
    let text = String::deserialize(from)?;
    Base64::decode_vec(&text).map(Arc::from).map_err(D::Error::custom)
}

/// Bytes that nobody shares.
pub(crate) mod owned {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&Base64::encode_string(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        Base64::decode_vec(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// Several, each by a name.
pub(crate) mod by_name {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct One(#[serde(with = "super")] Arc<[u8]>);

    pub(crate) fn serialize<S: Serializer>(all: &BTreeMap<String, Arc<[u8]>>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(all.iter().map(|(name, bytes)| (name, One(bytes.clone()))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Arc<[u8]>>, D::Error> {
        let all = BTreeMap::<String, One>::deserialize(from)?;
        Ok(all.into_iter().map(|(name, One(bytes))| (name, bytes)).collect())
    }
}
