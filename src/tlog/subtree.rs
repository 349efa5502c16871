//! Which part of the tree is whose: arithmetic of RFC 9162, 2.1, on leaf numbers. Nothing is hashed here, and nothing recurses.

use std::ops::Range;

/// The perfect subtree above leaves `index << height` to `(index + 1) << height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subtree {
    pub(crate) height: u8,
    pub(crate) index: u64,
}

/// The perfect subtrees that make up the subtree above `leaves`, the largest first. Folded from the right they give its hash.
///
/// `leaves` is a subtree of some tree: it begins at a multiple of the largest power of two that fits into it.
pub(crate) fn perfect(leaves: Range<u64>) -> Vec<Subtree> {
    let mut found = Vec::new();
    let Range { mut start, end } = leaves;
    while start < end {
        let height = (end - start).ilog2();
        found.push(Subtree { height: height as u8, index: start >> height });
        start += 1 << height;
    }
    found
}

/// Where the tree above so many leaves, two or more, divides: the largest power of two below that number.
fn left_part(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// The subtrees whose hashes prove that leaf `index` is in the tree of `size`, from the leaf up (PATH of RFC 9162, 2.1.3.1).
/// Empty when there is no such leaf.
pub(crate) fn path(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut found = Vec::new();
    let Range { mut start, mut end } = 0..size;
    while index < end && end - start > 1 {
        let middle = start + left_part(end - start);
        if index < middle {
            found.push(middle..end);
            end = middle;
        } else {
            found.push(start..middle);
            start = middle;
        }
    }
    found.reverse();
    found
}

/// The subtrees whose hashes prove that the tree of `new` begins with the tree of `old` (SUBPROOF of RFC 9162, 2.1.4.1). Empty
/// when there is nothing to prove: the old tree is empty, or is the new one.
pub(crate) fn growth(old: u64, new: u64) -> Vec<Range<u64>> {
    let mut found = Vec::new();
    if old == 0 || old >= new {
        return found;
    }
    let Range { mut start, mut end } = 0..new;
    while old != end {
        let middle = start + left_part(end - start);
        if old <= middle {
            found.push(middle..end);
            end = middle;
        } else {
            found.push(start..middle);
            start = middle;
        }
    }
    // The old tree's own root is known to whoever checks; any other subtree of it is not.
    if start != 0 {
        found.push(start..end);
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 9162, 2.1.5: a tree of seven leaves.
    #[test]
    fn the_examples_of_the_standard() {
        assert_eq!(path(0, 7), [1..2, 2..4, 4..7]);
        assert_eq!(path(3, 7), [2..3, 0..2, 4..7]);
        assert_eq!(path(4, 7), [5..6, 6..7, 0..4]);
        assert_eq!(path(6, 7), [4..6, 0..4]);
        assert_eq!(growth(3, 7), [2..3, 3..4, 0..2, 4..7]);
        assert_eq!(growth(4, 7), vec![4..7]);
        assert_eq!(growth(6, 7), [4..6, 6..7, 0..4]);
    }

    #[test]
    fn the_ends_of_the_numbers() {
        assert_eq!(path(0, 0), []);
        assert_eq!(path(0, 1), []);
        assert_eq!(path(7, 7), []);
        assert_eq!(path(u64::MAX, u64::MAX), []);
        assert_eq!(path(0, u64::MAX).len(), 64);
        assert_eq!(path(u64::MAX - 1, u64::MAX).len(), 63);
        assert_eq!(growth(u64::MAX - 1, u64::MAX).len(), 64);
        assert_eq!(growth(u64::MAX, u64::MAX), []);
        assert_eq!(growth(7, 6), []);
        assert_eq!(perfect(0..u64::MAX).len(), 64);
        assert_eq!(perfect(0..0), []);
    }
}
