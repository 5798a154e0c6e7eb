//! A store that answers what a test tells it to.

use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId, Subject, UserId};
use countersign_domain::refresh_token::Rotation;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    ClientRepository, GrantRepository, Housekeeping, KeyChange, LoginRepository, Race, Removed,
    Revision, SecretUse, SigningKeyRepository, StoreError, UserKey, UserRepository,
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
        fn revoke_all(&self, subject: &Subject, at: Timestamp) -> impl Future<Output = Result<u64, StoreError>> + Send;
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
        fn use_time_step(&self, user: UserId, time_step: u64) -> impl Future<Output = Result<Race, StoreError>> + Send;
    }

    impl LoginRepository for Store {
        fn advance(&self, login: LoginId, position: u8, expires_at: Timestamp) -> impl Future<Output = Result<Race, StoreError>> + Send;
        fn count_attempt(&self, login: LoginId, expires_at: Timestamp) -> impl Future<Output = Result<u32, StoreError>> + Send;
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
