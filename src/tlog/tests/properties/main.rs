//! The log held against a reference that shares no line with it, for every small size and for large ones, and against whoever
//! alters a bit of what it wrote.

mod audits;
mod checkpoints;
mod known;
mod promises;
mod proofs;
mod receipts;
mod reference;
mod robustness;
mod samples;
mod tiles;
