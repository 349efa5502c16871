//! From a type's example to another certificate of the same kind: other persons, other firms, other codes, other dates.
//!
//! Nothing here knows a type: who is a person and who is a firm is told by the numbers and names in the example and by the
//! marks in the type file. Every change beyond the parties is kept only when the data still validate.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use model::registry::{CertificateType, Field, FieldKind, HolderSource, RelationBy, RelationFrom, Source, validate_data};
use model::standards::Standards;
use model::standards::citizen_number::CitizenNumber;
use model::standards::credit_code::CreditCode;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};

use super::people::{COMPANY, Firm, GIVEN, MADE_UP, Person, firm, person};

type Data = Map<String, Value>;

/// Firms that employ or commission; a quarter as many as holders, so that relations find several at one.
const EMPLOYEES: u64 = 4;
/// Indexes of parties that are neither holder nor employer.
const OTHERS: u64 = 1_000_000;
/// Indexes of organisations that are no companies.
const INSTITUTIONS: u64 = 5_000_000;

/// Numbers of certificates issued before, by type: what relations by number point to.
pub(super) type Numbers = BTreeMap<String, Vec<String>>;

/// Certificate number `index` of a type, from the example `index` falls on.
pub(super) fn invent(
    ty: &CertificateType,
    index: u64,
    plain: bool,
    numbers: &Numbers,
    shift: impl FnOnce(&Data, &mut StdRng) -> i64,
) -> Data {
    let mut chance = StdRng::seed_from_u64(seed(&ty.name, index));
    let place = usize::try_from(index).unwrap_or_default() % ty.examples.len().max(1);
    let mut data = ty.examples.get(place).cloned().unwrap_or_default();
    let days = shift(&data, &mut chance);
    change_parties(ty, &mut data, Parties { holder: index, employer: index / EMPLOYEES + 1, employs: false }, &mut chance);
    shift_if_sound(ty, &mut data, days);
    if !plain {
        vary(ty, &mut data, &mut chance);
        relate(ty, &mut data, numbers, &mut chance);
    }
    data
}

/// Who stands in a certificate, by index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parties {
    pub(crate) holder: u64,
    /// The firm named in properties that begin with `employer`.
    pub(crate) employer: u64,
    /// The holder is a firm that others name as theirs: its code is the one of its index, whatever the example calls it.
    pub(crate) employs: bool,
}

/// An example with other parties, and every date but those of birth moved by as many days. It may fail to validate where dates
/// depend on one another.
pub(crate) fn recast(ty: &CertificateType, example: &Data, parties: Parties, days: i64, chance: &mut StdRng) -> Data {
    let mut data = example.clone();
    change_parties(ty, &mut data, parties, chance);
    shift_dates(&ty.fields, &mut data, days);
    data
}

