//! The store that the configuration names: one of two, behind the same ports.

mod url;

pub(crate) use url::StoreUrl;

use crate::failure::Failure;
use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_adapters_sqlite::SqliteStore;
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
    ClientRepository, ConsentRepository, DeniedToken, DeniedTokenRepository, DeviceRepository,
    GrantRepository, Housekeeping, KeyChange, LoginRepository, LoginState, PasskeyRepository, Race,
    RecoveryCodeRepository, Removed, Revision, SecretUse, SessionRepository, SigningKeyRepository,
    StoreError, Transfer, UserKey, UserRepository,
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

    /// Builds the indexes that a migration leaves to be built beside the traffic, however long it takes, and names
    /// them.
    pub(crate) async fn build_indexes(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(Vec::new()),
            Self::Postgres(store) => store.build_indexes().await,
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
    fn list_grants(session: SessionId) -> Vec<Grant>;
    fn revoke_all(subject: &Subject, client: Option<&ClientId>, at: Timestamp) -> u64;
});

either!(DeniedTokenRepository {
    fn deny_token(token: &TokenId, expires_at: Timestamp) -> ();
    fn is_denied(token: &TokenId) -> bool;
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
    fn verify_email(user: UserId, email: &Email) -> Race;
    fn replace_password_hash(user: UserId, present: Option<&str>, new: &str) -> Race;
    fn replace_totp_secret(
            user: UserId, present: Option<&[u8]>, new: Option<&[u8]>, recovery_codes: &[SecretDigest]
        ) -> Race;
    fn use_time_step(user: UserId, time_step: u64) -> Race;
});

either!(LoginRepository {
    fn advance(login: LoginId, position: u8, expires_at: Timestamp) -> Race;
    fn count_attempt(login: LoginId, expires_at: Timestamp) -> u32;
    fn attempts(login: LoginId) -> u32;
});

either!(SessionRepository {
    fn insert_session(session: &Session) -> Race;
    fn find_session(id: SessionId) -> Option<(Session, User)>;
    fn list_sessions(user: UserId) -> Vec<Session>;
    fn renew_session(renewal: &SessionRenewal) -> Race;
    fn end_session(id: SessionId, at: Timestamp) -> Race;
    fn end_sessions(user: UserId, except: Option<SessionId>, at: Timestamp) -> Vec<SessionId>;
});

either!(ConsentRepository {
    fn find_consent(user: UserId, client: &ClientId) -> Option<Consent>;
    fn list_consents(user: UserId) -> Vec<Consent>;
    fn put_consent(consent: &Consent) -> ();
    fn remove_consent(user: UserId, client: &ClientId) -> Race;
});

either!(PasskeyRepository {
    fn insert_passkey(passkey: &Passkey) -> Race;
    fn find_passkey(id: &[u8]) -> Option<Passkey>;
    fn list_passkeys(user: UserId) -> Vec<Passkey>;
    fn update_passkey(passkey: &Passkey) -> Race;
    fn remove_passkey(user: UserId, id: &[u8]) -> Race;
});

either!(RecoveryCodeRepository {
    fn replace_recovery_codes(user: UserId, codes: &[SecretDigest]) -> ();
    fn use_recovery_code(user: UserId, code: &SecretDigest) -> Race;
    fn count_recovery_codes(user: UserId) -> u32;
});

either!(DeviceRepository {
    fn insert_device(device: &Device) -> Race;
    fn find_device(id: DeviceId) -> Option<Device>;
    fn list_devices(user: UserId) -> Vec<Device>;
    fn remove_device(user: UserId, id: DeviceId) -> Race;
    fn remove_devices(user: UserId) -> u64;
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
    fn recovery_codes(user: UserId) -> Vec<SecretDigest>;
    fn denied_tokens_after(id: Option<TokenId>, most: u32) -> Vec<DeniedToken>;
});
