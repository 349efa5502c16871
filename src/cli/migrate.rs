//! `zhengzhao migrate`

use verify::messages::Lang;

use super::config_file::{ConfigFile, open_store, runtime, unavailable};
use super::output::say;
use super::{CliError, words::pick};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let config = args.config.read()?;
    runtime()?.block_on(async {
        let store = open_store(&config, lang).await?;
        store.migrate().await.map_err(|error| unavailable(&error))?;
        store.close().await.map_err(|error| unavailable(&error))?;
        Ok::<_, CliError>(())
    })?;
    say!("{}", pick(lang, "数据库表已是最新", "the database's tables are up to date"));
    Ok(0)
}
