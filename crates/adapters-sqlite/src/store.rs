//! The store itself.

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

/// A store in one SQLite file. Copies share its connections and its writer thread. Dropping the last copy
/// waits until what was sent to it is done and the file is closed: everything is in that one file then.
#[derive(Clone)]
pub struct SqliteStore(pub(crate) Arc<Parts>);

// Dropped from top to bottom: the connection that is closed last empties the log into the file, and that is
// to be the one that may write.
pub(crate) struct Parts {
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    /// The last grant that housekeeping looked at.
    pub(crate) swept: Mutex<Option<GrantKey>>,
    /// Numbers of expiring values.
    pub(crate) counts: Counts,
}

impl SqliteStore {
    /// Opens a file, and makes it (readable by its owner alone) if it is not there. The schema is left
    /// as it is: see [`SqliteStore::migrate`] and [`SqliteStore::schema_is_current`].
    ///
    /// Use it within a tokio runtime.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with_connections(path).map_err(StoreError::new)
    }

    fn with_connections(path: &Path) -> Result<Self, Failure> {
        let path = open::prepare_file(path)?;
        // The writer first: it turns WAL on, and readers then find it so.
        let writer = Writer::start(path.clone())?;
        let parts = Parts {
            readers: Readers::open(&path)?,
            writer,
            swept: Mutex::new(None),
            counts: Counts::default(),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Applies the migrations that are missing, all or none, and names them. Several processes may do
    /// this at once: one does the work, the others find it done.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.0.writer.write(migrations::apply).await
    }

    /// Whether no migration is missing.
    pub async fn schema_is_current(&self) -> Result<bool, StoreError> {
        self.0.writer.write(migrations::are_applied).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteStore(..)")
    }
}
