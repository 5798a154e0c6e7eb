//! Connections for reads.

use super::open;
use countersign_adapters_sql::columns::Failure;
use countersign_ports::StoreError;
use diesel::SqliteConnection;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

/// Read connections: two for lookups by key, one for lists.
pub(crate) struct Readers {
    points: [Mutex<SqliteConnection>; 2],
    lists: Arc<Mutex<SqliteConnection>>,
}

impl Readers {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let open = || open::to_read(path).map(Mutex::new);
        Ok(Self {
            points: [open()?, open()?],
            lists: Arc::new(open()?),
        })
    }

    #[cfg(test)]
    pub(crate) const fn points(&self) -> &[Mutex<SqliteConnection>; 2] {
        &self.points
    }

    #[cfg(test)]
    pub(crate) const fn lists(&self) -> &Arc<Mutex<SqliteConnection>> {
        &self.lists
    }

    /// Runs a lookup of a few rows by key on this thread, which is faster than waking another thread.
    pub(crate) fn point<T>(
        &self,
        read: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let [first, second] = &self.points;
        let mut connection = match first.try_lock() {
            Ok(connection) => connection,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => second.lock().unwrap_or_else(PoisonError::into_inner),
        };
        read(&mut connection).map_err(StoreError::new)
    }

    /// Runs a read of any length on a thread that may block.
    pub(crate) async fn list<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let lists = Arc::clone(&self.lists);
        tokio::task::spawn_blocking(move || {
            read(&mut lists.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(StoreError::new)?
        .map_err(StoreError::new)
    }
}
