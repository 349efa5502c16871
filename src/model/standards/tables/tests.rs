use std::path::Path;

use super::*;

const TABLE: &str = r#"{"table":"T","title":{"zh":"表","en":"Table"},"source":{"zh":"源","en":"Source"},"grade":"demo","complete":true,
    "codes":[{"code":"1","zh":"甲","en":"A"},{"code":"1","zh":"","en":"B"}]}"#;

fn read(name: &str, table: &str) -> Result<Standards, StandardsFault> {
    let code_tables = [(name, table.as_bytes())];
    let status_schemes = files_of(&STATUS_SCHEMES);
    let files =
        Files { code_tables: &code_tables, status_schemes: &status_schemes, metadata: METADATA, catalogue: CATALOGUE, results: RESULTS };
    Standards::read(files)
}

fn sentences(faults: Vec<StandardsFault>) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_dictionary_has_no_fault() {
    assert_eq!(sentences(Standards::embedded().check()), Vec::<String>::new());
}

#[test]
fn every_file_of_the_folders_is_compiled_in() {
    for (folder, count) in
        [("code-tables", Standards::embedded().tables().count()), ("status-schemes", Standards::embedded().schemes().count())]
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards").join(folder);
        let files = std::fs::read_dir(path).unwrap().count();
        assert_eq!(files, count, "standards/{folder} changed since tables.rs was compiled: touch it and build again");
    }
}

#[test]
fn labels_come_in_both_languages() {
    let standards = Standards::embedded();
    let holder = standards.table("HolderCodeType").unwrap();
    assert_eq!((holder.codes.len(), holder.complete), (16, true));
    assert_eq!(holder.label("111", Lang::Zh), Some("公民身份号码"));
    assert_eq!(holder.label("111", Lang::En), Some("Citizen identification number"));
    assert_eq!(holder.label("112", Lang::Zh), None);
    assert_eq!(holder.code("511").unwrap().category.as_ref().unwrap().zh, "自然人");
    assert_eq!(standards.table("holderCodeType").map(|table| &table.table), None);
}

#[test]
fn the_34_provinces_have_a_short_name_and_the_test_province_is_marked() {
    let table = Standards::embedded().table("Division").unwrap();
    assert_eq!(table.codes.len(), 35);
    assert!(table.codes.iter().all(|code| { code.short.as_ref().is_some_and(|short| short.chars().count() == 1) }));
    let demo: Vec<_> = table.codes.iter().filter(|code| code.grade == Some(Grade::Demo)).map(|code| &code.code).collect();
    assert_eq!(demo, ["990000"]);
}

#[test]
fn the_same_code_means_another_thing_in_another_scheme() {
    let standards = Standards::embedded();
    let status = |scheme: &str, code: &str| standards.scheme(scheme).and_then(|scheme| scheme.status(code));
    assert_eq!(status("SafetyOfficerStatus", "05"), Some(CertificateStatus::Expired));
    assert_eq!(status("SpecialOperationStatus", "05"), Some(CertificateStatus::Cancelled));
    assert_eq!(status("SafetyOfficerStatus", "06"), Some(CertificateStatus::Transferred));
    assert_eq!(status("TransportStatus", "01"), Some(CertificateStatus::Superseded));
    assert_eq!(status("RealEstateStatus", "1"), Some(CertificateStatus::Valid));
    assert_eq!(status("GeneralStatus", "06"), None);
    assert_eq!(standards.scheme("RealEstateStatus").unwrap().label("1", Lang::Zh), Some("现势"));
}

#[test]
fn every_scheme_can_say_valid() {
    for scheme in Standards::embedded().schemes() {
        assert!(scheme.codes.iter().any(|code| code.status == CertificateStatus::Valid), "{}", scheme.scheme);
    }
}

#[test]
fn metadata_elements_are_found_by_key_short_name_and_alias() {
    let metadata = Standards::embedded().metadata();
    assert_eq!(metadata.element("identifier").unwrap().short_name.as_deref(), Some("ZZBS"));
    assert_eq!(metadata.by_short_name("ZZBFJG").unwrap().key, "issuerName");
    assert_eq!(metadata.by_short_name("FZJG").unwrap().key, "issuerName");
    assert_eq!(metadata.rule("extensionPrefix"), Some("KZ_"));
    assert_eq!(metadata.rule("valueDelimiter"), Some("^"));
}

#[test]
fn results_0_to_5_are_answered_and_deviations_are_not() {
    let results = Standards::embedded().results();
    assert_eq!(results.information_label(0, Lang::Zh), Some("信息正确且有效"));
    assert_eq!(results.information_label(5, Lang::En), Some("Not found"));
    assert_eq!(results.information_label(6, Lang::Zh), None);
    assert_eq!(results.file_label(1, Lang::Zh), Some("文件签章校验失败"));
    assert_eq!(results.head_label("sharedService", 13, Lang::Zh), Some("证照类型不存在或未发布"));
    assert_eq!(results.head_label("realEstate", 13, Lang::Zh), None);
}

#[test]
fn faults_of_content_are_all_named() {
    let faults = sentences(read("t.json", TABLE).unwrap().check());
    let expected = [
        "T has 1 twice",
        "T: 1 lacks its text in Chinese or in English",
        "catalogue.json: definingAuthorityLevel names the code table AuthorityLevel, which does not exist",
    ];
    for sentence in expected {
        assert!(faults.iter().any(|fault| fault == sentence), "{sentence} not in {faults:#?}");
    }
}

#[test]
fn faults_of_form_stop_the_reading() {
    let grade = read("t.json", &TABLE.replace("demo", "certain")).unwrap_err().to_string();
    assert!(grade.starts_with("t.json cannot be read: unknown variant `certain`"), "{grade}");
    let file = read("table.json", TABLE).unwrap_err().to_string();
    assert_eq!(file, "table.json should be named t.json after the list in it");
    let key = read("t.json", &TABLE.replace("complete", "whole")).unwrap_err().to_string();
    assert!(key.contains("unknown field `whole`"), "{key}");
}
