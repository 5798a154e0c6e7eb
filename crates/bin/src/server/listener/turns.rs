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

/// A service that counts its turns, and marks each request before it is served.
pub(super) struct Counted<S, M> {
    service: S,
    turns: Turns,
    mark: M,
}

impl<S, M> Counted<S, M> {
    pub(super) const fn new(service: S, turns: Turns, mark: M) -> Self {
        Self {
            service,
            turns,
            mark,
        }
    }
}

impl<S, R, M> Service<R> for Counted<S, M>
where
    S: Service<R>,
    S::Future: Send + 'static,
    M: Fn(&mut R),
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn call(&self, mut request: R) -> Self::Future {
        self.turns.next();
        (self.mark)(&mut request);
        let (answer, turns) = (self.service.call(request), self.turns.clone());
        Box::pin(async move {
            let answer = answer.await;
            turns.next();
            answer
        })
    }
}
