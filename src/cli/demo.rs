//! `zhengzhao demo`

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use verify::messages::Lang;

use super::config_file::runtime;
use super::output::say;
use super::{CliError, serving};
use crate::approvals::Action;
use crate::config::{Log, LogFormat, start_log};
use crate::demo::{self, Demo, DemoSettings};
use crate::http::Patience;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 监听的地址，端口 0 取任一空闲端口 | Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// 数据文件夹 | Folder of the data
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// 首次启动时签发的虚构证照数 | Fictitious certificates issued at the first start
    #[arg(long, value_name = "N", default_value_t = 300)]
    certificates: u64,
    /// 类型文件夹，改动即时登记；默认 ./schema，没有时用程序自带的 | Folder of type files, registered live as they change; default ./schema, else those in the program
    #[arg(long, value_name = "DIR")]
    schema: Option<PathBuf>,
    /// 须第二人批准的操作（grant、type、key，逗号分隔） | What takes a second person (grant, type, key; comma-separated)
    #[arg(long, value_name = "ACTIONS", value_delimiter = ',', value_parser = action)]
    second: Vec<Action>,
}

/// What running requests get when the demonstration is stopped.
const GRACE: Duration = Duration::from_secs(5);

pub(super) fn run(args: Args, lang: Lang) -> Result<u8, CliError> {
    start_log(&Log { format: LogFormat::Text, filter: "warn".into() });
    let schema = args.schema.or_else(|| Some(PathBuf::from("schema")).filter(|folder| Path::is_dir(folder)));
    let settings = DemoSettings {
        listen: args.listen,
        data: args.data,
        certificates: args.certificates,
        schema,
        second: args.second.into_iter().collect(),
    };
    let failed = |error: demo::DemoError| CliError::failed(error.text(Lang::Zh), error.text(Lang::En));
    runtime()?.block_on(async {
        let mut demo = demo::start(&settings, lang).await.map_err(failed)?;
        demo.watch(lang);
        demo.hub.follow();
        crate::worker::start(&demo.hub);
        greet(&demo, &settings, lang);
        let router = crate::http::router(Arc::clone(&demo.hub));
        let journal = demo.hub.audit.clone();
        serving::serve(demo.listener, router, None, Patience::default(), GRACE).await;
        serving::settle(&journal).await
    })?;
    Ok(0)
}

fn action(name: &str) -> Result<Action, String> {
    Action::named(name).ok_or_else(|| "grant, type, key".to_owned())
}

fn greet(demo: &Demo, settings: &DemoSettings, lang: Lang) {
    let (url, file) = (&demo.url, demo.demo_file.display());
    let schema = settings.schema.as_deref().map(Path::display);
    match lang {
        Lang::Zh => {
            say!("\n枢纽已就绪：{url}\n令牌与示例：{file}\n\n可以试试：");
            say!("  1. 打开 {url}/ ，点一份示例证照，看验证结论");
            say!("  2. 打开 {url}/graphiql ，以用证部门的身份查询，以颁发机构的身份签发");
            match schema {
                Some(folder) => say!("  3. 在 {folder}/ 放入一个新的类型文件（zhengzhao type new ForestLicence），它的接口两三秒内可用"),
                None => say!("  3. 登记一个新类型：zhengzhao type new ForestLicence，再 zhengzhao type register … --hub {url}"),
            }
            say!("\n按 Ctrl-C 停止");
        }
        Lang::En => {
            say!("\nThe hub is ready: {url}\nTokens and examples: {file}\n\nThree things to try:");
            say!("  1. open {url}/ and click an example to verify it");
            say!("  2. open {url}/graphiql, query as the department, issue as the issuer");
            match schema {
                Some(folder) => say!(
                    "  3. put a new type file into {folder}/ (zhengzhao type new ForestLicence): its API is live within two or three seconds"
                ),
                None => say!("  3. register a new type: zhengzhao type new ForestLicence, then zhengzhao type register … --hub {url}"),
            }
            say!("\nCtrl-C stops it");
        }
    }
}
