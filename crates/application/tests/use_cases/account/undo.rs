//! Undo of a changed email address.

use super::address::{NEW, changed, compose, edit, is_void, stored, token, undo};
use super::secure;
use crate::admin::users::{is_shut_out, jane};
use crate::composition::accounts_with_mail;
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::Origin;
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::login::credential::Passkey;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{After, Race};
use countersign_store_contract::fixtures;
use std::sync::Arc;

#[tokio::test]
async fn address_set_by_operator_voids_undo() {
    let store = jane().await;
    let outside = Arc::default();
    changed(&store, &outside).await;
    edit(&store, |user| {
        user.email = Email::parse("operator@example.com").unwrap();
    })
    .await;
    assert!(is_void(&undo(&store, &outside).await));
}

#[tokio::test]
async fn undo_removes_factors_of_intruder() {
    let store = jane().await;
    let own = Passkey {
        created_at: Timestamp::from_unix_seconds(1),
        ..fixtures::passkey(&[1])
    };
    assert_eq!(store.insert_passkey(SINGLE, &own).await.unwrap(), Race::Won);
    let outside = Arc::default();
    changed(&store, &outside).await;
    let intruders = fixtures::passkey(&[2]);
    let inserted = store.insert_passkey(SINGLE, &intruders);
    assert_eq!(inserted.await.unwrap(), Race::Won);
    let id = fixtures::user_id(1);
    let enrolled = store.replace_totp_secret(SINGLE, id, None, Some(&[7]), &[]);
    assert_eq!(enrolled.await.unwrap(), Race::Won);
    undo(&store, &outside).await.unwrap();
    let left = store.list_passkeys(SINGLE, id, After::start()).await;
    assert_eq!(left.unwrap().items, [own]);
    assert!(stored(&store).await.sealed_totp_secret.is_none());
}

#[tokio::test]
async fn undo_keeps_authenticator_of_owner() {
    let store = jane().await;
    let id = fixtures::user_id(1);
    let enrolled = store.replace_totp_secret(SINGLE, id, None, Some(&[7]), &[]);
    assert_eq!(enrolled.await.unwrap(), Race::Won);
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&store, &outside);
    let (user, session) = (stored(&store).await, fixtures::session(7));
    let requested = accounts.request_address(tenant(), (&user, &session), NEW, None, &compose);
    requested.await.unwrap();
    let token = token(&outside.queued()[0]);
    let found = accounts.address_link(tenant(), &token).await.unwrap();
    let origin = Origin::default();
    let changed = accounts.change_address(tenant(), &found, &origin, &compose);
    changed.await.unwrap();
    undo(&store, &outside).await.unwrap();
    assert!(stored(&store).await.sealed_totp_secret.is_some());
}

#[tokio::test]
async fn stranger_cannot_block_undo_by_registering_former_address() {
    for (is_verified, is_restored) in [(false, true), (true, false)] {
        let store = jane().await;
        let outside = Arc::default();
        changed(&store, &outside).await;
        let stranger = User {
            self_registered: true,
            email_verified: is_verified,
            ..fixtures::user(2, "jane@example.com")
        };
        let inserted = store.insert_user(SINGLE, &stranger, None).await;
        assert_eq!(inserted.unwrap(), Race::Won);
        let undone = undo(&store, &outside).await;
        assert_eq!(undone.is_ok(), is_restored, "{undone:?}");
        // Nor can the owner of the former address sign the user out again and again.
        let accounts = accounts_with_mail(&store, &outside);
        let token = token(&outside.queued().pop().unwrap());
        let again = accounts.address_undo_link(tenant(), &token).await;
        assert!(is_void(&again));
        let user = stored(&store).await;
        assert_eq!(user.email.as_str() == "jane@example.com", is_restored);
        assert!(is_shut_out(&store).await);
    }
}

#[tokio::test]
async fn undo_removes_password_of_intruder_only() {
    for is_replaced in [false, true] {
        let store = jane().await;
        let outside = Arc::default();
        changed(&store, &outside).await;
        let before = stored(&store).await;
        if is_replaced {
            let present = before.password_hash.as_deref();
            let replaced = store.replace_password_hash(SINGLE, before.id, present, Some("new"));
            assert_eq!(replaced.await.unwrap(), Race::Won);
        }
        undo(&store, &outside).await.unwrap();
        let password = stored(&store).await.password_hash;
        assert_eq!(password.is_none(), is_replaced);
        assert!(is_replaced || password == before.password_hash);
    }
}

#[tokio::test]
async fn factor_from_before_the_change_is_removed_by_its_own_notice() {
    let store = jane().await;
    let early = Passkey {
        created_at: Timestamp::from_unix_seconds(1),
        ..fixtures::passkey(&[1])
    };
    let inserted = store.insert_passkey(SINGLE, &early).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    let outside = Arc::default();
    let added = AddedFactor::Passkey(vec![1]);
    let notice = secure::token_of_notice((&store, &outside), &added).await;
    changed(&store, &outside).await;
    for (restores, is_left) in [(false, true), (true, false)] {
        if restores {
            undo(&store, &outside).await.unwrap();
        }
        secure::follow((&store, &outside), &notice).await.unwrap();
        let left = store.find_passkey(SINGLE, &[1]).await.unwrap();
        assert_eq!(left.is_some(), is_left, "{restores}");
    }
}

#[tokio::test]
async fn undo_after_verification_by_operator_keeps_earlier_passkeys() {
    let store = jane().await;
    let own = fixtures::passkey(&[1]);
    assert_eq!(store.insert_passkey(SINGLE, &own).await.unwrap(), Race::Won);
    let outside = Arc::default();
    changed(&store, &outside).await;
    edit(&store, |user| user.email_changed_at = None).await;
    undo(&store, &outside).await.unwrap();
    assert!(store.find_passkey(SINGLE, &[1]).await.unwrap().is_some());
}
