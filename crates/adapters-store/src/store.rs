use crate::Options;
use countersign_adapters_postgres::PostgresStore;
use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_ports::StoreError;
use std::future::pending;
use std::path::Path;

/// Store of either kind. Clones share its connections.
#[derive(Clone, Debug)]
pub enum AnyStore {
    /// SQLite file, for one machine.
    Sqlite(SqliteStore),
    /// PostgreSQL database, for several nodes.
    Postgres(PostgresStore),
}

impl AnyStore {
    /// Opens a SQLite file and creates it if it is missing. Does not change the schema.
    pub fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        SqliteStore::open(path).map(Self::Sqlite)
    }

    /// Connects to a PostgreSQL database. Does not change the schema.
    pub async fn connect_postgres(url: &Secret, options: Options) -> Result<Self, StoreError> {
        PostgresStore::connect(url.expose_secret(), options)
            .await
            .map(Self::Postgres)
    }

    /// Applies schema migrations.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.migrate().await.map(drop),
            Self::Postgres(store) => store.migrate().await.map(drop),
        }
    }

    /// Builds the indexes that migrations leave out, without blocking requests, and returns their names.
    ///
    /// This may take long on large tables.
    pub async fn build_indexes(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(Vec::new()),
            Self::Postgres(store) => store.build_indexes().await,
        }
    }

    /// Returns whether the schema is that of this version.
    pub async fn schema_is_current(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(store) => store.schema_is_current().await,
            Self::Postgres(store) => store.schema_is_current().await,
        }
    }

    /// Returns whether the store allows its schema to be changed.
    pub async fn may_migrate(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(true),
            Self::Postgres(store) => store.may_migrate().await,
        }
    }

    /// Returns the time of the database; `None` for SQLite, which runs on this machine.
    pub async fn now(&self) -> Result<Option<Timestamp>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(store) => store.now().await.map(Some),
        }
    }

    /// Calls `wake` soon after a client or key set has changed. Spurious calls are possible.
    ///
    /// Only PostgreSQL sends notifications. With SQLite, this never calls `wake`.
    pub async fn listen(&self, wake: impl Fn() + Send + Sync) {
        match self {
            Self::Sqlite(_) => pending().await,
            Self::Postgres(store) => match store.listen(wake).await {},
        }
    }
}
