//! The reader held against files that are made here.

mod attacks;
mod bombs;
mod cases;
mod changed;
mod good;
mod later;
#[expect(unreachable_pub, reason = "the bench uses it as a module of its own")]
mod maker;
mod structure;
