//! `zhengzhao type list`

use std::path::PathBuf;

use verify::messages::Lang;

use super::output::say;
use super::{CliError, type_files};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 类型文件所在的文件夹，默认 ./schema，没有时用程序自带的 | Folder of type files; default ./schema, else those in the program
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    for known in type_files::registry(args.dir.as_deref(), lang)?.types() {
        let ty = &known.ty;
        say!("{:<36} {:<8} {}  {}", ty.name, ty.version.to_string(), ty.type_code, ty.title.text(lang));
    }
    Ok(0)
}
