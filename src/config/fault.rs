//! What is wrong with a configuration, said so that an operator can act on it.

use std::path::{Path, PathBuf};

use thiserror::Error;
use verify::messages::Lang;

#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("{} cannot be read: {error}", file.display())]
    Unreadable { file: PathBuf, error: std::io::Error },
    /// Not TOML, a key that is not known, a value of another kind.
    #[error("{}:{line}: {what}", file.display())]
    Syntax { file: PathBuf, line: usize, what: String },
    #[error("{}: {key}: {en}", file.display())]
    Value { file: PathBuf, key: &'static str, zh: String, en: String },
    /// A secret that is nowhere: the variable and the key that would give it.
    #[error("{what} is missing: set the environment variable {variable}, or name a file in {key}")]
    Missing { what: &'static str, variable: &'static str, key: &'static str },
    #[error("{}: {en}", file.display())]
    File { file: PathBuf, zh: String, en: String },
}

impl ConfigError {
    /// The fault of a TOML text; the line is named, its content is not repeated: it may hold a secret.
    pub(super) fn syntax(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        Self::Syntax { file: file.into(), line, what: format!("{}{}", key_on(text, line), error.message()) }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Unreadable { file, error }, Lang::Zh) => {
                format!("无法读取 {}：{error}。请检查路径和权限；示例见 zhengzhao.example.toml", file.display())
            }
            (Self::Unreadable { .. }, Lang::En) => format!("{self}. Check path and permissions; zhengzhao.example.toml is an example"),
            (Self::Syntax { file, line, what }, Lang::Zh) => {
                format!("{}:{line}：{what}。可用的键见 zhengzhao.example.toml", file.display())
            }
            (Self::Syntax { .. }, Lang::En) => format!("{self}. zhengzhao.example.toml lists the keys"),
            (Self::Value { file, key, zh, .. }, Lang::Zh) => format!("{}：{key}：{zh}", file.display()),
            (Self::Missing { what, variable, key }, Lang::Zh) => {
                format!(
                    "缺少{}：请设置环境变量 {variable}，或在 {key} 中指明文件",
                    if *what == "the passphrase of the keys" { "密钥口令" } else { what }
                )
            }
            (Self::File { file, zh, .. }, Lang::Zh) => format!("{}：{zh}", file.display()),
            (other, Lang::En) => other.to_string(),
        }
    }
}

/// `key: ` of an assignment on that line, where there is one.
fn key_on(text: &str, line: usize) -> String {
    let found = text.lines().nth(line.saturating_sub(1)).and_then(|line| line.split_once('='));
    found.map(|(key, _)| format!("{}: ", key.trim())).unwrap_or_default()
}
