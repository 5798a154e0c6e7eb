//! The command line: what can be asked, and the help for it.

use crate::commands::clients::ClientsCommand;
use crate::commands::config::ConfigCommand;
use crate::commands::keys::KeysCommand;
use crate::commands::store::StoreCommand;
use crate::commands::users::UsersCommand;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// An OAuth 2.1 and OpenID Connect authorization server in one binary.
///
/// New here? Run `countersign dev`: it makes a store, keys, a demo user and three clients in
/// ./.countersign, starts a server, and prints curl commands that get tokens from it.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, propagate_version = false, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed: the store, a file or the network
  2  wrong usage or configuration
  3  not found
  4  conflict, such as an e-mail address that is taken";

/// What can be asked of the program.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a server to try things on: no configuration, everything made for you
    ///
    /// On the first run this makes a store, a master key, a demo user and three clients; the next run
    /// finds them again. What it made is in dev.json. Not for production: the secrets are on your screen.
    Dev(DevArgs),
    /// Start the server
    ///
    /// Stops on SIGTERM or Ctrl-C, once the requests under way are answered.
    Serve(ConfigArgs),
    /// Bring the store to the layout of this version, and make the signing keys that are missing
    ///
    /// `serve` does the same when it starts, unless `store.migrate_at_start` is false. Running it twice does no harm.
    Migrate(ConfigArgs),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Register and manage clients: the applications that get tokens
    #[command(subcommand)]
    Clients(ClientsCommand),
    /// Make and manage users: the people who log in
    #[command(subcommand)]
    Users(UsersCommand),
    /// Manage the keys that sign tokens, and make a master key
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Work on whole stores
    #[command(subcommand)]
    Store(StoreCommand),
    /// Print a completion script for a shell
    ///
    /// For bash: countersign completions bash > ~/.local/share/bash-completion/completions/countersign
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Where the configuration is.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConfigArgs {
    /// The configuration file (TOML); without it the one that `COUNTERSIGN_CONFIG` names, if any
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// How to print a record.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct OutputArgs {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Of `dev`.
#[derive(Args, Clone, Debug)]
pub(crate) struct DevArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The folder for everything that is made
    #[arg(long, value_name = "DIR", default_value = "./.countersign")]
    pub(crate) data: PathBuf,
    /// Use a temporary folder and remove it at the end
    #[arg(long, conflicts_with = "data")]
    pub(crate) ephemeral: bool,
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
    fn the_definition_of_the_commands_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_option_is_on_the_page_about_them() {
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
    fn the_exit_codes_in_the_help_are_the_ones_of_the_program() {
        use crate::failure::Exit;
        for (exit, line) in [
            (Exit::Failed, "  1  failed"),
            (Exit::Usage, "  2  wrong usage"),
            (Exit::NotFound, "  3  not found"),
            (Exit::Conflict, "  4  conflict"),
        ] {
            assert!(EXIT_CODES.contains(line));
            assert!(line.contains(&(exit as u8).to_string()));
        }
    }
}
