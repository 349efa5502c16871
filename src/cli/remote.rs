//! A running hub, asked over GraphQL.

use std::time::Duration;

use model::registry::SourceFile;
use serde_json::{Value, json};
use verify::messages::Lang;

use super::output::say;
use super::type_plan::mark;
use super::{CliError, words::pick};

const REGISTER: &str = "mutation($source: String!, $dryRun: Boolean, $file: String) { \
    registerCertificateType(source: $source, dryRun: $dryRun, file: $file) { registered type { name version state } \
    diagnostics { code severity message help file line column } changes { path breaking message } } }";

/// Registers, or with `dry_run` only says what would come of it. The answer is a `TypeRegistration`.
///
/// # Errors
/// The hub cannot be reached or refuses.
pub(super) fn register(hub: &str, token: &str, file: &SourceFile, dry_run: bool, lang: Lang) -> Result<Value, CliError> {
    let variables = json!({"source": file.text, "dryRun": dry_run, "file": file.name});
    let mut data = ask(hub, Some(token), REGISTER, &variables, lang)?;
    Ok(data.get_mut("registerCertificateType").map(Value::take).unwrap_or_default())
}

/// The token given, else the one in the environment, where the list of processes does not show it.
///
/// # Errors
/// Neither is there.
pub(super) fn token(given: Option<&str>) -> Result<String, CliError> {
    let set = || std::env::var("ZHENGZHAO_TOKEN").ok().filter(|token| !token.is_empty());
    given.map(str::to_owned).or_else(set).ok_or_else(|| {
        CliError::usage(
            "需要管理员令牌：--token，或环境变量 ZHENGZHAO_TOKEN",
            "an administrator's token is needed: --token, or the variable ZHENGZHAO_TOKEN",
        )
    })
}

/// Asks and gives `data`.
///
/// # Errors
/// The hub cannot be reached, or answers with errors: the first is named with its code.
pub(super) fn ask(hub: &str, token: Option<&str>, query: &str, variables: &Value, lang: Lang) -> Result<Value, CliError> {
    let endpoint = endpoint(hub)?;
    let unreachable = |error: &dyn std::fmt::Display| {
        CliError::unavailable(format!("无法访问 {endpoint}：{error}"), format!("{endpoint} cannot be reached: {error}"))
    };
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).http_status_as_error(false).build().into();
    let mut request =
        agent.post(&endpoint).header("Accept", "application/graphql-response+json").header("Accept-Language", pick(lang, "zh-CN", "en"));
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let mut response = request.send_json(json!({"query": query, "variables": variables})).map_err(|error| unreachable(&error))?;
    let status = response.status();
    let mut answer: Value = response.body_mut().read_json().map_err(|error| unreachable(&format!("HTTP {status}, {error}")))?;
    if let Some(error) = answer.pointer("/errors/0") {
        let text = |path: &str| error.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let said = format!("{} {}", text("/extensions/code"), text("/message"));
        return Err(CliError::unavailable(format!("枢纽拒绝：{said}"), format!("the hub refused: {said}")));
    }
    Ok(answer.get_mut("data").map(Value::take).unwrap_or_default())
}

/// A document that a hub makes, at this path without a slash in front.
///
/// # Errors
/// The hub cannot be reached, or refuses: named with its code.
pub(super) fn document(hub: &str, token: &str, path: &str, parameters: &[(&str, &str)], lang: Lang) -> Result<Vec<u8>, CliError> {
    let endpoint = endpoint(hub)?;
    let address = format!("{}{path}", endpoint.trim_end_matches("graphql"));
    let unreachable = |error: &dyn std::fmt::Display| {
        CliError::unavailable(format!("无法访问 {address}：{error}"), format!("{address} cannot be reached: {error}"))
    };
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).http_status_as_error(false).build().into();
    let mut request =
        agent.get(&address).header("Accept-Language", pick(lang, "zh-CN", "en")).header("Authorization", format!("Bearer {token}"));
    for (name, value) in parameters {
        request = request.query(*name, *value);
    }
    let mut response = request.call().map_err(|error| unreachable(&error))?;
    let status = response.status();
    let bytes = response.body_mut().read_to_vec().map_err(|error| unreachable(&error))?;
    if status.is_success() {
        return Ok(bytes);
    }
    let answer: Value = serde_json::from_slice(&bytes).map_err(|error| unreachable(&format!("HTTP {status}, {error}")))?;
    let text = |path: &str| answer.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let said = format!("{} {}", text("/errors/0/extensions/code"), text("/errors/0/message"));
    Err(CliError::unavailable(format!("枢纽拒绝：{said}"), format!("the hub refused: {said}")))
}

/// Prints the diagnostics of a `TypeRegistration`; true when one is an error.
pub(super) fn print_diagnostics(answer: &Value, file: &SourceFile, lang: Lang) -> bool {
    let empty = Vec::new();
    let diagnostics = answer.get("diagnostics").and_then(Value::as_array).unwrap_or(&empty);
    let mut faulty = false;
    for found in diagnostics {
        let text = |key: &str| found.get(key).and_then(Value::as_str).unwrap_or_default();
        let number = |key: &str| found.get(key).and_then(Value::as_u64).unwrap_or_default();
        let error = text("severity").eq_ignore_ascii_case("error");
        faulty |= error;
        let head = if error { pick(lang, "错误", "error") } else { pick(lang, "警告", "warning") };
        eprintln!("{}:{}:{}: {head}[{}]: {}", file.name, number("line"), number("column"), text("code"), text("message"));
        if !text("help").is_empty() {
            eprintln!("    {}: {}", pick(lang, "建议", "help"), text("help"));
        }
    }
    faulty
}

pub(super) fn print_changes(changes: &[Value], lang: Lang) {
    for change in changes {
        let text = |key: &str| change.get(key).and_then(Value::as_str).unwrap_or_default();
        let breaking = change.get("breaking").and_then(Value::as_bool) == Some(true);
        let mark = mark(breaking, is_advice(change), lang);
        say!("  [{mark}] {}: {}", text("path"), text("message"));
    }
}

/// A version that is too low: nothing changes at this path but it, and a version that only rises is no change at all.
fn is_advice(change: &Value) -> bool {
    change.get("path").and_then(Value::as_str) == Some("version")
}

/// # Errors
/// The address has no scheme.
fn endpoint(hub: &str) -> Result<String, CliError> {
    if !["http://", "https://"].iter().any(|scheme| hub.starts_with(scheme)) {
        let bare = hub.rsplit("://").next().unwrap_or_default();
        return Err(CliError::usage(
            format!("枢纽地址“{hub}”须以 http:// 或 https:// 开头，如 http://{bare}"),
            format!("the hub's address “{hub}” must begin with http:// or https://, as http://{bare}"),
        ));
    }
    let hub = hub.trim_end_matches('/');
    Ok(if hub.ends_with("/graphql") { hub.to_owned() } else { format!("{hub}/graphql") })
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn a_hub_is_named_with_or_without_its_path() {
        for hub in ["http://h:1", "http://h:1/", "http://h:1/graphql"] {
            assert_eq!(endpoint(hub).ok().as_deref(), Some("http://h:1/graphql"));
        }
        for hub in ["127.0.0.1:8091", "localhost", "ftp://h:1", ""] {
            assert!(endpoint(hub).is_err_and(|error| error.to_string().contains("http://")), "{hub}");
        }
    }
}
