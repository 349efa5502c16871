//! The stages together, on one small sound file and on what is done to it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::*;

mod arbitrary;

/// A small type that uses most of what there is.
fn sound() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "测试许可证",
        "type": "object",
        "x-certificate": {
            "name": "TestPermit",
            "titleEn": "Test permit",
            "typeCode": "11990000000000GX2C900",
            "version": "1.0.0",
            "definingAuthority": {"name": "测试机构", "code": "11990000000000GX2C"},
            "metadata": {
                "validTo": {"from": "expiringDate"},
                "holders": {"name": {"from": "enterpriseName"}, "code": {"from": "creditCode"}, "codeType": {"constant": "001"}}
            },
            "number": {"template": "测许{categoryCode}（{year}）{seq:5}", "pattern": "^测许[ABC][0-9]?（[0-9]{4}）[0-9]{5}$", "example": "测许A（2026）00001"},
            "status": {
                "scheme": "GeneralStatus",
                "initial": "01",
                "transitions": {
                    "suspend": {"from": ["01"], "to": ["02"]},
                    "resume": {"from": ["02"], "to": ["01"]},
                    "revoke": {"from": ["01", "02"], "to": ["03", "07"]},
                    "renew": {"from": ["01"]}
                }
            },
            "relations": [{"name": "sameHolder", "title": "同一持证主体", "from": "creditCode", "to": ["TestPermit"], "by": "creditCode"}]
        },
        "required": ["enterpriseName", "creditCode", "categoryCode", "expiringDate"],
        "properties": {
            "enterpriseName": {"title": "企业名称", "type": "string", "maxLength": 100},
            "creditCode": {"title": "统一社会信用代码", "type": "string", "format": "credit-code", "x-field": {"searchable": true}},
            "categoryCode": {"title": "类别", "type": "string", "x-field": {"codes": "SafetyOfficerCategory", "searchable": ["eq"]}},
            "expiringDate": {"title": "截止日期", "type": "string", "format": "date", "x-field": {"searchable": true}},
            "capital": {"title": "注册资本", "type": ["string", "null"], "format": "decimal", "x-field": {"searchable": ["order"]}},
            "staff": {"title": "人数", "type": "integer", "minimum": 0},
            "persons": {"title": "人员", "type": "array", "items": {"$ref": "#/$defs/person"}}
        },
        "allOf": [{"if": {"properties": {"categoryCode": {"const": "A"}}, "required": ["categoryCode"]}, "then": {"required": ["staff"]}}],
        "$defs": {
            "person": {
                "type": "object",
                "required": ["personName"],
                "properties": {
                    "personName": {"title": "姓名", "type": "string", "x-field": {"sensitivity": "personal"}},
                    "sexCode": {"title": "性别", "type": "string", "x-field": {"codes": "Sex"}}
                }
            }
        },
        "examples": [
            {"enterpriseName": "测试建设有限公司", "creditCode": "91990000MAH0TEXT1J", "categoryCode": "A", "expiringDate": "2029-01-01",
             "capital": "100.50", "staff": 3, "persons": [{"personName": "测试甲", "sexCode": "1"}]},
            {"enterpriseName": "测试建设有限公司", "creditCode": "91990000MAH0TEXT1J", "categoryCode": "B", "expiringDate": "2029-01-01"}
        ]
    })
}

fn file(value: &Value) -> SourceFile {
    SourceFile { name: "test.json".into(), text: serde_json::to_string_pretty(value).expect("JSON is written") }
}

fn resolved(value: &Value, known: &Registry) -> Arc<CertificateType> {
    match resolve(&[file(value)], known) {
        Ok(resolved) => resolved.types[0].clone(),
        Err(faults) => panic!("{}", render(&faults, &[file(value)], verify::messages::Lang::En)),
    }
}

fn codes(value: &Value, known: &Registry) -> Vec<Code> {
    resolve(&[file(value)], known).expect_err("faulty").into_iter().map(|fault| fault.code).collect()
}

