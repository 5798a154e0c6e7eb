//! Mock store that returns what a test specifies.
#![expect(
    clippy::ref_option_ref,
    reason = "mockall passes every argument by reference"
)]

use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::{
    DeviceId, GrantId, IdentityId, NodeId, SessionId, Subject, UserId,
};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, Attempt, Audit, AuditProof, Change, Changes, ClientGrants, ClientRepository,
    ConsentRepository, Counter, Counts, Cursor, Definition, DefinitionKey, DefinitionKind,
    DefinitionRepository, DeviceRepository, Ended, Ephemera, Ephemeral, EphemeralKey,
    EphemeralKind, EventRecord, FormatGeneration, FoundEvents, GrantRepository, Housekeeping,
    IdentityRepository, KeyChange, KeySetVersion, LiveGenerations, Nodes, PasskeyRepository, Race,
    RecoveryCodeRepository, Redeemed, Removal, Removed, SealedBatch, SecretUse, SessionRepository,
    SigningKeyRepository, Slice, Statistics, StoreError, StoredEvent, UserAdministration,
    UserDeletion, UserKey, UserRepository,
};
use std::future::Future;

mockall::mock! {
    /// For failures, and for tests that nothing was written: a call without an expectation panics. An expectation
    /// returns a boxed future: `.returning(|_, _| Box::pin(async { Ok(Race::Lost) }))`.
    pub Store {}

    impl GrantRepository for Store {
        fn establish(&self, tenant: TenantId, grant: &Grant) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn redeem(&self, tenant: TenantId, grant: &Grant) -> impl Future<Output = Result<Redeemed, StoreError>> + Send;
        fn find_grant_with_user(&self, tenant: TenantId, id: GrantId) -> impl Future<Output = Result<Option<(Grant, Option<User>)>, StoreError>> + Send;
        fn find_grant(&self, tenant: TenantId, id: GrantId) -> impl Future<Output = Result<Option<Grant>, StoreError>> + Send;
        fn rotate(&self, tenant: TenantId, rotation: &Rotation) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn revoke(&self, tenant: TenantId, id: GrantId, at: Timestamp) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn list_grants(&self, tenant: TenantId, session: SessionId, after: After<GrantId>) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;
        fn revoke_all<'a>(&self, tenant: TenantId, subject: &Subject, client: Option<&'a ClientId>, at: Timestamp) -> impl Future<Output = Result<u64, StoreError>> + Send;
    }

    impl ClientRepository for Store {
        fn find_client(&self, tenant: TenantId, id: &ClientId) -> impl Future<Output = Result<Option<Client>, StoreError>> + Send;
        fn list_clients<'a>(&self, tenant: TenantId, owner: Option<&'a Holder>, after: After<ClientId>) -> impl Future<Output = Result<Slice<Client>, StoreError>> + Send;
        fn has_client_origin(&self, tenant: TenantId, origin: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;
        fn insert_client(&self, tenant: TenantId, client: &Client, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn update_client(&self, tenant: TenantId, client: &Client, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn delete_client(&self, tenant: TenantId, id: &ClientId, version: u64, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn record_secret_uses(&self, tenant: TenantId, uses: &[SecretUse]) -> impl Future<Output = Result<(), StoreError>> + Send;
    }

    impl ClientGrants for Store {
        fn list_client_grants(&self, tenant: TenantId, client: &ClientId, after: After<GrantId>) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;
        fn revoke_client_grants(&self, tenant: TenantId, client: &ClientId, event: &EventRecord) -> impl Future<Output = Result<u64, StoreError>> + Send;
    }

    impl DefinitionRepository for Store {
        fn find_definition(&self, tenant: TenantId, key: &DefinitionKey) -> impl Future<Output = Result<Option<Definition>, StoreError>> + Send;
        fn list_definitions(&self, tenant: TenantId, kind: DefinitionKind, after: After<String>) -> impl Future<Output = Result<Slice<Definition>, StoreError>> + Send;
        fn tenants_with(&self, kind: DefinitionKind) -> impl Future<Output = Result<Vec<TenantId>, StoreError>> + Send;
        fn insert_definition(&self, tenant: TenantId, definition: &Definition, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn update_definition(&self, tenant: TenantId, definition: &Definition, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn delete_definition(&self, tenant: TenantId, key: &DefinitionKey, version: u64, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl UserRepository for Store {
        fn find_user<'a>(&self, tenant: TenantId, key: UserKey<'a>) -> impl Future<Output = Result<Option<User>, StoreError>> + Send;
        fn find_user_and_take_step(&self, tenant: TenantId, user: UserId, step: &EphemeralKey, now: Timestamp) -> impl Future<Output = Result<Option<(User, Race)>, StoreError>> + Send;
        fn list_users(&self, tenant: TenantId, after: After<UserId>) -> impl Future<Output = Result<Slice<User>, StoreError>> + Send;
        fn insert_user<'a>(&self, tenant: TenantId, user: &User, event: Option<&'a EventRecord>) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn update_user(&self, tenant: TenantId, user: &User, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn set_password_hash(&self, tenant: TenantId, user: UserId, hash: &str, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn reset_factors<'a>(&self, tenant: TenantId, user: UserId, secret: Option<&'a [u8]>, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn hand_over(&self, tenant: TenantId, user: UserId, email: &Email, at: Timestamp) -> impl Future<Output = Result<Option<Vec<SessionId>>, StoreError>> + Send;
        fn verify_email(&self, tenant: TenantId, user: UserId, email: &Email) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn replace_password_hash<'a, 'b>(&self, tenant: TenantId, user: UserId, present: Option<&'a str>, new: Option<&'b str>) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn replace_totp_secret<'a, 'b, 'c>(&self, tenant: TenantId, user: UserId, present: Option<&'a [u8]>, new: Option<&'b [u8]>, recovery_codes: &'c [SecretDigest]) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn use_time_step(&self, tenant: TenantId, user: UserId, time_step: u64) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl UserAdministration for Store {
        fn search_users(&self, tenant: TenantId, prefix: &EmailPrefix, after: After<Email>) -> impl Future<Output = Result<Slice<User>, StoreError>> + Send;
        fn list_members(&self, tenant: TenantId, group: &GroupName, after: After<UserId>) -> impl Future<Output = Result<Slice<User>, StoreError>> + Send;
        fn list_user_grants(&self, tenant: TenantId, user: UserId, after: After<GrantId>) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;
        fn delete_user(&self, tenant: TenantId, deletion: &UserDeletion, event: &EventRecord) -> impl Future<Output = Result<Option<Ended>, StoreError>> + Send;
        fn remove(&self, tenant: TenantId, removal: &Removal, event: &EventRecord) -> impl Future<Output = Result<Option<Ended>, StoreError>> + Send;
    }

    impl SessionRepository for Store {
        fn insert_session(&self, tenant: TenantId, session: &Session) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn find_session(&self, tenant: TenantId, id: SessionId) -> impl Future<Output = Result<Option<(Session, User)>, StoreError>> + Send;
        fn list_sessions(&self, tenant: TenantId, user: UserId, after: After<SessionId>) -> impl Future<Output = Result<Slice<Session>, StoreError>> + Send;
        fn renew_session(&self, tenant: TenantId, renewal: &SessionRenewal) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn end_session(&self, tenant: TenantId, id: SessionId, at: Timestamp) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn end_sessions(&self, tenant: TenantId, user: UserId, except: Option<SessionId>, at: Timestamp) -> impl Future<Output = Result<Vec<SessionId>, StoreError>> + Send;
    }

    impl ConsentRepository for Store {
        fn find_consent(&self, tenant: TenantId, user: UserId, client: &ClientId) -> impl Future<Output = Result<Option<Consent>, StoreError>> + Send;
        fn list_consents(&self, tenant: TenantId, user: UserId, after: After<ClientId>) -> impl Future<Output = Result<Slice<Consent>, StoreError>> + Send;
        fn put_consent(&self, tenant: TenantId, consent: &Consent) -> impl Future<Output = Result<(), StoreError>> + Send;
        fn remove_consent(&self, tenant: TenantId, user: UserId, client: &ClientId) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl PasskeyRepository for Store {
        fn insert_passkey(&self, tenant: TenantId, passkey: &Passkey) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn find_passkey(&self, tenant: TenantId, id: &[u8]) -> impl Future<Output = Result<Option<Passkey>, StoreError>> + Send;
        fn list_passkeys(&self, tenant: TenantId, user: UserId, after: After<Vec<u8>>) -> impl Future<Output = Result<Slice<Passkey>, StoreError>> + Send;
        fn rename_passkey(&self, tenant: TenantId, user: UserId, id: &[u8], name: &str) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn update_passkey(&self, tenant: TenantId, passkey: &Passkey) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn remove_passkey(&self, tenant: TenantId, user: UserId, id: &[u8]) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl RecoveryCodeRepository for Store {
        fn replace_recovery_codes(&self, tenant: TenantId, user: UserId, codes: &[SecretDigest]) -> impl Future<Output = Result<(), StoreError>> + Send;
        fn use_recovery_code(&self, tenant: TenantId, user: UserId, code: &SecretDigest) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn count_recovery_codes(&self, tenant: TenantId, user: UserId) -> impl Future<Output = Result<u32, StoreError>> + Send;
    }

    impl IdentityRepository for Store {
        fn insert_identity(&self, tenant: TenantId, identity: &Identity) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn insert_user_with_identity(&self, tenant: TenantId, user: &User, identity: &Identity, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn find_identity(&self, tenant: TenantId, id: IdentityId) -> impl Future<Output = Result<Option<Identity>, StoreError>> + Send;
        fn list_identities(&self, tenant: TenantId, user: UserId, after: After<IdentityId>) -> impl Future<Output = Result<Slice<Identity>, StoreError>> + Send;
        fn update_identity(&self, tenant: TenantId, identity: &Identity) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn remove_identity(&self, tenant: TenantId, user: UserId, id: IdentityId) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn remove_identities(&self, tenant: TenantId, user: UserId) -> impl Future<Output = Result<u64, StoreError>> + Send;
    }

    impl DeviceRepository for Store {
        fn insert_device(&self, tenant: TenantId, device: &Device) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn find_device(&self, tenant: TenantId, id: DeviceId) -> impl Future<Output = Result<Option<Device>, StoreError>> + Send;
        fn list_devices(&self, tenant: TenantId, user: UserId, after: After<DeviceId>) -> impl Future<Output = Result<Slice<Device>, StoreError>> + Send;
        fn remove_device(&self, tenant: TenantId, user: UserId, id: DeviceId) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn remove_devices(&self, tenant: TenantId, user: UserId) -> impl Future<Output = Result<u64, StoreError>> + Send;
    }

    impl Ephemera for Store {
        fn get(&self, tenant: TenantId, key: &EphemeralKey, now: Timestamp) -> impl Future<Output = Result<Option<Ephemeral>, StoreError>> + Send;
        fn insert(&self, tenant: TenantId, key: &EphemeralKey, value: &[u8], now: Timestamp) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn replace(&self, tenant: TenantId, key: &EphemeralKey, version: u64, value: &[u8], now: Timestamp) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn take(&self, tenant: TenantId, key: &EphemeralKey, now: Timestamp) -> impl Future<Output = Result<Option<Ephemeral>, StoreError>> + Send;
        fn add(&self, tenant: TenantId, keys: &[EphemeralKey], n: i64, now: Timestamp) -> impl Future<Output = Result<Vec<u64>, StoreError>> + Send;
        fn count_attempt<'a>(&self, tenant: TenantId, counters: &[Counter], email: Option<&'a Email>, now: Timestamp) -> impl Future<Output = Result<Attempt, StoreError>> + Send;
        fn count(&self, tenant: TenantId, kind: EphemeralKind, now: Timestamp) -> impl Future<Output = Result<u64, StoreError>> + Send;
    }

    impl SigningKeyRepository for Store {
        fn list_signing_keys(&self, tenant: TenantId) -> impl Future<Output = Result<(KeySetVersion, Vec<SigningKey>), StoreError>> + Send;
        fn change_signing_keys<'a>(&self, tenant: TenantId, change: &KeyChange, event: Option<&'a EventRecord>) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl Changes for Store {
        fn latest_change(&self) -> impl Future<Output = Result<Cursor, StoreError>> + Send;
        fn changes_after(&self, cursor: Cursor) -> impl Future<Output = Result<(Vec<Change>, Cursor), StoreError>> + Send;
    }

    impl Audit for Store {
        fn append_activity(&self, tenant: TenantId, events: &[EventRecord]) -> impl Future<Output = Result<(), StoreError>> + Send;
        fn find_events(&self, tenant: TenantId, filter: &EventFilter, after: After<EventPosition>) -> impl Future<Output = Result<FoundEvents, StoreError>> + Send;
        fn list_events(&self, tenant: TenantId, after: After<EventId>) -> impl Future<Output = Result<Slice<EventRecord>, StoreError>> + Send;
    }

    impl AuditProof for Store {
        fn unsealed_events(&self, tenant: TenantId, node: Option<NodeId>, most: u32) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;
        fn stray_events(&self, tenant: TenantId, most: u32) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;
        fn events_of_batch(&self, tenant: TenantId, batch: u64, most: u32) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;
        fn latest_batch(&self, tenant: TenantId) -> impl Future<Output = Result<Option<SealedBatch>, StoreError>> + Send;
        fn list_batches(&self, tenant: TenantId, after: After<u64>) -> impl Future<Output = Result<Slice<SealedBatch>, StoreError>> + Send;
        fn append_batch(&self, tenant: TenantId, batch: &SealedBatch, events: &[EventId]) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn remove_batches(&self, tenant: TenantId, first: u64, last: u64, event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn erase_events(&self, tenant: TenantId, erased: &[EventId], event: &EventRecord) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl Nodes for Store {
        fn heartbeat(&self, node: NodeId, generation: FormatGeneration, since: Timestamp, now: Timestamp) -> impl Future<Output = Result<LiveGenerations, StoreError>> + Send;
        fn live_nodes(&self, since: Timestamp) -> impl Future<Output = Result<Vec<FormatGeneration>, StoreError>> + Send;
        fn leave(&self, node: NodeId) -> impl Future<Output = Result<(), StoreError>> + Send;
    }

    impl Housekeeping for Store {
        fn remove_expired(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<Removed, StoreError>> + Send;
        fn remove_tenant(&self, tenant: TenantId, most: u32) -> impl Future<Output = Result<(), StoreError>> + Send;
    }

    impl Statistics for Store {
        fn count_objects(&self, tenant: TenantId, most: u32, now: Timestamp) -> impl Future<Output = Result<Counts, StoreError>> + Send;
    }
}
