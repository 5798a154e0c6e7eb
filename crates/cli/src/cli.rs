//! Command-line arguments and their help texts.

use crate::arguments::{ConfigArgs, DevArgs};
use crate::commands::admin_roles::AdminRolesCommand;
use crate::commands::admins::AdminsCommand;
use crate::commands::audit::AuditCommand;
use crate::commands::clients::ClientsCommand;
use crate::commands::config::ConfigCommand;
use crate::commands::keys::KeysCommand;
use crate::commands::resource_servers::ResourceServersCommand;
use crate::commands::store::StoreCommand;
use crate::commands::users::UsersCommand;
use clap::{Parser, Subcommand};

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
    Dev(DevArgs),
    /// Start the server
    ///
    /// Stops on SIGTERM or Ctrl-C, after it has answered the requests in progress.
    Serve(ConfigArgs),
    /// Apply schema migrations and create missing signing keys
    ///
    /// `serve` does the same when it starts, unless `store.migrate_at_start` is false. You can safely run
    /// `migrate` again.
    Migrate(ConfigArgs),
    /// Validate and show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Manage clients: the applications that request tokens
    #[command(subcommand)]
    Clients(ClientsCommand),
    /// Manage resource servers: the APIs that accept access tokens
    #[command(subcommand)]
    ResourceServers(ResourceServersCommand),
    /// Manage users: the people who sign in
    #[command(subcommand)]
    Users(UsersCommand),
    /// Manage administrators: the users and clients with admin roles
    #[command(subcommand)]
    Admins(AdminsCommand),
    /// Manage admin roles: what administrators may do
    #[command(subcommand)]
    AdminRoles(AdminRolesCommand),
    /// Manage signing keys and generate a master key
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Read the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Copy a store
    #[command(subcommand)]
    Store(StoreCommand),
    /// Print a completion script for a shell
    ///
    /// For bash: countersign completions bash > ~/.local/share/bash-completion/completions/countersign
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
