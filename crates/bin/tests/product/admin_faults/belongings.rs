//! What gives access to the account of a user, and what the user gave access to. The IDs are those of the user.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::{DeviceId, GrantId, IdentityId, SessionId, UserId};
use countersign_domain::login::attempts::Target;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::factor_reset::FactorReset;
use countersign_ports::{
    ConsentRepository as _, Definition, DefinitionRepository as _, DeviceRepository as _,
    Ephemera as _, EphemeralKey, EphemeralKind, GrantRepository as _, IdentityRepository as _,
    PasskeyRepository as _, Race, RecoveryCodeRepository as _, SessionRepository as _,
};
use countersign_store_contract::fixtures;
use std::path::Path;
use std::time::{Duration, SystemTime};

const TENANT: TenantId = TenantId::SINGLE;

/// After all tests.
const LATE: Timestamp = Timestamp::from_unix_seconds(4_000_000_000);

/// Returns the ID of the passkey of a user, as it is in a path.
pub(super) fn passkey_of(user: &str) -> String {
    Base64UrlUnpadded::encode_string(user.as_bytes())
}

/// Gives a user one of each.
pub(super) async fn give(store: &Path, user: &str, email: &str) {
    let store = SqliteStore::open(store).unwrap();
    let passkey_id = user.as_bytes();
    let user: UserId = user.parse().unwrap();
    let bytes = *user.as_bytes();
    let passkey = Passkey {
        user,
        ..fixtures::passkey(passkey_id)
    };
    let device = Device {
        id: DeviceId::from_bytes(bytes),
        user,
        expires_at: LATE,
        ..fixtures::device(1)
    };
    let session = Session {
        id: SessionId::from_bytes(bytes),
        user,
        expires_at: LATE,
        ..fixtures::session(1)
    };
    let grant = fixtures::changed_grant(&fixtures::grant(1), |facts| {
        facts.id = GrantId::from_bytes(bytes);
        facts.authorization.subject = user.into();
        facts.expires_at = LATE;
    });
    let identity = Identity {
        id: IdentityId::from_bytes(bytes),
        user,
        ..fixtures::identity(1)
    };
    let given = [
        store.insert_passkey(TENANT, &passkey).await,
        store.insert_device(TENANT, &device).await,
        store.insert_identity(TENANT, &identity).await,
        store.insert_session(TENANT, &session).await,
        store.establish(TENANT, &grant).await,
    ];
    for race in given {
        assert_eq!(race.unwrap(), Race::Won);
    }
    let now = Timestamp::from_unix_seconds(LATE.as_unix_seconds() - 86_400);
    let reset = FactorReset::after(Duration::from_secs(86_400), user, now);
    let reset = Definition::FactorReset(reset);
    let stored = store
        .insert_definition(TENANT, &reset, &fixtures::event())
        .await;
    assert_eq!(stored.unwrap(), Race::Won);
    let consent = Consent {
        user,
        ..fixtures::consent(1, "web")
    };
    store.put_consent(TENANT, &consent).await.unwrap();
    let codes = [SecretDigest::from_bytes([1; 32])];
    let replaced = store.replace_recovery_codes(TENANT, user, &codes);
    replaced.await.unwrap();
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = Timestamp::from_unix_seconds(since.unwrap().as_secs());
    let window = Target::Account(email).window(now);
    let key = EphemeralKey {
        expires_at: window.ends,
        kind: EphemeralKind::Attempts,
        id: *window.name.as_bytes(),
    };
    store.add(TENANT, &[key], 10, now).await.unwrap();
}
