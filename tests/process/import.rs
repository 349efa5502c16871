//! `zhengzhao import`: good rows are issued and bad ones told, whatever the spelling of the file; an import that is killed goes
//! on and issues nothing twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::{Value as Json, json};
use zhengzhao::sign::authority_ca::{create_ca, create_signer, export_anchor};
use zhengzhao::store::{AuthorityRow, Store, StoreSettings};

use super::PROGRAM;
use super::serve::{AUTHORITY, configure, must, run};
use crate::support::each::{execute, on_each};
use crate::support::hub::type_files;

const TYPE: &str = "LabourDispatchLicence";

/// A hub that is not served, with one authority and one type; its keys and configuration lie in `folder`.
async fn prepare(folder: &Path, url: &str) {
    configure(folder, url);
    let (keys, now) = (folder.join("keys"), Utc::now());
    create_ca(&keys, "测试根", "of this test", false, now).unwrap();
    create_signer(&keys, AUTHORITY, "测试省人力资源和社会保障厅", "of this test", now).unwrap();
    export_anchor(&keys, &folder.join("trust")).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let files: Vec<String> = type_files().into_iter().map(|file| schema.join(file.name).display().to_string()).collect();
    must(folder, &["type", "register"].into_iter().chain(files.iter().map(String::as_str)).collect::<Vec<_>>());
    let store =
        Store::open(&StoreSettings { url: url.into(), max_connections: 2, statement_cache: true, index_key: [0; 32] }).await.unwrap();
    let (name, division) = ("测试省人力资源和社会保障厅".into(), Some("990000".into()));
    let authority = AuthorityRow { code: AUTHORITY.into(), name, level: None, division, parent: None, updated_at: now };
    store.put_authority(&authority).await.unwrap();
    store.close().await.unwrap();
}

fn import(folder: &Path, file: &str) -> (i32, String) {
    run(folder, &["import", TYPE, file])
}

