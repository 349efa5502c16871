//! `zhengzhao department add`: a department (用证部门) is a token with its code and name behind it.

use chrono::NaiveDate;
use verify::messages::Lang;

use super::CliError;
use super::config_file::ConfigFile;
use super::token::{self, Create, RoleArg};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// 登记用证部门：建立它的令牌并显示一次 | Add a department: make its token and show it once
    Add {
        #[command(flatten)]
        config: ConfigFile,
        /// 统一社会信用代码 | Its credit code
        #[arg(value_name = "CODE")]
        code: String,
        /// 部门名称 | Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// 可用的证照类型（GraphQL 名称，逗号分隔），all 为全部 | Types granted (GraphQL names, comma-separated), all for every type
        #[arg(long, value_name = "TYPES")]
        types: String,
        /// 到期日（含当日） | Last day its token can be used
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
    },
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    let Command::Add { config, code, name, types, expires } = command;
    let create = Create {
        config,
        name: name.clone(),
        role: RoleArg::Department,
        types,
        authorities: String::new(),
        department_code: Some(code),
        department_name: Some(name),
        expires,
    };
    token::make(&create, lang)?;
    Ok(0)
}
