//! How soon a hub answers after its start, and what it takes while nobody asks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use model::actor::{Actor, Granted, Role};
use model::registry::{SourceFile, State};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::BenchError;
use super::load::as_f64;
use super::load::process::resident_of;
use super::load::served::{Served, free_address};
use super::place::Folder;
use super::run::Verdict;
use crate::demo::types::embedded;
use crate::hub::Hub;

/// How often a start is measured.
const STARTS: usize = 5;
/// After so long nothing of the start is left to be done.
const IDLE: Duration = Duration::from_secs(2);
/// Types of one registration.
const TOGETHER: usize = 150;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Started {
    pub types: usize,
    /// Median, in milliseconds from the start of the process to the first good answer of /readyz.
    pub ready: f64,
    /// Megabytes of resident memory when idle.
    pub idle: f64,
}

impl Started {
    pub fn verdicts(&self) -> Vec<Verdict> {
        if self.types < 100 {
            let idle = Verdict::at_most(format!("memory when idle with {} types", self.types), self.idle, 64.0, " MB");
            vec![Verdict::at_most(format!("start with {} types", self.types), self.ready, 300.0, " ms"), idle]
        } else {
            vec![Verdict::at_most(format!("start with {} types", self.types), self.ready, 2000.0, " ms")]
        }
    }
}

/// Measures with so many types, in an empty database.
///
/// # Errors
/// A database with types of somebody else; a hub that does not start.
pub async fn start(folder: &Path, database: &str, types: usize, extra: &str) -> Result<Started, BenchError> {
    let folder = Folder::open(&folder.join(format!("start-{types}")))?;
    folder.keys(1)?;
    let hub = Hub::open(folder.hub_settings(database)?).await?;
    let actor = Actor::new(Role::Administrator, "bench", None, Granted::All, Granted::All);
    let have = hub.registry.load().len();
    if have != 0 && have != types {
        return Err(BenchError::Foreign(format!("the database holds {have} types already: name an empty one")));
    }
    if have == 0 {
        for part in files(types)?.chunks(TOGETHER) {
            let outcome = hub.registration.register(part.to_vec(), &actor, State::Published, false).await?;
            if !outcome.registered {
                let fault = outcome.diagnostics.first().map(|fault| fault.message.en.clone());
                return Err(BenchError::Foreign(fault.unwrap_or_else(|| "types were not registered".into())));
            }
        }
    }
    hub.store.close().await?;
    let program: PathBuf = std::env::current_exe().map_err(|error| BenchError::tool("this program", error))?;
    let (mut times, mut idle) = (Vec::new(), 0.0f64);
    for _ in 0..STARTS {
        let address = free_address()?;
        let configuration = folder.configuration(database, &address.to_string(), extra)?;
        let hub = Served::hub(&program, &configuration, address, None).await?;
        times.push(hub.ready_after.as_secs_f64() * 1000.0);
        tokio::time::sleep(IDLE).await;
        idle = idle.max(as_f64(resident_of(hub.tree().0)) / 1024.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(Started { types, ready: times[times.len() / 2], idle })
}

/// The program's own type files, again and again under other names. Relations lead to the first of each.
fn files(count: usize) -> Result<Vec<SourceFile>, BenchError> {
    let own = embedded();
    let mut files = Vec::new();
    for round in 0..count.div_ceil(own.len().max(1)) {
        for file in &own {
            files.push(if round == 0 { file.clone() } else { renamed(file, round)? });
        }
    }
    files.truncate(count);
    Ok(files)
}

fn renamed(file: &SourceFile, round: usize) -> Result<SourceFile, BenchError> {
    let mut json: Json = serde_json::from_str(&file.text).map_err(|error| BenchError::file(Path::new(&file.name), error.into()))?;
    for key in ["name", "plural"] {
        if let Some(Json::String(name)) = json.pointer_mut(&format!("/x-certificate/{key}")) {
            *name = format!("{name}Of{round}");
        }
    }
    Ok(SourceFile { name: format!("{}-{round}", file.name), text: json.to_string() })
}

#[cfg(test)]
mod tests {
    use model::registry::{Registry, resolve};

    use super::*;

    #[test]
    fn as_many_sound_types_as_asked() {
        let made = files(40).unwrap();
        let resolved = resolve(&made, &Registry::empty()).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!(resolved.types.len(), 40);
    }
}
