//! Storage of what belongs to people: sessions, consent, and what they log in with.

use crate::slice::{After, Slice};
use crate::store::{Race, StoreError};
use countersign_domain::client::ClientId;
use countersign_domain::consent::Consent;
use countersign_domain::credential::{Device, Passkey};
use countersign_domain::identifier::{DeviceId, SessionId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::session::{Session, SessionRenewal};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use std::future::Future;

/// Browser sessions.
pub trait SessionRepository {
    /// Stores a new session, unless one of this id is there: then `Lost`.
    fn insert_session(
        &self,
        tenant: TenantId,
        session: &Session,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The session of this id, be it live or not, with its user, enabled or not, as both were at one moment.
    /// Nothing if either is not there.
    fn find_session(
        &self,
        tenant: TenantId,
        id: SessionId,
    ) -> impl Future<Output = Result<Option<(Session, User)>, StoreError>> + Send;

    /// A slice of the sessions of a user, live or not, in the order of their ids.
    fn list_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<SessionId>,
    ) -> impl Future<Output = Result<Slice<Session>, StoreError>> + Send;

    /// Carries a renewal out, if the session is live at [`SessionRenewal::now`]; otherwise, or if there is none,
    /// `Lost`.
    fn renew_session(
        &self,
        tenant: TenantId,
        renewal: &SessionRenewal,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks a session as ended. `Lost` if there is none or it was ended before; the first time stays.
    fn end_session(
        &self,
        tenant: TenantId,
        id: SessionId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks all sessions of a user as ended that are not yet, but for `except`, and says which.
    fn end_sessions(
        &self,
        tenant: TenantId,
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
        tenant: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Option<Consent>, StoreError>> + Send;

    /// A slice of what a user has agreed to, in the order of the client identifiers.
    fn list_consents(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<ClientId>,
    ) -> impl Future<Output = Result<Slice<Consent>, StoreError>> + Send;

    /// Stores what a user has agreed to, in the place of what was there for this user and client.
    fn put_consent(
        &self,
        tenant: TenantId,
        consent: &Consent,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes consent back. `Lost` if there was none.
    fn remove_consent(
        &self,
        tenant: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// Passkeys.
pub trait PasskeyRepository {
    /// Adds a passkey, unless its id is taken.
    fn insert_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The passkey of this credential id.
    fn find_passkey(
        &self,
        tenant: TenantId,
        id: &[u8],
    ) -> impl Future<Output = Result<Option<Passkey>, StoreError>> + Send;

    /// A slice of the passkeys of a user, in the order of their ids.
    fn list_passkeys(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<Vec<u8>>,
    ) -> impl Future<Output = Result<Slice<Passkey>, StoreError>> + Send;

    /// Replaces name, credential and last use of a passkey. `Lost` if there is none of its id.
    fn update_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes a passkey of a user. `Lost` if that user has none of this id.
    fn remove_passkey(
        &self,
        tenant: TenantId,
        user: UserId,
        id: &[u8],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// Recovery codes, as digests.
pub trait RecoveryCodeRepository {
    /// Gives a user these recovery codes, in the place of all earlier ones.
    fn replace_recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
        codes: &[SecretDigest],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Uses a recovery code up. `Lost` if the user has none of this digest (any more).
    fn use_recovery_code(
        &self,
        tenant: TenantId,
        user: UserId,
        code: &SecretDigest,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// How many recovery codes a user has left.
    fn count_recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Remembered devices.
pub trait DeviceRepository {
    /// Stores a device, unless one of this id is there: then `Lost`.
    fn insert_device(
        &self,
        tenant: TenantId,
        device: &Device,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The device of this id.
    fn find_device(
        &self,
        tenant: TenantId,
        id: DeviceId,
    ) -> impl Future<Output = Result<Option<Device>, StoreError>> + Send;

    /// A slice of the devices of a user, in the order of their ids.
    fn list_devices(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<DeviceId>,
    ) -> impl Future<Output = Result<Slice<Device>, StoreError>> + Send;

    /// Forgets a device of a user. `Lost` if that user has none of this id.
    fn remove_device(
        &self,
        tenant: TenantId,
        user: UserId,
        id: DeviceId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Forgets all devices of a user, and says how many there were.
    fn remove_devices(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
