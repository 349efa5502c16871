//! `zhengzhao type face FILE`: the pages that a type's face makes of the examples of its type file, for whoever writes the template.

use std::path::{Path, PathBuf};

use chrono::Utc;
use verify::messages::Lang;

use super::output::say;
use super::{CliError, type_files};
use crate::faces::Job;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 类型文件 | Type file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 照面模板；默认为类型文件旁同名的 .typ，没有时用默认照面 | Template; default the .typ of the same name beside the type file, else the default face
    #[arg(long, value_name = "FILE")]
    face: Option<PathBuf>,
    /// 把各示例的样张（PDF，未签章）写入文件夹 | Write a specimen of each example (PDF, not sealed) into a folder
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

/// 0 every example fits, 1 the type file or the template is faulty.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let checked = type_files::check(std::slice::from_ref(&args.file), None)?;
    checked.print(lang);
    let Some([ty]) = checked.types.as_deref() else { return Ok(1) };
    let beside = args.file.with_extension("typ");
    let face = args.face.clone().or_else(|| beside.is_file().then_some(beside));
    let source = face.as_deref().map(type_files::read).transpose()?.map(|file| file.text);
    let set = match Job::of_examples(ty, source.as_deref(), Utc::now()).set() {
        Ok(set) => set,
        Err(fault) => {
            let name = face.as_deref().map_or_else(String::new, |face| format!("{}: ", face.display()));
            eprintln!("{name}{}", fault.message(lang));
            return Ok(1);
        }
    };
    for (place, one) in set.iter().enumerate() {
        let (number, pages) = (place + 1, one.pages.len());
        match lang {
            Lang::Zh => say!("示例{number}：{pages}页"),
            Lang::En => say!("example {number}: {pages} page(s)"),
        }
        if let Some(folder) = &args.to {
            write(folder, &format!("{}-{number}.pdf", ty.name), &one.pdf)?;
        }
    }
    Ok(0)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), CliError> {
    let file = folder.join(name);
    let unwritable = |error| CliError::Unwritable { file: file.clone(), error };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    std::fs::write(&file, bytes).map_err(unwritable)?;
    say!("    {}", file.display());
    Ok(())
}
