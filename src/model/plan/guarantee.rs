//! Is there an index for it? What decision 10 guarantees, and nothing that would scan unasked.

use super::column::Column;
use super::{Comparison, Direction, PlanError, Predicate};

/// Largest candidate set that an order without an index of its own may sort.
pub const CANDIDATES: u32 = 10_000;

/// Refuses conditions without an anchor, and says what bounds the candidates when the order has no index of its own.
///
/// An anchor is a condition that an index answers: `eq in gt gte lt lte startsWith isNull` on one field, joined by `and`.
/// `contains ne not or` only filter among what an anchor found.
pub(super) fn check(predicate: &Predicate, order: &[(Column, Direction)]) -> Result<Option<Predicate>, PlanError> {
    let mut anchors = Vec::new();
    collect(predicate, &mut anchors);
    if anchors.is_empty() && !matches!(predicate, Predicate::All) && !trivially_all(predicate) {
        return Err(PlanError::limit(
            "where has only contains, ne, not or or: add at least one condition eq, in, gt…lte, startsWith or isNull on a searchable field, joined by and",
            "where 中只有 contains、ne、not 或 or：请再用 and 加上至少一个可走索引的条件（eq、in、gt…lte、startsWith 或 isNull）",
        ));
    }
    let indexed = match order {
        [(Column::Id, _)] => true,
        [(first, _), (Column::Id, _)] => anchors.is_empty() || anchors.iter().any(|anchor| anchor.0 == *first),
        _ => false,
    };
    if indexed {
        return Ok(None);
    }
    let bound = anchors.into_iter().map(|(column, comparison)| Predicate::Column(column, comparison.clone())).collect::<Vec<_>>();
    Ok(Some(if bound.is_empty() { Predicate::All } else { Predicate::And(bound) }))
}

/// The column that an answer without an order of its own is ordered by: that of the range, where nothing but ranges (`gt gte lt lte
/// startsWith`) anchors the condition. Along its index those rows lie by this column; by id they would have to be sorted first, all
/// of them.
pub(super) fn natural(predicate: &Predicate) -> Option<Column> {
    let mut anchors = Vec::new();
    collect(predicate, &mut anchors);
    let point = |comparison: &Comparison| matches!(comparison, Comparison::Eq(_) | Comparison::In(_) | Comparison::Absent);
    if anchors.iter().any(|(_, comparison)| point(comparison)) {
        return None;
    }
    anchors.first().map(|(column, _)| *column).filter(|column| *column != Column::Id)
}

fn collect<'a>(predicate: &'a Predicate, anchors: &mut Vec<(Column, &'a Comparison)>) {
    match predicate {
        Predicate::And(parts) => parts.iter().for_each(|part| collect(part, anchors)),
        Predicate::Column(column, comparison) => match comparison {
            Comparison::Ne(_) | Comparison::Contains(_) | Comparison::Present => {}
            _ => anchors.push((*column, comparison)),
        },
        Predicate::All | Predicate::Or(_) | Predicate::Not(_) => {}
    }
}

fn trivially_all(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::And(parts) => parts.iter().all(trivially_all),
        Predicate::All => true,
        _ => false,
    }
}
