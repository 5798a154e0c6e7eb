//! Groups of requests. Requests that wait at the same time share one statement, and each gets its own result.

#[cfg(test)]
mod tests;

use crate::connection::pool::{Connections, Lent};
use countersign_adapters_sql::columns::Failure;
use countersign_ports::StoreError;
use diesel::QueryResult;
use diesel::result::Error as DieselError;
use diesel_async::AsyncPgConnection;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

/// Maximum number of requests in one statement.
const MOST: usize = 128;

/// Maximum number of queued requests. Further callers wait for a free slot.
const QUEUE: usize = 1024;

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

/// Queue for requests of one kind.
pub(crate) struct Group<R: Request> {
    sender: mpsc::Sender<Waiting<R>>,
    patience: Duration,
}

struct Waiting<R: Request> {
    request: R,
    reply: oneshot::Sender<Result<R::Answer, StoreError>>,
}

impl<R: Request> Group<R> {
    /// Starts `tasks` tasks that send groups, each on one of `connections`. They end when this value is dropped and all
    /// sent requests are done. A request times out after `patience`.
    pub(crate) fn start(connections: &Connections, tasks: usize, patience: Duration) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..tasks {
            let sending = Sending {
                connections: connections.clone(),
                receiver: receiver.clone(),
                carried: Vec::new(),
            };
            tokio::spawn(sending.run());
        }
        Self { sender, patience }
    }

    /// Sends a request, alone or in a group, and returns its result.
    pub(crate) async fn ask(&self, request: R) -> Result<R::Answer, StoreError> {
        let answer = async {
            let (reply, answer) = oneshot::channel();
            let waiting = Waiting { request, reply };
            self.sender
                .send(waiting)
                .await
                .map_err(|_| StoreError::new("the store has stopped"))?;
            answer.await.map_err(StoreError::new)?
        };
        timeout(self.patience, answer)
            .await
            .map_err(StoreError::new)?
    }
}

struct Sending<R: Request> {
    connections: Connections,
    receiver: Arc<Mutex<mpsc::Receiver<Waiting<R>>>>,
    /// Requests that could not be sent with the last group.
    carried: Vec<Waiting<R>>,
}

impl<R: Request> Sending<R> {
    async fn run(mut self) {
        while let Some((group, connection)) = self.next_group().await {
            match connection {
                Ok(connection) => self.carried = send(group, connection).await,
                Err(failure) => fail(group, &failure),
            }
        }
    }

    /// Waits for a request, then for a connection. Takes all requests that wait by then.
    async fn next_group(&mut self) -> Option<(Vec<Waiting<R>>, Result<Lent, Failure>)> {
        let mut group = std::mem::take(&mut self.carried);
        let mut receiver = if group.is_empty() {
            let mut receiver = self.receiver.lock().await;
            group.push(receiver.recv().await?);
            Some(receiver)
        } else {
            // If another task holds the lock, it waits for requests, so the queue is empty.
            self.receiver.try_lock().ok()
        };
        // Tasks that are ready to run may be about to send requests, but this task would run before them. Yield first:
        // sharing one statement and one commit is worth more than being first.
        yield_now().await;
        let connection = self.connections.lend().await;
        while let Some(receiver) = &mut receiver
            && group.len() < MOST
            && let Ok(waiting) = receiver.try_recv()
        {
            group.push(waiting);
        }
        Some((group, connection))
    }
}

