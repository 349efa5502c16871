//! The data of one certificate: an example of its type with the people and firms of the world, in its term most of the time.

use chrono::{Days, NaiveDate};
use model::registry::{CertificateType, Operation, Source};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

use crate::bench::world::{CATEGORIES, Certificate, Holder, IdOf, OFFICER, World};
use crate::demo::dates::{length, term};
use crate::demo::fiction::{Parties, latest_date, recast};
use crate::issue::IssueInput;
use crate::issue::past::Since;

/// Ten years.
const LONGEST: u64 = 3650;
const MAJORS: [&str; 8] = ["土木工程", "工程管理", "机械工程", "给水排水工程", "电气工程", "建筑学", "道路桥梁", "安全工程"];

/// What would have been given to issue it; `plain` without any change of dates.
pub(super) fn input(world: &World, ty: &CertificateType, one: Certificate, plain: bool) -> IssueInput {
    let mut chance = world.chance(one.t);
    let place = if plain || chance.random_range(0..100) < 80 { 0 } else { chance.random_range(0..ty.examples.len().max(1)) };
    let example = ty.examples.get(place).cloned().unwrap_or_default();
    let begin = beginning(ty, &example, world.day, &mut chance);
    let reference = term(ty, &example).begin.or_else(|| latest_date(ty, &example)).unwrap_or(begin);
    let days = if plain { 0 } else { (begin - reference).num_days() };
    let parties =
        Parties { holder: world.holder(one), employer: world.employer(one), employs: matches!(one.place.holder, Holder::Firm(_)) };
    let mut data = recast(ty, &example, parties, days, &mut chance);
    if one.place.ty == OFFICER {
        officer(&mut data, one, &mut chance);
    }
    let said = matches!(ty.metadata.issued_on, Source::From(_));
    IssueInput { data: Value::Object(data), issued_on: (!said && !plain).then_some(begin), ..IssueInput::default() }
}

/// What is unlike the example in a safety officer's certificate.
fn officer(data: &mut Map<String, Value>, one: Certificate, chance: &mut StdRng) {
    data.shift_remove("photo");
    data.shift_remove("transferredFromNumber");
    data.insert("categoryCode".into(), json!(CATEGORIES[one.place.category]));
    if let Some(major) = data.get_mut("major") {
        *major = json!(MAJORS[chance.random_range(0..MAJORS.len())]);
    }
}

/// Most are in their term, a few beyond it; without a term they are spread over ten years.
fn beginning(ty: &CertificateType, example: &Map<String, Value>, day: NaiveDate, chance: &mut StdRng) -> NaiveDate {
    let back = match length(ty, term(ty, example)) {
        Some(days) if chance.random_range(0..100) < 94 => chance.random_range(1..days.clamp(2, LONGEST)),
        Some(days) => chance.random_range(days + 1..(days + 2).max(LONGEST)),
        None => chance.random_range(1..LONGEST),
    };
    day.checked_sub_days(Days::new(back)).unwrap_or(day)
}

/// Two in a hundred were revoked, suspended or cancelled, where the type knows it.
pub(super) fn since(world: &World, ty: &CertificateType, t: u64) -> Option<Since> {
    let mut chance = world.chance(t ^ (1 << 60));
    let (operation, reason) = match chance.random_range(0..1000) {
        0..8 => (Operation::Revoke, "以不正当手段取得，撤销"),
        8..15 => (Operation::Suspend, "检查发现不再具备条件，暂扣"),
        15..20 => (Operation::Cancel, "持证主体申请注销"),
        _ => return None,
    };
    ty.status.transitions.get(&operation).filter(|transition| transition.from.contains(&ty.status.initial))?;
    let (issued, day) = (world.instant(t), world.day.and_time(chrono::NaiveTime::MIN).and_utc());
    let at = issued + (day - issued) * chance.random_range(1..100) / 100;
    Some(Since { operation, event: world.id(t, IdOf::Change), at, reason: reason.to_owned() })
}
