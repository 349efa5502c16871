//! What the rooms' tests share: databases, keys, a hub to ask.


pub mod each;
pub mod hub;
