//! Registers the type files of a folder with their faces, and those that appear or change in it later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use model::actor::Actor;
use model::registry::{SourceFile, State, render};
use verify::digest::sm3_hex;
use verify::messages::Lang;

use super::faces;
use super::types::{faces_of_folder, is_face, of_folder};
use crate::hub::Hub;

/// How often the folder is looked at. A file is taken when two looks found it the same, so none is read half written.
const LOOK: Duration = Duration::from_secs(1);

/// Registers type files and then the faces beside them. Says what it did; returns the faulty ones.
pub(super) async fn register(hub: &Hub, files: Vec<SourceFile>, actor: &Actor, lang: Lang, quiet: bool) -> Vec<SourceFile> {
    let (beside, files): (Vec<_>, Vec<_>) = files.into_iter().partition(is_face);
    let mut faulty = types(hub, files, actor, lang, quiet).await;
    faulty.extend(faces::register(hub, beside, actor, lang, quiet).await);
    faulty
}

/// All together where that goes, else each that is sound.
async fn types(hub: &Hub, files: Vec<SourceFile>, actor: &Actor, lang: Lang, quiet: bool) -> Vec<SourceFile> {
    if files.is_empty() || attempt(hub, &files, actor, lang, quiet, false).await {
        return Vec::new();
    }
    let mut waiting = files;
    loop {
        let before = waiting.len();
        let mut faulty = Vec::new();
        for file in waiting {
            if !attempt(hub, std::slice::from_ref(&file), actor, lang, quiet, false).await {
                faulty.push(file);
            }
        }
        if faulty.is_empty() || faulty.len() == before {
            for file in &faulty {
                attempt(hub, std::slice::from_ref(file), actor, lang, quiet, true).await;
            }
            return faulty;
        }
        waiting = faulty;
    }
}

/// True: registered, or known already.
async fn attempt(hub: &Hub, files: &[SourceFile], actor: &Actor, lang: Lang, quiet: bool, tell_faults: bool) -> bool {
    let outcome = match hub.registration.register(files.to_vec(), actor, State::Published, false).await {
        Ok(outcome) => outcome,
        Err(error) => {
            if tell_faults {
                let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
                say!("{}: {}", names.join(", "), refusal(&error, lang));
            }
            return false;
        }
    };
    let sound = outcome.registered || (!outcome.types.is_empty() && outcome.changes.is_empty());
    if sound || tell_faults {
        if !outcome.diagnostics.is_empty() {
            say!("{}", render(&outcome.diagnostics, files, lang));
        }
        for change in outcome.changes.iter().filter(|change| change.breaking) {
            say!("  {}: {}", change.path, change.message.text(lang));
        }
    }
    if sound && !quiet {
        for known in &outcome.types {
            say!(
                "{} {} {}",
                if lang == Lang::Zh { "已登记，立即可用：" } else { "registered, live now:" },
                known.ty.name,
                known.ty.version
            );
        }
    }
    sound
}

pub(super) fn refusal(error: &crate::registration::RegistrationError, lang: Lang) -> String {
    use crate::registration::RegistrationError as Error;
    match (error, lang) {
        (Error::Conflict { zh, .. } | Error::Input { zh, .. } | Error::Unavailable { zh, .. }, Lang::Zh) => zh.clone(),
        (other, _) => other.to_string(),
    }
}

/// Size and time tell that a file may have changed; its digest tells that it has.
type Mark = (u64, Option<SystemTime>);

/// The folder as it was at the last look.
pub(super) struct Watch {
    folder: PathBuf,
    marks: BTreeMap<PathBuf, Mark>,
    /// Files as they were when they were read last.
    read: BTreeMap<PathBuf, Mark>,
    /// Digests of what was taken.
    taken: BTreeMap<String, String>,
    faulty: Vec<SourceFile>,
}

impl Watch {
    /// Begins with files that have been registered, and those that could not be.
    pub(super) fn new(folder: &Path, registered: &[SourceFile], faulty: Vec<SourceFile>) -> Self {
        let taken = registered.iter().map(|file| (file.name.clone(), sm3_hex(file.text.as_bytes()))).collect();
        Self { folder: folder.into(), marks: marks(folder), read: BTreeMap::new(), taken, faulty }
    }

    /// Watches until the task is dropped.
    pub(super) async fn run(mut self, hub: &Hub, actor: &Actor, lang: Lang) {
        loop {
            tokio::time::sleep(LOOK).await;
            let files = self.changed();
            if !files.is_empty() {
                // A file that failed for want of another gets its chance when any other comes.
                let again = std::mem::take(&mut self.faulty).into_iter().filter(|old| files.iter().all(|file| file.name != old.name));
                let together: Vec<SourceFile> = again.collect::<Vec<_>>().into_iter().chain(files).collect();
                self.faulty = register(hub, together, actor, lang, false).await;
            }
        }
    }

    /// Files whose content is another than what was taken, once they have come to rest.
    fn changed(&mut self) -> Vec<SourceFile> {
        let now = marks(&self.folder);
        let before = std::mem::replace(&mut self.marks, now);
        let rests = |path: &PathBuf, mark: &Mark| before.get(path) == Some(mark) && self.read.get(path) != Some(mark);
        let resting: Vec<PathBuf> = self.marks.iter().filter(|(path, mark)| rests(path, mark)).map(|(path, _)| path.clone()).collect();
        if resting.is_empty() {
            return Vec::new();
        }
        let mut files = of_folder(&self.folder).unwrap_or_default();
        files.extend(faces_of_folder(&self.folder).unwrap_or_default());
        let names: Vec<String> = resting.iter().map(|path| path.display().to_string()).collect();
        self.read.extend(resting.into_iter().filter_map(|path| self.marks.get(&path).map(|mark| (path, *mark))));
        let mut changed = Vec::new();
        for file in files.into_iter().filter(|file| names.contains(&file.name)) {
            let digest = sm3_hex(file.text.as_bytes());
            if self.taken.get(&file.name) != Some(&digest) {
                self.taken.insert(file.name.clone(), digest);
                changed.push(file);
            }
        }
        changed
    }
}

fn marks(folder: &Path) -> BTreeMap<PathBuf, Mark> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    let mark = |entry: std::fs::DirEntry| {
        let metadata = entry.metadata().ok()?;
        Some((entry.path(), (metadata.len(), metadata.modified().ok())))
    };
    entries.flatten().filter_map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_when_it_rests_and_once_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut watch = Watch::new(folder.path(), &[], Vec::new());
        assert!(watch.changed().is_empty());
        std::fs::write(folder.path().join("a.json"), "{}").expect("writable");
        std::fs::write(folder.path().join("a.txt"), "no type file").expect("writable");
        assert!(watch.changed().is_empty(), "just come");
        assert_eq!(watch.changed().len(), 1, "at rest");
        assert!(watch.changed().is_empty(), "taken");
        std::fs::write(folder.path().join("a.json"), "{ }").expect("writable");
        assert!(watch.changed().is_empty());
        assert_eq!(watch.changed().len(), 1, "changed");
    }
}
