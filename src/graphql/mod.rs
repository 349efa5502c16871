//! Registry → GraphQL and back. async-graphql's types stay in this room.
//!
//! ```text
//! schema.rs     registry + rights class → one schema
//! queries/      root fields: each lowers its arguments to a plan request
//! mutations/    root fields: each calls a use case
//! types/        output types    inputs/  where, orderBy, data of an issue
//! loaders.rs    relations, batched, one set a request
//! errors.rs     the one table error → extensions.code
//! bounds.rs     what a document may cost    cost.rs  what it asks for    budget.rs  what its answer takes
//! execute.rs    a request, from parsed parameters to an answer
//! shown.rs      the types as grants show them    masked.rs  what of an answer they mask
//! explain.rs    what somebody else would be answered
//! fast/         documents compiled once, run from rows straight to bytes
//! ```

mod ask;
mod bounds;
mod budget;
mod cost;
mod document;
mod driver;
mod errors;
mod execute;
mod explain;
mod fast;
mod inputs;
mod loaders;
mod masked;
mod mutations;
mod queries;

mod scalars;
mod schema;
mod sensitive;
mod shown;
mod types;
mod values;
mod view;

pub use bounds::Bounds;
pub use errors::{ApiError, Told};
pub use execute::{Answered, Asked, Body, Graph, Parameters, Path, sdl_for};
pub use schema::{MAX_COMPLEXITY, MAX_DEPTH, SchemaFault};
