//! The demonstration: a whole hub in one folder, with made-up authorities, departments, persons, firms and certificates.
//!
//! ```text
//! DIR/hub.db      SQLite                       DIR/keys   demo CA, signers, seal maker, timestamp unit, index key, passphrase
//! DIR/demo.json   written last: see about.rs   DIR/trust  the demo CA's root, known signers, lists of revoked certificates
//! ```
//! A second start finds all of it and uses it again.

/// `println!` that does not panic when nobody reads any more.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

mod about;
mod authorities;
pub(crate) mod dates;
mod faces;
pub(crate) mod fiction;
pub(crate) mod people;
mod seed;
mod setting_up;
pub mod types;
mod watch;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio::net::TcpListener;
use verify::messages::Lang;

use crate::administrators::AdministratorError;
use crate::approvals::Action;
use crate::clients::ClientError;
use crate::config::ConfigError;
use crate::hub::{Hub, HubError};
use crate::registration::RegistrationError;
use crate::sign::SignError;
use crate::store::StoreError;

/// What is asked of a demonstration.
#[derive(Debug, Clone)]
pub struct DemoSettings {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    pub data: PathBuf,
    /// How many fictitious certificates the first start issues.
    pub certificates: u64,
    /// Folder of type files, watched; None: those in the program.
    pub schema: Option<PathBuf>,
    /// What a second person must agree to: nothing by itself, so that whoever tries it out alone can try everything.
    pub second: BTreeSet<Action>,
}

#[derive(Debug, Error)]
pub enum DemoError {
    #[error("{address} cannot be listened on: {error}")]
    Listen { address: SocketAddr, error: std::io::Error },
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: std::io::Error },
    #[error("{} holds no demonstration that was started: run `zhengzhao demo` first", data.display())]
    NeverStarted { data: PathBuf },
    /// A folder with a database that this program did not leave behind.
    #[error("{} holds hub.db but no demo.json: this is no demonstration's folder, and nothing in it was touched", data.display())]
    Foreign { data: PathBuf },
    #[error("no type file in {} is sound", folder.display())]
    NoTypes { folder: PathBuf },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Administrator(#[from] AdministratorError),
    #[error("fictitious certificates could not be issued: {0}")]
    Seed(String),
}

impl DemoError {
    fn file(file: &Path, error: std::io::Error) -> Self {
        Self::File { file: file.into(), error }
    }

    /// The sentence for people, with what to do.
    pub fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Listen { address, error }, Lang::Zh) if error.kind() == std::io::ErrorKind::AddrInUse => {
                format!("端口已被占用：{address}。请停止占用它的程序，或用 --listen 127.0.0.1:0 另选端口")
            }
            (Self::Listen { address, error }, Lang::En) if error.kind() == std::io::ErrorKind::AddrInUse => {
                format!("{address} is taken. Stop the program that uses it, or take another port: --listen 127.0.0.1:0 takes a free one")
            }
            (Self::Listen { address, error }, Lang::Zh) => format!("无法监听 {address}：{error}"),
            (Self::Foreign { data }, Lang::Zh) => {
                format!("{} 里有 hub.db 而没有 demo.json：这不是演示数据，未作任何改动。请用 --data 另指文件夹", data.display())
            }
            (Self::Foreign { .. }, Lang::En) => format!("{self}. Name another folder with --data"),
            (Self::NeverStarted { data }, Lang::Zh) => {
                format!("{} 里没有启动过的演示枢纽：请先运行 zhengzhao demo", data.display())
            }
            (Self::NoTypes { folder }, Lang::Zh) => format!("{} 里没有可用的类型文件", folder.display()),
            (Self::Config(fault), lang) => fault.text(lang),
            (Self::Seed(fault), Lang::Zh) => format!("未能签发虚构证照：{fault}"),
            (other, _) => other.to_string(),
        }
    }
}

/// A demonstration that is ready to serve.
pub struct Demo {
    pub hub: Arc<Hub>,
    pub listener: TcpListener,
    pub url: String,
    pub demo_file: PathBuf,
    watch: Option<watch::Watch>,
}

impl Demo {
    /// Follows the folder of type files in the background.
    pub fn watch(&mut self, lang: Lang) {
        if let Some(watch) = self.watch.take() {
            let hub = Arc::clone(&self.hub);
            tokio::spawn(async move { watch.run(&hub, &setting_up::administrator(), lang).await });
        }
    }
}

/// Makes what is missing, says what it does, and binds the address.
///
/// # Errors
/// What of it is not possible, as [`DemoError`] says.
pub async fn start(settings: &DemoSettings, lang: Lang) -> Result<Demo, DemoError> {
    setting_up::start(settings, lang).await
}

/// The hub of a demonstration that was started before, for commands beside it.
///
/// # Errors
/// There is none in the folder, or its hub does not open.
pub async fn open(data: &Path) -> Result<Arc<Hub>, DemoError> {
    setting_up::open(data).await
}
