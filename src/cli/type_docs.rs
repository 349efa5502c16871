//! `zhengzhao type docs [TYPE]`: the interface document, as Markdown or as one HTML page; with `--hub`, the one for a department, whose
//! samples that hub has run, as HTML or PDF.

use std::path::PathBuf;

use model::docs;
use verify::messages::Lang;

use super::output;
use super::{CliError, remote, type_files};
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
    /// 由该枢纽按部门的授权编制 | Made by this hub, of what is granted to a department
    #[arg(long, value_name = "URL", requires = "name", conflicts_with_all = ["dir", "endpoint"])]
    hub: Option<String>,
    /// 部门或管理员的令牌，默认取环境变量 ZHENGZHAO_TOKEN | The department's token or an administrator's; default the variable ZHENGZHAO_TOKEN
    #[arg(long, value_name = "TOKEN", requires = "hub")]
    token: Option<String>,
    /// 部门的统一社会信用代码，管理员须指明 | The department's credit code, which administrators name
    #[arg(long, value_name = "CODE", requires = "hub")]
    department: Option<String>,
    /// 样例所用的事项编码 | The matter that the samples are for
    #[arg(long, value_name = "CODE", requires = "hub")]
    item: Option<String>,
    /// 输出格式，默认 md，指明枢纽时 html；pdf 须指明枢纽 | Output format; default md, with a hub html; pdf needs a hub
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// 写入文件，默认标准输出 | Write to a file; default standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Md,
    Html,
    Pdf,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    if let (Some(hub), Some(name)) = (&args.hub, &args.name) {
        return of_department(args, hub, name, lang);
    }
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
        None | Some(Format::Md) => markdown,
        Some(Format::Html) => documents::page(&markdown),
        Some(Format::Pdf) => return Err(CliError::usage("PDF 由枢纽编制：请加 --hub", "a hub makes the PDF: give --hub")),
    };
    write(args, text.as_bytes())
}

fn of_department(args: &Args, hub: &str, name: &str, lang: Lang) -> Result<u8, CliError> {
    let suffix = match args.format {
        None | Some(Format::Html) => "",
        Some(Format::Pdf) => ".pdf",
        Some(Format::Md) => {
            let told = ("部门的对接文档只有 html 和 pdf", "a department's document is html or pdf");
            return Err(CliError::usage(told.0, told.1));
        }
    };
    if suffix == ".pdf" && args.out.is_none() {
        return Err(CliError::usage("PDF 须写入文件：请加 --out", "a PDF goes into a file: give --out"));
    }
    let token = remote::token(args.token.as_deref())?;
    let chosen = [("department", &args.department), ("item", &args.item)];
    let mut parameters = vec![("lang", if lang == Lang::Zh { "zh" } else { "en" })];
    parameters.extend(chosen.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?))));
    let bytes = remote::document(hub, &token, &format!("docs/interfaces/{name}{suffix}"), &parameters, lang)?;
    write(args, &bytes)
}

fn write(args: &Args, bytes: &[u8]) -> Result<u8, CliError> {
    match &args.out {
        Some(file) => std::fs::write(file, bytes).map_err(|error| CliError::Unwritable { file: file.clone(), error })?,
        None => output::text(&String::from_utf8_lossy(bytes)),
    }
    Ok(0)
}
