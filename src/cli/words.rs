//! Chinese or English: which one, and the help texts in it.

use std::ffi::OsString;

use clap::{Arg, Command, ValueEnum};
use verify::messages::Lang;

/// `--lang`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LangArg {
    Zh,
    En,
}

impl LangArg {
    pub(super) const fn lang(self) -> Lang {
        match self {
            Self::Zh => Lang::Zh,
            Self::En => Lang::En,
        }
    }
}

pub(super) const fn pick<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The language of help and messages: `--lang`, else LC_ALL, else LANG; Chinese where that begins with zh.
///
/// Looked up before the arguments are parsed, since help is printed while parsing.
pub(super) fn language(arguments: &[OsString]) -> Lang {
    let texts: Vec<_> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let named = texts.iter().enumerate().find_map(|(index, text)| match text.strip_prefix("--lang") {
        Some("") => texts.get(index + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let chosen = named.map(str::to_owned).or_else(|| set("LC_ALL")).or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
    if chosen.is_some_and(|value| value.to_ascii_lowercase().starts_with("zh")) { Lang::Zh } else { Lang::En }
}

/// The two halves of `中文 | English`.
pub(super) fn halves(text: &str) -> Option<(&str, &str)> {
    text.split_once(" | ").filter(|(zh, en)| !zh.trim().is_empty() && !en.trim().is_empty())
}

/// The command with its help in one language.
pub(super) fn localised(command: Command, lang: Lang) -> Command {
    let half = |text: String| match (halves(&text), lang) {
        (Some((zh, _)), Lang::Zh) => zh.to_owned(),
        (Some((_, en)), Lang::En) => en.to_owned(),
        (None, _) => text,
    };
    let about = command.get_about().map(|text| half(text.to_string()));
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let mut command = command.disable_help_subcommand(true).mut_args(|argument| {
        let help = argument.get_help().map(|text| half(text.to_string()));
        let positional = argument.is_positional();
        let argument = match help {
            Some(help) => argument.long_help(None::<&str>).help(help),
            None => argument,
        };
        match lang {
            Lang::Zh => argument.help_heading(if positional { "参数" } else { "选项" }),
            Lang::En => argument,
        }
    });
    if let Some(about) = about {
        command = command.long_about(None::<&str>).about(about);
    }
    if lang == Lang::Zh {
        command = command
            .subcommand_help_heading("命令")
            .help_template("{about}\n\n用法：{usage}\n\n{all-args}")
            .disable_help_flag(true)
            .arg(Arg::new("help").short('h').long("help").action(clap::ArgAction::Help).help("显示帮助").help_heading("选项"));
    }
    for name in names {
        command = command.mut_subcommand(name, |sub| localised(sub, lang));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_taken_from_the_option_first() {
        let of = |words: &[&str]| language(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["zhengzhao", "--lang", "zh", "demo"]), Lang::Zh);
        assert_eq!(of(&["zhengzhao", "demo", "--lang=en"]), Lang::En);
    }
}
