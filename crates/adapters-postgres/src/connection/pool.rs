//! Connection pool: setup, checkout, and disposal of connections.

use crate::connection::address::Address;
use crate::connection::message::described;
use countersign_adapters_sql::columns::Failure;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::{ConnectionError, QueryResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Time to wait beyond the statement timeout of the database. A reachable database has answered by then.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// Connection pool.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool<AsyncPgConnection>,
    acquire_timeout: Duration,
    statement_timeout: Duration,
}

/// No connection was available in time.
#[derive(Debug, thiserror::Error)]
#[error("no connection to the database within {0:?}")]
struct NoConnection(Duration);

/// The database did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("no answer from the database within {0:?}")]
struct NoAnswer(Duration);

impl Connections {
    pub(crate) fn new(
        address: Address,
        size: usize,
        acquire_timeout: Duration,
        statement_timeout: Duration,
    ) -> Result<Self, Failure> {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |_| {
            let address = address.clone();
            Box::pin(async move { open(&address, statement_timeout).await })
        });
        // The address is in the closure, because the fields of the manager may be printed.
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        Ok(Self {
            pool: Pool::builder(manager).max_size(size).build()?,
            acquire_timeout,
            statement_timeout,
        })
    }

    /// Checks out a new or pooled connection within the acquire timeout.
    pub(crate) async fn lend(&self) -> Result<Lent, Failure> {
        // One timeout covers both: waiting for a slot, and connecting if necessary.
        let connection = timeout(self.acquire_timeout, self.pool.get())
            .await
            .map_err(|_| NoConnection(self.acquire_timeout))?
            .map_err(cause)?;
        Ok(Lent {
            connection: Some(connection),
            statement_timeout: self.statement_timeout,
        })
    }

    /// Runs `work`, one or a few statements, on a connection.
    pub(crate) async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut lent = self.lend().await?;
        let outcome = lent.within_time(work).await;
        lent.give_back();
        outcome
    }

    /// Runs `work`, which calls [`take_time`], without a timeout.
    pub(crate) async fn run_unhurried<T>(
        &self,
        work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut lent = self.lend().await?;
        let outcome = lent.run(work).await;
        lent.give_back();
        outcome
    }
}

/// Checked-out connection. If it is not given back, it is closed: the caller no longer waits for a statement that may
/// still run. The next user of the connection would have to wait for that statement.
pub(crate) struct Lent {
    /// `None` once it is given back or known to be broken.
    connection: Option<Object<AsyncPgConnection>>,
    statement_timeout: Duration,
}

impl Lent {
    /// Runs `work` and stops waiting shortly after the statement timeout of the database.
    pub(crate) async fn within_time<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let patience = self.statement_timeout + GRACE;
        if let Ok(outcome) = timeout(patience, self.run(work)).await {
            return outcome;
        }
        self.discard();
        Err(NoAnswer(patience).into())
    }

    async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Some(connection) = &mut self.connection else {
            return Err(Box::new(DieselError::BrokenTransactionManager));
        };
        let outcome = work(connection).await;
        if outcome.as_ref().is_err_and(is_of_the_connection) {
            self.discard();
        }
        outcome
    }

    /// Returns whether a statement that started at `start` has used up its timeout.
    pub(crate) fn is_out_of_time(&self, start: Instant) -> bool {
        start.elapsed() >= self.statement_timeout
    }

    /// Returns whether the connection is known to be broken.
    pub(crate) const fn is_discarded(&self) -> bool {
        self.connection.is_none()
    }

    /// Returns the connection to the pool.
    pub(crate) fn give_back(mut self) {
        drop(self.connection.take());
    }

    fn discard(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.discard();
    }
}

/// Returns the cause of a failed checkout. The text of the pool's error adds nothing to it.
fn cause(error: PoolError) -> Failure {
    match error {
        PoolError::Backend(cause) => cause.into(),
        error => error.into(),
    }
}

/// Returns whether the connection failed, not the statement. A read-only connection leads to a server that is no longer
/// the primary.
fn is_of_the_connection(failure: &Failure) -> bool {
    use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, UnableToSendCommand};
    matches!(
        failure.downcast_ref(),
        Some(DieselError::DatabaseError(
            ClosedConnection | ReadOnlyTransaction | UnableToSendCommand,
            _
        ))
    )
}

/// Removes the statement timeout of the transaction and allows sequential scans.
pub(crate) async fn take_time(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    connection
        .batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = on")
        .await
}

/// Opens a connection. A statement timeout of zero means no timeout.
pub(crate) async fn open(
    address: &Address,
    statement_timeout: Duration,
) -> Result<AsyncPgConnection, ConnectionError> {
    let (client, connection) = address
        .connect()
        .await
        .map_err(|error| ConnectionError::BadConnection(described(&error)))?;
    let mut connection =
        AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
    // The timeouts release the row locks of a node that died. Plans are made once for all values. They use keys in the
    // given order, so that no two statements deadlock, and do not depend on when the tables were last analyzed.
    let limit = statement_timeout.as_millis();
    let settings = format!(
        "SET statement_timeout = {limit}; SET idle_in_transaction_session_timeout = {limit}; \
         SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; \
         SET enable_mergejoin = off; SET jit = off"
    );
    connection
        .batch_execute(&settings)
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}
