//! Connections: how each is set up, lent and judged afterwards.

use crate::connection::address::Address;
use countersign_adapters_sql::columns::Failure;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::{ConnectionError, QueryResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How much longer than its own limit the database is waited for: if it is there, it has answered by then.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool<AsyncPgConnection>,
    acquire_timeout: Duration,
    statement_timeout: Duration,
}

/// There was no connection in time.
#[derive(Debug, thiserror::Error)]
#[error("no connection to the database within {0:?}")]
struct NoConnection(Duration);

/// There was no answer in time.
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
        // The address is in the closure: what the manager itself holds may be printed.
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        Ok(Self {
            pool: Pool::builder(manager).max_size(size).build()?,
            acquire_timeout,
            statement_timeout,
        })
    }

    /// Lends a connection, new or used, within the acquire time-out.
    pub(crate) async fn lend(&self) -> Result<Lent, Failure> {
        // One limit for all that this takes: waiting for a place, and connecting if need be.
        let connection = timeout(self.acquire_timeout, self.pool.get())
            .await
            .map_err(|_| NoConnection(self.acquire_timeout))??;
        Ok(Lent {
            connection: Some(connection),
            statement_timeout: self.statement_timeout,
        })
    }

    /// Runs `work` on a connection: a statement or a few.
    pub(crate) async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut lent = self.lend().await?;
        let outcome = lent.within_time(work).await;
        lent.give_back();
        outcome
    }

    /// Runs `work`, which calls [`take_time`], for as long as it takes.
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

/// A connection on loan. If it is not given back, it is closed: somebody stopped waiting for a statement
/// that may still be under way, and the next user would wait behind it.
pub(crate) struct Lent {
    /// There until it is given back or known to be of no use.
    connection: Option<Object<AsyncPgConnection>>,
    statement_timeout: Duration,
}

impl Lent {
    /// Runs `work`, and stops waiting soon after the time that the database itself has for a statement.
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

    /// Whether a statement that began at `start` had all its time.
    pub(crate) fn is_out_of_time(&self, start: Instant) -> bool {
        start.elapsed() >= self.statement_timeout
    }

    /// Whether it is known to be of no use.
    pub(crate) const fn is_discarded(&self) -> bool {
        self.connection.is_none()
    }

    /// Leaves it to the next user.
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

/// Whether it is the connection that failed, not what was asked of it. One that can only be read from leads
/// to a server that is no longer the primary.
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

/// Lets the transaction take all the time it needs, and read a table from end to end.
pub(crate) async fn take_time(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    connection
        .batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = on")
        .await
}

/// Opens a connection. A time-out of zero is none.
pub(crate) async fn open(
    address: &Address,
    statement_timeout: Duration,
) -> Result<AsyncPgConnection, ConnectionError> {
    let (client, connection) = address
        .connect()
        .await
        .map_err(|error| ConnectionError::BadConnection(error.to_string()))?;
    let mut connection =
        AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
    // A statement that holds rows of a node that died must give them up. Plans are made once, for any values,
    // and go by keys in the order in which they are given, so that no two statements wait for each other
    // in a circle; and the plan does not depend on how lately the tables were analyzed.
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
