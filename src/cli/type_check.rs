//! `zhengzhao type check FILE…`

use std::path::PathBuf;

use serde_json::json;
use verify::messages::Lang;

use super::output::say;
use super::type_files::{self, Checked};
use super::{CliError, words::pick};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 类型文件；几个文件一并检查 | Type files; several are checked together
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 关联到的其他类型所在的文件夹，默认 ./schema | Folder of other types that relations may reach; default ./schema
    #[arg(long, value_name = "DIR")]
    with: Option<PathBuf>,
    /// 输出格式 | Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// 0 sound, 1 faulty. A file that cannot be read is said after the faults of the others, and is a failure.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
    for file in &args.files {
        match type_files::read(file) {
            Ok(file) => readable.push(file),
            Err(error) => unreadable.push(error),
        }
    }
    let last = unreadable.pop();
    let mut code = 0;
    if last.is_none() || !readable.is_empty() {
        code = report(args, type_files::check_read(readable, args.with.as_deref())?, lang);
    }
    for error in unreadable {
        eprintln!("{}{}", pick(lang, "错误：", "error: "), error.text(lang));
    }
    last.map_or(Ok(code), Err)
}

fn report(args: &Args, checked: Checked, lang: Lang) -> u8 {
    let sound = checked.types.is_some();
    if args.format == Format::Json {
        checked.print_left_out(lang);
        say!("{:#}", json!({"sound": sound, "diagnostics": checked.diagnostics}));
        return u8::from(!sound);
    }
    checked.print(lang);
    for ty in checked.types.iter().flatten() {
        say!("{} {} {}（{} {}）", pick(lang, "通过", "sound"), ty.name, ty.version, ty.title.text(lang), ty.type_code);
    }
    let errors = checked.diagnostics.iter().filter(|found| found.is_error()).count();
    if !sound {
        say!("{}", if lang == Lang::Zh { format!("未通过：{errors} 处错误") } else { format!("faulty: {errors} error(s)") });
    }
    u8::from(!sound)
}

#[cfg(test)]
mod tests {
    use model::registry::{Registry, SourceFile, render, resolve};
    use verify::messages::Lang;

    /// The type files that the documents show, as a reader would copy them.
    #[test]
    fn the_type_files_in_the_documents_pass() {
        let mut shown = 0;
        for (name, text) in [
            ("README.md", include_str!("../../README.md")),
            ("README.zh-CN.md", include_str!("../../README.zh-CN.md")),
            ("docs/types.md", include_str!("../../docs/types.md")),
        ] {
            let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("\n```").next());
            for block in blocks.filter(|block| block.contains("\"x-certificate\"")) {
                let mut files = vec![SourceFile { name: name.into(), text: block.to_owned() }];
                files.extend(crate::demo::types::embedded());
                match resolve(&files, &Registry::empty()) {
                    Ok(resolved) => assert!(
                        resolved.warnings.iter().all(|warning| warning.file != name),
                        "{}",
                        render(&resolved.warnings, &files, Lang::En)
                    ),
                    Err(faults) => panic!("{}", render(&faults, &files, Lang::En)),
                }
                shown += 1;
            }
        }
        assert!(shown >= 2, "{shown}");
    }
}
