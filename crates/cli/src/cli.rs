//! Command-line arguments and their help texts.

mod examples;

use crate::api::login::{LoginArgs, LogoutArgs};
use crate::arguments::{ConfigArgs, DevArgs};
use crate::commands::admin_roles::AdminRolesCommand;
use crate::commands::admins::AdminsCommand;
use crate::commands::apply::{self, ApplyArgs, ExportArgs};
use crate::commands::audit::AuditCommand;
use crate::commands::audit::explain::ExplainArgs;
use crate::commands::call::CallApi;
use crate::commands::clients::ClientsCommand;
use crate::commands::config::ConfigCommand;
use crate::commands::doctor::DoctorArgs;
use crate::commands::keys::KeysCommand;
use crate::commands::mail::MailCommand;
use crate::commands::resource_servers::ResourceServersCommand;
use crate::commands::statistics::StatisticsArgs;
use crate::commands::store::StoreCommand;
use crate::commands::users::UsersCommand;
use crate::commands::users::groups::GroupsCommand;
use crate::commands::webhooks::WebhooksCommand;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::{env, iter};

/// An OAuth 2.1 and OpenID Connect authorization server in one binary.
///
/// To get started, run `countersign dev`. It creates a store, keys, a demo user and three clients in
/// ./.countersign, starts a server, and prints curl commands that request tokens.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, propagate_version = false, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// Command to run.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Arguments of `serve` alone.
#[derive(Debug, Parser)]
#[command(name = "countersign serve")]
struct Serve {
    #[command(flatten)]
    config: ConfigArgs,
}

impl Command {
    /// Parses the arguments of the process. Exits if they are invalid, or ask for help.
    pub(crate) fn parse() -> Self {
        Self::serve(env::args_os()).unwrap_or_else(|| Cli::parse().command)
    }

