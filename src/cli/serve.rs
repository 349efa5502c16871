//! `zhengzhao serve`: production.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use verify::messages::Lang;

use super::config_file::{ConfigFile, open_hub, runtime};
use super::{CliError, serving};
use crate::config::{Config, start_log};
use crate::http::{Patience, Tls};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let config = args.config.read()?;
    start_log(&config.log);
    runtime()?.block_on(serve(&config, lang))?;
    Ok(0)
}

async fn serve(config: &Config, lang: Lang) -> Result<(), CliError> {
    let address: SocketAddr = config.listen.address.parse().map_err(|error| CliError::of("listen.address", "listen.address", error))?;
    let taken = |error: std::io::Error| {
        CliError::unavailable(format!("无法监听 {address}：{error}"), format!("{address} cannot be listened on: {error}"))
    };
    let tls = serving::tls_files(config).map(|files| Tls::open(&files)).transpose();
    let tls = tls.map_err(|error| CliError::of("listen.tls 不可用", "listen.tls cannot be used", error))?;
    let listener = TcpListener::bind(address).await.map_err(taken)?;
    let bound = listener.local_addr().map_err(taken)?;
    let hub = open_hub(config, config.listen.url(bound), lang).await?;
    hub.follow();
    crate::worker::start(&hub);
    tracing::info!(address = %bound, types = hub.registry.load().len(), "serving");
    let grace = Duration::from_secs(config.limits.shutdown_seconds);
    let (store, journal) = (hub.store.clone(), hub.audit.clone());
    let patience = Patience { connections: config.limits.connections, ..Patience::default() };
    serving::serve(listener, crate::http::router(hub), tls, patience, grace).await;
    let recorded = serving::settle(&journal).await;
    // Whoever starts next need not wait until this process is taken for gone.
    if let Err(error) = store.close().await {
        tracing::warn!(%error, "the database's connections did not close in order");
    }
    tracing::info!("stopped");
    recorded
}
