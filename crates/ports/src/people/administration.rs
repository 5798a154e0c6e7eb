//! What operators search, list and remove, apart from editing a user.

use crate::answer::StoreError;
use crate::ephemera::EphemeralKey;
use crate::feed::EventRecord;
use crate::slice::{After, Slice};
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{DeviceId, GrantId, IdentityId, SessionId, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_domain::user::{Email, User};
use std::future::Future;

/// Deletion of a user, and the versions that it depends on.
#[derive(Clone, Debug)]
pub struct UserDeletion {
    /// User.
    pub user: UserId,
    /// Version of the user.
    pub version: u64,
    /// Version of the holders of admin roles; 0 if none are stored.
    pub holders_version: u64,
    /// Holders without the user, at that version. `None` if the user holds no admin role.
    pub holders: Option<Administrators>,
}

/// Something that an operator removes from a user.
#[derive(Clone, Debug)]
pub enum Removal {
    /// Passkey of a user, by its credential ID.
    Passkey(UserId, Vec<u8>),
    /// All recovery codes of a user.
    RecoveryCodes(UserId),
    /// Trusted device of a user.
    Device(UserId, DeviceId),
    /// Identity of a user.
    Identity(UserId, IdentityId),
    /// Consent of a user for a client, and the unrevoked grants of this user to this client.
    Consent(UserId, ClientId),
    /// Session. It is marked as ended.
    Session(SessionId),
    /// All sessions of a user. They are marked as ended.
    Sessions(UserId),
    /// Grant. It is marked as revoked.
    Grant(GrantId),
    /// All unrevoked grants of a user. They are marked as revoked.
    Grants(UserId),
    /// Counters of attempts.
    Attempts(Vec<EphemeralKey>),
}

/// What a command ended in addition to what it removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Sessions that had not ended before.
    pub sessions: Vec<SessionId>,
    /// Number of grants that were not revoked before.
    pub grants: u64,
}

/// Administration of users.
pub trait UserAdministration {
    /// Returns a slice of the users whose email address begins with a text, ordered by the bytes of the address.
    fn search_users(
        &self,
        tenant: TenantId,
        prefix: &EmailPrefix,
        after: After<Email>,
    ) -> impl Future<Output = Result<Slice<User>, StoreError>> + Send;

    /// Returns a slice of the members of a group, ordered by ID.
    fn list_members(
        &self,
        tenant: TenantId,
        group: &GroupName,
        after: After<UserId>,
    ) -> impl Future<Output = Result<Slice<User>, StoreError>> + Send;

    /// Returns a slice of the grants whose subject is this user, live or not, ordered by ID.
    fn list_user_grants(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<GrantId>,
    ) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;

    /// Deletes a user with credentials, passkeys, recovery codes, devices, identities, sessions and consents, replaces
    /// the holders of admin roles if the user is one of them, and marks the user's grants as revoked at the time of the event.
    /// Returns `None` and changes nothing if the user does not exist, or if one of the versions is not the stored one.
    fn delete_user(
        &self,
        tenant: TenantId,
        deletion: &UserDeletion,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Option<Ended>, StoreError>> + Send;

    /// Removes something from a user, at the time of the event. Returns `None` and stores no event if there was nothing
    /// to remove: it does not exist, or has already ended.
    fn remove(
        &self,
        tenant: TenantId,
        removal: &Removal,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Option<Ended>, StoreError>> + Send;
}
