//! Storage, one trait per aggregate.

use crate::people::{
    ConsentRepository, DeviceRepository, PasskeyRepository, RecoveryCodeRepository,
    SessionRepository,
};
use crate::users::UserRepository;
use countersign_domain::claims::TokenId;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId, SessionId, Subject};
use countersign_domain::refresh_token::Rotation;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use std::error::Error;
use std::future::Future;
use std::ops::AddAssign;

/// How a conditional change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a lost race has to be answered"]
pub enum Race {
    /// The change was made.
    Won,
    /// Its condition did not hold, so nothing was changed.
    Lost,
}

/// The store cannot answer. What went wrong is for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("the store cannot answer")]
pub struct StoreError(#[source] Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Grants.
pub trait GrantRepository {
    /// Stores a new grant, unless one of this id is there: then `Lost`, and the one there stays as it
    /// is, be it revoked or expired.
    fn establish(&self, grant: &Grant) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The grant of this id.
    fn find_grant(
        &self,
        id: GrantId,
    ) -> impl Future<Output = Result<Option<Grant>, StoreError>> + Send;

    /// Carries a rotation out: if [`Rotation::applies_to`] holds for the stored grant, it gets the
    /// generation [`Rotation::successor`], `rotated_at` and `expires_at` of the rotation; nothing else
    /// of it changes. Otherwise, or if there is no such grant, `Lost`.
    fn rotate(&self, rotation: &Rotation) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks a grant as revoked. `Lost` if there is none or it was revoked before; the first time stays.
    fn revoke(
        &self,
        id: GrantId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// All grants of a session that are stored, by id, be they live or not.
    fn list_grants(
        &self,
        session: SessionId,
    ) -> impl Future<Output = Result<Vec<Grant>, StoreError>> + Send;

    /// Marks all grants of a subject as revoked that are not yet, those to `client` alone if there is one, and
    /// says how many.
    fn revoke_all(
        &self,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// Access tokens that were revoked and have no grant whose row could say so.
pub trait DeniedTokenRepository {
    /// Denies a token until it expires. Denying it again changes nothing.
    fn deny_token(
        &self,
        token: &TokenId,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whether a token was denied.
    fn is_denied(&self, token: &TokenId) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// One use of a client's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretUse {
    /// Whose.
    pub client: ClientId,
    /// Which.
    pub secret_name: String,
    /// When.
    pub at: Timestamp,
}

/// Clients, each with its secrets.
pub trait ClientRepository {
    /// The client of this id.
    fn find_client(
        &self,
        id: &ClientId,
    ) -> impl Future<Output = Result<Option<Client>, StoreError>> + Send;

    /// All clients, by the time of their registration, then by id.
    fn list_clients(&self) -> impl Future<Output = Result<Vec<Client>, StoreError>> + Send;

    /// Registers a client, unless its id is taken.
    fn insert_client(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces everything about a client. `Lost` if there is none of its id.
    fn update_client(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes a client with its secrets, its grants, what users agreed to for it, and its own signing keys. `Lost` if there is none.
    fn delete_client(&self, id: &ClientId)
    -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Notes when secrets were last used; never sets a time back, passes over what is gone, and does not
    /// count as a change for [`Revision`].
    fn record_secret_uses(
        &self,
        uses: &[SecretUse],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// How far each login is. A login is unknown here until its first step is taken or tried.
pub trait LoginRepository {
    /// Moves a login on to `position`; `Lost` if it is there or further already. `expires_at` says how
    /// long this has to be remembered.
    fn advance(
        &self,
        login: LoginId,
        position: u8,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Counts one more attempt at a login and says how many there were with it.
    fn count_attempt(
        &self,
        login: LoginId,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<u32, StoreError>> + Send;

    /// How many attempts at a login were counted.
    fn attempts(&self, login: LoginId) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// A number that grows with every change of what servers keep copies of: clients and signing keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A change of the set of signing keys, made on one condition: that nobody changed clients or keys since
/// `seen`.
#[derive(Clone, Debug)]
pub struct KeyChange {
    /// The revision at which the keys were read.
    pub seen: Revision,
    /// New keys.
    pub add: Vec<SigningKey>,
    /// Ids of keys that are there, and when they retire.
    pub retire: Vec<(String, Timestamp)>,
}

/// Signing keys, and the revision of all that is cached.
pub trait SigningKeyRepository {
    /// The current revision. Cheap: servers ask several times a second.
    fn revision(&self) -> impl Future<Output = Result<Revision, StoreError>> + Send;

    /// All signing keys, oldest first, with a revision that is no newer than they are.
    fn list_signing_keys(
        &self,
    ) -> impl Future<Output = Result<(Revision, Vec<SigningKey>), StoreError>> + Send;

    /// Changes the set. `Lost` if the revision has moved on since [`KeyChange::seen`].
    fn change_signing_keys(
        &self,
        change: &KeyChange,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// What housekeeping removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many.
    pub count: u32,
    /// When the one ended that waited longest; `None` if none was removed.
    pub oldest: Option<Timestamp>,
}

impl Removed {
    /// One that ended at this time.
    #[must_use]
    pub const fn one(ended_at: Timestamp) -> Self {
        Self {
            count: 1,
            oldest: Some(ended_at),
        }
    }
}

impl AddAssign for Removed {
    fn add_assign(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.oldest = self.oldest.into_iter().chain(other.oldest).min();
    }
}

/// Removal of what has expired, in short batches beside the traffic.
pub trait Housekeeping {
    /// Removes up to `most` grants, logins, signing keys, sessions, devices and denied tokens that ended at or
    /// before `now`, and says how many it removed, and since when the oldest of them had waited.
    fn remove_expired(
        &self,
        now: Timestamp,
        most: u32,
    ) -> impl Future<Output = Result<Removed, StoreError>> + Send;
}

/// Everything that is stored.
pub trait Store:
    GrantRepository
    + ClientRepository
    + DeniedTokenRepository
    + UserRepository
    + SessionRepository
    + ConsentRepository
    + PasskeyRepository
    + RecoveryCodeRepository
    + DeviceRepository
    + LoginRepository
    + SigningKeyRepository
    + Housekeeping
    + Send
    + Sync
    + 'static
{
}

impl<S> Store for S where
    S: GrantRepository
        + ClientRepository
        + DeniedTokenRepository
        + UserRepository
        + SessionRepository
        + ConsentRepository
        + PasskeyRepository
        + RecoveryCodeRepository
        + DeviceRepository
        + LoginRepository
        + SigningKeyRepository
        + Housekeeping
        + Send
        + Sync
        + 'static
{
}
