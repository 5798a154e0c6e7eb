//! Groups of requests. Requests that wait at the same time share one statement, and each gets its own result.
//!
//! There is no task that sends groups. A caller that finds a free turn sends the statement itself, with all requests that
//! wait by then. So a request that arrives alone wakes no other task.

mod detached;
mod request;
mod sending;
#[cfg(test)]
mod tests;

use crate::connection::pool::Connections;
use countersign_ports::StoreError;
use detached::Detached;
use request::Waiting;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::yield_now;
use tokio::time::timeout;

pub(crate) use request::{Request, rows_of};

/// Maximum number of requests in one statement.
const MOST: usize = 128;

/// Maximum number of requests that wait or are being sent. Further callers wait for a free slot.
const QUEUE: usize = 1024;

/// Queue for requests of one kind.
pub(crate) struct Group<R: Request> {
    queue: Arc<Queue<R>>,
    patience: Duration,
}

struct Queue<R: Request> {
    connections: Connections,
    /// Free slots for requests.
    slots: Arc<Semaphore>,
    state: Mutex<State<R>>,
}

struct State<R: Request> {
    waiting: VecDeque<Waiting<R>>,
    /// Number of groups that may still be sent at the same time.
    turns: usize,
}

impl<R: Request> Group<R> {
    /// Creates a queue that sends up to `turns` groups at the same time, each on one of `connections`. A request times
    /// out after `patience`.
    pub(crate) fn new(connections: &Connections, turns: usize, patience: Duration) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            turns,
        };
        let queue = Arc::new(Queue {
            connections: connections.clone(),
            slots: Arc::new(Semaphore::new(QUEUE)),
            state: Mutex::new(state),
        });
        Self { queue, patience }
    }

    /// Sends a request, alone or in a group, and returns its result. A caller that gives up does not stop the group
    /// that it sends: see [`Detached`].
    pub(crate) async fn ask(&self, request: R) -> Result<R::Answer, StoreError> {
        let answer = async {
            let slot = Arc::clone(&self.queue.slots).acquire_owned().await;
            let (reply, answer) = oneshot::channel();
            let waiting = Waiting {
                request,
                reply,
                _slot: slot.map_err(StoreError::new)?,
            };
            if let Some(turn) = self.queue.enter(waiting) {
                Detached::new(turn.send()).await;
            }
            answer.await.map_err(StoreError::new)?
        };
        timeout(self.patience, answer)
            .await
            .map_err(StoreError::new)?
    }
}

impl<R: Request> Queue<R> {
    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a request. Takes a turn if one is free.
    fn enter(self: &Arc<Self>, waiting: Waiting<R>) -> Option<Turn<R>> {
        self.state().waiting.push_back(waiting);
        self.next_turn()
    }

    /// Takes a turn if requests wait and a turn is free.
    fn next_turn(self: &Arc<Self>) -> Option<Turn<R>> {
        let mut state = self.state();
        if state.waiting.is_empty() {
            return None;
        }
        state.turns = state.turns.checked_sub(1)?;
        Some(Turn(Arc::clone(self)))
    }
}

/// The right to send a group. When it ends, the next group is sent if requests wait.
struct Turn<R: Request>(Arc<Queue<R>>);

impl<R: Request> Turn<R> {
    /// Waits for a connection and sends all requests that wait by then.
    async fn send(self) {
        // Tasks that are ready to run may be about to send requests, but this task would run before them. Yield first:
        // sharing one statement and one commit is worth more than being first.
        yield_now().await;
        let connection = self.0.connections.lend().await;
        let group = self.take();
        match connection {
            Ok(connection) => self.put_back(sending::send(group, connection).await),
            Err(failure) => sending::fail(group, &failure),
        }
    }

    fn take(&self) -> Vec<Waiting<R>> {
        let mut state = self.0.state();
        let count = state.waiting.len().min(MOST);
        state.waiting.drain(..count).collect()
    }

    /// Returns requests that could not be sent with the last group. They keep their place.
    fn put_back(&self, rest: Vec<Waiting<R>>) {
        let mut state = self.0.state();
        for waiting in rest.into_iter().rev() {
            state.waiting.push_front(waiting);
        }
    }
}

impl<R: Request> Drop for Turn<R> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.turns += 1;
        let is_idle = state.waiting.is_empty();
        drop(state);
        if is_idle {
            return;
        }
        // Without a runtime, the process ends and nobody waits for an answer.
        if let Ok(runtime) = Handle::try_current() {
            let queue = Arc::clone(&self.0);
            runtime.spawn(async move {
                if let Some(turn) = queue.next_turn() {
                    turn.send().await;
                }
            });
        }
    }
}
