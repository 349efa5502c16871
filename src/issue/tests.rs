//! What the rules of a type file make of an input, with small types of our own.

use std::sync::Arc;

use chrono::NaiveDate;
use model::registry::{CertificateType, Registry, SourceFile, resolve};
use serde_json::{Value, json};

use super::error::Fault;
use super::numbering::{self, Counters};
use super::prepare::{Draft, Given, Predecessor, prepare};
use super::{rules, slots};
use crate::store::rows::AuthorityRow;

const CODE: &str = "11990000000000GX2C";
const PERSON: &str = "990000190001010016";
const FIRM: &str = "91990000MAH0TEXT1J";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A type whose `x-certificate` is the usual one with these members put over it.
fn ty(over: Value, properties: Value, example: Value) -> Arc<CertificateType> {
    let mut certificate = json!({
        "name": "TestLicence",
        "typeCode": "11990000000000GX2C900",
        "version": "1.0.0",
        "definingAuthority": {"name": "测试部", "code": CODE},
        "metadata": {"holders": {"name": {"from": "personName"}, "code": {"from": "idCode"}, "codeType": {"constant": "111"}}},
        "number": {"template": "{province}证字（{year}）{seq:4}"},
        "status": {"scheme": "GeneralStatus", "initial": "01", "transitions": {"amend": {"from": ["01"]}}}
    });
    let (Value::Object(base), Value::Object(over)) = (&mut certificate, over) else { panic!("objects") };
    base.extend(over);
    let mut all = json!({
        "personName": {"title": "姓名", "type": "string", "x-field": {"sensitivity": "personal"}},
        "idCode": {"title": "代码", "type": "string", "x-field": {"sensitivity": "personal"}}
    });
    let (Value::Object(base), Value::Object(more)) = (&mut all, properties) else { panic!("objects") };
    base.extend(more);
    let required = if all.get("owners").is_some() { json!(["owners"]) } else { json!(["personName", "idCode"]) };
    let file = json!({
        "required": required,
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "测试证", "type": "object",
        "x-certificate": certificate, "properties": all, "examples": [example]
    });
    let source = SourceFile { name: "test-licence.json".into(), text: file.to_string() };
    match resolve(&[source], &Registry::empty()) {
        Ok(resolved) => resolved.types[0].clone(),
        Err(faults) => panic!("{}", faults.iter().map(|fault| format!("{}: {}\n", fault.pointer, fault.message.en)).collect::<String>()),
    }
}

fn authority() -> AuthorityRow {
    AuthorityRow {
        code: CODE.into(),
        name: "测试省某某厅".into(),
        level: None,
        division: Some("990000".into()),
        parent: None,
        updated_at: chrono::DateTime::UNIX_EPOCH,
    }
}

fn person() -> Value {
    json!({"personName": "测试甲", "idCode": PERSON})
}

fn with(more: Value) -> Value {
    let mut data = person();
    if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
        data.extend(more);
    }
    data
}

fn given(data: &Value) -> Given<'_> {
    Given { data, number: None, issued_on: None, valid_from: None, valid_to: None }
}

fn draft(ty: &Arc<CertificateType>, data: &Value) -> Draft {
    prepare(ty, &authority(), given(data), None, day("2026-11-22")).unwrap()
}

fn faults(ty: &Arc<CertificateType>, data: &Value) -> Vec<Fault> {
    prepare(ty, &authority(), given(data), None, day("2026-11-22")).unwrap_err()
}

fn ends(ty: &Arc<CertificateType>, data: &Value) -> Option<NaiveDate> {
    draft(ty, data).dates.valid_to
}

#[test]
fn without_rules_the_term_begins_today_and_is_open() {
    let made = draft(&ty(json!({}), json!({}), person()), &person());
    assert_eq!((made.dates.issued_on, made.dates.valid_from, made.dates.valid_to), (day("2026-11-22"), Some(day("2026-11-22")), None));
    assert_eq!(made.holder_codes(), [PERSON]);
}