/// `sound()` with the value at a pointer replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut out = sound();
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    match out.pointer_mut(parent).expect("the parent is there") {
        Value::Object(map) => drop(map.insert(last.to_owned(), value)),
        Value::Array(items) => items[last.parse::<usize>().expect("an index")] = value,
        _ => panic!("no parent"),
    }
    out
}

#[test]
fn a_sound_file_becomes_a_type() {
    let ty = resolved(&sound(), &Registry::empty());
    assert_eq!((&*ty.name, ty.plural.as_str(), ty.version.to_string()), ("TestPermit", "TestPermits", "1.0.0".into()));
    let kinds: Vec<String> = ty.fields.iter().map(|field| format!("{:?}", std::mem::discriminant(&field.kind))).collect();
    assert_eq!(kinds.len(), 7);
    let capital = ty.field("capital").expect("it is there");
    assert!(capital.nullable && !capital.required && matches!(capital.kind, FieldKind::Decimal));
    let FieldKind::List(inner) = &ty.field("persons").expect("it is there").kind else { panic!("a list") };
    let FieldKind::Object(person) = &**inner else { panic!("an object") };
    assert_eq!(person.name, "TestPermitPersons");
    assert_eq!(person.fields[0].sensitivity, Sensitivity::Personal);
    assert!(matches!(&person.fields[1].kind, FieldKind::Code(table) if table == "Sex"));
    assert_eq!(names::root_many(&ty), "testPermits");
    assert!(ty.validator.is_valid(&sound()["examples"][0]));
}

#[test]
fn unknown_members_are_refused_at_every_depth() {
    let ty = resolved(&sound(), &Registry::empty());
    let mut data = sound()["examples"][0].clone();
    assert!(validate_data(&ty, &data).is_empty());
    data["persons"][0]["sex"] = json!("1");
    data["enterprisName"] = json!("x");
    assert!(!ty.validator.is_valid(&data));
    let faults = validate_data(&ty, &data);
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["data.persons[0].sex", "data.enterprisName"]);
    assert!(faults[1].message.en.contains("enterpriseName"));
}

#[test]
fn faults_of_data_name_the_field_and_not_the_value() {
    let ty = resolved(&sound(), &Registry::empty());
    let data = json!({"enterpriseName": "x", "creditCode": "91990000MAH0TEXT1X", "categoryCode": "A", "expiringDate": "2029-02-30",
        "persons": [{"personName": 5, "sexCode": "7"}], "capital": "01"});
    let faults = validate_data(&ty, &data);
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    for path in ["data", "data.creditCode", "data.expiringDate", "data.persons[0].personName", "data.persons[0].sexCode", "data.capital"] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
    assert!(faults.iter().all(|fault| !fault.message.zh.contains("91990000MAH0TEXT1X")));
    assert!(faults.iter().any(|fault| fault.message.zh.starts_with("截止日期：应为日期")));
    let wide = json!({"enterpriseName": "x".repeat(validate::MAX_STRING + 1), "staff": 3_000_000_000_u64});
    let paths: Vec<String> = validate_data(&ty, &wide).into_iter().map(|fault| fault.path).collect();
    assert!(paths.contains(&"data.staff".to_owned()) && paths.contains(&"data.enterpriseName".to_owned()));
}

#[test]
fn an_object_split_over_all_of_is_closed_by_its_merged_members() {
    let mut value = sound();
    value["properties"]["site"] = json!({"title": "场所", "type": "object", "properties": {"area": {"title": "面积", "type": "string"}}});
    value["allOf"]
        .as_array_mut()
        .expect("a list")
        .push(json!({"properties": {"site": {"properties": {"floor": {"title": "层", "type": "integer"}}}}}));
    value["examples"][0]["site"] = json!({"area": "1", "floor": 2});
    let ty = resolved(&value, &Registry::empty());
    let mut data = value["examples"][0].clone();
    data["site"]["roof"] = json!(1);
    let faults = validate_data(&ty, &data);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].path, "data.site.roof");
}

