//! `zhengzhao type tables [NAME]`: the code tables and status schemes that a type file may name.

use model::registry::names::nearest;
use model::standards::Standards;
use verify::messages::Lang;

use super::output::say;
use super::{CliError, words::pick};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 代码表或状态码表的名称；默认列出全部 | Name of a code table or status scheme; default all of them
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let known = Standards::embedded();
    match &args.name {
        None => all(known, lang),
        Some(name) => one(known, name, lang)?,
    }
    Ok(0)
}

fn all(known: &Standards, lang: Lang) {
    let line = |name: &str, count: usize, complete: bool, title: &str| {
        let more = if complete { "" } else { pick(lang, "（来源不全）", " (not complete)") };
        say!("  {name:<34}{count:>4}  {title}{more}");
    };
    say!("{}", pick(lang, "代码表（x-field.codes）：", "Code tables (x-field.codes):"));
    for table in known.tables() {
        line(&table.table, table.codes.len(), table.complete, table.title.get(lang));
    }
    say!("{}", pick(lang, "状态码表（x-certificate.status.scheme）：", "Status schemes (x-certificate.status.scheme):"));
    for scheme in known.schemes() {
        line(&scheme.scheme, scheme.codes.len(), scheme.complete, scheme.title.get(lang));
    }
    say!("{}", pick(lang, "查看代码：zhengzhao type tables GeneralStatus", "The codes of one: zhengzhao type tables GeneralStatus"));
}

/// Code, normalised status of a scheme's code, meaning.
fn one(known: &Standards, name: &str, lang: Lang) -> Result<(), CliError> {
    let source = pick(lang, "来源：", "source: ");
    if let Some(table) = known.table(name) {
        say!("{} {}", table.table, table.title.get(lang));
        say!("{source}{}", table.source.get(lang));
        for code in &table.codes {
            say!("  {:<14}{}", code.code, pick(lang, &code.zh, &code.en));
        }
        return Ok(());
    }
    if let Some(scheme) = known.scheme(name) {
        say!("{} {}", scheme.scheme, scheme.title.get(lang));
        say!("{source}{}", scheme.source.get(lang));
        for code in &scheme.codes {
            say!("  {:<6}{:<15}{}", code.code, code.status.to_string(), pick(lang, &code.zh, &code.en));
        }
        return Ok(());
    }
    let names = || known.tables().map(|table| &*table.table).chain(known.schemes().map(|scheme| &*scheme.scheme));
    Err(match nearest(name, names()) {
        Some(hint) => CliError::usage(
            format!("没有代码表或状态码表 {name}，是否想写 {hint}？"),
            format!("there is no code table or status scheme {name}; did you mean {hint}?"),
        ),
        None => CliError::usage(
            format!("没有代码表或状态码表 {name}；zhengzhao type tables 列出全部"),
            format!("there is no code table or status scheme {name}; `zhengzhao type tables` lists them"),
        ),
    })
}
