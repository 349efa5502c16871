//! A thousand registrations one after another leave memory flat.

use serde_json::{Value as Json, json};

use super::Demo;

#[test]
fn a_thousand_registrations_leave_memory_flat() {
    let demo = Demo::start(0);
    let mut file: Json = serde_json::from_str(include_str!("../api/tree.json")).unwrap();
    let mut register = |patch: usize| {
        file["x-certificate"]["version"] = json!(format!("1.0.{patch}"));
        let answer = demo.ask(
            "admin",
            "mutation($source: String!) { registerCertificateType(source: $source) { registered } }",
            json!({ "source": file.to_string() }),
        );
        assert_eq!(answer["data"]["registerCertificateType"]["registered"], true, "{answer}");
        let answer = demo.ask("department", "{ ancientTreeCertificates { totalCount } }", json!({}));
        assert!(answer.get("errors").is_none(), "{answer}");
    };
    (0..200).for_each(&mut register);
    let early = resident(demo.process());
    (200..1000).for_each(&mut register);
    let late = resident(demo.process());
    println!("resident after 200 registrations {early} kB, after 1,000 {late} kB");
    assert!(late < early + early / 4 + 16 * 1024, "memory grows with registrations: {early} kB, then {late} kB");
}

fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
