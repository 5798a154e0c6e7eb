//! The threads that make RSA signatures. One takes a core for a quarter of a millisecond: on a thread of
//! an executor, every request behind it would wait.

use crate::held_key::HeldKey;
use crate::token;
use countersign_ports::SigningError;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// As many threads as the machine has cores, started at the first signature, ended with this value.
/// First come, first served.
#[derive(Default)]
pub(crate) struct RsaThreads(OnceLock<Sender<Job>>);

struct Job {
    key: Arc<HeldKey>,
    input: Vec<u8>,
    reply: oneshot::Sender<Result<String, SigningError>>,
}

impl RsaThreads {
    /// Signs on one of the threads. Works on any executor.
    pub(crate) async fn sign(
        &self,
        key: Arc<HeldKey>,
        input: Vec<u8>,
    ) -> Result<String, SigningError> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.0.get_or_init(start);
        jobs.send(Job { key, input, reply })
            .map_err(|_| SigningError::new("no signing thread could be started"))?;
        answer.await.map_err(SigningError::new)?
    }
}

fn start() -> Sender<Job> {
    let (jobs, queue) = channel();
    let queue = Arc::new(Mutex::new(queue));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    for number in 1..=threads {
        let queue = Arc::clone(&queue);
        // If not one thread starts, the queue is gone when this returns, and sending fails.
        let _ = thread::Builder::new()
            .name(format!("rsa-sign-{number}"))
            .spawn(move || work(&queue));
    }
    jobs
}

fn work(queue: &Mutex<Receiver<Job>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { key, input, reply }) = next else {
            return;
        };
        // Whoever asked may have hung up while the job was waiting.
        if !reply.is_closed() {
            let _ = reply.send(token::sign(input, &key.private_key));
        }
    }
}
