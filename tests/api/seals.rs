//! The register of seals as administrators keep it.

use serde_json::json;

use crate::support::each::on_each;
use crate::support::hub::{AUTHORITY, TestHub};

const REGISTER: &str = "mutation($types: [String!], $shape: SealShape, $width: Int, $height: Int, $picture: Base64, $authority: String!) {
    registerSeal(authority: $authority, custodian: \"办公室\", code: \"9900000000042\", types: $types, shape: $shape, width: $width, height: $height,
        picture: $picture, validTo: \"2031-12-31\") {
        code name custodian shape width height validTo status types maker useCount registeredBy authority { code name } } }";

#[tokio::test(flavor = "multi_thread")]
async fn administrators_keep_the_register_and_nobody_else_sees_it() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let found = hub.data("admin", "{ seals { code status seal picture uses { id } authority { code } } }", json!({})).await;
        let demo = &found["seals"][0];
        assert_eq!((&demo["status"], &demo["authority"]["code"], &demo["uses"]), (&json!("ACTIVE"), &json!(AUTHORITY), &json!([])));
        assert!(demo["picture"].as_str().unwrap().starts_with("iVBOR"), "a PNG in Base64");

        let oval = json!({ "authority": AUTHORITY, "shape": "OVAL", "types": ["SafetyProductionLicence"] });
        let made = hub.data("admin", REGISTER, oval.clone()).await["registerSeal"].take();
        assert_eq!((&made["shape"], &made["width"], &made["height"]), (&json!("OVAL"), &json!(45), &json!(30)));
        assert_eq!(
            (&made["types"], &made["registeredBy"], &made["useCount"]),
            (&json!(["SafetyProductionLicence"]), &json!("admin"), &json!(0))
        );
        assert!(made["validTo"].as_str().unwrap().starts_with("2031-12-31T15:59:59"), "the end of the day in Beijing: {made}");
        assert!(made["maker"].as_str().unwrap().contains("测试制章中心"), "{made}");
        hub.refused("admin", REGISTER, oval, "CONFLICT").await;
        for (faulty, path) in [
            (json!({ "authority": "91990000MAH0TEXT1J" }), "authority"),
            (json!({ "authority": AUTHORITY, "width": 420 }), "shape"),
            (json!({ "authority": AUTHORITY, "shape": "PICTURE" }), "picture"),
            (json!({ "authority": AUTHORITY, "shape": "PICTURE", "picture": "R0lGODlh" }), "picture"),
            (json!({ "authority": AUTHORITY, "types": ["Nothing"] }), "types"),
        ] {
            let answer = hub.refused("admin", REGISTER, faulty, "INVALID_INPUT").await;
            assert_eq!(answer["errors"][0]["extensions"]["faults"][0]["path"], path, "{answer}");
        }

        let change = |name: &str| {
            format!("mutation($code: String!, $reason: String!) {{ {name}(code: $code, reason: $reason) {{ status reason }} }}")
        };
        let of = |code: &str| json!({ "code": code, "reason": "保管人离任" });
        for (name, status) in [("suspendSeal", "SUSPENDED"), ("resumeSeal", "ACTIVE"), ("destroySeal", "DESTROYED")] {
            let changed = hub.data("admin", &change(name), of("9900000000042")).await;
            assert_eq!(changed[name], json!({ "status": status, "reason": "保管人离任" }));
        }
        hub.refused("admin", &change("resumeSeal"), of("9900000000042"), "CONFLICT").await;
        hub.refused("admin", &change("suspendSeal"), of("none"), "NOT_FOUND").await;
        for token in ["issuer", "department", ""] {
            let answer = hub.ask(token, "{ seals { code } }", json!({})).await;
            assert!(answer["errors"].is_array() && answer["data"].get("seals").is_none(), "{answer}");
        }
        let only = hub.data("admin", "{ seals(authority: \"91990000MAH0TEXT1J\") { code } }", json!({})).await;
        assert_eq!(only["seals"], json!([]));
    })
    .await;
}
