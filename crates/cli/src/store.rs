//! Opening the configured store.

mod url;

pub(crate) use url::StoreUrl;

use crate::command_error::{CommandError, Exit};
use crate::ownership;
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
        return no_folder(folder);
    }
    let cause = error.source().unwrap_or(error);
    let advice = url.file().and_then(ownership::store_advice);
    CommandError::of(&format!("Cannot open the store {url}"), cause).with_advice(advice)
}

/// Returns the error for a store whose folder does not exist or cannot be entered.
pub(crate) fn no_folder(folder: &Path) -> CommandError {
    let folder_name = folder.display();
    let message = match ownership::advice(folder) {
        Some(advice) => format!("Cannot open the folder of the store, {folder_name}. {advice}"),
        None => format!("The folder of the store, {folder_name}, does not exist. Create it."),
    };
    CommandError::new(Exit::Failed, message)
}
