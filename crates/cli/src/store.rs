//! Opening the configured store.

mod url;

pub(crate) use url::StoreUrl;

use crate::command_error::{CommandError, Exit};
use countersign_adapters_store::{AnyStore, Options};
use countersign_ports::StoreError;
use std::error::Error as _;
use std::path::Path;

/// Opens the store at `url` and creates a missing SQLite file. Does not change the schema.
///
/// `options` apply to PostgreSQL only.
pub(crate) async fn open(url: &StoreUrl, options: Options) -> Result<AnyStore, CommandError> {
    let opened = match url {
        StoreUrl::Sqlite(path) => AnyStore::open_sqlite(path),
        StoreUrl::Postgres(url) => AnyStore::connect_postgres(url, options).await,
    };
    opened.map_err(|error| cannot_open(url, &error))
}

/// Returns the error for a store that cannot be opened. The message omits secret parts of the URL.
pub(crate) fn cannot_open(url: &StoreUrl, error: &StoreError) -> CommandError {
    let folder = url.file().and_then(Path::parent);
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return CommandError::new(
            Exit::Failed,
            format!(
                "The folder of the store, {}, does not exist. Create it.",
                folder.display()
            ),
        );
    }
    let cause = error.source().unwrap_or(error);
    CommandError::of(&format!("Cannot open the store {url}"), cause)
}
