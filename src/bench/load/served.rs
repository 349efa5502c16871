//! A server in a process of its own: started, waited for, pinned, ended.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::process::Tree;
use crate::bench::BenchError;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Served {
    child: Child,
    pub name: String,
    pub address: SocketAddr,
    /// From the start of the process to its first good answer.
    pub ready_after: Duration,
}

impl Served {
    /// Starts a program on one core (None: any) and waits until `path` answers with 200.
    ///
    /// # Errors
    /// It does not start, ends, or does not answer in time.
    pub async fn start(name: &str, command: Command, address: SocketAddr, path: &str, core: Option<usize>) -> Result<Self, BenchError> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n");
        Self::start_asking(name, command, address, request.as_bytes(), core).await
    }

    /// As [`Self::start`], with a whole request to ask.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_asking(
        name: &str,
        mut command: Command,
        address: SocketAddr,
        request: &[u8],
        core: Option<usize>,
    ) -> Result<Self, BenchError> {
        if let Some(core) = core {
            let mut pinned = Command::new("taskset");
            pinned.args(["-c", &core.to_string()]).arg(command.get_program()).args(command.get_args());
            command.get_envs().for_each(|(key, value)| {
                value.map(|value| pinned.env(key, value));
            });
            if let Some(folder) = command.get_current_dir() {
                pinned.current_dir(folder);
            }
            command = pinned;
        }
        let began = Instant::now();
        let log = std::env::temp_dir().join(format!("zhengzhao-bench-{name}-{}.log", address.port()));
        let file = std::fs::File::create(&log).map_err(|error| BenchError::file(&log, error))?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn();
        let child = child.map_err(|error| BenchError::tool(name, error))?;
        let mut served = Self { child, name: name.to_owned(), address, ready_after: Duration::ZERO };
        while !answers(address, request).await {
            let told = || std::fs::read_to_string(&log).unwrap_or_default().chars().take(800).collect::<String>();
            if let Ok(Some(status)) = served.child.try_wait() {
                return Err(BenchError::tool(name, format!("it ended ({status}): {}", told())));
            }
            if began.elapsed() > PATIENCE {
                return Err(BenchError::tool(name, format!("no answer within a minute: {}", told())));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        served.ready_after = began.elapsed();
        Ok(served)
    }

    /// A hub of this program with this configuration.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn hub(program: &Path, configuration: &Path, address: SocketAddr, core: Option<usize>) -> Result<Self, BenchError> {
        let mut command = Command::new(program);
        command.arg("serve").arg("--config").arg(configuration);
        Self::start("hub", command, address, "/readyz", core).await
    }

    pub fn tree(&self) -> Tree {
        Tree(self.child.id())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // What has ended already cannot be ended again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address of this machine that nobody listens at.
///
/// # Errors
/// No port is free.
pub fn free_address() -> Result<SocketAddr, BenchError> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map_err(|error| BenchError::tool("a free port", error))
}

async fn answers(address: SocketAddr, request: &[u8]) -> bool {
    let asked = async {
        let mut connection = super::connection::Connection::open(address).await?;
        connection.ask(request).await.map(|(status, _)| status)
    };
    matches!(tokio::time::timeout(Duration::from_secs(5), asked).await, Ok(Ok(200)))
}
