//! A store that answers what a test tells it to.
#![expect(
    clippy::ref_option_ref,
    reason = "mockall takes every argument by reference"
)]

use countersign_domain::claims::TokenId;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::consent::Consent;
use countersign_domain::credential::{Device, Passkey};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{DeviceId, GrantId, LoginId, SessionId, Subject, UserId};
use countersign_domain::refresh_token::Rotation;
use countersign_domain::secret::SecretDigest;
use countersign_domain::session::{Session, SessionRenewal};
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    ClientRepository, ConsentRepository, DeniedTokenRepository, DeviceRepository, GrantRepository,
    Housekeeping, KeyChange, LoginRepository, PasskeyRepository, Race, RecoveryCodeRepository,
    Removed, Revision, SecretUse, SessionRepository, SigningKeyRepository, StoreError, UserKey,
    UserRepository,
};
use std::future::Future;

mockall::mock! {
    /// For faults, and for proofs that nothing was written: a call that no expectation allows panics.
    /// An expectation returns a pinned box: `.returning(|_| Box::pin(async { Ok(Race::Lost) }))`.
    pub Store {}

    impl GrantRepository for Store {
        fn establish(&self, grant: &Grant) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn find_grant(&self, id: GrantId) -> impl Future<Output = Result<Option<Grant>, StoreError>> + Send;
        fn rotate(&self, rotation: &Rotation) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn revoke(&self, id: GrantId, at: Timestamp) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn list_grants(&self, session: SessionId) -> impl Future<Output = Result<Vec<Grant>, StoreError>> + Send;
        fn revoke_all<'a>(&self, subject: &Subject, client: Option<&'a ClientId>, at: Timestamp) -> impl Future<Output = Result<u64, StoreError>> + Send;
    }

    impl DeniedTokenRepository for Store {
        fn deny_token(&self, token: &TokenId, expires_at: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;
        fn is_denied(&self, token: &TokenId) -> impl Future<Output = Result<bool, StoreError>> + Send;
    }

    impl ClientRepository for Store {
        fn find_client(&self, id: &ClientId) -> impl Future<Output = Result<Option<Client>, StoreError>> + Send;
        fn list_clients(&self) -> impl Future<Output = Result<Vec<Client>, StoreError>> + Send;
        fn insert_client(&self, client: &Client) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn update_client(&self, client: &Client) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn delete_client(&self, id: &ClientId) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn record_secret_uses(&self, uses: &[SecretUse]) -> impl Future<Output = Result<(), StoreError>> + Send;
    }

    impl UserRepository for Store {
        fn find_user<'a>(&self, key: UserKey<'a>) -> impl Future<Output = Result<Option<User>, StoreError>> + Send;
        fn list_users(&self) -> impl Future<Output = Result<Vec<User>, StoreError>> + Send;
        fn insert_user(&self, user: &User) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn update_user(&self, user: &User) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn verify_email(&self, user: UserId, email: &Email) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn replace_password_hash<'a>(&self, user: UserId, present: Option<&'a str>, new: &str) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn replace_totp_secret<'a, 'b, 'c>(&self, user: UserId, present: Option<&'a [u8]>, new: Option<&'b [u8]>, recovery_codes: &'c [SecretDigest]) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn use_time_step(&self, user: UserId, time_step: u64) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl LoginRepository for Store {
        fn advance(&self, login: LoginId, position: u8, expires_at: Timestamp) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn count_attempt(&self, login: LoginId, expires_at: Timestamp) -> impl Future<Output = Result<u32, StoreError>> + Send;
        fn attempts(&self, login: LoginId) -> impl Future<Output = Result<u32, StoreError>> + Send;
    }

    impl SessionRepository for Store {
        fn insert_session(&self, session: &Session) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn find_session(&self, id: SessionId) -> impl Future<Output = Result<Option<(Session, User)>, StoreError>> + Send;
        fn list_sessions(&self, user: UserId) -> impl Future<Output = Result<Vec<Session>, StoreError>> + Send;
        fn renew_session(&self, renewal: &SessionRenewal) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn end_session(&self, id: SessionId, at: Timestamp) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn end_sessions(&self, user: UserId, except: Option<SessionId>, at: Timestamp) -> impl Future<Output = Result<Vec<SessionId>, StoreError>> + Send;
    }

    impl ConsentRepository for Store {
        fn find_consent(&self, user: UserId, client: &ClientId) -> impl Future<Output = Result<Option<Consent>, StoreError>> + Send;
        fn list_consents(&self, user: UserId) -> impl Future<Output = Result<Vec<Consent>, StoreError>> + Send;
        fn put_consent(&self, consent: &Consent) -> impl Future<Output = Result<(), StoreError>> + Send;
        fn remove_consent(&self, user: UserId, client: &ClientId) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl PasskeyRepository for Store {
        fn insert_passkey(&self, passkey: &Passkey) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn find_passkey(&self, id: &[u8]) -> impl Future<Output = Result<Option<Passkey>, StoreError>> + Send;
        fn list_passkeys(&self, user: UserId) -> impl Future<Output = Result<Vec<Passkey>, StoreError>> + Send;
        fn update_passkey(&self, passkey: &Passkey) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn remove_passkey(&self, user: UserId, id: &[u8]) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl RecoveryCodeRepository for Store {
        fn replace_recovery_codes(&self, user: UserId, codes: &[SecretDigest]) -> impl Future<Output = Result<(), StoreError>> + Send;
        fn use_recovery_code(&self, user: UserId, code: &SecretDigest) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn count_recovery_codes(&self, user: UserId) -> impl Future<Output = Result<u32, StoreError>> + Send;
    }

    impl DeviceRepository for Store {
        fn insert_device(&self, device: &Device) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn find_device(&self, id: DeviceId) -> impl Future<Output = Result<Option<Device>, StoreError>> + Send;
        fn list_devices(&self, user: UserId) -> impl Future<Output = Result<Vec<Device>, StoreError>> + Send;
        fn remove_device(&self, user: UserId, id: DeviceId) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn remove_devices(&self, user: UserId) -> impl Future<Output = Result<u64, StoreError>> + Send;
    }

    impl SigningKeyRepository for Store {
        fn revision(&self) -> impl Future<Output = Result<Revision, StoreError>> + Send;
        fn list_signing_keys(&self) -> impl Future<Output = Result<(Revision, Vec<SigningKey>), StoreError>> + Send;
        fn change_signing_keys(&self, change: &KeyChange) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl Housekeeping for Store {
        fn remove_expired(&self, now: Timestamp, most: u32) -> impl Future<Output = Result<Removed, StoreError>> + Send;
    }
}
