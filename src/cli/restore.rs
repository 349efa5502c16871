//! `zhengzhao restore FILE`

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use verify::messages::Lang;

use super::config_file::{ConfigFile, connect, runtime, unavailable};
use super::output::say;
use super::{CliError, words::pick};
use crate::config;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// 备份文件 | The backup's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let config = args.config.read()?;
    let key_file = config.keys.index_key_file();
    // A new key would make what is restored unfindable by holder.
    let Some(key) = config::index_key(&key_file)? else {
        let place = key_file.display();
        return Err(CliError::usage(
            format!("请先恢复索引密钥 {place}：它与备份时的数据库是一对"),
            format!("restore the index key {place} first: it belongs to the database that was backed up"),
        ));
    };
    let file = File::open(&args.file).map_err(|error| CliError::Unreadable { file: args.file.clone(), error })?;
    let rows = runtime()?.block_on(async {
        let store = connect(&config, key).await?;
        store.migrate().await.map_err(|error| unavailable(&error))?;
        let rows = store
            .import(&mut BufReader::new(file))
            .await
            .map_err(|error| CliError::of("没有恢复，数据库未改变", "nothing was restored; the database is unchanged", error))?;
        store.close().await.map_err(|error| unavailable(&error))?;
        Ok::<_, CliError>(rows)
    })?;
    say!("{} {rows} {}", pick(lang, "已恢复", "restored"), pick(lang, "行", "rows"));
    Ok(0)
}
