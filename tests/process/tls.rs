//! TLS on the listener: who asks by it is answered, renewed files are served without a restart, wrong ones are told.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::serve::{configure, must, run, serving};

/// A certificate that signs itself, for 127.0.0.1, and its key.
fn make(folder: &Path, name: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj"])
        .arg(format!("/CN={name}"))
        .args([
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            &format!("{name}.key"),
            "-out",
            &format!("{name}.pem"),
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Asks a hub whose certificate is this one and no other.
fn ask(folder: &Path, name: &str, address: &str) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
    let pem = fs::read(folder.join(format!("{name}.pem"))).unwrap();
    let roots = RootCerts::new_with_certs(&[Certificate::from_pem(&pem).unwrap()]);
    let config = ureq::Agent::config_builder().tls_config(TlsConfig::builder().root_certs(roots).build()).build();
    ureq::Agent::new_with_config(config).get(format!("{address}/readyz")).call()
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_hub_speaks_tls_by_itself_and_takes_a_renewed_certificate_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plain = configure(folder, &format!("sqlite://{}", folder.join("hub.db").display()));
    let address = plain.replace("http://", "https://");
    let toml = fs::read_to_string(folder.join("zhengzhao.toml")).unwrap().replace(&plain, &address);
    let with_tls = format!("{toml}[listen.tls]\ncertificate = \"hub.pem\"\nkey = \"hub.key\"\n");
    fs::write(folder.join("zhengzhao.toml"), with_tls).unwrap();
    make(folder, "first");
    make(folder, "second");
    let put = |certificate: &str, key: &str| {
        fs::copy(folder.join(format!("{key}.key")), folder.join("hub.key")).unwrap();
        fs::copy(folder.join(format!("{certificate}.pem")), folder.join("hub.pem")).unwrap();
    };
    must(folder, &["keys", "ca", "测试根"]);
    must(folder, &["migrate"]);

    put("first", "second");
    let (code, text) = run(folder, &["serve", "--config", "zhengzhao.toml"]);
    assert!(code != 0 && text.contains("hub.pem") && text.contains("hub.key") && text.contains("pair"), "{code} {text}");
    let (_, text) = run(folder, &["doctor"]);
    assert!(text.contains("✗ TLS"), "{text}");

    put("first", "first");
    let _hub = serving(folder);
    eventually("it answers by TLS", || ask(folder, "first", &address).is_ok());
    let answer = ask(folder, "first", &address).unwrap();
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=63072000");
    assert!(ask(folder, "second", &address).is_err(), "another certificate is not believed");
    let mut stream = TcpStream::connect(plain.trim_start_matches("http://")).unwrap();
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n").unwrap();
    let mut told = Vec::new();
    let _ = stream.read_to_end(&mut told);
    assert!(!told.starts_with(b"HTTP/"), "nothing is answered in the clear");
    let (_, text) = run(folder, &["doctor"]);
    assert!(text.contains("✓ TLS"), "{text}");

    // Half renewed: what there is goes on.
    put("second", "first");
    std::thread::sleep(Duration::from_secs(6));
    assert!(ask(folder, "first", &address).is_ok());
    put("second", "second");
    eventually("the renewed certificate is served", || ask(folder, "second", &address).is_ok());
}
