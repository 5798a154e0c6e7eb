//! Administration commands for user factors and claims.

use crate::admin::users::{admin, is_shut_out, jane, stored, text};
use crate::admin::{fields, root, stored_events};
use crate::composition::sessions;
use crate::world::{SINGLE, tenant};
use countersign_application::admin::AdminError;
use countersign_application::admin::users::{ClaimChange, GivenClaim};
use countersign_domain::audit::event::Action;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::user::profile::Address;
use countersign_ports::{
    After, DeviceRepository as _, PasskeyRepository as _, RecoveryCodeRepository as _,
};
use countersign_store_contract::fixtures;
use std::sync::Arc;

#[tokio::test]
async fn set_password_signs_user_out_everywhere() {
    let store = jane().await;
    let sessions = sessions(&store, &Arc::default());
    let admin = admin(&store);
    let id = fixtures::user_id(1);
    let set = admin.set_password(tenant(), root(), &sessions, id, None);
    let set = set.await.unwrap();
    let password = set.password.unwrap();
    let hash = stored(&store).await.password_hash;
    assert_eq!(hash.as_deref(), Some(password.expose_secret()));
    assert_eq!(set.revoked, 2);
    assert!(is_shut_out(&store).await);
    let events = stored_events(&store).await;
    let event = events.last().unwrap();
    assert_eq!(event.action, Action::USER_PASSWORD_SET);
    assert_eq!(fields(event), [("password", Some(".."), Some(".."))]);
}

#[tokio::test]
async fn reset_factors_end_codes_devices_passkeys_and_sessions() {
    let store = jane().await;
    let admin = admin(&store);
    let id = fixtures::user_id(1);
    let enrolled = admin.enable_totp(tenant(), root(), id).await.unwrap();
    assert_eq!(enrolled.uri, "otpauth://totp/Countersign:jane@example.com");
    let sealed = stored(&store).await.sealed_totp_secret.unwrap();
    let context = countersign_application::totp_context(id);
    assert_eq!(sealed, [context.as_bytes(), &enrolled.secret].concat());
    // The recovery codes of the earlier app are gone.
    assert_eq!(store.count_recovery_codes(SINGLE, id).await.unwrap(), 0);
    let passkey = fixtures::passkey(b"phone");
    let _ = store.insert_passkey(SINGLE, &passkey).await.unwrap();
    let sessions = sessions(&store, &Arc::default());
    let reset = admin.reset_factors(tenant(), root(), &sessions, id);
    reset.await.unwrap();
    assert!(
        store
            .find_passkey(SINGLE, &passkey.id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(is_shut_out(&store).await);
    assert!(stored(&store).await.sealed_totp_secret.is_none());
    assert_eq!(store.count_recovery_codes(SINGLE, id).await.unwrap(), 0);
    let devices = store.list_devices(SINGLE, id, After::start()).await;
    assert!(devices.unwrap().items.is_empty());
    let events = stored_events(&store).await;
    let changes: Vec<_> = events.iter().flat_map(fields).collect();
    let field = "totp_secret";
    assert!(changes.ends_with(&[(field, None, Some("..")), (field, Some(".."), None)]));
}

#[tokio::test]
async fn set_claims_leaves_other_claims_unchanged() {
    let store = jane().await;
    let admin = admin(&store);
    let id = fixtures::user_id(1);
    let verified = ClaimChange {
        claim: StandardClaim::PhoneNumberVerified,
        value: GivenClaim::Flag(true),
    };
    let address = ClaimChange {
        claim: StandardClaim::Address,
        value: GivenClaim::Address(Some(Address {
            street_address: Some("Street 1\nHouse".to_owned()),
            locality: Some(String::new()),
            ..Address::default()
        })),
    };
    let number = text(StandardClaim::PhoneNumber, "+49 30 1234567");
    let changes = vec![verified, number, address].into();
    let set = admin.edit(tenant(), root(), id, None, &changes).await;
    let user = set.unwrap();
    assert_eq!(user.name.as_deref(), Some("Jane"), "not in the change");
    assert!(
        user.profile.phone_number_verified,
        "applied after the number"
    );
    let address = user.profile.address.as_ref().unwrap();
    assert_eq!(address.locality, None, "empty members are removed");
    assert_eq!(user.profile.updated_at, Some(fixtures::NOW));
    let other = vec![text(StandardClaim::PhoneNumber, "+49 30 7654321")].into();
    let set = admin.edit(tenant(), root(), id, None, &other).await;
    assert!(!set.unwrap().profile.phone_number_verified, "a new number");
    let events = stored_events(&store).await;
    let last = events.last().map(fields).unwrap();
    let (before, after) = (Some("+49 30 1234567"), Some("+49 30 7654321"));
    assert_eq!(
        last,
        [
            ("phone_number", before, after),
            ("phone_number_verified", Some("true"), Some("false")),
        ]
    );
}

#[tokio::test]
async fn invalid_claim_changes_nothing() {
    let store = jane().await;
    let admin = admin(&store);
    let before = stored_events(&store).await.len();
    let flag = |claim| ClaimChange {
        claim,
        value: GivenClaim::Flag(true),
    };
    for change in [
        text(StandardClaim::Locale, "no locale"),
        text(StandardClaim::Email, "other@example.com"),
        text(StandardClaim::UpdatedAt, "1"),
        flag(StandardClaim::Locale),
        ClaimChange {
            claim: StandardClaim::Address,
            value: GivenClaim::Address(Some(Address {
                country: Some("DE\u{7}".to_owned()),
                ..Address::default()
            })),
        },
    ] {
        let claim = change.claim;
        let good = text(StandardClaim::Nickname, "Jay");
        let changes = vec![good, change].into();
        let set = admin.edit(tenant(), root(), fixtures::user_id(1), None, &changes);
        assert!(matches!(set.await, Err(AdminError::Claim(own, _)) if own == claim));
    }
    let stored = stored(&store).await;
    assert!(stored.profile.text(StandardClaim::Nickname).is_none());
    assert_eq!(stored_events(&store).await.len(), before);
}
