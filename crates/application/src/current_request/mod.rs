//! The request that a task serves, for log lines and the audit log.
//!
//! A use case notes here whom a request concerns, so that the line of a refusal names the client and the user, and what
//! the request did, if that is an event. No rule reads it. The event of a command takes the request ID, the address and
//! the place of a kept reply from here.

mod note;
mod notes;
mod reply;
mod request_id;

use countersign_domain::audit::event::FieldChange;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{GrantId, Subject, UserId};
use countersign_domain::login::methods::Method;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
pub(crate) use note::Note;
pub use note::Refused;
pub(crate) use reply::ReplyWithEvent;
pub use request_id::RequestId;
use std::cell::RefCell;
use std::future::poll_fn;
use std::mem;
use std::net::IpAddr;
use std::pin::pin;

/// Request that a task serves.
#[derive(Clone, Debug)]
pub struct CurrentRequest {
    /// Identifier, which the response contains too.
    pub id: RequestId,
    /// Network address of the client.
    pub address: Option<IpAddr>,
    /// Tenant, once known.
    pub tenant: Option<TenantId>,
    /// Client that the presented token or login step belongs to, once known.
    pub client: Option<ClientId>,
    /// User whom the request concerns, once known.
    pub user: Option<UserId>,
    /// Keeps the reply of a command with its event.
    pub(crate) reply: Option<ReplyWithEvent>,
    /// What the request did.
    pub(crate) notes: Vec<Note>,
    /// Facts of a request that is refused.
    facts: Vec<FieldChange>,
    /// Login method, if the request tries to sign in.
    attempt: Option<Method>,
    /// Grant that the request revokes, and the rule that demands it.
    revoked: Option<(GrantId, &'static str)>,
}

thread_local! {
    /// Request of the task that this thread polls.
    static CURRENT: RefCell<Option<CurrentRequest>> = const { RefCell::new(None) };
}

impl CurrentRequest {
    /// Creates a request that arrives at `now`, with a new identifier.
    #[must_use]
    pub fn new(address: Option<IpAddr>, now: Timestamp) -> Self {
        Self {
            id: RequestId::generate(now),
            address,
            tenant: None,
            client: None,
            user: None,
            reply: None,
            notes: Vec::new(),
            facts: Vec::new(),
            attempt: None,
            revoked: None,
        }
    }

    /// Returns the request of this task.
    #[must_use]
    pub fn get() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Returns the identifier of the request of this task.
    #[must_use]
    pub fn current_id() -> Option<RequestId> {
        CURRENT.with_borrow(|current| current.as_ref().map(|request| request.id))
    }

    /// Notes the tenant of the request of this task.
    pub fn note_tenant(tenant: TenantId) {
        Self::note(|request| request.tenant = Some(tenant));
    }

    /// Notes that the request of this task concerns a user.
    pub fn note_user(user: UserId) {
        Self::note(|request| request.user = Some(user));
    }

    /// Notes the subject of a presented token. A subject that is not a user is ignored.
    pub fn note_subject(subject: &Subject) {
        if let Some(user) = subject.user() {
            Self::note_user(user);
        }
    }

    /// Notes the client of a presented token or login step.
    pub fn note_client(client: &ClientId) {
        Self::note(|request| request.client = Some(client.clone()));
    }

    /// Makes the command of this task store its reply with its event.
    pub(crate) fn note_reply(reply: ReplyWithEvent) {
        Self::note(|request| request.reply = Some(reply));
    }

    fn note(change: impl FnOnce(&mut Self)) {
        CURRENT.with_borrow_mut(|current| current.as_mut().map(change));
    }

    /// Runs `work` as this request.
    pub async fn serve<T>(self, work: impl Future<Output = T>) -> T {
        self.serve_then(work, |_| ()).await
    }

    /// Runs `work` as this request. `after` takes what was noted, also if the caller drops this future: then, a client has
    /// closed its connection.
    pub async fn serve_then<T>(
        self,
        work: impl Future<Output = T>,
        after: impl FnOnce(&mut Self),
    ) -> T {
        let mut served = Served {
            request: Some(self),
            after: Some(after),
        };
        let mut work = pin!(work);
        poll_fn(|context| {
            let _entered = Entered::new(&mut served.request);
            work.as_mut().poll(context)
        })
        .await
    }
}

/// Passes a request on when it ends.
struct Served<F: FnOnce(&mut CurrentRequest)> {
    request: Option<CurrentRequest>,
    after: Option<F>,
}

impl<F: FnOnce(&mut CurrentRequest)> Drop for Served<F> {
    fn drop(&mut self) {
        if let (Some(request), Some(after)) = (&mut self.request, self.after.take()) {
            after(request);
        }
    }
}

/// Makes a request current until it is dropped, also if the task panics.
struct Entered<'a>(&'a mut Option<CurrentRequest>);

impl<'a> Entered<'a> {
    fn new(request: &'a mut Option<CurrentRequest>) -> Self {
        let entered = Self(request);
        CURRENT.with_borrow_mut(|current| mem::swap(current, entered.0));
        entered
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(|current| mem::swap(current, self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::task::Poll;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
    const USER: UserId = UserId::from_bytes([7; 16]);

    /// Completes at the second poll.
    async fn interrupted() {
        let mut polled = false;
        poll_fn(|context| {
            if mem::replace(&mut polled, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    #[tokio::test]
    async fn concurrent_tasks_of_one_thread_keep_their_requests() {
        let task = async |user: Option<UserId>| {
            let request = CurrentRequest::new(None, NOW);
            let id = request.id;
            let work = async {
                if let Some(user) = user {
                    CurrentRequest::note_user(user);
                }
                interrupted().await;
                CurrentRequest::get().unwrap()
            };
            let seen = request.serve(work).await;
            assert_eq!((seen.id, seen.user), (id, user));
        };
        tokio::join!(task(Some(USER)), task(None));
        assert!(CurrentRequest::get().is_none());
    }

    #[tokio::test]
    async fn panic_leaves_no_request_on_its_thread() {
        let mut panics =
            Box::pin(CurrentRequest::new(None, NOW).serve(async { panic!("expected") }));
        poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| panics.as_mut().poll(context)));
            assert!(polled.is_err());
            Poll::Ready(())
        })
        .await;
        assert!(CurrentRequest::get().is_none());
    }
}