/// The lines of a result: head, rows, last line.
fn results(folder: &Path, file: &str) -> Vec<Json> {
    let text = std::fs::read_to_string(folder.join(format!("{file}.result.ndjson"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn outcomes(lines: &[Json]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["outcome"].as_str()).collect()
}

/// Identifiers of all versions on record.
async fn identifiers(url: &str) -> Vec<String> {
    let dump = execute::dump(url).await;
    dump.into_iter()
        .filter(|(table, column, _)| table == "certificate_version" && column == "identifier")
        .map(|(.., value)| value)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_as_spreadsheets_write_it_is_imported_and_its_faults_are_told() {
    on_each(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        prepare(folder, &url).await;
        let text = "\u{feff}enterpriseName,creditCode,address,verificationYears,number,expiringDate\r\n\
            测试建设有限公司,91990000MAH0TEXT1J,\"测试省测试市\r\n样例区,\"\"8\"\"号\",2025|2026,,\r\n\
            \r\n\
            ,,,,,\r\n\
            坏代码,91990000MAH0TEXT1K,x,,,\r\n\
            多一列,91990000MAH0TEXT1J,x,,,,extra\r\n\
            测试二,91990000MAH0TEXT1J,x,,测派2026-9999999,2040-01-31\r\n\
            测试三,91990000MAH0TEXT1J,x,,测派2026-9999999,\r\n\
            测试建设有限公司,91990000MAH0TEXT1J,\"测试省测试市\r\n样例区,\"\"8\"\"号\",2025|2026,,\r\n";
        std::fs::write(folder.join("x.csv"), text).unwrap();
        let (code, said) = import(folder, "x.csv");
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("6 rows: 2 issued, 1 issued before, 3 faulty"), "{said}");
        let lines = results(folder, "x.csv");
        assert_eq!(lines[0]["import"]["type"], TYPE);
        assert_eq!(outcomes(&lines), ["issued", "faulty", "faulty", "issued", "faulty", "existing"]);
        assert_eq!(lines.last().unwrap()["summary"], json!({"rows": 6, "issued": 2, "existing": 1, "faulty": 3}));
        let at: Vec<u64> = lines.iter().filter_map(|line| line["line"].as_u64()).collect();
        assert_eq!(at, [2, 6, 7, 8, 9, 10]);
        assert_eq!(lines[2]["faults"][0]["path"], "data.creditCode");
        assert!(lines[2]["faults"][0]["zh"].is_string() && lines[2]["faults"][0]["en"].is_string());
        assert_eq!(lines[3]["faults"][0]["path"], "row");
        assert_eq!(lines[4]["number"], "测派2026-9999999");
        assert!(lines[5]["faults"][0]["en"].as_str().unwrap().contains("with the number"), "{}", lines[5]);
        assert_eq!((&lines[6]["id"], &lines[6]["identifier"]), (&lines[1]["id"], &lines[1]["identifier"]));
        assert_eq!(identifiers(&url).await.len(), 2);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.join("x.csv.result.ndjson")).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "numbers may be personal");
        }
        // The same file again, and a corrected one: nothing is issued twice.
        let (code, said) = import(folder, "x.csv");
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("0 issued, 3 issued before, 3 faulty") && said.contains("x.csv.result.ndjson.1"), "{said}");
        std::fs::write(
            folder.join("x.csv"),
            text.replace("91990000MAH0TEXT1K", "91990000MAH0TEXT1J")
                .replace(",extra", "")
                .replace("测试三,91990000MAH0TEXT1J,x,,测派2026-9999999", "测试三,91990000MAH0TEXT1J,x,,"),
        )
        .unwrap();
        let (code, said) = import(folder, "x.csv");
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("3 issued, 3 issued before, 0 faulty"), "{said}");
        let (code, said) = import(folder, "x.csv");
        assert!(code == 0 && said.contains("nothing was changed"), "{said}");
        assert_eq!(identifiers(&url).await.len(), 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_rows_are_inputs_or_data() {
    on_each(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        prepare(folder, &url).await;
        let data = |name: &str| json!({"enterpriseName": name, "creditCode": "91990000MAH0TEXT1J"});
        let rows = [
            data("一").to_string(),
            json!({"data": data("二"), "number": "测派2026-8000001", "validTo": "2031-12-31", "idempotencyKey": "k"}).to_string(),
            String::new(),
            json!({"data": data("三"), "idempotencyKey": "k"}).to_string(),
            "{\"enterpriseName\": ".into(),
            "[1]".into(),
            json!({"data": data("四"), "numbr": "x"}).to_string(),
            json!({"data": data("五"), "issuedOn": 20260101}).to_string(),
            json!({"data": data("六"), "issuer": "91990000MAH0TEXT1J"}).to_string(),
            json!({"data": data("二"), "number": "测派2026-8000001", "validTo": "2031-12-31", "idempotencyKey": "k"}).to_string(),
        ];
        std::fs::write(folder.join("x.jsonl"), rows.join("\r\n")).unwrap();
        let (code, said) = import(folder, "x.jsonl");
        assert_eq!(code, 1, "{said}");
        let lines = results(folder, "x.jsonl");
        assert_eq!(outcomes(&lines), ["issued", "issued", "faulty", "faulty", "faulty", "faulty", "faulty", "faulty", "existing"]);
        let told = |row: usize| lines[row]["faults"][0]["en"].as_str().unwrap().to_owned();
        assert!(told(3).contains("was used with another input"), "{}", told(3));
        assert!(told(4).contains("not complete") && told(5).contains("one JSON object"), "{} {}", told(4), told(5));
        assert_eq!((&lines[6]["faults"][0]["path"], &lines[7]["faults"][0]["path"]), (&json!("numbr"), &json!("issuedOn")));
        assert!(told(8).contains("not registered"), "{}", told(8));
        assert_eq!((&lines[2]["number"], &lines[9]["number"]), (&json!("测派2026-8000001"), &json!("测派2026-8000001")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_goes_on_and_issues_nothing_twice() {
    on_each(|url| async move {
        const ROWS: usize = 3000;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        prepare(folder, &url).await;
        let rows = (1..=ROWS).map(|row| match row % 500 {
            7 => json!({"enterpriseName": format!("测试{row}")}).to_string(),
            _ => json!({"enterpriseName": format!("测试{row}"), "creditCode": "91990000MAH0TEXT1J"}).to_string(),
        });
        std::fs::write(folder.join("x.ndjson"), rows.collect::<Vec<_>>().join("\n")).unwrap();
        let result = folder.join("x.ndjson.result.ndjson");
        let size = || std::fs::metadata(&result).map_or(0, |known| known.len());
        // Killed while its first chunk is on its way, then behind each chunk whose lines are written.
        for wait in [0, 300, 1] {
            let before = size();
            let mut child = Command::new(PROGRAM)
                .args(["--lang", "en", "import", TYPE, "x.ndjson"])
                .current_dir(folder)
                .env("ZHENGZHAO_KEYS_PASSPHRASE", "of this test")
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let began = Instant::now();
            while size() <= before.max(500) && wait > 0 || size() == 0 {
                assert!(began.elapsed() < Duration::from_secs(120), "no chunk in two minutes");
                assert!(child.try_wait().unwrap().is_none(), "the import ended before it was killed");
                std::thread::sleep(Duration::from_millis(3));
            }
            std::thread::sleep(Duration::from_millis(wait));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        // What a machine loses that dies: lines that were written, behind commits that were not lost.
        let text = std::fs::read_to_string(&result).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let lost = lines.len().saturating_sub(400).max(1);
        std::fs::write(&result, lines[..lost].iter().map(|line| format!("{line}\n")).collect::<String>() + "{\"row\":").unwrap();
        let (code, said) = import(folder, "x.ndjson");
        assert_eq!(code, 1, "{said}");
        let lines = results(folder, "x.ndjson");
        assert_eq!(lines.len(), ROWS + 2);
        let mut ids = BTreeMap::new();
        for (row, line) in (1..).zip(&lines[1..=ROWS]) {
            assert_eq!(line["row"], row);
            assert_eq!(line["outcome"] == "faulty", row % 500 == 7, "{line}");
            if let Some(identifier) = line["identifier"].as_str() {
                assert_eq!(ids.insert(identifier.to_owned(), row), None, "{line}");
            }
        }
        assert!(outcomes(&lines).contains(&"existing"), "rows without their lines are recognised");
        let stored = identifiers(&url).await;
        assert_eq!((ids.len(), stored.len()), (ROWS - 6, ROWS - 6));
        assert!(stored.iter().all(|identifier| ids.contains_key(identifier)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_used_are_refused_before_anything_is_issued() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let url = format!("sqlite://{}?mode=rwc", folder.join("hub.db").display());
    prepare(folder, &url).await;
    let good = "测试,91990000MAH0TEXT1J\n";
    // 测试 in GB18030.
    let gb18030 = [b"enterpriseName,creditCode\n".as_slice(), b"\xb2\xe2\xca\xd4,91990000MAH0TEXT1J\n"].concat();
    for (name, bytes, exit, told) in [
        ("no-header.csv", good.as_bytes(), 65, "the first line must be the header"),
        ("empty.csv", b"", 65, "the first line must be the header"),
        ("unknown.csv", format!("enterpriseNam,creditCode\n{good}").as_bytes(), 65, "did you mean “enterpriseName”"),
        ("gb.csv", &gb18030, 65, "GB18030"),
        ("bad.ndjson", b"{}\n\xff\n", 65, "line 2: not UTF-8"),
        ("book.csv", b"PK\x03\x04", 65, "Excel"),
        ("x.txt", good.as_bytes(), 64, "--format"),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
        let (code, said) = import(folder, name);
        assert_eq!(code, exit, "{name}: {said}");
        assert!(said.contains(told), "{name}: {said}");
    }
    assert_eq!(import(folder, "nowhere.csv").0, 66);
    let (code, said) = run(folder, &["import", "LabourDispatchLicense", "no-header.csv"]);
    assert!(code == 64 && said.contains("did you mean LabourDispatchLicence"), "{said}");
    std::fs::write(folder.join("unclosed.csv"), format!("enterpriseName,creditCode\n{good}\"x,{}", "y\n".repeat(20 << 20))).unwrap();
    let (code, said) = import(folder, "unclosed.csv");
    assert!(code == 65 && said.contains("begins on line 3"), "{said}");
    assert_eq!(outcomes(&results(folder, "unclosed.csv")), ["issued"], "what stands before is done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_not_continued_in_another_database_nor_in_one_restored() {
    on_each(|url| async move {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, second) = (first.path(), second.path());
        prepare(first, &url).await;
        let row = |name: &str| json!({"enterpriseName": name, "creditCode": "91990000MAH0TEXT1J"}).to_string();
        std::fs::write(first.join("x.ndjson"), [row("一"), row("二"), row("三")].join("\n")).unwrap();
        must(first, &["backup", "before.ndjson"]);
        let (code, said) = import(first, "x.ndjson");
        assert!(code == 0 && said.contains("3 issued"), "{said}");
        assert!(import(first, "x.ndjson").1.contains("nothing was changed"));
        // Another hub, the same file and result.
        let elsewhere = format!("sqlite://{}?mode=rwc", second.join("hub.db").display());
        prepare(second, &elsewhere).await;
        let (file, result) = (first.join("x.ndjson").display().to_string(), first.join("x.ndjson.result.ndjson").display().to_string());
        let (code, said) = run(second, &["import", TYPE, &file, "--result", &result]);
        assert!(code == 0 && said.contains("3 rows: 3 issued") && said.contains("x.ndjson.result.ndjson.1"), "{said}");
        assert_eq!(identifiers(&elsewhere).await.len(), 3);
        // Back in the first: its own result is kept under the other name, and every row is recognised.
        let (code, said) = import(first, "x.ndjson");
        assert!(code == 0 && said.contains("0 issued, 3 issued before"), "{said}");
        // A backup of before, restored: what was issued since is not there, and is issued.
        let restored = format!("sqlite://{}?mode=rwc", second.join("restored.db").display());
        configure(first, &restored);
        must(first, &["restore", "before.ndjson"]);
        let (code, said) = import(first, "x.ndjson");
        assert!(code == 0 && said.contains("3 rows: 3 issued"), "{said}");
        assert_eq!((identifiers(&restored).await.len(), identifiers(&url).await.len()), (3, 3));
    })
    .await;
}
