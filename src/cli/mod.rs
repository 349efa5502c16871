//! The command line: one file per command, help and messages in Chinese or English.
//!
//! A help text is written `中文 | English` at the option it belongs to; [`words`] picks one.

mod administrator;
mod apart;
mod backup;
mod bench;
mod config_file;
mod demo;
mod department;
mod doctor;
mod exit;
mod grant;
mod import;
mod keys;
mod log;
mod migrate;
mod output;
mod remote;
mod restore;
mod seal;
mod serve;
mod serving;
mod token;
mod type_check;
mod type_docs;
mod type_face;
mod type_files;
mod type_list;
mod type_new;
mod type_plan;
mod type_register;
mod type_sdl;
mod type_tables;
mod verify;
mod words;

use std::process::ExitCode;

use ::verify::messages::Lang;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use exit::CliError;

/// 电子证照数据共享枢纽：一个类型文件就是一套接口 | The data-sharing hub for electronic certificates: a type file becomes an API
#[derive(Debug, Parser)]
#[command(name = "zhengzhao", version)]
struct Cli {
    /// 语言，默认取自 LC_ALL、LANG | Language; default from LC_ALL, LANG
    #[arg(long, global = true, value_enum)]
    lang: Option<words::LangArg>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 启动演示枢纽：内置数据库、演示机构和虚构证照 | Start a demonstration hub with its own database, authorities and fictitious certificates
    Demo(demo::Args),
    /// 启动正式枢纽 | Start a production hub
    Serve(serve::Args),
    /// 证照类型文件 | Certificate type files
    #[command(subcommand)]
    Type(TypeCommand),
    /// 从 CSV 或 NDJSON 文件批量颁发，可续传 | Issue from a CSV or NDJSON file; goes on where it was broken off
    Import(import::Args),
    /// 为一类证照制作并签章尚缺的 PDF 与 OFD，可续做 | Make and seal the missing PDF and OFD of a type; goes on where it was broken off
    Seal(seal::Args),
    /// 离线验证证照文件 | Verify a certificate file offline
    Verify(verify::Args),
    /// 签名密钥与证书 | Signing keys and certificates
    #[command(subcommand)]
    Keys(keys::Command),
    /// 访问令牌 | Access tokens
    #[command(subcommand)]
    Token(token::Command),
    /// 人员账号：登录所用 | Accounts of people who sign in
    #[command(subcommand)]
    Administrator(administrator::Command),
    /// 用证部门 | Departments
    #[command(subcommand)]
    Department(department::Command),
    /// 授权：部门能读什么 | Grants: what departments may read
    #[command(subcommand)]
    Grant(grant::Command),
    /// 建立或升级数据库表 | Create or upgrade the database's tables
    Migrate(migrate::Args),
    /// 透明日志 | The transparency log
    #[command(subcommand)]
    Log(log::Command),
    /// 备份数据库到文件 | Back up the database to a file
    Backup(backup::Args),
    /// 从备份文件恢复到空数据库 | Restore a backup into an empty database
    Restore(restore::Args),
    /// 性能测试：数据、压力、极限 | The bench: data, load, limits
    #[command(subcommand)]
    Bench(bench::Command),
    /// 在限额内读取上传的文件（枢纽自用） | Read an upload within limits (the hub's own)
    #[command(hide = true, name = crate::verification::READING.command)]
    ReadUpload,
    /// 在限额内排版（枢纽自用） | Lay faces out within limits (the hub's own)
    #[command(hide = true, name = crate::faces::SETTING.command)]
    SetFaces,
    /// 检查枢纽所依赖的一切 | Check everything the hub depends on
    Doctor(doctor::Args),
}