    /// Returns the command if it is a valid `serve`. A server keeps the memory that its arguments took, and those of all
    /// commands take 3 MB.
    fn serve(arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut arguments = arguments.skip(1).peekable();
        arguments.next_if(|name| name == "serve")?;
        let named = iter::once("serve".into()).chain(arguments);
        let serve = Serve::try_parse_from(named).ok()?;
        Some(Self::Serve(serve.config))
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  failure of the store, a file or the network
  2  invalid usage or configuration
  3  not found
  4  conflict, such as an email address that is already taken";

/// Commands of the program.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a development server that needs no configuration
    ///
    /// The first run creates a store, a master key, a demo user and three clients. Later runs reuse them.
    /// The file dev.json has their credentials. Not for production: `dev` prints the secrets.
    #[command(after_help = examples::DEV)]
    Dev(DevArgs),
    /// Start the server
    ///
    /// Stops on SIGTERM or Ctrl-C, after it has answered the requests in progress.
    #[command(after_help = examples::SERVE)]
    Serve(ConfigArgs),
    /// Apply schema migrations and create missing signing keys
    ///
    /// `serve` does the same when it starts, unless `store.migrate_at_start` is false. You can safely run
    /// `migrate` again.
    #[command(after_help = examples::MIGRATE)]
    Migrate(ConfigArgs),
    /// Validate and show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Detect problems before they cause failures
    ///
    /// Checks the configuration, the store, its keys and its clients, the mail server, and the way to the issuer. Changes
    /// nothing. Exits with code 1 if it finds a problem.
    #[command(after_help = examples::DOCTOR)]
    Doctor(DoctorArgs),
    /// Test the mail server
    #[command(subcommand)]
    Mail(MailCommand),
    /// Manage clients: the applications that request tokens
    #[command(subcommand)]
    Clients(ClientsCommand),
    /// Manage resource servers: the APIs that accept access tokens
    #[command(subcommand)]
    ResourceServers(ResourceServersCommand),
    /// Manage users: the people who sign in
    #[command(subcommand)]
    Users(UsersCommand),
    /// Manage groups of users
    #[command(subcommand)]
    Groups(GroupsCommand),
    /// Manage administrators: the users, clients and groups with admin roles
    #[command(subcommand)]
    Admins(AdminsCommand),
    /// Manage admin roles: what administrators may do
    #[command(subcommand)]
    AdminRoles(AdminRolesCommand),
    /// Manage webhooks: the receivers of events
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Manage signing keys and generate a master key
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Count users, clients, active sessions and active grants
    ///
    /// Counts up to 10,000 of each. A higher number is a lower bound.
    #[command(after_help = examples::STATISTICS)]
    Statistics(StatisticsArgs),
    /// Read the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Explain why the server refused a request
    ///
    /// Every response has its request ID in the header Request-Id, and error pages show it. Prints the rule that refused
    /// the request, the checks that it passed before, and what to do.
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Apply declared objects to a store or a server
    ///
    /// Creates and changes clients, resource servers, admin roles, groups, users and webhooks. Checks all files before the
    /// first change. If a run fails, run the command again to make the remaining changes.
    #[command(after_help = apply::examples::APPLY)]
    Apply(ApplyArgs),
    /// Print all objects that files can declare
    ///
    /// Leaves out secrets and what the server sets.
    #[command(after_help = apply::examples::EXPORT)]
    Export(ExportArgs),
    /// Print the JSON Schema of files for `apply`
    #[command(after_help = apply::examples::SCHEMA)]
    Schema,
    /// Copy a store
    #[command(subcommand)]
    Store(StoreCommand),
    /// Sign in at a server, for commands with --server
    ///
    /// Prints an address to open in a browser, and keeps the tokens in ~/.config/countersign/logins.json. A program
    /// needs no login: set `COUNTERSIGN_CLIENT_ID` and `COUNTERSIGN_CLIENT_SECRET`.
    #[command(after_help = examples::LOGIN)]
    Login(LoginArgs),
    /// Sign out at a server
    #[command(after_help = examples::LOGOUT)]
    Logout(LogoutArgs),
    /// Send a request to the admin API
    ///
    /// Without --server, it runs on the store of the configuration. `countersign api GET /openapi.json` describes all
    /// requests.
    #[command(after_help = examples::API)]
    Api(CallApi),
    /// Print a completion script for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Shell to generate the script for
        shell: clap_complete::Shell,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn leaves(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        let path = format!("{path}{}", command.get_name());
        let mut below = command.get_subcommands().peekable();
        if below.peek().is_none() {
            found.push(path);
            return;
        }
        for command in below {
            leaves(command, &format!("{path} "), found);
        }
    }

    #[test]
    fn only_valid_serve_is_parsed_alone() {
        let serve = |arguments: &[&str]| {
            let all = iter::once(&"countersign").chain(arguments);
            Command::serve(all.map(OsString::from))
        };
        let alone = serve(&["serve", "--config", "x.toml"]);
        let whole = Cli::try_parse_from(["countersign", "serve", "--config", "x.toml"]);
        let whole = whole.unwrap().command;
        assert_eq!(format!("{:?}", alone.unwrap()), format!("{whole:?}"));
        for other in [&["dev"][..], &["serve", "--help"], &["serve", "x"], &[]] {
            assert!(serve(other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn command_definitions_are_valid() {
        Cli::command().debug_assert();
    }

    #[test]
    fn command_line_page_lists_every_command_and_option() {
        let page = include_str!("../../../docs/command-line.md");
        let mut commands = Vec::new();
        leaves(&Cli::command(), "", &mut commands);
        for command in commands {
            assert!(page.contains(&command), "`{command}` is missing");
        }
        let mut pending = vec![Cli::command()];
        while let Some(command) = pending.pop() {
            for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(
                    page.contains(&format!("--{option}")),
                    "--{option} is missing"
                );
            }
            pending.extend(command.get_subcommands().cloned());
        }
    }

    /// Returns the words of an example, without the redirection at its end.
    fn words(example: &str) -> Vec<String> {
        let command = example.split(['<', '>', '|']).next().unwrap();
        let quoted = command.split('"').enumerate();
        let mut words = vec![String::new()];
        for (index, part) in quoted {
            let is_quoted = index % 2 == 1;
            let mut pieces = part.split(|c: char| !is_quoted && c == ' ');
            words.last_mut().unwrap().push_str(pieces.next().unwrap());
            words.extend(pieces.map(str::to_owned));
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn help_of_every_command_has_two_examples_that_parse() {
        let mut pending = vec![(Cli::command(), String::new())];
        while let Some((command, above)) = pending.pop() {
            let path = format!("{above}{} ", command.get_name());
            let below = command.get_subcommands();
            pending.extend(below.map(|own| (own.clone(), path.clone())));
            if command.has_subcommands() {
                continue;
            }
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default().replace("\\\n", " ");
            let lines = help.lines().map(str::trim);
            let examples = lines.filter(|line| line.starts_with("countersign "));
            let examples: Vec<_> = examples.collect();
            assert!(examples.len() >= 2, "{path}: {examples:?}");
            let is_own = |example: &&str| format!("{example} ").starts_with(&path);
            assert!(examples.iter().any(is_own), "{path}: {examples:?}");
            for example in examples {
                let parsed = Cli::try_parse_from(words(example));
                assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
            }
        }
    }

    #[test]
    fn help_lists_actual_exit_codes() {
        use crate::command_error::Exit;
        for (exit, line) in [
            (Exit::Failed, "  1  failure"),
            (Exit::Usage, "  2  invalid usage"),
            (Exit::NotFound, "  3  not found"),
            (Exit::Conflict, "  4  conflict"),
        ] {
            assert!(EXIT_CODES.contains(line));
            assert!(line.contains(&(exit as u8).to_string()));
        }
    }
}
