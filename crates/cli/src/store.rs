//! The configured store, SQLite or PostgreSQL, behind the same ports.

mod url;

pub(crate) use url::StoreUrl;

use crate::command_error::{CommandError, Exit};
use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::audit::event::EventId;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::grant::refresh_token::Rotation;
use countersign_domain::identifier::{DeviceId, GrantId, NodeId, SessionId, Subject, UserId};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, Audit, Change, Changes, ClientRepository, ConsentRepository, Cursor, DeviceRepository,
    Ephemera, Ephemeral, EphemeralKey, EphemeralKind, EventRecord, FormatGeneration,
    GrantRepository, Housekeeping, KeyChange, KeySetVersion, LiveGenerations, Nodes,
    PasskeyRepository, Race, RecoveryCodeRepository, Removed, SecretUse, SessionRepository,
    SigningKeyRepository, Slice, StoreError, Transfer, UserKey, UserRepository,
};
use std::error::Error as _;
use std::future::pending;
use std::path::Path;

/// Store of either kind. Clones share its connections.
#[derive(Clone, Debug)]
pub(crate) enum AnyStore {
    /// SQLite file, for one machine.
    Sqlite(SqliteStore),
    /// PostgreSQL database, for several nodes.
    Postgres(PostgresStore),
}

impl AnyStore {
    /// Opens the store at `url` and creates a missing SQLite file. Does not change the schema.
    ///
    /// `options` apply to PostgreSQL only.
    pub(crate) async fn open(url: &StoreUrl, options: Options) -> Result<Self, CommandError> {
        let opened = match url {
            StoreUrl::Sqlite(path) => SqliteStore::open(path).map(Self::Sqlite),
            StoreUrl::Postgres(url) => PostgresStore::connect(url.expose_secret(), options)
                .await
                .map(Self::Postgres),
        };
        opened.map_err(|error| cannot_open(url, &error))
    }

    /// Applies schema migrations.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.migrate().await.map(drop),
            Self::Postgres(store) => store.migrate().await.map(drop),
        }
    }

    /// Builds the indexes that migrations leave out, without blocking requests, and returns their names.
    ///
    /// This may take long on large tables.
    pub(crate) async fn build_indexes(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(Vec::new()),
            Self::Postgres(store) => store.build_indexes().await,
        }
    }

    /// Returns whether the schema is that of this version.
    pub(crate) async fn schema_is_current(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(store) => store.schema_is_current().await,
            Self::Postgres(store) => store.schema_is_current().await,
        }
    }

    /// Calls `wake` soon after a client or key set has changed. Spurious calls are possible.
    ///
    /// Only PostgreSQL sends notifications. With SQLite, this never calls `wake`.
    pub(crate) async fn listen(&self, wake: impl Fn() + Send + Sync) {
        match self {
            Self::Sqlite(_) => pending().await,
            Self::Postgres(store) => match store.listen(wake).await {},
        }
    }
}

/// Returns the error for a store that cannot be opened. The message omits secret parts of the URL.
pub(crate) fn cannot_open(url: &StoreUrl, error: &StoreError) -> CommandError {
    let folder = url.file().and_then(Path::parent);
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return CommandError::new(
            Exit::Failed,
            format!(
                "The folder of the store, {}, does not exist. Create it.",
                folder.display()
            ),
        );
    }
    let cause = error.source().unwrap_or(error);
    CommandError::of(&format!("Cannot open the store {url}"), cause)
}

/// Implements a port by delegating each method to the open store.
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
    fn establish(tenant: TenantId, grant: &Grant) -> Race;
    fn find_grant(tenant: TenantId, id: GrantId) -> Option<Grant>;
    fn rotate(tenant: TenantId, rotation: &Rotation) -> Race;
    fn revoke(tenant: TenantId, id: GrantId, at: Timestamp) -> Race;
    fn list_grants(tenant: TenantId, session: SessionId, after: After<GrantId>) -> Slice<Grant>;
    fn revoke_all(
            tenant: TenantId, subject: &Subject, client: Option<&ClientId>, at: Timestamp
        ) -> u64;
});

either!(ClientRepository {
    fn find_client(tenant: TenantId, id: &ClientId) -> Option<Client>;
    fn list_clients(tenant: TenantId, after: After<ClientId>) -> Slice<Client>;
    fn has_client_origin(tenant: TenantId, origin: &str) -> bool;
    fn insert_client(tenant: TenantId, client: &Client, event: &EventRecord) -> Race;
    fn update_client(tenant: TenantId, client: &Client, event: &EventRecord) -> Race;
    fn delete_client(tenant: TenantId, id: &ClientId, event: &EventRecord) -> Race;
    fn record_secret_uses(tenant: TenantId, uses: &[SecretUse]) -> ();
});

