//! Threads for RSA signatures. One signature blocks a core for a quarter of a millisecond. On an executor thread, it
//! would delay every request behind it. Tokio's blocking pool starts up to 512 threads, which would compete
//! for the cores.

use crate::signing_keys::held_key::HeldKey;
use crate::signing_keys::token;
use countersign_ports::SigningError;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// Thread pool for RSA signatures, one thread per core, first come, first served. Starts at the first signature and
/// stops when dropped.
#[derive(Default)]
pub(crate) struct RsaThreads(OnceLock<Sender<Job>>);

struct Job {
    key: Arc<HeldKey>,
    input: Vec<u8>,
    reply: oneshot::Sender<Result<String, SigningError>>,
}

impl RsaThreads {
    /// Signs on one of the threads. Works with any executor.
    pub(crate) async fn sign(
        &self,
        key: Arc<HeldKey>,
        input: Vec<u8>,
    ) -> Result<String, SigningError> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.0.get_or_init(start);
        jobs.send(Job { key, input, reply })
            .map_err(|_| SigningError::new("cannot start a signing thread"))?;
        answer.await.map_err(SigningError::new)?
    }
}

fn start() -> Sender<Job> {
    let (jobs, queue) = channel();
    let queue = Arc::new(Mutex::new(queue));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    for number in 1..=threads {
        let queue = Arc::clone(&queue);
        // If no thread starts, the queue is dropped on return, and sending fails.
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
        // The caller may have given up while the job was queued.
        if !reply.is_closed() {
            let _ = reply.send(token::sign(input, &key.private_key));
        }
    }
}