#[derive(Debug, Subcommand)]
enum TypeCommand {
    /// 检查类型文件，一次列出全部问题 | Check type files: every fault at once
    Check(type_check::Args),
    /// 预演登记：会改变什么，是否破坏兼容 | What registering would change, and what would break
    Plan(type_plan::Args),
    /// 在运行中的枢纽上登记 | Register on a running hub
    Register(type_register::Args),
    /// 写出一个可立即通过检查的类型文件 | Write a type file that passes the check at once
    New(type_new::Args),
    /// 列出类型 | List types
    List(type_list::Args),
    /// 列出类型文件可用的代码表和状态码表 | List the code tables and status schemes that type files may name
    Tables(type_tables::Args),
    /// 接口文档（对接文档） | The interface document
    Docs(type_docs::Args),
    /// 试排照面模板 | Try the template of a type's face
    Face(type_face::Args),
    /// 输出 GraphQL SDL | Print the GraphQL SDL
    Sdl(type_sdl::Args),
}

/// Reads the command line, does what it says, and gives the exit code of the contract.
pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let lang = words::language(&arguments);
    let matches = match words::localised(Cli::command(), lang).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let help = !error.use_stderr();
            // A closed pipe behind `--help` is nobody's fault.
            drop(error.print());
            return ExitCode::from(if help { 0 } else { exit::USAGE });
        }
    };
    let outcome = match Cli::from_arg_matches(&matches) {
        Ok(cli) => run(cli.command, cli.lang.map_or(lang, words::LangArg::lang)),
        Err(error) => {
            drop(error.print());
            return ExitCode::from(exit::USAGE);
        }
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let head = words::pick(lang, "错误：", "error: ");
            eprintln!("{head}{}", error.text(lang));
            ExitCode::from(error.code())
        }
    }
}

fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    match command {
        Command::Demo(args) => demo::run(args, lang),
        Command::Serve(args) => serve::run(&args, lang),
        Command::Type(command) => match command {
            TypeCommand::Check(args) => type_check::run(&args, lang),
            TypeCommand::Plan(args) => type_plan::run(&args, lang),
            TypeCommand::Register(args) => type_register::run(&args, lang),
            TypeCommand::New(args) => type_new::run(&args, lang),
            TypeCommand::List(args) => type_list::run(&args, lang),
            TypeCommand::Tables(args) => type_tables::run(&args, lang),
            TypeCommand::Docs(args) => type_docs::run(&args, lang),
            TypeCommand::Face(args) => type_face::run(&args, lang),
            TypeCommand::Sdl(args) => type_sdl::run(&args, lang),
        },
        Command::Import(args) => import::run(&args, lang),
        Command::Seal(args) => seal::run(&args, lang),
        Command::Verify(args) => verify::run(&args, lang),
        Command::Keys(command) => keys::run(command, lang),
        Command::Token(command) => token::run(command, lang),
        Command::Administrator(command) => administrator::run(command, lang),
        Command::Department(command) => department::run(command, lang),
        Command::Grant(command) => grant::run(command, lang),
        Command::Migrate(args) => migrate::run(&args, lang),
        Command::Log(command) => log::run(command, lang),
        Command::Backup(args) => backup::run(&args, lang),
        Command::Restore(args) => restore::run(&args, lang),
        Command::Bench(command) => bench::run(command, lang),
        Command::ReadUpload => apart::ended(crate::verification::read_within_limits(apart::input)),
        Command::SetFaces => apart::ended(crate::faces::set_within_limits()),
        Command::Doctor(args) => doctor::run(&args, lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            words::localised(Cli::command(), lang).debug_assert();
        }
    }

    #[test]
    fn every_help_text_is_there_in_both_languages() {
        fn walk(command: &clap::Command, path: &str) {
            let two = |text: Option<String>, what: &str| {
                let text = text.unwrap_or_default();
                assert!(words::halves(&text).is_some(), "{what}: “{text}” is not `中文 | English`");
            };
            two(command.get_about().map(ToString::to_string), path);
            for argument in command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str())) {
                two(argument.get_help().map(ToString::to_string), &format!("{path} {}", argument.get_id()));
            }
            for sub in command.get_subcommands() {
                walk(sub, &format!("{path} {}", sub.get_name()));
            }
        }
        walk(&Cli::command(), "zhengzhao");
    }
}
