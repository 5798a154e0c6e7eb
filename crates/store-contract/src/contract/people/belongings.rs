//! What belongs to a user, for the properties of removals.

use crate::contract::support::all;
use crate::fixtures::{
    NOW, changed_grant, consent, device, ephemeral_key, grant, identity, passkey, session, user_id,
};
use countersign_domain::federation::identity::Identity;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, EphemeralKind, Race, Store};

/// Numbers of what belongs to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) passkeys: usize,
    pub(super) codes: u32,
    pub(super) devices: usize,
    pub(super) identities: usize,
    pub(super) consents: usize,
    pub(super) sessions: usize,
    pub(super) live_sessions: usize,
    pub(super) grants: usize,
    pub(super) attempts: usize,
}

impl Left {
    pub(super) const NOTHING: Self = Self {
        passkeys: 0,
        codes: 0,
        devices: 0,
        identities: 0,
        consents: 0,
        sessions: 0,
        live_sessions: 0,
        grants: 0,
        attempts: 0,
    };
}

/// Gives a numbered user one of each, with the same number.
pub(super) async fn give(store: &impl Store, tenant: TenantId, number: u8) {
    let (user, id) = (user_id(number), u64::from(number));
    let passkey = Passkey {
        user,
        ..passkey(&[number])
    };
    let device = Device { user, ..device(id) };
    let identity = Identity {
        user,
        ..identity(id)
    };
    let session = Session {
        user,
        ..session(id)
    };
    let grant = changed_grant(&grant(id), |facts| {
        facts.authorization.subject = user.into();
    });
    let inserted = [
        store.insert_passkey(tenant, &passkey).await,
        store.insert_device(tenant, &device).await,
        store.insert_identity(tenant, &identity).await,
        store.insert_session(tenant, &session).await,
        store.establish(tenant, &grant).await,
    ];
    for race in inserted {
        assert_eq!(race.unwrap(), Race::Won);
    }
    let codes = [SecretDigest::from_bytes([number; 32])];
    let given = store.replace_recovery_codes(tenant, user, &codes);
    given.await.unwrap();
    let consent = consent(number, "app");
    store.put_consent(tenant, &consent).await.unwrap();
    let key = ephemeral_key(EphemeralKind::Attempts, id);
    store.add(tenant, &[key], 3, NOW).await.unwrap();
}

/// Returns the numbers of what a numbered user has.
pub(super) async fn left(store: &impl Store, tenant: TenantId, number: u8) -> Left {
    let user = user_id(number);
    let sessions = all(store.list_sessions(tenant, user, After::start()).await);
    let live = sessions.iter().filter(|session| session.ended_at.is_none());
    let grants = all(store.list_user_grants(tenant, user, After::start()).await);
    let unrevoked = grants
        .iter()
        .filter(|grant| grant.facts().revoked_at.is_none());
    let key = ephemeral_key(EphemeralKind::Attempts, number.into());
    let attempts = store.get(tenant, &key, NOW).await.unwrap();
    Left {
        passkeys: all(store.list_passkeys(tenant, user, After::start()).await).len(),
        codes: store.count_recovery_codes(tenant, user).await.unwrap(),
        devices: all(store.list_devices(tenant, user, After::start()).await).len(),
        identities: all(store.list_identities(tenant, user, After::start()).await).len(),
        consents: all(store.list_consents(tenant, user, After::start()).await).len(),
        sessions: sessions.len(),
        live_sessions: live.count(),
        grants: unrevoked.count(),
        attempts: usize::from(attempts.is_some()),
    }
}
