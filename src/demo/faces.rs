//! Registers the templates of faces that lie beside type files.

use std::path::Path;

use model::actor::Actor;
use model::registry::SourceFile;
use verify::messages::Lang;

use super::watch::refusal;
use crate::hub::Hub;

/// Registers faces, each for the type whose file has the same name; returns those that could not be. Says what it did.
pub(super) async fn register(hub: &Hub, faces: Vec<SourceFile>, actor: &Actor, lang: Lang, quiet: bool) -> Vec<SourceFile> {
    let mut waiting = Vec::new();
    let rows = if faces.is_empty() { Vec::new() } else { hub.store.types().await.unwrap_or_default() };
    for face in faces {
        let owner = rows.iter().find(|row| stem(&row.file).is_some_and(|name| Some(name) == stem(&face.name)));
        let Some(owner) = owner else {
            waiting.push(face);
            continue;
        };
        match hub.registration.register_face(&owner.name, &face.text, actor, false).await {
            Ok(outcome) if outcome.registered && !quiet => {
                say!("{} {}", if lang == Lang::Zh { "照面已登记：" } else { "face registered:" }, owner.name);
            }
            Ok(_) => {}
            Err(error) => {
                say!("{}: {}", face.name, refusal(&error, lang));
                waiting.push(face);
            }
        }
    }
    waiting
}

fn stem(file: &str) -> Option<&str> {
    Path::new(file).file_stem().and_then(|name| name.to_str())
}
