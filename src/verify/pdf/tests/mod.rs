//! The reader held against files that are made here.

mod attacks;
mod bombs;
mod cases;
mod changed;
mod good;
mod later;
#[expect(unreachable_pub, reason = "the bench uses it as a module of its own")]
mod maker;
#[path = "../../tests/processor/mod.rs"]
mod processor;
mod structure;

/// Something small, and nobody signs: what is read here is the form.
mod inside {
    pub(super) const NAME: &str = "env.json";
    /// 证照.
    pub(super) const NAME_IN_UTF16: &str = "8BC17167";
    pub(super) const ROOM: usize = 64;

    pub(super) fn attached() -> Vec<u8> {
        b"{\"a\":123}".to_vec()
    }

    pub(super) fn signed(_: &[u8]) -> Option<Vec<u8>> {
        None
    }
}