/// Sends a group and delivers the results. Returns the requests that must go with the next group.
async fn send<R: Request>(mut group: Vec<Waiting<R>>, mut connection: Lent) -> Vec<Waiting<R>> {
    // Drop requests whose callers have given up.
    group.retain(|waiting| !waiting.reply.is_closed());
    // All statements lock rows in key order, so that no two deadlock. A statement changes a row only once, so only the
    // first request for each row is sent.
    group.sort_by_key(|waiting| waiting.request.key());
    let mut firsts: Vec<Waiting<R>> = Vec::with_capacity(group.len());
    let mut others = Vec::new();
    for waiting in group {
        match firsts.last() {
            Some(first) if first.request.key() == waiting.request.key() => others.push(waiting),
            _ => firsts.push(waiting),
        }
    }
    if firsts.is_empty() {
        connection.give_back();
        return others;
    }
    match ask_together(&firsts, &mut connection).await {
        Ok(answers) => {
            connection.give_back();
            answer(firsts.into_iter().zip(answers), others)
        }
        // The whole statement was rolled back because of one request. Send each request alone.
        Err(GroupError::Request(_)) if firsts.len() > 1 => {
            let answered = ask_alone(firsts, &mut connection).await;
            connection.give_back();
            answer(answered.into_iter(), others)
        }
        Err(GroupError::Request(failure)) => {
            connection.give_back();
            fail(firsts, &failure);
            others
        }
        Err(GroupError::Database(failure)) => {
            connection.give_back();
            fail(firsts, &failure);
            fail(others, &failure);
            Vec::new()
        }
    }
}

/// Delivers the results in `answered`, and the results of `others` that they decide. Returns the rest. Both are in key
/// order.
fn answer<R: Request>(
    answered: impl Iterator<Item = (Waiting<R>, R::Answer)>,
    others: Vec<Waiting<R>>,
) -> Vec<Waiting<R>> {
    let mut others = others.into_iter().peekable();
    let mut rest = Vec::new();
    for (first, answer) in answered {
        let key = first.request.key();
        rest.extend(std::iter::from_fn(|| {
            others.next_if(|other| other.request.key() < key)
        }));
        while let Some(other) = others.next_if(|other| other.request.key() == key) {
            match other.request.answer_after(&first.request, &answer) {
                Some(answer) => drop(other.reply.send(Ok(answer))),
                None => rest.push(other),
            }
        }
        // Ignore a caller that has given up.
        drop(first.reply.send(Ok(answer)));
    }
    rest.extend(others);
    rest
}

fn fail<R: Request>(group: Vec<Waiting<R>>, failure: &Failure) {
    let reason = failure.to_string();
    for waiting in group {
        drop(waiting.reply.send(Err(StoreError::new(reason.clone()))));
    }
}

/// Cause of a failed statement.
enum GroupError {
    /// The database rejected a request in the statement.
    Request(Failure),
    /// The database is unreachable or too slow.
    Database(Failure),
}

async fn ask_together<R: Request>(
    firsts: &[Waiting<R>],
    connection: &mut Lent,
) -> Result<Vec<R::Answer>, GroupError> {
    let requests: Vec<&R> = firsts.iter().map(|waiting| &waiting.request).collect();
    let start = Instant::now();
    let outcome = connection
        .within_time(async |connection| Ok(R::ask(&requests, connection).await?))
        .await;
    outcome.map_err(|failure| {
        let is_refused = failure.is::<DieselError>();
        if is_refused && !connection.is_discarded() && !connection.is_out_of_time(start) {
            GroupError::Request(failure)
        } else {
            GroupError::Database(failure)
        }
    })
}

/// Sends the requests one by one while the database is reachable. Failed requests get their error.
async fn ask_alone<R: Request>(
    firsts: Vec<Waiting<R>>,
    connection: &mut Lent,
) -> Vec<(Waiting<R>, R::Answer)> {
    let mut answered = Vec::new();
    let mut firsts = firsts.into_iter();
    while let Some(first) = firsts.next() {
        let outcome = ask_together(std::slice::from_ref(&first), connection).await;
        match outcome.map(Vec::into_iter) {
            Ok(mut answers) => answered.extend(answers.next().map(|answer| (first, answer))),
            Err(GroupError::Request(failure)) => fail(vec![first], &failure),
            Err(GroupError::Database(failure)) => {
                fail(vec![first], &failure);
                fail(firsts.by_ref().collect(), &failure);
            }
        }
    }
    answered
}
