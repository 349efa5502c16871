//! The program as people start it: its own process, its own folder, its command line.

mod administrators;
mod bench;
mod demo;
mod departments;
mod import;
mod keys;
mod log;
mod matrix;
mod memory;
mod offline;
mod serve;
mod tls;
mod uploads;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_zhengzhao");

/// A demonstration hub in a process of its own; killed when dropped.
pub(crate) struct Demo {
    child: Child,
    pub folder: PathBuf,
    pub about: Json,
    _temporary: Option<tempfile::TempDir>,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    pub(crate) fn start(certificates: usize) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut demo = Self::start_in(temporary.path(), certificates);
        demo._temporary = Some(temporary);
        demo
    }

    /// Starts over what is in `folder`, with the project's type files copied to `folder/schema`.
    pub(crate) fn start_in(folder: &Path, certificates: usize) -> Self {
        let schema = folder.join("schema");
        if !schema.exists() {
            std::fs::create_dir_all(&schema).unwrap();
            for file in crate::support::hub::type_files() {
                std::fs::write(schema.join(&file.name), file.text).unwrap();
            }
        }
        let about = folder.join("data/demo.json");
        let before = std::fs::read_to_string(&about).unwrap_or_default();
        let child = Command::new(PROGRAM)
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.join("data"))
            .args(["--certificates", &certificates.to_string(), "--schema"])
            .arg(&schema)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut demo = Self { child, folder: folder.to_owned(), about: Json::Null, _temporary: None };
        let began = Instant::now();
        loop {
            assert!(demo.child.try_wait().unwrap().is_none(), "the demonstration ended by itself");
            assert!(began.elapsed() < Duration::from_secs(180), "no demo.json after three minutes");
            let text = std::fs::read_to_string(&about).unwrap_or_default();
            if text != before {
                demo.about = serde_json::from_str(&text).unwrap();
                if demo.ready() {
                    return demo;
                }
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn ready(&self) -> bool {
        ureq::get(format!("{}/readyz", self.address())).call().is_ok()
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        self.about["endpoint"].as_str().unwrap().trim_end_matches("/graphql").to_owned()
    }

    pub(crate) fn token(&self, role: &str) -> String {
        self.about["tokens"][role].as_str().unwrap().to_owned()
    }

    pub(crate) fn ask(&self, role: &str, query: &str, variables: Json) -> Json {
        let body = json!({ "query": query, "variables": variables, "extensions": { "purpose": { "useFor": "test" } } });
        let mut request = ureq::post(format!("{}/graphql", self.address())).header("accept-language", "en");
        if !role.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token(role)));
        }
        request.send_json(&body).unwrap().body_mut().read_json().unwrap()
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

pub(crate) fn command(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).env("LANG", "en_US.UTF-8").output().unwrap()
}
