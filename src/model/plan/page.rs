//! Pages: order, cursor and size.

use chrono::{DateTime, Utc};

use super::column::{self, Column, Form, Value};
use super::{
    Across, Comparison, Cursor, Direction, HolderHeads, HolderPage, Many, PageArgs, PageStep, Plan, PlanError, Predicate, Step, TypeScope,
    access, guarantee, predicate,
};
use crate::actor::Caller;
use crate::registry::{CertificateType, Registry};

/// Rows of a page when nothing is said.
const DEFAULT_PAGE: u32 = 20;
/// Most rows of a page.
pub const MAX_PAGE: u32 = 100;
/// `totalCount` is null above this.
pub const TOTAL_LIMIT: u32 = 10_000;

/// Certificates of one type.
pub(super) fn many(asked: &Many, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    let ty = access::one(&asked.type_name, registry, caller)?;
    let mut order = Vec::new();
    for (index, by) in asked.order_by.iter().enumerate() {
        let path = format!("orderBy[{index}].field");
        let indexed = column::indexed(&ty, &by.field).filter(|indexed| indexed.order);
        let Some(indexed) = indexed else {
            return Err(PlanError::input(path, format!("{} cannot be ordered by", by.field), format!("不能按 {} 排序", by.field)));
        };
        if order.iter().any(|(column, _)| *column == indexed.column) {
            return Err(PlanError::input(path, format!("{} is named twice", by.field), format!("{} 重复", by.field)));
        }
        order.push((indexed.column, by.direction));
    }
    if order.len() > 3 {
        return Err(PlanError::input("orderBy", "order by at most three fields", "orderBy 最多三个字段"));
    }
    let scope = TypeScope::Only(vec![ty.name.clone()]);
    // The rows of one type are a condition like any other, along whose index the page may be read.
    let compile = |at| {
        let asked = asked.filter.as_ref().map_or(Ok(Predicate::All), |filter| predicate::compile(&ty, filter, at))?;
        Ok(asked.and(access::rows(&scope, registry, caller, at)?))
    };
    // The order comes of what the caller asked: by a column of the rows alone it would show in cursors what is not granted.
    let own = asked.filter.as_ref().map_or(Ok(Predicate::All), |filter| predicate::compile(&ty, filter, now))?;
    let page = build(order, Direction::Asc, &asked.page, now, &own, compile)?;
    Ok(Plan::of(Step::Page(page), scope, now))
}

/// Certificates across types.
pub(super) fn across(asked: &Across, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    let mut scope = access::named(asked.types.as_deref(), registry, caller)?;
    let mut parts = Vec::new();
    if let Some(number) = &asked.number {
        scope = access::asked_by(scope, registry, CertificateType::number_sight)?;
        let number = verify::number::normalise_number(number);
        parts.push(Predicate::Column(Column::Number, Comparison::Eq(Value::Text(number))));
    }
    if let Some(code) = &asked.holder_code {
        scope = access::asked_by(scope, registry, CertificateType::holders_sight)?;
        parts.push(Predicate::Column(Column::Holder, Comparison::Eq(Value::Opaque(code.trim().to_owned()))));
    }
    let mut order = Vec::new();
    if let Some(since) = &asked.updated_since {
        let since = column::stored(Form::Micros, false, &serde_json::Value::String(since.clone()));
        let Some(since) = since else {
            return Err(PlanError::input(
                "updatedSince",
                "not a time with offset, e.g. 2026-01-01T00:00:00+08:00",
                "须为带时区的时间，如 2026-01-01T00:00:00+08:00",
            ));
        };
        parts.push(Predicate::Column(Column::Updated, Comparison::Gte(since)));
        order.push((Column::Updated, Direction::Asc));
    }
    let compile = |at| Ok(with_status(parts.clone(), asked.status.as_deref(), at));
    let page = build(order, Direction::Asc, &asked.page, now, &compile(now)?, compile)?;
    within(page, scope, registry, caller, now)
}

