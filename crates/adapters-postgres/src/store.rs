//! The PostgreSQL store.

use crate::connection::address::Address;
use crate::connection::groups::Group;
use crate::connection::pool::{Connections, GRACE};
use crate::ephemera::counts::Counts;
use crate::ephemera::get::Get;
use crate::grants::find_with_user::FindWithUser;
use crate::grants::redeem::Redeem;
use crate::grants::requests::{Establish, Find, Key, Revoke, Rotate};
use crate::schema::{indexes, migrations};
use countersign_adapters_sql::columns::Failure;
use countersign_ports::StoreError;
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Number of concurrent groups of writes. While one group commits, the next one collects requests. If both are in
/// progress, a new request waits a quarter of a commit on average. With more, groups would only be smaller.
pub(crate) const WRITERS: usize = 2;

/// Number of concurrent groups of lookups of each kind.
const FINDERS: usize = 2;

/// Connection settings of a store.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Number of connections for reads and administration. Two more connections write, and one listens for changes. A
    /// good value is twice the number of CPU cores of the database.
    pub pool_size: usize,
    /// Maximum time that a request waits for a connection.
    pub acquire_timeout: Duration,
    /// Maximum time that the database may take for a statement.
    pub statement_timeout: Duration,
}

/// A store in a PostgreSQL database. Clones share its connections.
#[derive(Clone)]
pub struct PostgresStore(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) address: Address,
    pub(crate) connections: Connections,
    pub(crate) establish: Group<Establish>,
    pub(crate) redeem: Group<Redeem>,
    pub(crate) find: Group<Find>,
    pub(crate) find_with_user: Group<FindWithUser>,
    pub(crate) get: Group<Get>,
    pub(crate) rotate: Group<Rotate>,
    pub(crate) revoke: Group<Revoke>,
    /// Last grant that housekeeping has seen. `None` before the first run.
    pub(crate) swept: Mutex<Option<Key>>,
    /// Cached counts of expiring values.
    pub(crate) counts: tokio::sync::Mutex<Counts>,
}

impl PostgresStore {
    /// Parses `url` and connects to the database. The URL is `postgres://user:password@host/database`. It may list
    /// several hosts (`host1,host2`), with `target_session_attrs=read-write` to follow a failover. `sslmode` is
    /// `disable`, `prefer`, `require`, or `verify-full` with `sslrootcert`, a file of CA certificates.
    ///
    /// Does not change the schema: see [`PostgresStore::migrate`] and [`PostgresStore::schema_is_current`].
    ///
    /// Needs a tokio runtime.
    pub async fn connect(url: &str, options: Options) -> Result<Self, StoreError> {
        let store = Self::new(url, options).map_err(StoreError::new)?;
        let answer = store.0.connections.lend().await;
        answer.map_err(StoreError::new)?.give_back();
        Ok(store)
    }

    fn new(url: &str, options: Options) -> Result<Self, Failure> {
        let Options {
            pool_size,
            acquire_timeout,
            statement_timeout,
        } = options;
        let address = Address::parse(url, acquire_timeout)?;
        let connections =
            |size| Connections::new(address.clone(), size, acquire_timeout, statement_timeout);
        let readers = connections(pool_size.max(1))?;
        let writers = connections(WRITERS)?;
        let patience = acquire_timeout + statement_timeout + GRACE;
        let parts = Parts {
            establish: Group::new(&writers, WRITERS, patience),
            redeem: Group::new(&writers, WRITERS, patience),
            rotate: Group::new(&writers, WRITERS, patience),
            revoke: Group::new(&writers, 1, patience),
            find: Group::new(&readers, FINDERS, patience),
            find_with_user: Group::new(&readers, FINDERS, patience),
            get: Group::new(&readers, FINDERS, patience),
            address,
            connections: readers,
            swept: Mutex::default(),
            counts: tokio::sync::Mutex::default(),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Applies all pending migrations, or none, and returns their names. Many nodes may call this at the same time: one
    /// applies the migrations, and the others wait. If the database has grants, this leaves their indexes to
    /// [`PostgresStore::build_indexes`], which runs during operation.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.0
            .connections
            .run_unhurried(async |connection| connection.transaction(migrations::apply).await)
            .await
            .map_err(StoreError::new)
    }

    /// Returns whether all migrations are applied.
    pub async fn schema_is_current(&self) -> Result<bool, StoreError> {
        self.run(async |connection| migrations::are_applied(connection).await)
            .await
    }

    /// Builds the indexes that [`PostgresStore::migrate`] left out because there were grants, and returns their names.
    /// Does not block reads and writes. One node builds while the others wait; if it dies, another one continues. Has
    /// no timeout, and uses a separate connection.
    pub async fn build_indexes(&self) -> Result<Vec<String>, StoreError> {
        let are_built = self.run(async |connection| indexes::are_built(connection).await);
        if are_built.await? {
            return Ok(Vec::new());
        }
        let built = indexes::build_missing(&self.0.address).await;
        built.map_err(StoreError::new)
    }

    /// Runs `work`, one or a few statements, on a connection.
    pub(crate) async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let outcome = self.0.connections.run(work).await;
        outcome.map_err(StoreError::new)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresStore(..)")
    }
}
