//! `zhengzhao backup FILE`

use std::fs::File;
use std::path::PathBuf;

use verify::messages::Lang;

use super::config_file::{ConfigFile, open_store, runtime, unavailable};
use super::output::say;
use super::{CliError, words::pick};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// 备份文件，不能已存在 | The backup's file, which must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let config = args.config.read()?;
    let unwritable = |error| CliError::Unwritable { file: args.file.clone(), error };
    // Only its owner may read it: it holds every certificate.
    crate::config::write_private(&args.file, b"").map_err(unwritable)?;
    let file = File::options().write(true).open(&args.file).map_err(unwritable)?;
    let rows = runtime()?.block_on(async {
        let store = open_store(&config, lang).await?;
        let rows = store.export(&mut std::io::BufWriter::new(&file)).await.map_err(|error| unavailable(&error))?;
        store.close().await.map_err(|error| unavailable(&error))?;
        Ok::<_, CliError>(rows)
    });
    let rows = match rows.and_then(|rows| file.sync_all().map_err(unwritable).map(|()| rows)) {
        Ok(rows) => rows,
        Err(error) => {
            // A backup that is not whole is none.
            std::fs::remove_file(&args.file).map_err(unwritable)?;
            return Err(error);
        }
    };
    say!("{} {rows} {} {}", pick(lang, "已备份", "backed up"), pick(lang, "行到", "rows to"), args.file.display());
    let key = config.keys.index_key_file();
    say!(
        "{} {} {}",
        pick(lang, "备份不含密钥，请另行保存：", "The backup holds no keys; keep these with it:"),
        config.keys.folder.display(),
        key.display()
    );
    Ok(0)
}
