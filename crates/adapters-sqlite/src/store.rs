//! The SQLite store.

use crate::connection::open;
use crate::connection::readers::Readers;
use crate::connection::writer::Writer;
use crate::ephemera::counts::Counts;
use crate::schema::migrations;
use countersign_adapters_sql::columns::Failure;
use countersign_adapters_sql::id::Id;
use countersign_ports::StoreError;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Primary key of a grant: identifier and tenant.
pub(crate) type GrantKey = (Id, i32);

/// A store in one SQLite file. Clones share its connections and its writer thread. Dropping the last clone waits until
/// all submitted writes are done and the file is closed. Then all data is in that one file.
#[derive(Clone)]
pub struct SqliteStore(pub(crate) Arc<Parts>);

// Fields drop from top to bottom. The last connection to close moves the log into the file, so it must be the writer.
pub(crate) struct Parts {
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    /// Last grant that housekeeping has seen.
    pub(crate) swept: Mutex<Option<GrantKey>>,
    /// Cached counts of expiring values.
    pub(crate) counts: Counts,
}

impl SqliteStore {
    /// Opens a file. Creates it if it is missing, readable only by its owner. Does not change the schema: see
    /// [`SqliteStore::migrate`] and [`SqliteStore::schema_is_current`].
    ///
    /// Needs a tokio runtime.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with_connections(path).map_err(StoreError::new)
    }

    fn with_connections(path: &Path) -> Result<Self, Failure> {
        let path = open::prepare_file(path)?;
        // Start the writer first: it turns on WAL mode for the readers.
        let writer = Writer::start(path.clone())?;
        let parts = Parts {
            readers: Readers::open(&path)?,
            writer,
            swept: Mutex::new(None),
            counts: Counts::default(),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Applies all pending migrations, or none, and returns their names. Several processes may call this at the same
    /// time: only one applies them.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.0.writer.write(migrations::apply).await
    }

    /// Returns whether all migrations are applied.
    pub async fn schema_is_current(&self) -> Result<bool, StoreError> {
        self.0.writer.write(migrations::are_applied).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteStore(..)")
    }
}
