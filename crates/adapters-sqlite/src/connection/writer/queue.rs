//! Queue between tasks and the writer thread.

use countersign_ports::StoreError;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// Maximum number of queued commands. Further callers wait for a free slot.
const SLOTS: usize = 1024;

/// Bounded queue. The first command to arrive wakes the writer thread, but not before all tasks that are ready to run
/// have run. They may be about to write too, and a shared commit is worth more than an early one.
pub(super) struct Queue<C> {
    slots: Semaphore,
    state: Mutex<State<C>>,
    bell: Condvar,
}

struct State<C> {
    waiting: VecDeque<C>,
    /// Whether the thread should take the commands.
    is_due: bool,
    is_closed: bool,
}

impl<C> Queue<C> {
    pub(super) fn new() -> Self {
        let state = State {
            waiting: VecDeque::new(),
            is_due: false,
            is_closed: false,
        };
        Self {
            slots: Semaphore::new(SLOTS),
            state: Mutex::new(state),
            bell: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a command. The thread will take it even if the caller gives up.
    pub(super) async fn push(&self, command: C) -> Result<(), StoreError> {
        // `take` frees the slot.
        let slot = self.slots.acquire().await;
        slot.map_err(StoreError::new)?.forget();
        let is_first = {
            let mut state = self.state();
            if state.is_closed {
                return Err(StoreError::new("the writer has stopped"));
            }
            state.waiting.push_back(command);
            state.waiting.len() == 1
        };
        if is_first {
            let _ring = RingOnDrop(self);
            yield_now().await;
        }
        Ok(())
    }

    fn ring(&self) {
        let mut state = self.state();
        // The thread may have taken the commands already, with earlier ones.
        state.is_due = !state.waiting.is_empty();
        drop(state);
        self.bell.notify_one();
    }

    /// Lets the thread end once the queue is empty.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.bell.notify_one();
    }
}

/// Wakes the thread when it is dropped, even if the caller gives up before. Other commands may wait by then.
struct RingOnDrop<'a, C>(&'a Queue<C>);

impl<C> Drop for RingOnDrop<'_, C> {
    fn drop(&mut self) {
        self.0.ring();
    }
}

/// The thread's end of the queue. When it is dropped, callers get an error.
pub(super) struct Receiver<C>(pub(super) Arc<Queue<C>>);

impl<C> Receiver<C> {
    /// Waits until commands are due, and moves at most `most` of them to the empty `group`. Returns `false` if the
    /// queue is closed and empty.
    pub(super) fn take(&self, group: &mut Vec<C>, most: usize) -> bool {
        let waited = self
            .0
            .bell
            .wait_while(self.0.state(), |state| !state.is_due && !state.is_closed);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let count = state.waiting.len().min(most);
        group.extend(state.waiting.drain(..count));
        state.is_due = !state.waiting.is_empty();
        drop(state);
        self.0.slots.add_permits(count);
        count > 0
    }
}

impl<C> Drop for Receiver<C> {
    fn drop(&mut self) {
        self.0.slots.close();
        let mut state = self.0.state();
        state.is_closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        drop(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::{Queue, Receiver};
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::task::Poll;
    use std::thread;
    use std::time::Duration;
    use tokio::task::{JoinSet, spawn_blocking};
    use tokio::time::timeout;

    const MOST: usize = 256;
    const LONG: Duration = Duration::from_secs(10);

    fn queue() -> (Arc<Queue<u32>>, Receiver<u32>) {
        let queue = Arc::new(Queue::new());
        (queue.clone(), Receiver(queue))
    }

    /// Takes a group on another thread, as the writer does.
    async fn taken(receiver: Receiver<u32>) -> (Vec<u32>, Receiver<u32>) {
        let take = spawn_blocking(move || {
            let mut group = Vec::new();
            assert!(receiver.take(&mut group, MOST));
            (group, receiver)
        });
        timeout(LONG, take).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn commands_of_all_ready_tasks_form_one_group() {
        let (queue, receiver) = queue();
        let mut tasks: JoinSet<()> = (0..8)
            .map(|number| {
                let queue = queue.clone();
                async move {
                    // The thread would have time to take earlier commands.
                    thread::sleep(Duration::from_millis(5));
                    queue.push(number).await.unwrap();
                }
            })
            .collect();
        let (group, _receiver) = taken(receiver).await;
        assert_eq!(group, [0, 1, 2, 3, 4, 5, 6, 7]);
        while tasks.join_next().await.is_some() {}
    }

    #[tokio::test]
    async fn command_of_cancelled_caller_is_taken() {
        let (queue, receiver) = queue();
        let mut push = Box::pin(queue.push(1));
        let once = poll_fn(|context| Poll::Ready(push.as_mut().poll(context)));
        assert!(once.await.is_pending());
        drop(push);
        assert_eq!(taken(receiver).await.0, [1]);
    }

    #[tokio::test]
    async fn thread_sleeps_if_woken_after_commands_were_taken() {
        let (queue, receiver) = queue();
        queue.push(1).await.unwrap();
        let (group, receiver) = taken(receiver).await;
        assert_eq!(group, [1]);
        queue.ring();
        let next = tokio::spawn(taken(receiver));
        queue.push(2).await.unwrap();
        assert_eq!(next.await.unwrap().0, [2]);
    }

    #[tokio::test]
    async fn callers_get_error_after_writer_has_stopped() {
        let (queue, receiver) = queue();
        drop(receiver);
        assert!(queue.push(1).await.is_err());
    }

    #[tokio::test]
    async fn closed_queue_ends_after_its_last_command() {
        let (queue, receiver) = queue();
        queue.push(1).await.unwrap();
        queue.close();
        let (group, receiver) = taken(receiver).await;
        assert_eq!(group, [1]);
        assert!(!receiver.take(&mut Vec::new(), MOST));
    }
}
