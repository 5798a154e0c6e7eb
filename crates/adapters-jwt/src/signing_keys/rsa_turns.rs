//! Turns of RSA signatures. One signature blocks a core for a quarter of a millisecond. Many of them one after the other
//! would delay every other request of that core.
//!
//! A signature runs in place: a thread of its own would cost two switches of the core, a tenth of the signature. But it
//! waits for its turn first. At most one signature per core has its turn, and before it runs, everything else that is
//! ready runs, including requests that have just arrived. So another request waits for one signature, however many are
//! waiting.

use std::thread;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::yield_now;

/// Turns of RSA signatures, first come, first served.
pub(crate) struct RsaTurns(Semaphore);

impl Default for RsaTurns {
    fn default() -> Self {
        Self::on(thread::available_parallelism().map_or(1, usize::from))
    }
}

impl RsaTurns {
    fn on(cores: usize) -> Self {
        Self(Semaphore::new(cores))
    }

    /// Waits for a turn, which ends when the result is dropped.
    pub(crate) async fn next(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        let turn = self.0.acquire().await.ok();
        yield_now().await;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tokio::sync::mpsc::unbounded_channel;
    use tokio::task::JoinSet;

    #[tokio::test]
    async fn request_that_arrives_runs_before_next_rsa_signature() {
        let turns = Arc::new(RsaTurns::on(1));
        let order = Arc::new(Mutex::new(String::new()));
        let (arrives, mut requests) = unbounded_channel();
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            let (turns, order, arrives) = (turns.clone(), order.clone(), arrives.clone());
            tasks.spawn(async move {
                let _turn = turns.next().await;
                order.lock().unwrap().push_str("signature ");
                arrives.send(()).unwrap();
            });
        }
        drop(arrives);
        let other = order.clone();
        tasks.spawn(async move {
            while requests.recv().await.is_some() {
                other.lock().unwrap().push_str("request ");
            }
        });
        tasks.join_all().await;
        assert_eq!(*order.lock().unwrap(), "signature request ".repeat(3));
    }
}
