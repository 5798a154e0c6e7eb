//! The store that the configuration names: one of two, behind the same ports.

mod url;

pub(crate) use url::StoreUrl;

use crate::failure::Failure;
use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId, Subject, UserId};
use countersign_domain::refresh_token::Rotation;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    ClientRepository, GrantRepository, Housekeeping, KeyChange, LoginRepository, LoginState, Race,
    Removed, Revision, SecretUse, SigningKeyRepository, StoreError, Transfer, UserKey,
    UserRepository,
};
use std::future::pending;

/// A store of either kind. Copies share its connections.
#[derive(Clone, Debug)]
pub(crate) enum AnyStore {
    /// One file, for one machine.
    Sqlite(SqliteStore),
    /// A database, for many nodes.
    Postgres(PostgresStore),
}

impl AnyStore {
    /// Opens the store at `url`; a file is made if it is not there. The layout is left as it is. `options`
    /// are for a database alone.
    pub(crate) async fn open(url: &StoreUrl, options: Options) -> Result<Self, Failure> {
        let opened = match url {
            StoreUrl::Sqlite(path) => SqliteStore::open(path).map(Self::Sqlite),
            StoreUrl::Postgres(url) => PostgresStore::connect(url.expose_secret(), options)
                .await
                .map(Self::Postgres),
        };
        opened.map_err(|error| cannot_open(url, &error))
    }

    /// Brings the layout to that of this version.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.migrate().await.map(drop),
            Self::Postgres(store) => store.migrate().await.map(drop),
        }
    }

    /// Whether the layout is that of this version.
    pub(crate) async fn schema_is_current(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(store) => store.schema_is_current().await,
            Self::Postgres(store) => store.schema_is_current().await,
        }
    }

    /// Calls `wake` soon after the revision has grown, if the store tells; sometimes for nothing.
    pub(crate) async fn listen(&self, wake: impl Fn() + Send + Sync) {
        match self {
            Self::Sqlite(_) => pending().await,
            Self::Postgres(store) => match store.listen(wake).await {},
        }
    }
}

/// A store that does not open. The URL is told without what may be secret in it.
pub(crate) fn cannot_open(url: &StoreUrl, error: &StoreError) -> Failure {
    Failure::of(&format!("The store {url} cannot be opened"), error)
}

/// The methods of a port, each by the store there is.
macro_rules! either {
    ($port:ident { $(fn $method:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+ }) => {
        impl $port for AnyStore {
            $(
                async fn $method(&self, $($argument: $type),*) -> Result<$answer, StoreError> {
                    match self {
                        Self::Sqlite(store) => store.$method($($argument),*).await,
                        Self::Postgres(store) => store.$method($($argument),*).await,
                    }
                }
            )+
        }
    };
}

either!(GrantRepository {
    fn establish(grant: &Grant) -> Race;
    fn find_grant(id: GrantId) -> Option<Grant>;
    fn rotate(rotation: &Rotation) -> Race;
    fn revoke(id: GrantId, at: Timestamp) -> Race;
    fn revoke_all(subject: &Subject, client: Option<&ClientId>, at: Timestamp) -> u64;
});

either!(ClientRepository {
    fn find_client(id: &ClientId) -> Option<Client>;
    fn list_clients() -> Vec<Client>;
    fn insert_client(client: &Client) -> Race;
    fn update_client(client: &Client) -> Race;
    fn delete_client(id: &ClientId) -> Race;
    fn record_secret_uses(uses: &[SecretUse]) -> ();
});

either!(UserRepository {
    fn find_user(key: UserKey<'_>) -> Option<User>;
    fn list_users() -> Vec<User>;
    fn insert_user(user: &User) -> Race;
    fn update_user(user: &User) -> Race;
    fn use_time_step(user: UserId, time_step: u64) -> Race;
});

either!(LoginRepository {
    fn advance(login: LoginId, position: u8, expires_at: Timestamp) -> Race;
    fn count_attempt(login: LoginId, expires_at: Timestamp) -> u32;
});

either!(SigningKeyRepository {
    fn revision() -> Revision;
    fn list_signing_keys() -> (Revision, Vec<SigningKey>);
    fn change_signing_keys(change: &KeyChange) -> Race;
});

either!(Housekeeping {
    fn remove_expired(now: Timestamp, most: u32) -> Removed;
});

either!(Transfer {
    fn grants_after(id: Option<GrantId>, most: u32) -> Vec<Grant>;
    fn logins_after(id: Option<LoginId>, most: u32) -> Vec<LoginState>;
    fn insert_login(login: &LoginState) -> Race;
    fn last_time_step(user: UserId) -> Option<u64>;
});
