//! JSON pointers (RFC 6901): where in a type file something stands.

use std::fmt;

/// Steps from the root; shown as `/properties/owners/items`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Pointer(Vec<String>);

impl Pointer {
    pub(super) fn root() -> Self {
        Self::default()
    }

    /// The steps of a pointer's text; None when it is not a pointer.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::root());
        }
        let rest = text.strip_prefix('/')?;
        Some(Self(rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect()))
    }

    pub(super) fn child(&self, name: impl Into<String>) -> Self {
        let mut steps = self.0.clone();
        steps.push(name.into());
        Self(steps)
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.child(index.to_string())
    }

    pub(super) fn join(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }

    /// `x-certificate` and what lies below it.
    pub(super) fn certificate(path: &[&str]) -> Self {
        Self(std::iter::once("x-certificate").chain(path.iter().copied()).map(str::to_owned).collect())
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(super) fn last(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            write!(f, "/{}", step.replace('~', "~0").replace('/', "~1"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        let pointer = Pointer::root().child("a/b").child("~").index(3);
        assert_eq!(pointer.to_string(), "/a~1b/~0/3");
        assert_eq!(Pointer::parse(&pointer.to_string()), Some(pointer));
        assert_eq!(Pointer::parse("a"), None);
    }
}
