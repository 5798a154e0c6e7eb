//! Storage of browser sessions.

use crate::answer::{Race, StoreError};
use crate::slice::{After, Slice};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use std::future::Future;

/// Browser sessions.
pub trait SessionRepository {
    /// Stores a new session. Returns `Lost` if a session with this ID exists.
    fn insert_session(
        &self,
        tenant: TenantId,
        session: &Session,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the session with this ID, live or not, and its user, enabled or not, as one consistent snapshot. Returns
    /// `None` if either does not exist.
    fn find_session(
        &self,
        tenant: TenantId,
        id: SessionId,
    ) -> impl Future<Output = Result<Option<(Session, User)>, StoreError>> + Send;

    /// Returns a slice of a user's sessions, live or not, ordered by ID.
    fn list_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<SessionId>,
    ) -> impl Future<Output = Result<Slice<Session>, StoreError>> + Send;

    /// Applies a renewal if the session is live at [`SessionRenewal::now`] and its secret is still
    /// [`SessionRenewal::present`]. Returns `Lost` otherwise, or if the session does not exist.
    fn renew_session(
        &self,
        tenant: TenantId,
        renewal: &SessionRenewal,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks a session as ended. Returns `Lost` if it does not exist or has already ended; the first end time is kept.
    fn end_session(
        &self,
        tenant: TenantId,
        id: SessionId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks all of a user's sessions as ended, except `except` and those that have already ended. Returns the IDs of
    /// the sessions that this call ended.
    fn end_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> impl Future<Output = Result<Vec<SessionId>, StoreError>> + Send;
}
