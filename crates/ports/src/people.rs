//! Storage of sessions, consent and user credentials.

use crate::slice::{After, Slice};
use crate::store::{Race, StoreError};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{DeviceId, SessionId, UserId};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::secret::SecretDigest;
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

    /// Applies a renewal if the session is live at [`SessionRenewal::now`]. Returns `Lost` otherwise, or if the session
    /// does not exist.
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

/// Consent that users have given to clients.
pub trait ConsentRepository {
    /// Returns a user's consent for a client.
    fn find_consent(
        &self,
        tenant: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Option<Consent>, StoreError>> + Send;

    /// Returns a slice of a user's consents, ordered by client identifier.
    fn list_consents(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<ClientId>,
    ) -> impl Future<Output = Result<Slice<Consent>, StoreError>> + Send;

    /// Stores a consent, and replaces an earlier one of the same user for the same client.
    fn put_consent(
        &self,
        tenant: TenantId,
        consent: &Consent,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Withdraws consent. Returns `Lost` if there was none.
    fn remove_consent(
        &self,
        tenant: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// Passkeys.
pub trait PasskeyRepository {
    /// Adds a passkey. Returns `Lost` if its ID is taken.
    fn insert_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the passkey with this credential ID.
    fn find_passkey(
        &self,
        tenant: TenantId,
        id: &[u8],
    ) -> impl Future<Output = Result<Option<Passkey>, StoreError>> + Send;

    /// Returns a slice of a user's passkeys, ordered by ID.
    fn list_passkeys(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<Vec<u8>>,
    ) -> impl Future<Output = Result<Slice<Passkey>, StoreError>> + Send;

    /// Replaces the name, credential and last use of a passkey. Returns `Lost` if no passkey has this ID.
    fn update_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes a passkey of a user. Returns `Lost` if the user has no passkey with this ID.
    fn remove_passkey(
        &self,
        tenant: TenantId,
        user: UserId,
        id: &[u8],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// Recovery codes, stored as digests.
pub trait RecoveryCodeRepository {
    /// Replaces all recovery codes of a user.
    fn replace_recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
        codes: &[SecretDigest],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Consumes a recovery code. Returns `Lost` if the user does not have this code, or no longer has it.
    fn use_recovery_code(
        &self,
        tenant: TenantId,
        user: UserId,
        code: &SecretDigest,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the number of unused recovery codes of a user.
    fn count_recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<u32, StoreError>> + Send;
}

/// Trusted devices.
pub trait DeviceRepository {
    /// Stores a device. Returns `Lost` if a device with this ID exists.
    fn insert_device(
        &self,
        tenant: TenantId,
        device: &Device,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the device with this ID.
    fn find_device(
        &self,
        tenant: TenantId,
        id: DeviceId,
    ) -> impl Future<Output = Result<Option<Device>, StoreError>> + Send;

    /// Returns a slice of a user's devices, ordered by ID.
    fn list_devices(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<DeviceId>,
    ) -> impl Future<Output = Result<Slice<Device>, StoreError>> + Send;

    /// Removes a device of a user. Returns `Lost` if the user has no device with this ID.
    fn remove_device(
        &self,
        tenant: TenantId,
        user: UserId,
        id: DeviceId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes all devices of a user, and returns their number.
    fn remove_devices(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
