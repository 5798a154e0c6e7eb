//! [`UserRepository`](countersign_ports::UserRepository): changes by users themselves.

use super::users::{insert_three, is_stored};
use crate::contract::support::{insert_users, user, winners};
use crate::fixtures::{identity, later, passkey, session, session_id, user_id};
use countersign_domain::federation::identity::Identity;
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::session::Session;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::{Email, User};
use countersign_ports::{After, Race, Store};
use std::sync::Arc;

async fn are_stored(store: &impl Store, tenant: TenantId, users: &[User]) {
    for user in users {
        is_stored(store, tenant, user).await;
    }
}

/// A hand-over removes everything that lets a registrant in, verifies the address and ends the sessions of this user
/// alone. It changes nothing for another address, or for a user who is disabled or verified.
pub async fn hand_over_removes_credentials_and_ends_sessions_of_user<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let mut users = insert_three(&*store, tenant).await;
    let codes = [SecretDigest::from_bytes([7; 32])];
    let at = later(5);
    for (number, user) in (1..).zip(&users) {
        let given = store.replace_recovery_codes(tenant, user.id, &codes).await;
        given.unwrap();
        let session = Session {
            user: user.id,
            ..session(number)
        };
        let begun = store.insert_session(tenant, &session).await.unwrap();
        assert_eq!(begun, Race::Won);
        let key = [9, user.id.as_bytes()[15]];
        let passkey = Passkey {
            user: user.id,
            ..passkey(&key)
        };
        let added = store.insert_passkey(tenant, &passkey).await.unwrap();
        assert_eq!(added, Race::Won);
        let identity = Identity {
            user: user.id,
            ..identity(number)
        };
        let linked = store.insert_identity(tenant, &identity).await.unwrap();
        assert_eq!(linked, Race::Won);
    }
    let other = Email::parse("other@b.example").unwrap();
    for (number, email) in [(1, &other), (2, &users[1].email), (4, &users[0].email)] {
        let lost = store.hand_over(tenant, user_id(number), email, at).await;
        assert_eq!(lost.unwrap(), None);
    }
    are_stored(&*store, tenant, &users).await;

    let ended = store
        .hand_over(tenant, users[0].id, &users[0].email, at)
        .await;
    assert_eq!(ended.unwrap(), Some(vec![session_id(1)]));
    users[0].email_verified = true;
    users[0].password_hash = None;
    users[0].sealed_totp_secret = None;
    are_stored(&*store, tenant, &users).await;
    for (index, user) in users.iter().enumerate() {
        let kept = usize::from(index > 0);
        let codes = store.count_recovery_codes(tenant, user.id).await.unwrap();
        let passkeys = store.list_passkeys(tenant, user.id, After::start()).await;
        let identities = store.list_identities(tenant, user.id, After::start()).await;
        let left = [
            passkeys.unwrap().items.len(),
            identities.unwrap().items.len(),
        ];
        assert_eq!((codes as usize, left), (kept, [kept, kept]));
    }
    let again = store
        .hand_over(tenant, users[0].id, &users[0].email, at)
        .await;
    assert_eq!(again.unwrap(), None, "the address is verified");
}

/// Verification returns `Lost` unless the user is enabled and this is still the address. It writes nothing else.
pub async fn email_verification_requires_enabled_user_and_current_email<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let mut users = insert_three(&*store, tenant).await;
    for (number, email) in [
        (1, "c@d.example"),
        (1, "other@b.example"),
        (2, "c@d.example"),
        (4, "a@b.example"),
    ] {
        let email = Email::parse(email).unwrap();
        let race = store
            .verify_email(tenant, user_id(number), &email)
            .await
            .unwrap();
        assert_eq!(race, Race::Lost, "{number} {email}");
    }
    are_stored(&*store, tenant, &users).await;
    for _ in 0..2 {
        let race = store
            .verify_email(tenant, user_id(1), &users[0].email)
            .await;
        assert_eq!(race.unwrap(), Race::Won);
        users[0].email_verified = true;
        are_stored(&*store, tenant, &users).await;
    }
}

