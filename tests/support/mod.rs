//! What the rooms' tests share: databases, keys, a hub to ask.

pub(crate) mod each;
pub(crate) mod hub;
pub(crate) mod redis;
