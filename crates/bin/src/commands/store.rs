//! `countersign store`.

mod copy;
mod progress;
mod survey;

use crate::cli::ConfigArgs;
use crate::commands::setup;
use crate::failure::Failure;
use crate::store::{AnyStore, StoreUrl, cannot_open};
use clap::Subcommand;

/// What can be done about stores.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Copy every record from one store to another, and hold both against each other at the end
    ///
    /// Stop the servers first: what changes meanwhile is not copied, and found at the end. What is there
    /// already stays, so a copy that was cut off is finished by the same command. Both stores are used with
    /// the same master key.
    Copy {
        /// The store to read: its URL, or env:NAME for the URL in that environment variable
        #[arg(long, value_name = "URL", value_parser = parse_url)]
        from: StoreUrl,
        /// The store to fill; it is made if it is not there
        #[arg(long, value_name = "URL", value_parser = parse_url)]
        to: StoreUrl,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

impl StoreCommand {
    pub(crate) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Copy { from, to, config } => copy(from, to, config).await,
        }
    }
}

/// The error names no value: there may be a password in it.
fn parse_url(text: &str) -> Result<StoreUrl, &'static str> {
    let of_variable;
    let url = match text.strip_prefix("env:") {
        None => text,
        Some(name) => {
            of_variable = std::env::var(name).map_err(|_| "there is no such variable")?;
            &of_variable
        }
    };
    StoreUrl::parse(url).ok_or("it must be sqlite:///path, postgres://.. or env:NAME")
}

async fn copy(from: &StoreUrl, to: &StoreUrl, config: &ConfigArgs) -> Result<(), Failure> {
    let options = setup::settings(config)?.store_options;
    if let Some(path) = from.file()
        && !path.exists()
    {
        return Err(setup::no_store(path));
    }
    let source = AnyStore::open(from, options).await?;
    let is_current = source.schema_is_current().await;
    if !is_current.map_err(|error| cannot_open(from, &error))? {
        return Err(Failure::usage(format!(
            "The store {from} does not have the layout of this version. Run `countersign migrate` on it first."
        )));
    }
    let target = AnyStore::open(to, options).await?;
    let migrated = target.migrate().await;
    migrated.map_err(|error| cannot_open(to, &error))?;
    copy::copy(&source, &target).await
}
