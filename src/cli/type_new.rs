//! `zhengzhao type new NAME`: a file to begin with.

use std::path::{Path, PathBuf};

use model::registry::names::is_upper_camel;
use verify::messages::Lang;

use super::output::say;
use super::{CliError, type_files, words::pick};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// GraphQL 名称，如 ForestLicence | GraphQL name, as ForestLicence
    #[arg(value_name = "NAME")]
    name: String,
    /// 写到哪里，默认 schema/<名称>.json | Where to; default schema/<name>.json
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What a new file says; `NAME` stands for the type's name, `DIGITS` for the last three of its type code.
const SCAFFOLD: &str = include_str!("type_new.json");

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    if !is_upper_camel(&args.name) {
        let name = &args.name;
        return Err(CliError::usage(
            format!("“{name}”不能作名称：须以大写字母开头，只用英文字母和数字，如 ForestLicence"),
            format!("“{name}” cannot be the name: begin with a capital letter and use ASCII letters and digits only, as ForestLicence"),
        ));
    }
    let file = args.out.clone().unwrap_or_else(|| Path::new("schema").join(format!("{}.json", slug(&args.name))));
    let unwritable = |error| CliError::Unwritable { file: file.clone(), error };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let text = scaffold(&args.name);
    let mut open = std::fs::File::create_new(&file).map_err(unwritable)?;
    std::io::Write::write_all(&mut open, text.as_bytes()).map_err(unwritable)?;
    say!("{} {}", pick(lang, "已写出", "written:"), file.display());
    let checked = type_files::check(std::slice::from_ref(&file), None)?;
    checked.print(lang);
    say!("{} zhengzhao type check {}", pick(lang, "改好后检查：", "edit it, then:"), file.display());
    Ok(u8::from(checked.types.is_none()))
}

fn scaffold(name: &str) -> String {
    SCAFFOLD.replace("NAME", name).replace("DIGITS", &digits(name).to_string())
}

/// 900 to 999, always the same for a name and seldom the same for two (FNV-1a): a made-up type code that does not clash with
/// that of the file begun yesterday.
fn digits(name: &str) -> u32 {
    900 + name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % 100
}

/// `ForestLicence` → `forest-licence`.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for (index, character) in name.char_indices() {
        if character.is_ascii_uppercase() && index > 0 {
            out.push('-');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use model::registry::{Registry, SourceFile, resolve};

    use super::*;

    #[test]
    fn a_new_file_passes_the_check_at_once_without_a_warning() {
        let text = scaffold("ForestLicence");
        let file = SourceFile { name: "forest-licence.json".into(), text };
        let resolved = resolve(std::slice::from_ref(&file), &Registry::empty())
            .map_err(|faults| model::registry::diagnostic::render(&faults, std::slice::from_ref(&file), Lang::En));
        let resolved = resolved.unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(resolved.types.len(), 1);
        assert!(resolved.warnings.is_empty(), "{:?}", resolved.warnings);
        let others = ["QuarryLicence", "FisheryPermit", "TaxiLicence", "WellPermit"];
        assert!(others.iter().all(|name| (900..=999).contains(&digits(name)) && digits(name) != digits("ForestLicence")));
        assert_eq!(slug("ForestLicence"), "forest-licence");
    }
}
