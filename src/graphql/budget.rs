//! What a request may take while it is answered: certificates read and bytes written. Whoever passes either stops at once.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ServerResult, Value};
use serde::Serialize;

use super::bounds::Bounds;
use super::document::KEPT;

/// What is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    Certificates,
    Bytes,
}

/// One request's.
#[derive(Debug)]
pub(super) struct Budget {
    certificates: usize,
    bytes: usize,
    read: AtomicUsize,
    written: AtomicUsize,
}

impl Budget {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self { certificates: bounds.certificates(), bytes: bounds.answer_bytes, read: AtomicUsize::new(0), written: AtomicUsize::new(0) }
    }

    /// Nothing at all may be resolved.
    pub(super) fn nothing() -> Self {
        Self { certificates: 0, bytes: 0, read: AtomicUsize::new(0), written: AtomicUsize::new(1) }
    }

    /// Whatever is resolved: who commands must learn what came of it.
    pub(super) fn endless() -> Self {
        Self { certificates: usize::MAX, bytes: usize::MAX, ..Self::nothing() }
    }

    /// As if nothing had been read: what a plan began, the library does from the beginning.
    pub(super) fn anew(&self) {
        self.read.store(0, Ordering::Relaxed);
    }

    /// So many certificates were read.
    ///
    /// # Errors
    /// They are too many, with those before.
    pub(super) fn read(&self, certificates: usize) -> Result<(), Spent> {
        self.read.fetch_add(certificates, Ordering::Relaxed);
        match self.spent() {
            Some(spent) => Err(spent),
            None => Ok(()),
        }
    }

    /// May an answer be as long as this?
    ///
    /// # Errors
    /// It may not.
    pub(super) fn holds(&self, bytes: usize) -> Result<(), Spent> {
        if bytes > self.bytes { Err(Spent::Bytes) } else { Ok(()) }
    }

    /// The same of an answer that is not written yet, which is written into nothing.
    ///
    /// # Errors
    /// As [`Self::holds`].
    pub(super) fn holds_all(&self, answer: &impl Serialize) -> Result<(), Spent> {
        serde_json::to_writer(Counted { left: self.bytes }, answer).map_err(|_| Spent::Bytes)
    }

    /// What was used up first, if anything.
    pub(super) fn spent(&self) -> Option<Spent> {
        if self.read.load(Ordering::Relaxed) > self.certificates {
            Some(Spent::Certificates)
        } else {
            self.holds(self.written.load(Ordering::Relaxed)).err()
        }
    }

    fn write(&self, bytes: usize) {
        self.written.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Takes so many bytes and keeps none.
struct Counted {
    left: usize,
}

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Has the library keep to the [`Budget`] that goes with a request: once it is spent, no field goes on, and whoever drives the
/// request gives it up.
pub(super) struct Metered;

impl ExtensionFactory for Metered {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Metered {
    async fn resolve(&self, context: &ExtensionContext<'_>, info: ResolveInfo<'_>, next: NextResolve<'_>) -> ServerResult<Option<Value>> {
        let Some(budget) = context.data_opt::<Arc<Budget>>() else { return next.run(context, info).await };
        let mut field = pin!(next.run(context, info));
        let value = poll_fn(|context| if budget.spent().is_some() { Poll::Pending } else { field.as_mut().poll(context) }).await?;
        budget.write(value.as_ref().map_or(4, length));
        Ok(value)
    }
}

/// At least so many bytes does a field's value add to the answer; the values of its members have counted for themselves.
fn length(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.keys().filter(|key| *key != KEPT).map(|key| key.len() + 4).sum::<usize>().max(2),
        Value::List(items) => items.iter().map(|item| length(item) + 1).sum::<usize>().max(2),
        Value::String(text) => text.len() + 2,
        Value::Enum(name) => name.len() + 2,
        Value::Null | Value::Boolean(_) => 4,
        Value::Number(_) | Value::Binary(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_counted_is_never_more_than_what_is_written() {
        for value in
            [json!({}), json!([]), json!({ "a": [], "b": {} }), json!([{ "key": "value" }, { "k": null }]), json!("\n文"), json!(-0.5)]
        {
            let counted = length(&Value::from_json(value.clone()).unwrap());
            assert!(counted <= value.to_string().len(), "{value}");
        }
    }

    #[test]
    fn a_budget_ends_behind_its_last_byte_and_certificate() {
        let budget = Budget::new(&Bounds { nodes: 10, answer_bytes: 9 });
        assert_eq!(budget.holds_all(&json!({ "a": 123 })), Ok(()));
        assert_eq!(budget.holds_all(&json!({ "a": 1234 })), Err(Spent::Bytes));
        assert_eq!((budget.read(budget.certificates), budget.spent()), (Ok(()), None));
        assert_eq!(budget.read(1), Err(Spent::Certificates));
    }
}