#[test]
fn slots_stay_from_version_to_version() {
    let old = resolved(&sound(), &Registry::empty());
    let slot = |ty: &CertificateType, name: &str| ty.field(name).and_then(|field| field.search).map(|search| search.slot);
    let known = Registry::empty().with(old.clone(), State::Published);
    let mut value = sound();
    // creditCode was first; it goes, and a new field comes before categoryCode.
    value["properties"].as_object_mut().expect("an object").shift_insert(
        0,
        "area".into(),
        json!({"title": "面积", "type": "string", "x-field": {"searchable": true}}),
    );
    value["properties"]["creditCode"]["x-field"] = json!({});
    value["x-certificate"]["relations"] = json!([]);
    let new = resolved(&value, &known);
    assert_eq!(slot(&new, "categoryCode"), slot(&old, "categoryCode"));
    assert_eq!(slot(&new, "area"), Some(Slot { family: SlotFamily::Text, number: 3 }));
    assert_eq!(new.slots.get("creditCode"), slot(&old, "creditCode").as_ref());
    let again = resolved(&sound(), &Registry::empty().with(new, State::Published));
    assert_eq!(slot(&again, "creditCode"), slot(&old, "creditCode"));
}

#[test]
fn a_replaced_type_keeps_what_others_rely_on() {
    let target = resolved(&sound(), &Registry::empty());
    let known = Registry::empty().with(target, State::Published);
    let mut other = sound();
    other["x-certificate"]["name"] = json!("OtherPermit");
    other["x-certificate"]["typeCode"] = json!("11990000000000GX2C901");
    let known = known.with(resolved(&other, &known), State::Published);
    let mut without = with("/x-certificate/relations", json!([]));
    without["properties"]["creditCode"]["x-field"] = json!({});
    assert_eq!(codes(&without, &known), [Code::BrokenRelation]);
    // With the other file at hand, that file answers for its relation.
    let mut both = [file(&without), file(&other)];
    both[1].name = "other.json".into();
    let faults = resolve(&both, &known).expect_err("faulty");
    assert_eq!(faults.iter().map(|fault| fault.file.as_str()).collect::<Vec<_>>(), ["other.json"]);
}

#[test]
fn two_files_may_need_each_other() {
    let (mut one, mut two) = (sound(), sound());
    one["x-certificate"]["relations"][0]["to"] = json!(["OtherPermit"]);
    two["x-certificate"]["name"] = json!("OtherPermit");
    assert!(resolve(&[file(&one), file(&two)], &Registry::empty()).is_ok());
    assert_eq!(codes(&one, &Registry::empty()), [Code::UnknownType]);
}

#[test]
fn references_that_double_at_every_step_are_refused() {
    let mut value = sound();
    for step in 0..15 {
        let next = format!("#/$defs/d{}", step + 1);
        value["$defs"][format!("d{step}")] = json!({"allOf": [{"$ref": next}, {"$ref": next}]});
    }
    value["$defs"]["d15"] = json!({"type": "string"});
    value["properties"]["bomb"] = json!({"title": "x", "$ref": "#/$defs/d0"});
    assert_eq!(codes(&value, &Registry::empty()), [Code::ReferencesTooLarge]);
}

#[test]
fn every_fault_is_told_at_once() {
    let mut value = sound();
    value["x-certificate"]["typeCode"] = json!("11990000000000GX2D900");
    value["x-certificate"]["version"] = json!("1.0");
    value["x-certificate"]["status"]["scheme"] = json!("Nowhere");
    value["properties"]["categoryCode"]["x-field"]["codes"] = json!("SafetyOfficerCategori");
    value["properties"]["bad_name"] = json!({"title": "x", "type": "string"});
    let found = codes(&value, &Registry::empty());
    for code in [Code::TypeCode, Code::Version, Code::UnknownStatusScheme, Code::UnknownCodeTable, Code::PropertyName] {
        assert!(found.contains(&code), "{code} in {found:?}");
    }
}

