//! `zhengzhao seal TYPE`: the PDF and OFD of every certificate of a type that has none yet.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::actor::{Actor, Caller, Granted, Role};
use verify::messages::Lang;

use super::config_file::{ConfigFile, open_hub, runtime};
use super::output::say;
use super::{CliError, words::pick};
use crate::demo;
use crate::files::Sealed;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 证照类型（GraphQL 名称） | Type of the certificates (GraphQL name)
    #[arg(value_name = "TYPE")]
    ty: String,
    #[command(flatten)]
    config: ConfigFile,
    /// 演示枢纽的数据文件夹（--data） | A demonstration: its folder of data (--data)
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    demo: Option<PathBuf>,
    /// 经办人，记入印章使用记录 | The officer, as the uses of the seal name him
    #[arg(long, value_name = "NAME", default_value = "command-line")]
    officer: String,
}

/// How often it is told how far it is.
const TELL: Duration = Duration::from_secs(1);

/// 0 every certificate in force has its files, 1 some were refused.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let sealed = runtime()?.block_on(async {
        let hub = match &args.demo {
            Some(data) => demo::open(data).await.map_err(|error| CliError::failed(error.text(Lang::Zh), error.text(Lang::En)))?,
            None => {
                let config = args.config.read()?;
                let address = config.listen.address.parse().map_err(|error| CliError::of("listen.address", "listen.address", error))?;
                let url = config.listen.url(address);
                open_hub(&config, url, lang).await?
            }
        };
        let (began, mut told) = (Instant::now(), Instant::now());
        let show = std::io::stderr().is_terminal();
        let outcome = hub
            .files
            .seal_type(&officer(&args.officer), &args.ty, lang, |sealed| {
                if show && told.elapsed() > TELL {
                    told = Instant::now();
                    let rate = sealed.made as f64 / began.elapsed().as_secs_f64();
                    let _ = write!(std::io::stderr(), "\r{} {} ({rate:.0}/s)  ", pick(lang, "已制作", "made"), sealed.made);
                }
            })
            .await;
        if show {
            eprintln!();
        }
        hub.store.close().await.ok();
        outcome.map_err(|error| match error.told(lang) {
            Some((_, sentence)) => CliError::failed(sentence.clone(), sentence),
            None => CliError::of("未能制作", "nothing more was made", error),
        })
    })?;
    print(&sealed, lang);
    Ok(u8::from(!sealed.refused.is_empty()))
}

fn officer(name: &str) -> Caller {
    let actor = Actor::new(Role::Issuer, name, None, Granted::All, Granted::All);
    Caller { actor: Arc::new(actor), purpose: None }
}

fn print(sealed: &Sealed, lang: Lang) {
    match lang {
        Lang::Zh => say!("已制作 {} 份证照的 PDF 与 OFD", sealed.made),
        Lang::En => say!("made the PDF and OFD of {} certificates", sealed.made),
    }
    for (sentence, count) in &sealed.refused {
        say!("    {count}: {sentence}");
    }
}