#[test]
fn a_period_ends_the_day_before_the_anniversary_where_the_rule_says_so() {
    let three = ty(json!({"validity": {"period": "P3Y", "less": "P1D"}}), json!({}), person());
    assert_eq!(ends(&three, &person()), Some(day("2029-11-21")));
    let data = person();
    let asked = Given { issued_on: Some(day("2024-02-29")), ..given(&data) };
    let made = prepare(&three, &authority(), asked, None, day("2026-11-22")).unwrap();
    assert_eq!(made.dates.valid_to, Some(day("2027-02-27")));
    let asked = Given { valid_to: Some(day("2026-01-01")), ..given(&data) };
    let faults = prepare(&three, &authority(), asked, None, day("2026-11-22")).unwrap_err();
    assert_eq!(faults[0].path, "validTo");
}

#[test]
fn the_latest_of_several_ends_counts_and_an_open_one_has_no_end() {
    let levels = json!({"levels": {"title": "专业", "type": "array", "items": {"type": "object", "properties": {
        "until": {"title": "至", "type": "string", "format": "open-date"}}}}});
    let ty = ty(json!({"validity": {"latest": "levels.until"}}), levels, person());
    assert_eq!(ends(&ty, &with(json!({"levels": [{"until": "2027-01-01"}, {"until": "2028-05-05"}, {}]}))), Some(day("2028-05-05")));
    assert_eq!(ends(&ty, &with(json!({"levels": [{"until": "2027-01-01"}, {"until": "长期"}]}))), None);
    assert_eq!(ends(&ty, &person()), None);
}

#[test]
fn an_age_cap_shortens_a_period() {
    let birth = json!({"birthDate": {"title": "出生日期", "type": "string", "format": "date"}});
    let ty = ty(json!({"validity": {"period": "P10Y", "ageCap": {"years": 60, "birthDate": "birthDate", "less": "P1D"}}}), birth, person());
    assert_eq!(ends(&ty, &with(json!({"birthDate": "1970-06-15"}))), Some(day("2030-06-14")));
    assert_eq!(ends(&ty, &with(json!({"birthDate": "1990-06-15"}))), Some(day("2036-11-22")));
    assert_eq!(ends(&ty, &person()), Some(day("2036-11-22")));
}

#[test]
fn every_spelling_of_an_open_end_is_open() {
    let until = json!({"until": {"title": "至", "type": "string", "format": "open-date"}, "from": {"title": "自", "type": "string", "format": "date"}});
    let metadata = json!({"validFrom": {"from": "from"}, "validTo": {"from": "until"},
        "holders": {"name": {"from": "personName"}, "code": {"from": "idCode"}, "codeType": {"constant": "111"}}});
    let dated = ty(json!({"metadata": metadata}), until.clone(), person());
    for text in ["长期", "", "9999-12-31", "9999-12-30"] {
        assert_eq!(ends(&dated, &with(json!({"until": text}))), None, "{text}");
    }
    assert_eq!(ends(&dated, &with(json!({"until": "2099-12-31"}))), Some(day("2099-12-31")));
    let open = ty(json!({"metadata": metadata, "validity": {"openEnded": true}}), until, person());
    assert_eq!(ends(&open, &with(json!({"until": "2099-12-31"}))), None);
    let backward = faults(&dated, &with(json!({"from": "2026-01-02", "until": "2026-01-01"})));
    assert_eq!(backward[0].path, "data.until");
    let data = with(json!({"from": "2026-01-02"}));
    let asked = Given { valid_from: Some(day("2026-01-03")), ..given(&data) };
    assert_eq!(prepare(&dated, &authority(), asked, None, day("2026-11-22")).unwrap_err()[0].path, "validFrom");
}

