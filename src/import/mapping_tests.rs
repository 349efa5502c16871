use csv::{QuoteStyle, ReaderBuilder, Terminator, WriterBuilder};
use proptest::prelude::*;
use serde_json::json;
use verify::messages::Lang;

use super::*;
use crate::import::sample::licence;

/// A type with a property of every kind: the licence of the demonstration, and more.
fn ty() -> &'static CertificateType {
    static TYPE: std::sync::OnceLock<std::sync::Arc<CertificateType>> = std::sync::OnceLock::new();
    TYPE.get_or_init(read)
}

fn read() -> std::sync::Arc<CertificateType> {
    let person = json!({"title": "人", "type": "object", "unevaluatedProperties": false, "properties": {
        "personName": {"title": "姓名", "type": "string"}, "share": {"title": "份额", "type": "number"}}});
    let more = json!({
        "area": {"title": "面积", "type": "number"}, "rooms": {"title": "间数", "type": "integer"}, "mortgaged": {"title": "抵押", "type": "boolean"},
        "floors": {"title": "楼层", "type": "array", "items": {"type": "integer"}}, "uses": {"title": "用途", "type": "array", "items": {"type": "string"}},
        "agent": person, "owners": {"title": "权利人", "type": "array", "items": person}});
    licence(&more)
}

fn mapped(header: &[&str], cells: &[&str]) -> Option<Result<IssueInput, Vec<Fault>>> {
    Mapping::new(ty(), header.iter().copied()).unwrap_or_else(|error| panic!("{error}")).row(cells.iter().copied())
}

fn data(header: &[&str], cells: &[&str]) -> Value {
    mapped(header, cells).unwrap().unwrap().data
}

fn refused(header: &[&str]) -> String {
    Mapping::new(ty(), header.iter().copied()).unwrap_err().message(Lang::En)
}

#[test]
fn cells_become_values_of_their_kinds() {
    let header = [
        "enterpriseName",
        "rooms",
        "area",
        "mortgaged",
        "verificationYears",
        "floors",
        "agent.personName",
        "owners[1].share",
        "owners[0].personName",
    ];
    let cells = ["测试公司 ", " 3 ", "10.5", "是", "2024| 2025|", "1|-2", "甲", "0.5", "乙"];
    assert_eq!(
        data(&header, &cells),
        json!({"enterpriseName": "测试公司 ", "rooms": 3, "area": 10.5, "mortgaged": true, "verificationYears": ["2024", "2025"],
            "floors": [1, -2], "agent": {"personName": "甲"}, "owners": [{"personName": "乙"}, {"share": 0.5}]})
    );
    // What does not read as its kind is left for the validation to tell.
    assert_eq!(data(&["rooms", "mortgaged"], &["three", "maybe"]), json!({"rooms": "three", "mortgaged": "maybe"}));
}

#[test]
fn empty_cells_say_nothing_and_empty_rows_are_none() {
    assert_eq!(data(&["rooms", "enterpriseName", "owners[0].personName"], &["", "x", " "]), json!({"enterpriseName": "x"}));
    assert!(mapped(&["rooms", "area"], &["", " "]).is_none());
    // Spreadsheets leave commas behind the last column.
    assert_eq!(data(&["enterpriseName", "", ""], &["x", "", ""]), json!({"enterpriseName": "x"}));
}

#[test]
fn members_of_the_input_are_columns_too() {
    let input = mapped(&["enterpriseName", "number", "issuedOn", "idempotencyKey"], &["x", " 号1 ", "20260102", "k"]).unwrap().unwrap();
    assert_eq!((input.number.as_deref(), input.idempotency_key.as_deref()), (Some("号1"), Some("k")));
    assert_eq!(input.issued_on, chrono::NaiveDate::from_ymd_opt(2026, 1, 2));
    let faults = mapped(&["enterpriseName", "validTo"], &["x", "2026-02-30"]).unwrap().unwrap_err();
    assert_eq!(faults.first().unwrap().path, "validTo");
}

