//! What waits at the same moment goes in one statement, and each request keeps its own answer.

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

/// The most requests in one statement.
const MOST: usize = 128;

/// The most requests that wait; who comes then waits for a place.
const QUEUE: usize = 1024;

/// Something that is asked of one row, and can be asked of several rows at once.
pub(crate) trait Request: Send + Sync + 'static {
    /// Primary key of a row.
    type Key: Ord + Clone;

    /// What is answered to each.
    type Answer: Send + 'static;

    /// The row.
    fn key(&self) -> Self::Key;

    /// Asks all of them in one statement. They are of different rows, in the order of their keys, and so
    /// are the answers.
    fn ask(
        requests: &[&Self],
        connection: &mut AsyncPgConnection,
    ) -> impl Future<Output = QueryResult<Vec<Self::Answer>>> + Send;

    /// The answer to this request if it came right after `earlier`, one for the same row that got
    /// `answer`; `None` if that does not tell.
    fn answer_after(&self, earlier: &Self, answer: &Self::Answer) -> Option<Self::Answer>;
}

/// Where requests of one kind are sent to.
pub(crate) struct Group<R: Request> {
    sender: mpsc::Sender<Waiting<R>>,
    patience: Duration,
}

struct Waiting<R: Request> {
    request: R,
    reply: oneshot::Sender<Result<R::Answer, StoreError>>,
}

impl<R: Request> Group<R> {
    /// Starts `tasks` tasks that send groups, each when it gets one of `connections`. They end when this is
    /// gone and what was sent is done. A request gives up after `patience`.
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

    /// Asks, with others or alone.
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
    /// What could not go with the last group.
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

    /// Waits for a request, then for a connection, and takes whatever waits by then.
    async fn next_group(&mut self) -> Option<(Vec<Waiting<R>>, Result<Lent, Failure>)> {
        let mut group = std::mem::take(&mut self.carried);
        let mut receiver = if group.is_empty() {
            let mut receiver = self.receiver.lock().await;
            group.push(receiver.recv().await?);
            Some(receiver)
        } else {
            // Another task that waits for requests holds it until one comes: there is none to take along.
            self.receiver.try_lock().ok()
        };
        // Who is ready to run may be about to ask as well, and this task would be run before them: what then
        // goes in one statement and one commit is worth more than to be first.
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

/// Sends a group and gives the answers; returns what has to go with the next.
async fn send<R: Request>(mut group: Vec<Waiting<R>>, mut connection: Lent) -> Vec<Waiting<R>> {
    // Nobody waits for these any more.
    group.retain(|waiting| !waiting.reply.is_closed());
    // Rows are locked in the order of their keys by everyone, so that nobody waits in a circle. Of those
    // for one row the first goes; a statement changes a row once.
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
        // The statement was rolled back as a whole, though the others have done nothing wrong.
        Err(Trouble::OfARequest(_)) if firsts.len() > 1 => {
            let answered = ask_alone(firsts, &mut connection).await;
            connection.give_back();
            answer(answered.into_iter(), others)
        }
        Err(Trouble::OfARequest(failure)) => {
            connection.give_back();
            fail(firsts, &failure);
            others
        }
        Err(Trouble::OfTheDatabase(failure)) => {
            connection.give_back();
            fail(firsts, &failure);
            fail(others, &failure);
            Vec::new()
        }
    }
}

/// Gives the answers of `answered`, and of those of the `others` that they decide; returns the rest. Both are
/// in the order of their keys.
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
        // A caller that has gone away is not told.
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

/// Whose fault it is that there is no answer.
enum Trouble {
    /// The database refuses something in the statement.
    OfARequest(Failure),
    /// It is away, or too slow.
    OfTheDatabase(Failure),
}

async fn ask_together<R: Request>(
    firsts: &[Waiting<R>],
    connection: &mut Lent,
) -> Result<Vec<R::Answer>, Trouble> {
    let requests: Vec<&R> = firsts.iter().map(|waiting| &waiting.request).collect();
    let start = Instant::now();
    let outcome = connection
        .within_time(async |connection| Ok(R::ask(&requests, connection).await?))
        .await;
    outcome.map_err(|failure| {
        let is_refused = failure.is::<DieselError>();
        if is_refused && !connection.is_discarded() && !connection.is_out_of_time(start) {
            Trouble::OfARequest(failure)
        } else {
            Trouble::OfTheDatabase(failure)
        }
    })
}

/// Asks one by one, for as long as the database is there, and tells those that fail.
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
            Err(Trouble::OfARequest(failure)) => fail(vec![first], &failure),
            Err(Trouble::OfTheDatabase(failure)) => {
                fail(vec![first], &failure);
                fail(firsts.by_ref().collect(), &failure);
            }
        }
    }
    answered
}