#[test]
fn each_item_may_be_a_holder_and_a_code_may_be_absent_with_a_reason() {
    let owners = json!({"owners": {"title": "权利人", "type": "array", "items": {"type": "object", "required": ["fullName"], "properties": {
        "fullName": {"title": "名称", "type": "string"}, "paper": {"title": "证件号", "type": "string"},
        "kind": {"title": "证件种类", "type": "string", "x-field": {"codes": "HolderCodeType"}}, "why": {"title": "原因", "type": "string"}}}}});
    let metadata = json!({"holders": {"each": "owners", "name": {"from": "fullName"}, "code": {"from": "paper"}, "codeType": {"from": "kind"}, "codeAbsent": {"from": "why"}}});
    let ty = ty(json!({"metadata": metadata}), owners, json!({"owners": [{"fullName": "测试甲", "paper": PERSON, "kind": "111"}]}));
    let sound = json!({"owners": [{"fullName": "测试甲", "paper": PERSON, "kind": "111"}, {"fullName": "测试公司", "paper": FIRM, "kind": "001"}, {"fullName": "测试丙", "why": "未成年"}]});
    let made = draft(&ty, &sound);
    assert_eq!(made.holders.len(), 3);
    assert_eq!((made.holders[2].code.as_deref(), made.holders[2].code_absent.as_deref()), (None, Some("未成年")));
    assert_eq!(made.holder_codes(), [PERSON, FIRM]);
    let wrong = json!({"owners": [{"fullName": " "}, {"fullName": "乙"}, {"fullName": "丙", "paper": "990000190001010017", "kind": "111"}, {"fullName": "丁", "paper": "x"}]});
    let paths: Vec<_> = faults(&ty, &wrong).into_iter().map(|fault| fault.path).collect();
    assert_eq!(paths, ["data.owners[0].fullName", "data.owners[1].paper", "data.owners[2].paper", "data.owners[3].kind"]);
    assert_eq!(faults(&ty, &json!({"owners": []}))[0].path, "data");
}

#[test]
fn a_person_born_after_today_is_no_holder() {
    let ty = ty(json!({}), json!({}), person());
    let born = with(json!({"idCode": "990000209901010043"}));
    assert_eq!(faults(&ty, &born)[0].path, "data.idCode");
    assert!(!faults(&ty, &born)[0].en.contains("9900002099"), "the number itself is not repeated");
}

#[test]
fn a_number_is_given_taken_from_the_data_or_rendered() {
    let number = json!({"template": "{province}证字（{year}）{seq:4}", "from": "licenceNumber", "pattern": "^测证字（[0-9]{4}）[0-9]{4}$"});
    let property = json!({"licenceNumber": {"title": "编号", "type": "string"}});
    let ty = ty(json!({"number": number}), property, person());
    let counters = Counters { number: Some(12), serial: Some(7) };
    let rendered = draft(&ty, &person());
    assert_eq!(numbering::render_number(&rendered, counters).unwrap(), "测证字（2026）0012");
    let (of_number, of_serial) = numbering::scopes(&rendered);
    assert_eq!(of_number.as_deref(), Some("number/TestLicence/11990000000000GX2C/2026"));
    assert_eq!(of_serial.as_deref(), Some("serial/11990000000000GX2C900/11990000000000GX2C/2026"));
    let serial = numbering::render_serial(&rendered, "", counters).unwrap();
    assert_eq!(serial, "20260000007");
    assert!(
        numbering::identifier(&rendered, &serial, 1)
            .unwrap()
            .starts_with("1.2.156.3005.2.11990000000000GX2C900.11990000000000GX2C.20260000007.001.")
    );
    let taken = draft(&ty, &with(json!({"licenceNumber": " 测证字（2020）0001 "})));
    assert_eq!(numbering::render_number(&taken, Counters::default()).unwrap(), "测证字（2020）0001");
    assert_eq!(numbering::scopes(&taken).0, None);
    assert_eq!(faults(&ty, &with(json!({"licenceNumber": "测证字2020"})))[0].path, "data.licenceNumber");
    let data = person();
    let asked = Given { number: Some("湘字1"), ..given(&data) };
    assert_eq!(prepare(&ty, &authority(), asked, None, day("2026-11-22")).unwrap_err()[0].path, "number");
    let nowhere = AuthorityRow { division: None, ..authority() };
    let made = prepare(&ty, &nowhere, given(&data), None, day("2026-11-22")).unwrap();
    assert_eq!(numbering::render_number(&made, counters).unwrap_err().path, "issuer");
}

