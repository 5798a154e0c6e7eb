//! Operations on users and what belongs to them, and their numbers.

use super::rows::{ALL, HELPERS, Row, none};
use crate::facts::TENANT;
use crate::harness::Server;
use countersign_domain::federation::identity::Identity;
use countersign_domain::login::attempts::Target;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::sign_up::{SignUpMode, SignUpPolicy};
use countersign_domain::user::factor_reset::FactorReset;
use countersign_ports::{
    ConsentRepository as _, Definition, DeviceRepository as _, Ephemera as _, EphemeralKey,
    EphemeralKind, GrantRepository as _, IdentityRepository as _, PasskeyRepository as _, Race,
    RecoveryCodeRepository as _, SessionRepository as _,
};
use countersign_store_contract::fixtures;
use serde_json::json;
use std::time::Duration;

/// Passkey, trusted device, identity, session and grant of user 2, as paths name them.
const IDS: [(&str, &str); 5] = [
    ("PASSKEY", "cGhvbmU"),
    ("DEVICE", "00000000-0000-0000-0000-000000000001"),
    ("IDENTITY", "00000000-0000-0000-0000-000000000003"),
    ("SESSION", "00000000-0000-0000-0000-000000000008"),
    ("GRANT", "00000000-0000-0000-0000-00000000004d"),
];

/// Replaces the names of objects in a path.
pub(super) fn with_ids(path: &str) -> String {
    let users = [("USER", 2), ("DISABLED", 3)];
    let users = users.map(|(name, number)| (name, fixtures::user_id(number).to_string()));
    let ids = IDS.map(|(name, id)| (name, id.to_owned()));
    let names = users.into_iter().chain(ids);
    names.fold(path.to_owned(), |path, (name, id)| path.replace(name, &id))
}

pub(super) const PEOPLE: &[Row] = &[
    Row("listUsers", "GET /users", none, ALL),
    Row(
        "createUser",
        "POST /users",
        || json!({"email": "new@example.com"}),
        HELPERS,
    ),
    Row("listInvitations", "GET /invitations", none, ALL),
    Row(
        "createInvitation",
        "POST /invitations",
        || json!({"email": "new@example.com"}),
        HELPERS,
    ),
    Row(
        "revokeInvitation",
        "DELETE /invitations/invited@example.com",
        none,
        HELPERS,
    ),
    Row("getUser", "GET /users/USER", none, ALL),
    Row(
        "updateUser",
        "PATCH /users/USER",
        || json!({"name": "New"}),
        HELPERS,
    ),
    Row("deleteUser", "DELETE /users/USER", none, HELPERS),
    Row("unlockUser", "POST /users/USER/unlock", none, HELPERS),
    Row("enableUser", "POST /users/DISABLED/enable", none, HELPERS),
    Row("disableUser", "POST /users/USER/disable", none, HELPERS),
    Row(
        "resetUserFactors",
        "POST /users/USER/reset-factors",
        none,
        HELPERS,
    ),
    Row(
        "resetUserPassword",
        "POST /users/USER/reset-password",
        none,
        HELPERS,
    ),
    Row("listPasskeys", "GET /users/USER/passkeys", none, ALL),
    Row(
        "removePasskey",
        "DELETE /users/USER/passkeys/PASSKEY",
        none,
        HELPERS,
    ),
    Row(
        "countRecoveryCodes",
        "GET /users/USER/recovery-codes",
        none,
        ALL,
    ),
    Row(
        "removeRecoveryCodes",
        "DELETE /users/USER/recovery-codes",
        none,
        HELPERS,
    ),
    Row("getFactorReset", "GET /users/USER/factor-reset", none, ALL),
    Row(
        "cancelFactorReset",
        "DELETE /users/USER/factor-reset",
        none,
        HELPERS,
    ),
    Row("listTrustedDevices", "GET /users/USER/devices", none, ALL),
    Row(
        "removeTrustedDevice",
        "DELETE /users/USER/devices/DEVICE",
        none,
        HELPERS,
    ),
    Row("listIdentities", "GET /users/USER/identities", none, ALL),
    Row(
        "removeIdentity",
        "DELETE /users/USER/identities/IDENTITY",
        none,
        HELPERS,
    ),
    Row("listConsents", "GET /users/USER/consents", none, ALL),
    Row(
        "withdrawConsent",
        "DELETE /users/USER/consents/web",
        none,
        HELPERS,
    ),
    Row("listSessions", "GET /users/USER/sessions", none, ALL),
    Row("endSessions", "DELETE /users/USER/sessions", none, HELPERS),
    Row("endSession", "DELETE /sessions/SESSION", none, HELPERS),
    Row("listGrants", "GET /users/USER/grants", none, ALL),
    Row("revokeGrants", "DELETE /users/USER/grants", none, HELPERS),
    Row("revokeGrant", "DELETE /grants/GRANT", none, HELPERS),
    Row("getStatistics", "GET /statistics", none, ALL),
];

/// Gives user 2 one of each.
pub(super) async fn give(server: &Server) {
    let (store, user) = (&server.store, fixtures::user_id(2));
    let passkey = Passkey {
        user,
        ..fixtures::passkey(b"phone")
    };
    let device = Device {
        user,
        ..fixtures::device(1)
    };
    let session = Session {
        user,
        ..fixtures::session(8)
    };
    let grant = fixtures::changed_grant(&fixtures::grant(0x4d), |facts| {
        facts.authorization.subject = user.into();
    });
    let identity = Identity {
        user,
        ..fixtures::identity(3)
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
    let day = Duration::from_secs(86_400);
    let reset = FactorReset::after(day, user, server.now());
    server.put(Definition::FactorReset(reset)).await;
    let consent = fixtures::consent(2, "web");
    store.put_consent(TENANT, &consent).await.unwrap();
    let codes = [SecretDigest::from_bytes([1; 32])];
    let replaced = store.replace_recovery_codes(TENANT, user, &codes);
    replaced.await.unwrap();
    let now = server.now();
    let window = Target::Account("joe@example.com").window(now);
    let key = EphemeralKey {
        expires_at: window.ends,
        kind: EphemeralKind::Attempts,
        id: *window.name.as_bytes(),
    };
    store.add(TENANT, &[key], 10, now).await.unwrap();
}

/// Returns settings that let operators invite people.
pub(super) fn inviting() -> SignUpPolicy {
    SignUpPolicy {
        mode: SignUpMode::Invitation,
        ..SignUpPolicy::default()
    }
}
