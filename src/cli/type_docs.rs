//! `zhengzhao type docs [TYPE]`: the interface document, as Markdown or as one HTML page.

use std::path::PathBuf;

use model::docs;
use verify::messages::Lang;

use super::output;
use super::{CliError, type_files};
use crate::documents;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 类型的 GraphQL 名称或证照类型代码；默认全部 | GraphQL name or type code; default all
    #[arg(value_name = "TYPE")]
    name: Option<String>,
    /// 类型文件所在的文件夹，默认 ./schema，没有时用程序自带的 | Folder of type files; default ./schema, else those in the program
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// 示例中的接口地址 | The endpoint that the examples name
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080/graphql")]
    endpoint: String,
    /// 输出格式 | Output format
    #[arg(long, value_enum, default_value = "md")]
    format: Format,
    /// 写入文件，默认标准输出 | Write to a file; default standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Md,
    Html,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let registry = type_files::registry(args.dir.as_deref(), lang)?;
    let types: Vec<_> = match &args.name {
        None => registry.types().map(|known| &*known.ty).collect(),
        Some(name) => registry.named(name).into_iter().map(|known| &*known.ty).collect(),
    };
    let markdown = match types.as_slice() {
        [] => {
            let name = args.name.as_deref().unwrap_or_default();
            return Err(CliError::usage(
                format!("没有证照类型 {name}；zhengzhao type list 列出全部"),
                format!("there is no certificate type {name}; `zhengzhao type list` lists them"),
            ));
        }
        [one] => docs::interface(one, &registry, &args.endpoint),
        several => docs::handbook(several, &registry, &args.endpoint),
    };
    let text = match args.format {
        Format::Md => markdown,
        Format::Html => documents::page(&markdown),
    };
    match &args.out {
        Some(file) => std::fs::write(file, text).map_err(|error| CliError::Unwritable { file: file.clone(), error })?,
        None => output::text(&text),
    }
    Ok(0)
}
