//! Arguments that several commands share.

use crate::command_error::CommandError;
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Location of the configuration.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConfigArgs {
    /// Configuration file (TOML); defaults to the file named by `COUNTERSIGN_CONFIG`, if set
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Store or server that a command uses.
#[derive(Args, Clone, Debug)]
pub(crate) struct TargetArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Issuer URL of a server to use instead of the store; see `countersign login`
    #[arg(long, value_name = "URL", conflicts_with = "config")]
    pub(crate) server: Option<String>,
}

impl TargetArgs {
    /// Returns the location of the configuration for a command that needs the store.
    pub(crate) fn store(&self, command: &str) -> Result<&ConfigArgs, CommandError> {
        match self.server {
            Some(_) => Err(store_only(command)),
            None => Ok(&self.config),
        }
    }
}

/// Returns the error for a command that the admin API does not have.
pub(crate) fn store_only(command: &str) -> CommandError {
    CommandError::usage(format!(
        "The admin API has no command like `{command}`. Run it on the server's machine, without --server."
    ))
}

/// Output format of a record.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct OutputArgs {
    /// Print JSON
    #[arg(long, conflicts_with = "output")]
    pub(crate) json: bool,
    /// Output format
    #[arg(id = "output", short = 'o', long = "output", value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
}

/// Output format.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// Table for people
    Table,
}

/// Parses an address. The error gives an example.
fn address(text: &str) -> Result<SocketAddr, &'static str> {
    let address = text.parse();
    address.map_err(|_| "it must be an IP address and a port, such as 127.0.0.1:8080")
}

/// Arguments of `dev`.
#[derive(Args, Clone, Debug)]
pub(crate) struct DevArgs {
    /// IP address and port to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// Folder for the store, keys and configuration
    #[arg(long, value_name = "DIR", default_value = "./.countersign")]
    pub(crate) data: PathBuf,
    /// Use a temporary folder and delete it on exit
    #[arg(long, conflicts_with = "data")]
    pub(crate) ephemeral: bool,
}