#[test]
fn a_row_with_more_or_fewer_columns_is_faulty() {
    for cells in [&["x", "1", "y"][..], &["x"]] {
        let faults = mapped(&["enterpriseName", "rooms"], cells).unwrap().unwrap_err();
        assert!(faults.first().unwrap().en.contains("the header 2"), "{faults:?}");
    }
    assert!(mapped(&["enterpriseName", "rooms"], &["x", "1", ""]).unwrap().is_ok());
}

#[test]
fn a_header_that_does_not_fit_is_told_whole() {
    let told = refused(&["enterpriseNam", "rooms", "agent", "owners.personName", "owners[1000].personName", "agent.x"]);
    for part in ["did you mean “enterpriseName”", "“agent” is not one value", "owners[0].name", "owners[1000]", "“agent.x”"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // A file without a header.
    assert!(refused(&["测试公司", "91990000MAH0TEXT1J"]).contains("the first line must be the header"));
    assert!(refused(&["number"]).contains("the first line must be the header"));
    for header in [&["rooms", "rooms"][..], &["data.rooms", "rooms"], &["uses", "uses[0]"], &["rooms", "number", "number"]] {
        assert!(!refused(header).is_empty(), "{header:?}");
    }
}

/// Text that a cell can hold as it stands: more than blanks.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~测试\u{3000}\"\n\r,;|]{0,12}[!-~试]", "\\PC{0,8}[a-z]"]
}

/// Text within a list: no separator, no blanks around it.
fn word() -> impl Strategy<Value = String> {
    "[a-z0-9测试\",][ a-z试\n]{0,6}[a-z试]"
}

proptest! {
    /// Data written as CSV, whatever the quoting and line ends, come back as they were.
    #[test]
    fn data_written_as_csv_come_back(
        name in text(), rooms in proptest::option::of(any::<i32>()), area in proptest::option::of(-1e12f64..1e12), mortgaged in proptest::option::of(any::<bool>()),
        uses in proptest::collection::vec(word(), 0..4), floors in proptest::collection::vec(-9i64..99, 0..4),
        owners in proptest::collection::vec(text(), 0..4), agent in proptest::option::of(text()), quote in any::<bool>(), crlf in any::<bool>(),
    ) {
        let join = |items: Vec<String>| items.join("|");
        let mut header = vec!["enterpriseName".to_owned(), "rooms".into(), "area".into(), "mortgaged".into(), "uses".into(), "floors".into(), "agent.personName".into()];
        let mut cells = vec![
            name.clone(),
            rooms.map(|rooms| rooms.to_string()).unwrap_or_default(),
            area.map(|area| area.to_string()).unwrap_or_default(),
            mortgaged.map(|mortgaged| mortgaged.to_string()).unwrap_or_default(),
            join(uses.clone()),
            join(floors.iter().map(ToString::to_string).collect()),
            agent.clone().unwrap_or_default(),
        ];
        let mut expected = json!({"enterpriseName": name});
        if let Some(rooms) = rooms { expected["rooms"] = rooms.into(); }
        if let Some(area) = area { expected["area"] = area.into(); }
        if let Some(mortgaged) = mortgaged { expected["mortgaged"] = mortgaged.into(); }
        if !uses.is_empty() { expected["uses"] = uses.into(); }
        if !floors.is_empty() { expected["floors"] = floors.into(); }
        if let Some(agent) = agent { expected["agent"] = json!({"personName": agent}); }
        if !owners.is_empty() {
            expected["owners"] = owners.iter().map(|owner| json!({"personName": owner})).collect();
        }
        for (place, owner) in owners.into_iter().enumerate() {
            header.push(format!("owners[{place}].personName"));
            cells.push(owner);
        }
        let style = if quote { QuoteStyle::Always } else { QuoteStyle::Necessary };
        let end = if crlf { Terminator::CRLF } else { Terminator::Any(b'\n') };
        let mut writer = WriterBuilder::new().quote_style(style).terminator(end).from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        writer.write_record(&cells).unwrap();
        let written = writer.into_inner().unwrap();
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(written.as_slice());
        let mapping = Mapping::new(ty(), reader.headers().unwrap().iter()).unwrap();
        let record = reader.records().next().unwrap().unwrap();
        prop_assert_eq!(mapping.row(record.iter()).unwrap().unwrap().data, expected);
    }
}