/// The certificates of one holder, newest first.
pub(super) fn holders(asked: &HolderPage, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    let scope = access::named(asked.types.as_deref(), registry, caller)?;
    let scope = access::asked_by(scope, registry, CertificateType::holders_sight)?;
    let held = Predicate::Column(Column::Holder, Comparison::Eq(Value::Opaque(asked.code.trim().to_owned())));
    let compile = |at| Ok(with_status(vec![held.clone()], asked.status.as_deref(), at));
    let page = build(Vec::new(), Direction::Desc, &asked.page, now, &compile(now)?, compile)?;
    within(page, scope, registry, caller, now)
}

/// A page over several types within the rows of each: what has been guaranteed an index keeps it, and these only filter.
fn within(mut page: PageStep, scope: TypeScope, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    page.predicate = page.predicate.and(access::rows(&scope, registry, caller, page.at)?);
    Ok(Plan::of(Step::Page(page), scope, now))
}

/// The first pages of several holders at once, newest first: one row more than asked tells whether there are others.
pub(super) fn holder_heads(asked: &HolderHeads, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    let types = access::named(asked.types.as_deref(), registry, caller)?;
    let types = access::asked_by(types, registry, CertificateType::holders_sight)?;
    let status = asked.status.as_deref().filter(|status| !status.is_empty()).map(|status| predicate::statuses_are(status, now));
    let rows = match (status, access::rows(&types, registry, caller, now)?) {
        (Some(status), rows) => Some(status.and(rows)),
        (None, rows) => rows,
    };
    let first = size(asked.first, "first")? + 1;
    let keys = asked.codes.iter().map(|code| code.trim().to_owned()).collect();
    Ok(Plan::of(Step::Reach { by: super::ReachBy::Holder, keys, first, rows }, types, now))
}

fn with_status(mut parts: Vec<Predicate>, status: Option<&[verify::status::CertificateStatus]>, now: DateTime<Utc>) -> Predicate {
    if let Some(status) = status.filter(|status| !status.is_empty()) {
        parts.push(predicate::statuses_are(status, now));
    }
    if parts.is_empty() { Predicate::All } else { Predicate::And(parts) }
}

fn build(
    mut order: Vec<(Column, Direction)>,
    natural: Direction,
    args: &PageArgs,
    now: DateTime<Utc>,
    own: &Predicate,
    compile: impl Fn(DateTime<Utc>) -> Result<Predicate, PlanError>,
) -> Result<PageStep, PlanError> {
    if order.is_empty()
        && let Some(column) = guarantee::natural(own)
    {
        order.push((column, natural));
    }
    let direction = order.last().map_or(natural, |(_, direction)| *direction);
    order.push((Column::Id, direction));
    let backwards = args.last.is_some() || args.before.is_some();
    if backwards && (args.first.is_some() || args.after.is_some()) {
        return Err(PlanError::input(
            "last",
            "use first and after, or last and before, not both",
            "first/after 与 last/before 不能同时使用",
        ));
    }
    if backwards {
        for (_, direction) in &mut order {
            *direction = direction.turned();
        }
    }
    let (count, cursor, argument) = if backwards { (args.last, &args.before, "before") } else { (args.first, &args.after, "after") };
    let size = size(count, if backwards { "last" } else { "first" })?;
    let (after, at) = match cursor {
        None => (None, now),
        Some(text) => {
            let signed =
                if backwards { order.iter().map(|(column, direction)| (*column, direction.turned())).collect() } else { order.clone() };
            let (values, at) = Cursor::decode(text, argument, &signed, now)?;
            (Some(values), at)
        }
    };
    let predicate = compile(at)?;
    let bounded_by = guarantee::check(&predicate, &order)?;
    Ok(PageStep { predicate, order, at, after, size, backwards, total: args.total, bounded_by })
}

/// A page size in bounds.
pub(super) fn size(count: Option<i64>, argument: &str) -> Result<u32, PlanError> {
    let Some(count) = count else { return Ok(DEFAULT_PAGE) };
    u32::try_from(count).ok().filter(|count| (0..=MAX_PAGE).contains(count)).ok_or_else(|| {
        let en = format!("{count} rows asked; 0 to {MAX_PAGE} are possible, then go on with the cursor");
        let zh = format!("请求了{count}行；每页0至{MAX_PAGE}行，其余请用游标继续");
        if count > i64::from(MAX_PAGE) {
            PlanError::limit(format!("{argument}: {en}"), format!("{argument}：{zh}"))
        } else {
            PlanError::input(argument, en, zh)
        }
    })
}