#[test]
fn changes_are_told_and_the_version_held_to_them() {
    let old = resolved(&sound(), &Registry::empty());
    assert!(changes(&old, &old).is_empty());
    let mut value = sound();
    value["properties"].as_object_mut().expect("an object").remove("staff");
    value.as_object_mut().expect("an object").remove("allOf");
    value["examples"][0].as_object_mut().expect("an object").remove("staff");
    value["properties"]["enterpriseName"]["maxLength"] = json!(50);
    value["properties"]["remark"] = json!({"title": "备注", "type": "string"});
    value["x-certificate"]["version"] = json!("1.1.0");
    let found = changes(&old, &resolved(&value, &Registry::empty()));
    let kinds: Vec<(ChangeKind, bool)> = found.iter().map(|change| (change.kind, change.breaking)).collect();
    assert!(kinds.contains(&(ChangeKind::FieldRemoved, true)));
    assert!(kinds.contains(&(ChangeKind::FieldAdded, false)));
    assert!(kinds.contains(&(ChangeKind::ConstraintNarrowed, true)));
    assert!(kinds.contains(&(ChangeKind::ConstraintWidened, false)));
    assert_eq!(kinds.last(), Some(&(ChangeKind::VersionTooLow, false)));
    value["x-certificate"]["version"] = json!("2.0.0");
    let found = changes(&old, &resolved(&value, &Registry::empty()));
    assert!(!found.iter().any(|change| change.kind == ChangeKind::VersionTooLow));
}

#[test]
fn registry_finds_types_by_name_and_code() {
    let ty = resolved(&sound(), &Registry::empty());
    let mut other = sound();
    other["x-certificate"]["name"] = json!("OtherPermit");
    other["x-certificate"]["relations"] = json!([]);
    let empty = Registry::empty();
    let registry = empty.with(ty, State::Draft).with(resolved(&other, &Registry::empty()), State::Published);
    assert_eq!((empty.len(), registry.len(), registry.revision()), (0, 2, 2));
    assert_eq!(registry.named("11990000000000GX2C900").len(), 2);
    assert_eq!(registry.named("OtherPermit").len(), 1);
    assert_eq!(registry.with_revision(9).revision(), 9);
}

#[test]
fn many_properties_and_many_faults_are_cut_off() {
    let mut value = sound();
    let many: Map<String, Value> = (0..300).map(|n| (format!("bad_{n}"), json!({"type": "string"}))).collect();
    value["$defs"]["many"] = json!({"type": "object", "properties": many});
    value["properties"]["many"] = json!({"title": "多", "$ref": "#/$defs/many"});
    let found = codes(&value, &Registry::empty());
    assert!(found.contains(&Code::TooManyFaults) && found.len() <= 202);
    value["$defs"]["more"] =
        Value::Object(Map::from_iter([("allOf".to_owned(), json!([{"properties": many}, {"properties": many}, {"properties": many}]))]));
    assert_eq!(codes(&value, &Registry::empty()), [Code::TooManyProperties]);
}

#[test]
fn wide_conditions_are_checked_in_time() {
    let mut value = sound();
    let one = json!({"if": {"properties": {"categoryCode": {"const": "B"}}}, "then": {"required": ["staff"]}});
    value["examples"][1]["staff"] = json!(1);
    value["allOf"] = Value::Array(vec![one; 900]);
    let begin = std::time::Instant::now();
    resolved(&value, &Registry::empty());
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

#[test]
fn binary_content_and_lists_say_what_they_hold() {
    let mut value = sound();
    value["properties"]["photo"] = json!({"title": "照片", "type": "string", "contentEncoding": "base64"});
    value["properties"]["phones"] =
        json!({"title": "电话", "type": "array", "items": {"type": "string", "x-field": {"sensitivity": "personal", "mask": "all"}}});
    let ty = resolved(&value, &Registry::empty());
    let phones = ty.field("phones").expect("it is there");
    assert_eq!((phones.sensitivity, phones.mask), (Sensitivity::Personal, Some(Mask::All)));
    assert!(matches!(ty.field("photo").expect("it is there").kind, FieldKind::Base64));
    let mut data = value["examples"][0].clone();
    data["photo"] = json!("aGVsbG8=");
    assert!(validate_data(&ty, &data).is_empty());
    data["photo"] = json!("hello!");
    assert_eq!(validate_data(&ty, &data)[0].path, "data.photo");
}
