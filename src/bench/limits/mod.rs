//! What nothing can be faster than: the same rows without access, purpose, journal, plans or GraphQL; and the peers.

mod asked;
mod bare;
pub mod peers;
mod rows;
mod signing;
mod tools;

pub use asked::asked;
pub use bare::serve;
pub(super) use bare::slot;
pub use signing::{Alone, alone};
pub use tools::{pgbench, wrk};