/// The same random choices at every start.
fn seed(name: &str, index: u64) -> u64 {
    name.bytes().fold(index.wrapping_mul(0x9E37_79B9_7F4A_7C15), |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// Does the type take the data?
fn sound(ty: &CertificateType, data: &Data) -> bool {
    validate_data(ty, &Value::Object(data.clone())).is_empty()
}

fn keep_if_sound(ty: &CertificateType, data: &mut Data, change: impl FnOnce(&mut Data)) {
    let mut changed = data.clone();
    change(&mut changed);
    if sound(ty, &changed) {
        *data = changed;
    }
}

// ---------------------------------------------------------------------------------------------------------------- parties

/// Who stands for whom: what the example says, and what is said instead.
#[derive(Default)]
struct Cast {
    persons: BTreeMap<String, Person>,
    firms: BTreeMap<String, Firm>,
    /// Names, of persons and firms.
    names: BTreeMap<String, String>,
}

fn change_parties(ty: &CertificateType, data: &mut Data, parties: Parties, chance: &mut StdRng) {
    let mut cast = Cast::default();
    let holders = holder_codes(ty, data);
    let company = holder_values(ty, data, |holder| &holder.name).iter().any(|name| name.ends_with(COMPANY));
    let held_by_firm = holders.first().is_some_and(|code| CreditCode::parse(code).is_ok());
    // Hospitals and shops have codes of their own, so that a code stands for one name.
    let index = if held_by_firm && !company && !parties.employs { INSTITUTIONS + parties.holder } else { parties.holder };
    for (place, code) in holders.iter().enumerate() {
        let own = if place == 0 { index } else { OTHERS + chance.random_range(0..1000) };
        cast.meet(code, own);
    }
    let mut codes = Vec::new();
    collect_codes(&Value::Object(data.clone()), "", &mut codes);
    for (name, code) in &codes {
        let other = if name.starts_with("employer") && !held_by_firm { parties.employer } else { chance.random_range(0..8) };
        cast.meet(code, if CitizenNumber::parse_undated(code).is_ok() { OTHERS + chance.random_range(0..1000) } else { other });
    }
    cast.meet_names(&ty.fields, data, chance);
    replace(data, &cast);
    set_births(&ty.fields, data, &cast);
}

/// Codes of the holders that an example or a certificate names, in the order of the rules.
pub(super) fn holder_codes(ty: &CertificateType, data: &Data) -> Vec<String> {
    holder_values(ty, data, |holder| &holder.code)
}

fn holder_values(ty: &CertificateType, data: &Data, element: fn(&HolderSource) -> &Source) -> Vec<String> {
    let paths = |holder: &HolderSource| {
        let Source::From(path) = element(holder) else { return Vec::new() };
        let path: Vec<String> = holder.each.iter().flatten().chain(path).cloned().collect();
        model::registry::path::values(data, &path).into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    ty.metadata.holders.iter().flat_map(paths).collect()
}

/// Every citizen number and credit code, with the name of its member.
fn collect_codes(value: &Value, name: &str, codes: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if CitizenNumber::parse_undated(text).is_ok() || CreditCode::parse(text).is_ok() => {
            codes.push((name.to_owned(), text.clone()))
        }
        Value::Array(items) => items.iter().for_each(|item| collect_codes(item, name, codes)),
        Value::Object(members) => members.iter().for_each(|(name, value)| collect_codes(value, name, codes)),
        _ => {}
    }
}

impl Cast {
    /// Gives the party with this code its stand-in, when it has none yet. No two parties get the same one.
    fn meet(&mut self, code: &str, mut index: u64) {
        if CitizenNumber::parse_undated(code).is_ok() {
            if self.persons.contains_key(code) {
                return;
            }
            while self.persons.values().any(|known| *known == person(index)) {
                index += 1;
            }
            self.persons.insert(code.to_owned(), person(index));
        } else if CreditCode::parse(code).is_ok() && !self.firms.contains_key(code) {
            while self.firms.values().any(|known| *known == firm(index)) {
                index += 1;
            }
            self.firms.insert(code.to_owned(), firm(index));
        }
    }

    /// Pairs each name with the code beside it whose member is called most alike; a name alone gets a stand-in of its own.
    fn meet_names(&mut self, fields: &[Field], data: &Data, chance: &mut StdRng) {
        for field in fields {
            match data.get(&field.name) {
                Some(Value::String(name)) if !self.names.contains_key(name) => {
                    let said = match naming(field, name) {
                        Some(Naming::Person) => Some(
                            self.person_beside(&field.name, data)
                                .map_or_else(|| person(OTHERS + chance.random_range(0..1000)).name, |known| known.name.clone()),
                        ),
                        Some(Naming::Firm) => {
                            Some(self.firm_beside(&field.name, data).unwrap_or_else(|| firm(chance.random_range(0..100))).name_like(name))
                        }
                        None => None,
                    };
                    self.names.extend(said.map(|said| (name.clone(), said)));
                }
                Some(value) => {
                    if let Some(inner) = inner(&field.kind) {
                        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                        items.iter().filter_map(Value::as_object).for_each(|item| self.meet_names(inner, item, chance));
                    }
                }
                None => {}
            }
        }
    }

    fn person_beside(&self, name: &str, data: &Data) -> Option<&Person> {
        nearest(name, data, |code| self.persons.get(code))
    }

    fn firm_beside(&self, name: &str, data: &Data) -> Option<Firm> {
        nearest(name, data, |code| self.firms.get(code)).cloned()
    }
}

/// The party whose code's member shares the longest beginning with `name`.
fn nearest<'a, T>(name: &str, data: &Data, find: impl Fn(&str) -> Option<&'a T>) -> Option<&'a T> {
    let common = |other: &str| name.bytes().zip(other.bytes()).take_while(|(left, right)| left == right).count();
    let parties = data.iter().filter_map(|(member, value)| Some((common(member), find(value.as_str()?)?)));
    parties.max_by_key(|(common, _)| *common).map(|(_, party)| party)
}

enum Naming {
    Person,
    Firm,
}

/// Is this the name of a person, or of a firm or its project?
fn naming(field: &Field, value: &str) -> Option<Naming> {
    const BODIES: [&str; 14] = ["公司", "医院", "门诊部", "卫生室", "卫生院", "诊所", "中心", "站", "店", "厂", "院", "馆", "工程", "花园"];
    if !matches!(field.kind, FieldKind::Text) {
        return None;
    }
    if MADE_UP.iter().any(|word| value.contains(word)) && BODIES.iter().any(|body| value.ends_with(body)) {
        return Some(Naming::Firm);
    }
    // 测试甲, 测试乙 …
    let given = value.strip_prefix("测试").filter(|given| !given.is_empty());
    given.is_some_and(|given| given.chars().all(|character| GIVEN.contains(character))).then_some(Naming::Person)
}

