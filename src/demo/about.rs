//! `demo.json`: where the demonstration is and what can be asked of it. Written last, whole or not at all, for its owner only.

use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::DemoError;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) endpoint: String,
    pub(super) tokens: Tokens,
    /// Clients that ask for their tokens themselves; None: of a demonstration of before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) clients: Option<Clients>,
    /// People who sign in; none: of a demonstration of before there were any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) administrators: Vec<Administrator>,
    /// By GraphQL name of the type: a certificate that is in force.
    pub(super) examples: IndexMap<String, Example>,
    /// Folder of the trust anchors.
    pub(super) trust: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tokens {
    pub(super) admin: String,
    pub(super) issuer: String,
    pub(super) department: String,
    /// A department limited to two types.
    pub(super) restricted: String,
    /// Opens sessions of holders. Empty in what a demonstration of before there were portals wrote.
    #[serde(default)]
    pub(super) portal: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Clients {
    pub(super) department: Client,
    pub(super) restricted: Client,
}

/// What `POST /oauth/token` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: String,
}

/// What the console asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Administrator {
    pub(super) name: String,
    pub(super) password: String,
    /// The secret of codes, as it is typed into an app.
    pub(super) totp: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Example {
    pub(super) id: String,
    pub(super) identifier: String,
    pub(super) number: String,
    pub(super) holder_code: Option<String>,
}

impl About {
    /// What stands in the file; None where there is none.
    pub(super) fn read(file: &Path) -> Result<Option<Self>, DemoError> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(DemoError::file(file, error)),
        };
        serde_json::from_str(&text).map(Some).map_err(|error| DemoError::file(file, std::io::Error::other(error)))
    }

    pub(super) fn write(&self, file: &Path) -> Result<(), DemoError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| DemoError::file(file, std::io::Error::other(error)))?;
        let beside = file.with_extension("json.new");
        // A rest of a start that was broken off.
        if beside.exists() {
            std::fs::remove_file(&beside).map_err(|error| DemoError::file(&beside, error))?;
        }
        crate::config::write_private(&beside, format!("{text}\n").as_bytes()).map_err(|error| DemoError::file(&beside, error))?;
        std::fs::rename(&beside, file).map_err(|error| DemoError::file(file, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_with_the_names_of_the_contract_and_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("demo.json");
        assert_eq!(About::read(&file).expect("nothing there"), None);
        let example = Example { id: "i".into(), identifier: "d".into(), number: "n".into(), holder_code: Some("h".into()) };
        let tokens = Tokens { admin: "a".into(), issuer: "b".into(), department: "c".into(), restricted: "d".into(), portal: "e".into() };
        let about = About {
            endpoint: "http://127.0.0.1:1/graphql".into(),
            tokens,
            clients: Some(Clients {
                department: Client { id: "office".into(), secret: "zzs_1".into() },
                restricted: Client { id: "other".into(), secret: "zzs_2".into() },
            }),
            administrators: vec![Administrator { name: "demo-first".into(), password: "p".into(), totp: "S".into() }],
            examples: [("T".to_owned(), example)].into(),
            trust: "trust".into(),
        };
        for _ in 0..2 {
            about.write(&file).expect("written, and over itself");
        }
        assert_eq!(About::read(&file).expect("readable"), Some(about));
        let text = std::fs::read_to_string(&file).expect("there");
        assert!(text.contains("\"holderCode\": \"h\"") && text.contains("\"restricted\""), "{text}");
        std::fs::write(&file, text.replace(",\n    \"portal\": \"e\"", "")).expect("written as before there were portals");
        assert_eq!(About::read(&file).expect("readable").expect("there").tokens.portal, "");
    }
}
