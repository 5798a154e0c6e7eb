//! Storage of what belongs to people: sessions, consent, and what they log in with.

use crate::store::{Race, StoreError};
use countersign_domain::client::ClientId;
use countersign_domain::consent::Consent;
use countersign_domain::credential::{Device, Passkey};
use countersign_domain::identifier::{DeviceId, SessionId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::session::{Session, SessionRenewal};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use std::future::Future;

/// Browser sessions.
pub trait SessionRepository {
    /// Stores a new session, unless one of this id is there: then `Lost`.
    fn insert_session(
        &self,
        session: &Session,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The session of this id, be it live or not, with its user, enabled or not, as both were at one moment.
    /// Nothing if either is not there.
    fn find_session(
        &self,
        id: SessionId,
    ) -> impl Future<Output = Result<Option<(Session, User)>, StoreError>> + Send;

    /// All sessions of a user that are stored, by id, be they live or not.
    fn list_sessions(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<Vec<Session>, StoreError>> + Send;

    /// Carries a renewal out, if the session is live at [`SessionRenewal::now`]; otherwise, or if there is none,
    /// `Lost`.
    fn renew_session(
        &self,
        renewal: &SessionRenewal,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks a session as ended. `Lost` if there is none or it was ended before; the first time stays.
    fn end_session(
        &self,
        id: SessionId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks all sessions of a user as ended that are not yet, but for `except`, and says which.
    fn end_sessions(
        &self,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> impl Future<Output = Result<Vec<SessionId>, StoreError>> + Send;
}

/// What users have agreed to.
pub trait ConsentRepository {
    /// What a user has agreed to for a client.
    fn find_consent(
        &self,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Option<Consent>, StoreError>> + Send;

    /// All that a user has agreed to, by client.
    fn list_consents(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<Vec<Consent>, StoreError>> + Send;

    /// Stores what a user has agreed to, in the place of what was there for this user and client.
    fn put_consent(&self, consent: &Consent)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes consent back. `Lost` if there was none.
    fn remove_consent(
        &self,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// Passkeys.
pub trait PasskeyRepository {
    /// Adds a passkey, unless its id is taken.
    fn insert_passkey(
        &self,
        passkey: &Passkey,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The passkey of this credential id.
    fn find_passkey(
        &self,
        id: &[u8],
    ) -> impl Future<Output = Result<Option<Passkey>, StoreError>> + Send;

    /// All passkeys of a user, by the time of their enrolment, then by id.
    fn list_passkeys(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<Vec<Passkey>, StoreError>> + Send;

    /// Replaces name, credential and last use of a passkey. `Lost` if there is none of its id.
    fn update_passkey(
        &self,
        passkey: &Passkey,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes a passkey of a user. `Lost` if that user has none of this id.
    fn remove_passkey(
        &self,
        user: UserId,
        id: &[u8],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// Recovery codes, as digests.
pub trait RecoveryCodeRepository {
    /// Gives a user these recovery codes, in the place of all earlier ones.
    fn replace_recovery_codes(
        &self,
        user: UserId,
        codes: &[SecretDigest],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Uses a recovery code up. `Lost` if the user has none of this digest (any more).
    fn use_recovery_code(
        &self,
        user: UserId,
        code: &SecretDigest,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// How many recovery codes a user has left.
    fn count_recovery_codes(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Remembered devices.
pub trait DeviceRepository {
    /// Stores a device, unless one of this id is there: then `Lost`.
    fn insert_device(
        &self,
        device: &Device,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The device of this id.
    fn find_device(
        &self,
        id: DeviceId,
    ) -> impl Future<Output = Result<Option<Device>, StoreError>> + Send;

    /// All devices of a user, by the time they were remembered, then by id.
    fn list_devices(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<Vec<Device>, StoreError>> + Send;

    /// Forgets a device of a user. `Lost` if that user has none of this id.
    fn remove_device(
        &self,
        user: UserId,
        id: DeviceId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Forgets all devices of a user, and says how many there were.
    fn remove_devices(&self, user: UserId) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