fn inner(kind: &FieldKind) -> Option<&[Field]> {
    match kind {
        FieldKind::Object(object) => Some(&object.fields),
        FieldKind::List(item) => inner(item),
        _ => None,
    }
}

/// Puts the stand-ins in: codes where they stand alone, names also within longer texts.
fn replace(data: &mut Data, cast: &Cast) {
    let mut names: Vec<_> = cast.names.iter().collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    data.values_mut().for_each(|value| replace_in(value, cast, &names));
}

fn replace_in(value: &mut Value, cast: &Cast, names: &[(&String, &String)]) {
    match value {
        Value::String(text) => {
            let known = cast
                .persons
                .get(text.as_str())
                .map(|person| &person.number)
                .or_else(|| cast.firms.get(text.as_str()).map(|firm| &firm.code));
            *text = known.cloned().unwrap_or_else(|| rename(text, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace_in(item, cast, names)),
        Value::Object(members) => members.values_mut().for_each(|member| replace_in(member, cast, names)),
        _ => {}
    }
}

/// Every name in the text, the longest first, each place once.
fn rename(text: &str, names: &[(&String, &String)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        match names.iter().find(|(name, _)| rest.starts_with(name.as_str())) {
            Some((name, said)) => {
                out.push_str(said);
                rest = rest.get(name.len()..).unwrap_or_default();
            }
            None => {
                out.push(character);
                rest = rest.get(character.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

/// Birth dates and sex agree with the number beside them.
fn set_births(fields: &[Field], data: &mut Data, cast: &Cast) {
    let number =
        data.values().filter_map(Value::as_str).find_map(|text| cast.persons.values().find(|person| person.number == text)).cloned();
    for field in fields {
        let Some(value) = data.get_mut(&field.name) else { continue };
        match (&field.kind, &number) {
            (FieldKind::Date, Some(person)) if is_birth(field) => *value = json!(person.birth.to_string()),
            (FieldKind::Code(table), Some(person)) if table == "Sex" => *value = json!(if person.male { "1" } else { "2" }),
            (kind, _) => {
                if let Some(fields) = inner(kind) {
                    match value {
                        Value::Array(items) => {
                            items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| set_births(fields, item, cast))
                        }
                        Value::Object(item) => set_births(fields, item, cast),
                        _ => {}
                    }
                }
            }
        }
    }
}

fn is_birth(field: &Field) -> bool {
    field.name.to_ascii_lowercase().contains("birth") || field.title.zh.contains("出生")
}

// ------------------------------------------------------------------------------------------------------- dates and values

/// Moves every date but those of birth by the same number of days, so that their order stays.
fn shift_dates(fields: &[Field], data: &mut Data, days: i64) {
    for field in fields {
        let Some(value) = data.get_mut(&field.name) else { continue };
        shift_value(&field.kind, value, days, is_birth(field));
    }
}

fn shift_value(kind: &FieldKind, value: &mut Value, days: i64, birth: bool) {
    match (kind, value) {
        (FieldKind::Date | FieldKind::Text, Value::String(text)) if !birth => {
            if let Some(moved) = text.parse::<NaiveDate>().ok().and_then(|date| moved(date, days)) {
                *text = moved.to_string();
            }
        }
        (FieldKind::DateTime, Value::String(text)) => {
            if let Some(moved) = text.get(..10).and_then(|day| day.parse().ok()).and_then(|date| moved(date, days)) {
                text.replace_range(..10, &moved.to_string());
            }
        }
        (FieldKind::List(item), Value::Array(items)) => items.iter_mut().for_each(|value| shift_value(item, value, days, birth)),
        (FieldKind::Object(object), Value::Object(members)) => shift_dates(&object.fields, members, days),
        _ => {}
    }
}

/// Moves the dates of an example, when it still validates then.
pub(super) fn shift_if_sound(ty: &CertificateType, data: &mut Data, days: i64) {
    keep_if_sound(ty, data, |data| shift_dates(&ty.fields, data, days));
}

/// The latest of the top-level dates that are no births.
pub(crate) fn latest_date(ty: &CertificateType, data: &Data) -> Option<NaiveDate> {
    let dates = ty.fields.iter().filter(|field| matches!(field.kind, FieldKind::Date) && !is_birth(field));
    dates.filter_map(|field| data.get(&field.name)?.as_str()?.parse().ok()).max()
}

pub(super) fn moved(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    date.checked_add_signed(chrono::TimeDelta::try_days(days)?)
}

/// Other codes, other amounts, other running numbers, field by field.
fn vary(ty: &CertificateType, data: &mut Data, chance: &mut StdRng) {
    for field in &ty.fields {
        let Some(value) = data.get(&field.name) else { continue };
        let other = match (&field.kind, value) {
            (FieldKind::Code(table), Value::String(_)) if !matches!(table.as_str(), "Sex" | "HolderCodeType" | "Division") => {
                another_code(table, chance)
            }
            (FieldKind::Decimal, Value::String(text)) => scaled(text, chance).map(Value::String),
            (FieldKind::Int | FieldKind::Long, Value::Number(number)) => {
                number.as_i64().filter(|number| *number >= 10).map(|number| json!(number * chance.random_range(50..200) / 100))
            }
            (FieldKind::Text, Value::String(text)) if field.format.is_none() => renumbered(text, chance).map(Value::String),
            _ => None,
        };
        if let Some(other) = other {
            keep_if_sound(ty, data, |data| {
                data.insert(field.name.clone(), other);
            });
        }
    }
}

fn another_code(table: &str, chance: &mut StdRng) -> Option<Value> {
    let codes = &Standards::embedded().table(table)?.codes;
    let place = chance.random_range(0..codes.len().max(1));
    codes.get(place).map(|code| json!(code.code))
}

/// Half to twice the amount, with as many decimals.
fn scaled(text: &str, chance: &mut StdRng) -> Option<String> {
    let amount: f64 = text.parse().ok()?;
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Some(format!("{:.decimals$}", amount * f64::from(chance.random_range(50..200)) / 100.0))
}

/// A long text that ends in digits is a running number: other digits at its end. Short ones may be years and sizes.
fn renumbered(text: &str, chance: &mut StdRng) -> Option<String> {
    let long = text.is_ascii() && text.len() >= 8 && text.bytes().rev().take(4).all(|byte| byte.is_ascii_digit());
    let known = CitizenNumber::parse_undated(text).is_ok() || CreditCode::parse(text).is_ok() || text.parse::<NaiveDate>().is_ok();
    let head = text.get(..text.len().checked_sub(4)?)?;
    (long && !known).then(|| format!("{head}{:04}", chance.random_range(0..10_000)))
}

/// Values that point to certificates by number are given numbers that exist.
fn relate(ty: &CertificateType, data: &mut Data, numbers: &Numbers, chance: &mut StdRng) {
    for relation in &ty.relations {
        let (RelationFrom::Property(path), RelationBy::Number) = (&relation.from, &relation.by) else { continue };
        let known: Vec<&String> = relation.to.iter().filter_map(|name| numbers.get(&**name)).flatten().collect();
        if !known.is_empty() {
            keep_if_sound(ty, data, |data| point(data, path, &known, chance));
        }
    }
}

fn point(data: &mut Data, path: &[String], numbers: &[&String], chance: &mut StdRng) {
    let Some((first, rest)) = path.split_first() else { return };
    match data.get_mut(first) {
        Some(Value::String(text)) if rest.is_empty() => {
            if let Some(number) = numbers.get(chance.random_range(0..numbers.len())) {
                text.clone_from(number);
            }
        }
        Some(Value::Object(members)) => point(members, rest, numbers, chance),
        Some(Value::Array(items)) => items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| point(item, rest, numbers, chance)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::registry::{Registry, resolve};

    use super::*;
    use crate::demo::types::embedded;

    fn types() -> Vec<Arc<CertificateType>> {
        resolve(&embedded(), &Registry::empty()).map(|resolved| resolved.types).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    #[test]
    fn every_type_has_certificates_that_validate_and_differ() {
        for ty in types() {
            let invented: Vec<Data> = (0..40).map(|index| invent(&ty, index, false, &Numbers::new(), |_, _| -30)).collect();
            for (index, data) in invented.iter().enumerate() {
                let faults = validate_data(&ty, &Value::Object(data.clone()));
                assert!(faults.is_empty(), "{} {index}: {faults:?}", ty.name);
            }
            let holders: std::collections::BTreeSet<_> =
                invented.iter().map(|data| holder_codes(&ty, data)).filter(|codes| !codes.is_empty()).collect();
            assert!(holders.len() >= 20, "{}: {} holders", ty.name, holders.len());
        }
    }

    #[test]
    fn the_same_index_gives_the_same_certificate() {
        for ty in types() {
            let one = invent(&ty, 7, false, &Numbers::new(), |_, _| 12);
            assert_eq!(one, invent(&ty, 7, false, &Numbers::new(), |_, _| 12));
        }
    }

    #[test]
    fn names_are_replaced_within_longer_texts_each_once() {
        let (a, b, c) = ("测试甲".to_owned(), "测试甲乙".to_owned(), "王测试甲".to_owned());
        let names = [(&b, &a), (&a, &c)];
        assert_eq!(rename("测试甲乙、测试甲", &names), "测试甲、王测试甲");
    }
}