either!(UserRepository {
    fn find_user(tenant: TenantId, key: UserKey<'_>) -> Option<User>;
    fn list_users(tenant: TenantId, after: After<UserId>) -> Slice<User>;
    fn insert_user(tenant: TenantId, user: &User, event: Option<&EventRecord>) -> Race;
    fn update_user(tenant: TenantId, user: &User, event: &EventRecord) -> Race;
    fn set_password_hash(tenant: TenantId, user: UserId, hash: &str, event: &EventRecord) -> Race;
    fn set_totp_secret(
            tenant: TenantId, user: UserId, secret: Option<&[u8]>, event: &EventRecord
        ) -> Race;
    fn verify_email(tenant: TenantId, user: UserId, email: &Email) -> Race;
    fn replace_password_hash(
            tenant: TenantId, user: UserId, present: Option<&str>, new: &str
        ) -> Race;
    fn replace_totp_secret(
            tenant: TenantId,
            user: UserId,
            present: Option<&[u8]>,
            new: Option<&[u8]>,
            recovery_codes: &[SecretDigest]
        ) -> Race;
    fn use_time_step(tenant: TenantId, user: UserId, time_step: u64) -> Race;
});

either!(SessionRepository {
    fn insert_session(tenant: TenantId, session: &Session) -> Race;
    fn find_session(tenant: TenantId, id: SessionId) -> Option<(Session, User)>;
    fn list_sessions(tenant: TenantId, user: UserId, after: After<SessionId>) -> Slice<Session>;
    fn renew_session(tenant: TenantId, renewal: &SessionRenewal) -> Race;
    fn end_session(tenant: TenantId, id: SessionId, at: Timestamp) -> Race;
    fn end_sessions(
            tenant: TenantId, user: UserId, except: Option<SessionId>, at: Timestamp
        ) -> Vec<SessionId>;
});

either!(ConsentRepository {
    fn find_consent(tenant: TenantId, user: UserId, client: &ClientId) -> Option<Consent>;
    fn list_consents(tenant: TenantId, user: UserId, after: After<ClientId>) -> Slice<Consent>;
    fn put_consent(tenant: TenantId, consent: &Consent) -> ();
    fn remove_consent(tenant: TenantId, user: UserId, client: &ClientId) -> Race;
});

either!(PasskeyRepository {
    fn insert_passkey(tenant: TenantId, passkey: &Passkey) -> Race;
    fn find_passkey(tenant: TenantId, id: &[u8]) -> Option<Passkey>;
    fn list_passkeys(tenant: TenantId, user: UserId, after: After<Vec<u8>>) -> Slice<Passkey>;
    fn update_passkey(tenant: TenantId, passkey: &Passkey) -> Race;
    fn remove_passkey(tenant: TenantId, user: UserId, id: &[u8]) -> Race;
});

either!(RecoveryCodeRepository {
    fn replace_recovery_codes(tenant: TenantId, user: UserId, codes: &[SecretDigest]) -> ();
    fn use_recovery_code(tenant: TenantId, user: UserId, code: &SecretDigest) -> Race;
    fn count_recovery_codes(tenant: TenantId, user: UserId) -> u32;
});

either!(DeviceRepository {
    fn insert_device(tenant: TenantId, device: &Device) -> Race;
    fn find_device(tenant: TenantId, id: DeviceId) -> Option<Device>;
    fn list_devices(tenant: TenantId, user: UserId, after: After<DeviceId>) -> Slice<Device>;
    fn remove_device(tenant: TenantId, user: UserId, id: DeviceId) -> Race;
    fn remove_devices(tenant: TenantId, user: UserId) -> u64;
});

either!(Ephemera {
    fn get(tenant: TenantId, key: &EphemeralKey, now: Timestamp) -> Option<Ephemeral>;
    fn insert(tenant: TenantId, key: &EphemeralKey, value: &[u8], now: Timestamp) -> Race;
    fn replace(
            tenant: TenantId, key: &EphemeralKey, version: u64, value: &[u8], now: Timestamp
        ) -> Race;
    fn take(tenant: TenantId, key: &EphemeralKey, now: Timestamp) -> Option<Ephemeral>;
    fn add(tenant: TenantId, keys: &[EphemeralKey], n: u32, now: Timestamp) -> Vec<u64>;
    fn count(tenant: TenantId, kind: EphemeralKind, now: Timestamp) -> u64;
});

either!(SigningKeyRepository {
    fn list_signing_keys(tenant: TenantId) -> (KeySetVersion, Vec<SigningKey>);
    fn change_signing_keys(
            tenant: TenantId, change: &KeyChange, event: Option<&EventRecord>
        ) -> Race;
});

either!(Changes {
    fn latest_change() -> Cursor;
    fn changes_after(cursor: Cursor) -> (Vec<Change>, Cursor);
});

either!(Audit {
    fn list_events(tenant: TenantId, after: After<EventId>) -> Slice<EventRecord>;
});

either!(Nodes {
    fn heartbeat(
            node: NodeId, generation: FormatGeneration, since: Timestamp, now: Timestamp
        ) -> LiveGenerations;
    fn leave(node: NodeId) -> ();
});

either!(Housekeeping {
    fn remove_expired(now: Timestamp, most: u32) -> Removed;
});

either!(Transfer {
    fn list_tenants() -> Vec<TenantId>;
    fn list_all_grants(tenant: TenantId, after: After<GrantId>) -> Slice<Grant>;
    fn list_ephemera(
            tenant: TenantId, after: After<EphemeralKey>
        ) -> Slice<(EphemeralKey, Ephemeral)>;
    fn insert_ephemeral(tenant: TenantId, key: &EphemeralKey, value: &Ephemeral) -> Race;
    fn last_time_step(tenant: TenantId, user: UserId) -> Option<u64>;
    fn recovery_codes(tenant: TenantId, user: UserId) -> Vec<SecretDigest>;
    fn insert_client_as_is(tenant: TenantId, client: &Client) -> Race;
    fn insert_user_as_is(tenant: TenantId, user: &User) -> Race;
    fn insert_event(tenant: TenantId, event: &EventRecord) -> Race;
});
