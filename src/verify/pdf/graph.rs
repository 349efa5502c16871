//! What can be reached from where.

use std::collections::HashSet;

use super::{
    body::Body,
    fault::Defect,
    form::catalog,
    limits::{Limit, PdfFault, Spending, over},
    object::{Dict, Node, Value},
};

/// The numbers of all objects that lead on from `start` in a revision; those of `without` are not entered.
pub(super) fn reach<'n, 'a>(body: &'n Body<'a>, revision: usize, start: Vec<&'n Node<'a>>, without: &HashSet<u32>) -> HashSet<u32> {
    let mut seen = HashSet::new();
    let mut open = start;
    while let Some(node) = open.pop() {
        node.every(&mut |node| {
            if let Some(number) = node.reference()
                && !without.contains(&number)
                && seen.insert(number)
                && let Some(object) = body.find(revision, number)
            {
                open.push(&object.value);
            }
        });
    }
    seen
}

/// For each place of the body whether the newest trailer leads there.
pub(super) fn used(body: &Body<'_>, spending: &mut Spending<'_>) -> Vec<bool> {
    let mut used = vec![false; body.objects.len()];
    let mut open = body.sections.last().map(|section| values(&section.trailer, &[])).unwrap_or_default();
    while let Some(node) = open.pop() {
        node.every(&mut |node| {
            let Value::Reference(number, generation) = node.value else { return };
            let Some(place) = body.place(body.last(), number) else { return };
            let object = &body.objects[place];
            if object.generation != generation {
                spending.fault(object.place(), Defect::OtherGeneration { number, generation });
            }
            if !std::mem::replace(&mut used[place], true) {
                open.push(&object.value);
            }
        });
    }
    used
}

/// The values of a dictionary but those of some keys.
pub(super) fn values<'n, 'a>(dict: &'n Dict<'a>, but: &[&[u8]]) -> Vec<&'n Node<'a>> {
    dict.0.iter().filter(|pair| !but.contains(&&*pair.key)).map(|pair| &pair.node).collect()
}

/// The number of pages that the newest revision shows, by the tree and not by what it says of itself.
pub(super) fn pages(body: &Body<'_>, spending: &mut Spending<'_>) -> Result<usize, PdfFault> {
    let last = body.last();
    let Some(root) = catalog(body, last).and_then(|catalog| catalog.get(b"Pages")) else { return Ok(0) };
    let depth = spending.limits.depth;
    let mut wrong = |what| spending.fault(root.start as usize, Defect::PageTree(what));
    let (mut seen, mut pages) = (HashSet::new(), 0_usize);
    let mut open = vec![(root, None, 0)];
    while let Some((node, parent, level)) = open.pop() {
        over(level, Limit::Depth, depth)?;
        let Some(number) = node.reference() else {
            wrong("holds a node that is no reference");
            continue;
        };
        if !seen.insert(number) {
            wrong("meets itself");
            continue;
        }
        let Some(dict) = body.resolve(last, node).and_then(Node::dict) else {
            wrong("leads to nothing");
            continue;
        };
        if dict.get(b"Parent").and_then(Node::reference) != parent {
            wrong("has a node with another /Parent");
        }
        match (dict.name(b"Type"), body.get(last, dict, b"Kids").and_then(Node::array)) {
            (Some(b"Pages"), Some(kids)) => open.extend(kids.iter().map(|kid| (kid, Some(number), level + 1))),
            (Some(b"Page"), None) => pages += 1,
            _ => wrong("has a node that is neither /Pages with /Kids nor /Page"),
        }
    }
    let count = body.resolve(last, root).and_then(Node::dict).and_then(|root| root.integer(b"Count"));
    if count.and_then(|count| usize::try_from(count).ok()) != Some(pages) {
        wrong("has another number of pages than /Count says");
    }
    Ok(pages)
}
