//! Turns of a connection: the client sends a request, then the server sends a response.

use hyper::service::Service;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Number of turns of a connection. It is the client's turn if the number is even.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<AtomicUsize>);

impl Turns {
    /// Returns the number of turns. The connection's task makes all accesses, so relaxed ordering is enough.
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn next(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Service that counts turns and marks each request before it is served.
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
