//! `zhengzhao serve`: production.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use verify::messages::Lang;

use super::config_file::{ConfigFile, index_key, runtime, settings};
use super::{CliError, keys, serving};
use crate::config::{Config, start_log};
use crate::hub::{Hub, HubSettings};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let config = args.config.read()?;
    start_log(&config.log);
    if let Some(file) = keys::demo_certificate(&config.keys.folder, &config.keys.trust)? {
        let file = file.display();
        return Err(CliError::failed(
            format!("{file} 属于演示 CA，正式枢纽不用它：请用 zhengzhao keys ca 另建，或从 keys.folder、keys.trust 中移除"),
            format!("{file} belongs to a demonstration's CA, which a production hub refuses: make another with `zhengzhao keys ca`, or remove it from keys.folder and keys.trust"),
        ));
    }
    runtime()?.block_on(serve(&config, lang))?;
    Ok(0)
}

async fn serve(config: &Config, lang: Lang) -> Result<(), CliError> {
    let address: SocketAddr = config.listen.address.parse().map_err(|error| CliError::of("listen.address", "listen.address", error))?;
    let taken = |error: std::io::Error| CliError::unavailable(format!("无法监听 {address}：{error}"), format!("{address} cannot be listened on: {error}"));
    let listener = TcpListener::bind(address).await.map_err(taken)?;
    let bound = listener.local_addr().map_err(taken)?;
    let key = index_key(config, lang).await?;
    let hub = Hub::open(HubSettings {
        store: settings(config, key)?,
        keys: config.keys.folder.clone(),
        passphrase: config.keys.passphrase()?.reveal().to_owned(),
        trust: config.keys.trust.clone(),
        public_url: config.listen.url(bound),
        cors_origins: config.cors.origins.clone(),
        demo: false,
        demo_file: None,
    })
    .await
    .map_err(|error| CliError::of("枢纽无法启动", "the hub cannot start", error))?;
    hub.follow();
    tracing::info!(address = %bound, types = hub.registry.load().len(), "serving");
    let grace = Duration::from_secs(config.limits.shutdown_seconds);
    serving::serve(listener, crate::http::router(hub), grace).await.map_err(|error| CliError::of("服务中断", "serving failed", error))?;
    tracing::info!("stopped");
    Ok(())
}
