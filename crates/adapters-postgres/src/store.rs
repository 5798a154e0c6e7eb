//! The store itself.

use crate::connection::address::Address;
use crate::connection::groups::Group;
use crate::connection::pool::{Connections, GRACE};
use crate::ephemera::counts::Counts;
use crate::grants::requests::{Establish, Find, Key, Revoke, Rotate};
use crate::schema::{indexes, migrations};
use countersign_adapters_sql::columns::Failure;
use countersign_ports::StoreError;
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How many groups of writes are under way at once: while one commits, the next one gathers. Who comes when both are
/// under way waits a quarter of a commit in the middle. With more, groups are smaller for nothing.
pub(crate) const WRITERS: usize = 2;

/// How many groups of look-ups are under way at once.
const FINDERS: usize = 2;

/// How a store uses its database.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Connections for reading and for administration; two more write, and one listens for changes. Twice
    /// the cores of the database is a good measure.
    pub pool_size: usize,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long the database may take for a statement.
    pub statement_timeout: Duration,
}

/// A store in a PostgreSQL database. Copies share its connections.
#[derive(Clone)]
pub struct PostgresStore(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) address: Address,
    pub(crate) connections: Connections,
    pub(crate) establish: Group<Establish>,
    pub(crate) find: Group<Find>,
    pub(crate) rotate: Group<Rotate>,
    pub(crate) revoke: Group<Revoke>,
    /// The last grant that housekeeping has looked at; `None` before the first.
    pub(crate) swept: Mutex<Option<Key>>,
    /// Counts of expiring values that are not a second old.
    pub(crate) counts: tokio::sync::Mutex<Counts>,
}

impl PostgresStore {
    /// Understands `url` and answers once the database has: `postgres://user:password@host/database`, where
    /// there may be several hosts (`host1,host2`, with `target_session_attrs=read-write` to follow a
    /// fail-over), and `sslmode` (`disable`, `prefer`, `require` or `verify-full` with `sslrootcert`, a
    /// file of CA certificates). The schema is left as it is: see [`PostgresStore::migrate`] and
    /// [`PostgresStore::schema_is_current`].
    ///
    /// Use it within a tokio runtime.
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
            establish: Group::start(&writers, WRITERS, patience),
            rotate: Group::start(&writers, WRITERS, patience),
            revoke: Group::start(&writers, 1, patience),
            find: Group::start(&readers, FINDERS, patience),
            address,
            connections: readers,
            swept: Mutex::default(),
            counts: tokio::sync::Mutex::default(),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Applies the migrations that are missing, all or none, and names them. Many nodes may do this at
    /// once: one does the work, the others wait and find it done. On a database that has grants,
    /// [`PostgresStore::build_indexes`] is left to be done, beside the traffic.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.0
            .connections
            .run_unhurried(async |connection| connection.transaction(migrations::apply).await)
            .await
            .map_err(StoreError::new)
    }

    /// Whether no migration is missing.
    pub async fn schema_is_current(&self) -> Result<bool, StoreError> {
        self.run(async |connection| migrations::are_applied(connection).await)
            .await
    }

    /// Builds the indexes that [`PostgresStore::migrate`] has left out because there were grants, and names them.
    /// Reads and writes go on meanwhile. Of many nodes one does the work, and the others wait until all is
    /// there; if it dies, another goes on. It takes as long as it takes, and a connection of its own.
    pub async fn build_indexes(&self) -> Result<Vec<String>, StoreError> {
        let are_built = self.run(async |connection| indexes::are_built(connection).await);
        if are_built.await? {
            return Ok(Vec::new());
        }
        let built = indexes::build_missing(&self.0.address).await;
        built.map_err(StoreError::new)
    }

    /// Runs `work` on a connection: a statement or a few.
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