#[test]
fn a_serial_may_be_the_last_digits_of_the_number() {
    let ty = ty(json!({"serial": {"numberDigits": 6}}), json!({}), person());
    let made = draft(&ty, &person());
    assert_eq!(numbering::render_serial(&made, "测证字（２０２６）00a12", Counters::default()).unwrap(), "600A12");
    assert_eq!(numbering::scopes(&made).1, None);
}

#[test]
fn an_amendment_keeps_number_serial_and_term() {
    let ty = ty(json!({"validity": {"period": "P3Y"}}), json!({}), person());
    let before = Predecessor {
        number: "N1".into(),
        serial: "S1".into(),
        term: Some((Some(day("2020-01-01")), Some(day("2023-01-01")))),
        data: Default::default(),
    };
    let data = person();
    let amended = prepare(&ty, &authority(), given(&data), Some(&before), day("2026-11-22")).unwrap();
    assert_eq!((amended.dates.valid_from, amended.dates.valid_to), (Some(day("2020-01-01")), Some(day("2023-01-01"))));
    assert_eq!(numbering::render_number(&amended, Counters::default()).unwrap(), "N1");
    assert_eq!(numbering::render_serial(&amended, "N1", Counters::default()).unwrap(), "S1");
    assert_eq!(numbering::scopes(&amended), (None, None));
    let renewal = Predecessor { term: None, ..before };
    let renewed = prepare(&ty, &authority(), given(&data), Some(&renewal), day("2026-11-22")).unwrap();
    assert_eq!(renewed.dates.valid_to, Some(day("2029-11-22")));
}

#[test]
fn rules_speak_for_the_values_they_name() {
    let properties = json!({
        "category": {"title": "类别", "type": "string", "enum": ["A", "B", "C"], "x-field": {"searchable": ["eq"]}},
        "firm": {"title": "企业", "type": "string", "x-field": {"searchable": ["eq"]}}
    });
    let rule = json!([{"code": "one-firm", "kind": "same", "property": "firm", "among": {"category": ["B", "C"]}, "message": "同一人的 B、C 类证须在同一企业"}]);
    let ty = ty(json!({"rules": rule}), properties, person());
    let checks = |data: Value| rules::checks(&ty, data.as_object().unwrap(), &[PERSON.into(), FIRM.into()], day("2026-11-22"));
    assert!(checks(with(json!({"category": "A", "firm": FIRM}))).is_empty());
    assert!(checks(with(json!({"category": "B"}))).is_empty());
    let found = checks(with(json!({"category": "B", "firm": FIRM})));
    assert_eq!(found.iter().map(|check| check.holder_code.as_str()).collect::<Vec<_>>(), [PERSON, FIRM]);
    assert!(!found[0].unique && found[0].among.len() == 1 && found[0].status.len() == 3);
    assert_eq!(slots::slots(&ty, person().as_object().unwrap()).len(), 2, "absent values are written too");
}

#[test]
fn faults_of_the_schema_come_alone() {
    let ty = ty(json!({}), json!({"year": {"title": "年", "type": "integer"}}), person());
    let found = faults(&ty, &json!({"year": "x", "other": 1}));
    assert!(found.iter().any(|fault| fault.path == "data.year") && found.iter().any(|fault| fault.path == "data.other"), "{found:?}");
    assert_eq!(faults(&ty, &json!([]))[0].path, "data");
}
