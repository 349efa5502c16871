//! Other GraphQL servers over the same certificates: `benches/peers`, where it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rand::rngs::StdRng;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::bench::BenchError;
use crate::bench::load::served::{Served, free_address};
use crate::bench::workloads::{Call, Key, Workload, officer, officer_before, request};
use crate::bench::world::{CATEGORIES, IdOf, World};

/// How a peer writes a cursor.
#[derive(Debug, Clone, Deserialize)]
struct Cursor {
    /// The text, with `{after}` for the id before the page.
    after: String,
    /// `base64`, `base64url`; none: as it stands.
    encoding: Option<String>,
}

/// A peer that answers.
#[derive(Debug)]
pub struct Peer {
    pub served: Served,
    pub workloads: Vec<Box<dyn Workload>>,
}

/// The names of the peers in this folder; empty where there is none.
pub fn names(peers: &Path) -> Vec<String> {
    let known: Option<Json> = std::fs::read(peers.join("peers.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let known = known.as_ref().and_then(Json::as_object);
    known.map(|known| known.keys().filter(|name| peers.join(name).join("w1.graphql").exists()).cloned().collect()).unwrap_or_default()
}

/// Installs and starts one; its folder's documents become workloads.
///
/// # Errors
/// Why it is absent.
pub async fn start(peers: &Path, name: &str, database: &str, core: Option<usize>) -> Result<Peer, BenchError> {
    let absent = |detail: &dyn std::fmt::Display| BenchError::tool(name, format!("absent: {detail}"));
    let script = peers.join("start");
    let installed = Command::new(&script).args([name, "--install"]).output().map_err(|error| absent(&error))?;
    if !installed.status.success() {
        return Err(absent(&String::from_utf8_lossy(&installed.stdout).trim()));
    }
    let address = free_address()?;
    let mut command = Command::new(&script);
    command.arg(name).env("DATABASE_URL", database).env("PORT", address.port().to_string());
    let probe = b"POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"query\":\"{__typename}\"} ";
    let served = Served::start_asking(name, command, address, probe, core).await?;
    Ok(Peer { served, workloads: workloads(peers, name)? })
}

fn workloads(peers: &Path, name: &str) -> Result<Vec<Box<dyn Workload>>, BenchError> {
    let file = peers.join("peers.json");
    let read = |file: &PathBuf| std::fs::read_to_string(file).map_err(|error| BenchError::file(file, error));
    let all: Json = serde_json::from_str(&read(&file)?).map_err(|error| BenchError::file(&file, error.into()))?;
    let cursor: Cursor = serde_json::from_value(all[name].clone()).map_err(|error| BenchError::file(&file, error.into()))?;
    let one = |what, title, document: &str| -> Result<Box<dyn Workload>, BenchError> {
        let query = read(&peers.join(name).join(document))?;
        Ok(Box::new(Asked { name: what, title, query, cursor: cursor.clone() }))
    };
    Ok(vec![one("W1", "", "w1.graphql")?, one("W2", "", "w2.graphql")?, one("W3", "", "w3.graphql")?])
}

#[derive(Debug)]
struct Asked {
    name: &'static str,
    title: &'static str,
    query: String,
    cursor: Cursor,
}

impl Asked {
    fn cursor(&self, id: &str) -> String {
        let text = self.cursor.after.replace("{after}", id);
        match self.cursor.encoding.as_deref() {
            Some("base64") => STANDARD.encode(text),
            Some("base64url") => URL_SAFE_NO_PAD.encode(text),
            _ => text,
        }
    }
}

impl Workload for Asked {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn call(&self, world: &World, chance: &mut StdRng) -> Call {
        let certificate = if self.name == "W3" { officer_before(world, chance) } else { officer(world, chance) };
        let id = world.id(certificate.t, IdOf::Version).to_string();
        let variables = match self.name {
            "W1" => json!({ "id": id }),
            "W2" => json!({ "card": world.person(certificate).number }),
            _ => json!({ "category": CATEGORIES[certificate.place.category], "after": self.cursor(&id) }),
        };
        Call { key: Key::of(certificate), request: request("", &self.query, &variables) }
    }

    /// Peers name their fields otherwise: the persons and the number of rows are compared.
    fn check(&self, world: &World, key: &Key, answer: &Json) -> Result<(), String> {
        let text = answer.to_string();
        let people = text.matches("\"personName\":").count();
        let expected = match self.name {
            "W1" => 1,
            "W2" => world.of_holder(key.certificate).len(),
            _ => return if (1..=50).contains(&people) { Ok(()) } else { Err(format!("{people} rows")) },
        };
        let name = format!("\"personName\":{}", json!(world.person(key.certificate).name));
        if people == expected && text.matches(&name).count() == expected {
            Ok(())
        } else {
            Err(format!("it should be {expected} of {name}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_has_its_documents_and_its_cursor() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
        let names = names(&folder);
        assert_eq!(names, ["postgraphile", "mercurius", "seaography"]);
        for name in names {
            let found = workloads(&folder, &name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(found.iter().map(|one| one.name()).collect::<Vec<_>>(), ["W1", "W2", "W3"]);
        }
    }
}
