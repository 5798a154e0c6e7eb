//! Whose turn it is on a connection: the client's, to send a request, or the server's, to answer it.

use hyper::service::Service;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the turns of a connection. Even: the client's.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<AtomicUsize>);

impl Turns {
    /// How many there were. All who ask are polled by the task of the connection, one after the other.
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn next(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A service that counts its turns.
pub(super) struct Counted<S> {
    service: S,
    turns: Turns,
}

impl<S> Counted<S> {
    pub(super) const fn new(service: S, turns: Turns) -> Self {
        Self { service, turns }
    }
}

impl<S, R> Service<R> for Counted<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn call(&self, request: R) -> Self::Future {
        self.turns.next();
        let (answer, turns) = (self.service.call(request), self.turns.clone());
        Box::pin(async move {
            let answer = answer.await;
            turns.next();
            answer
        })
    }
}
