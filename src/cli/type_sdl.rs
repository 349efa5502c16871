//! `zhengzhao type sdl`

use std::path::PathBuf;

use verify::messages::Lang;

use super::output;
use super::{CliError, type_files};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 类型文件所在的文件夹，默认 ./schema，没有时用程序自带的 | Folder of type files; default ./schema, else those in the program
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let registry = type_files::registry(args.dir.as_deref(), lang)?;
    let sdl = crate::graphql::sdl_for(&registry).map_err(|error| CliError::of("无法生成 SDL", "the SDL cannot be made", error))?;
    output::text(&sdl);
    Ok(0)
}
