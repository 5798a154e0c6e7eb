//! What a group sends.

use countersign_ports::StoreError;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use std::future::Future;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// A request about one row that can share a statement with requests about other rows.
pub(crate) trait Request: Send + Sync + 'static {
    /// Primary key of the row.
    type Key: Ord + Clone;

    /// Result of a request.
    type Answer: Send + 'static;

    /// Returns the primary key of the row.
    fn key(&self) -> Self::Key;

    /// Sends all requests in one statement. They are about different rows, in key order. The results have the same
    /// order.
    fn ask(
        requests: &[&Self],
        connection: &mut AsyncPgConnection,
    ) -> impl Future<Output = QueryResult<Vec<Self::Answer>>> + Send;

    /// Returns the result of this request if it runs right after `earlier`, a request about the same row with the
    /// result `answer`. Returns `None` if that does not decide it.
    fn answer_after(&self, earlier: &Self, answer: &Self::Answer) -> Option<Self::Answer>;
}

/// Returns the row of each key, if any. Both the keys and the results are in key order.
pub(crate) fn rows_of<K: Ord, T>(
    keys: impl Iterator<Item = K>,
    mut rows: Vec<(K, T)>,
) -> Vec<Option<T>> {
    rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let mut rows = rows.into_iter().peekable();
    let row = |key| Some(rows.next_if(|(of, _)| *of == key)?.1);
    keys.map(row).collect()
}

/// Request that waits for its result.
pub(super) struct Waiting<R: Request> {
    pub(super) request: R,
    pub(super) reply: oneshot::Sender<Result<R::Answer, StoreError>>,
    /// Its slot in the queue, until it has its result.
    pub(super) _slot: OwnedSemaphorePermit,
}