/// Replacing a password hash returns `Lost` unless the user is enabled and `present` equals the stored hash. It writes
/// nothing else.
pub async fn password_replacement_requires_enabled_user_and_current_hash<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let mut users = insert_three(&*store, tenant).await;
    let present = users[0].password_hash.clone();
    let present = present.as_deref();
    for (number, present) in [
        (1, None),
        (1, Some("")),
        (1, Some("$argon2id$other")),
        (2, present),
        (3, present),
        (4, None),
        (4, present),
    ] {
        let race = store.replace_password_hash(tenant, user_id(number), present, Some("new"));
        assert_eq!(race.await.unwrap(), Race::Lost, "{number} {present:?}");
    }
    are_stored(&*store, tenant, &users).await;
    for (index, present) in [(0, present), (2, None), (2, Some("new\0"))] {
        let race = store.replace_password_hash(tenant, users[index].id, present, Some("new\0"));
        assert_eq!(race.await.unwrap(), Race::Won, "{present:?}");
        users[index].password_hash = Some("new\0".into());
        are_stored(&*store, tenant, &users).await;
    }
}

/// Replacing the secret returns `Lost` unless the user is enabled and `present` equals the stored secret. It writes
/// only the secret and the recovery codes.
pub async fn totp_replacement_requires_enabled_user_and_current_secret<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let mut users = insert_three(&*store, tenant).await;
    let (present, new): (&[u8], &[u8]) = (&[0, 255], &[7; 40]);
    let earlier = [code(1)];
    let before = store.replace_recovery_codes(tenant, user_id(1), &earlier);
    before.await.unwrap();
    for (number, present) in [
        (1, None),
        (1, Some(&[][..])),
        (1, Some(&[0][..])),
        (2, Some(present)),
        (3, Some(present)),
        (4, None),
        (4, Some(present)),
    ] {
        for new in [None, Some(new)] {
            let codes = [code(8), code(9)];
            let race = store.replace_totp_secret(tenant, user_id(number), present, new, &codes);
            assert_eq!(race.await.unwrap(), Race::Lost, "{number} {present:?}");
        }
    }
    are_stored(&*store, tenant, &users).await;
    assert_eq!(left(&*store, tenant, 1).await, 1, "the earlier codes");
    for (index, present, new) in [
        (0, Some(present), Some(new)),
        (0, Some(new), None),
        (2, None, Some(new)),
    ] {
        let codes: &[_] = if new.is_some() {
            &[code(2), code(3)]
        } else {
            &[]
        };
        let race = store.replace_totp_secret(tenant, users[index].id, present, new, codes);
        assert_eq!(race.await.unwrap(), Race::Won, "{present:?}");
        users[index].sealed_totp_secret = new.map(<[u8]>::to_vec);
        are_stored(&*store, tenant, &users).await;
        let number = if index == 0 { 1 } else { 3 };
        assert_eq!(left(&*store, tenant, number).await as usize, codes.len());
    }
    let earlier = store
        .use_recovery_code(tenant, user_id(1), &earlier[0])
        .await;
    assert_eq!(earlier.unwrap(), Race::Lost);
}

const fn code(number: u8) -> SecretDigest {
    SecretDigest::from_bytes([number; 32])
}

/// Returns the number of a user's unused recovery codes.
async fn left(store: &impl Store, tenant: TenantId, number: u8) -> u32 {
    let count = store.count_recovery_codes(tenant, user_id(number));
    count.await.unwrap()
}

/// Of concurrent replacements of one password hash, one wins.
pub async fn concurrent_password_replacements_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let one = user(1, "a@b.example");
    insert_users(&*store, tenant, std::slice::from_ref(&one)).await;
    let won = winners(&store, |store, number| {
        let present = one.password_hash.clone();
        async move {
            let new = number.to_string();
            let race = store.replace_password_hash(
                tenant,
                user_id(1),
                present.as_deref(),
                Some(new.as_str()),
            );
            race.await
        }
    });
    assert_eq!(won.await, 1);
}

/// Of concurrent setups of an authenticator app, one wins.
pub async fn concurrent_totp_replacements_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_users(&*store, tenant, &[user(1, "a@b.example")]).await;
    let won = winners(&store, |store, number| async move {
        let new = number.to_be_bytes();
        let race = store.replace_totp_secret(tenant, user_id(1), None, Some(&new), &[]);
        race.await
    });
    assert_eq!(won.await, 1);
}
