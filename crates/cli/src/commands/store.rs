//! `countersign store`.

mod copy;
mod examples;
mod progress;
mod survey;

use crate::arguments::ConfigArgs;
use crate::command_error::CommandError;
use crate::commands::setup;
use crate::server::LIFETIME;
use crate::store::{self, StoreUrl, cannot_open};
use clap::Subcommand;
use countersign_adapters_store::AnyStore;
use countersign_domain::time::Timestamp;
use countersign_ports::Nodes as _;
use std::io::{self, Write as _};

/// Commands of `countersign store`.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Copy every record from one store to another, then compare the stores
    ///
    /// Stop the servers first: changes made during the copy are not copied, and the comparison then fails.
    /// Existing records in the target are kept, so you can rerun the command to finish an interrupted copy.
    /// Use both stores with the same master key.
    #[command(after_help = examples::COPY)]
    Copy {
        /// URL of the source store, or env:NAME to read the URL from an environment variable
        #[arg(long, value_name = "URL", value_parser = parse_url)]
        from: StoreUrl,
        /// URL of the target store, or env:NAME; a missing SQLite file is created
        #[arg(long, value_name = "URL", value_parser = parse_url)]
        to: StoreUrl,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

impl StoreCommand {
    pub(crate) async fn run(&self) -> Result<(), CommandError> {
        match self {
            Self::Copy { from, to, config } => copy(from, to, config).await,
        }
    }
}

/// Parses a store URL or `env:NAME`. Error messages omit the value because it may contain a password.
fn parse_url(text: &str) -> Result<StoreUrl, &'static str> {
    let of_variable;
    let url = match text.strip_prefix("env:") {
        None => text,
        Some(name) => {
            of_variable = std::env::var(name).map_err(|_| "the variable is not set")?;
            &of_variable
        }
    };
    StoreUrl::parse(url).ok_or("it must be sqlite:///path, postgres://.. or env:NAME")
}

async fn copy(from: &StoreUrl, to: &StoreUrl, config: &ConfigArgs) -> Result<(), CommandError> {
    let options = setup::settings(config)?.store_options;
    if let Some(path) = from.file()
        && !path.exists()
    {
        return Err(setup::no_store(path));
    }
    let source = store::open(from, options).await?;
    let is_current = source.schema_is_current().await;
    if !is_current.map_err(|error| cannot_open(from, &error))? {
        return Err(CommandError::usage(format!(
            "The schema of the store {from} is not current. Run `countersign migrate` on it first."
        )));
    }
    let target = store::open(to, options).await?;
    let migrated = target.migrate().await;
    migrated.map_err(|error| cannot_open(to, &error))?;
    warn_of_servers(from, &source).await?;
    warn_of_servers(to, &target).await?;
    copy::copy(&source, &target).await
}

/// Warns if servers use a store: the copy would miss their changes.
async fn warn_of_servers(url: &StoreUrl, store: &AnyStore) -> Result<(), CommandError> {
    let since = setup::now().as_unix_seconds() - LIFETIME.as_secs();
    let live = store.live_nodes(Timestamp::from_unix_seconds(since));
    let servers = match live.await?.len() {
        0 => return Ok(()),
        1 => "A server uses".to_owned(),
        count => format!("{count} servers use"),
    };
    // If standard error is closed, the warning is lost.
    let _ = writeln!(
        io::stderr(),
        "Warning: {servers} {url}, or was killed less than a minute ago. Changes during the copy are not copied. Stop all servers, then run the command again."
    );
    Ok(())
}
