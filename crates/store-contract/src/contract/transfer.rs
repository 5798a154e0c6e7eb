//! [`Transfer`].

use crate::fixtures::{client_id, grant, grant_id, later, user, user_id};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{LoginId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_ports::{LoginState, Race, Store, Transfer};
use std::sync::Arc;

fn login(number: u8) -> LoginState {
    LoginState {
        id: LoginId::from_bytes([number; 16]),
        position: 2,
        attempts: 3,
        expires_at: later(60),
    }
}

/// "Up to `most` grants, by id, from the one after `id` on", whatever has become of them.
pub async fn grants_come_in_pages_by_id<S: Store + Transfer>(store: Arc<S>) {
    let mut grants: Vec<Grant> = [0, 1, 2, 255, 256, u64::MAX].map(grant).into();
    grants[1].revoked_at = Some(later(5));
    grants[2].expires_at = later(0);
    grants[3].client = client_id("other");
    grants[4].generation = 7;
    for grant in grants.iter().rev() {
        assert_eq!(store.establish(grant).await.unwrap(), Race::Won);
    }
    let first = store.grants_after(None, 2).await.unwrap();
    assert_eq!(first, grants[..2]);
    let second = store.grants_after(Some(grant_id(1)), 3).await.unwrap();
    assert_eq!(second, grants[2..5]);
    let rest = store.grants_after(Some(grant_id(256)), 3).await.unwrap();
    assert_eq!(rest, grants[5..]);
    let none = store.grants_after(Some(grant_id(u64::MAX)), 3).await;
    assert_eq!(none.unwrap(), []);
}

/// "Up to `most` logins, by id, from the one after `id` on."
pub async fn logins_come_in_pages_by_id<S: Store + Transfer>(store: Arc<S>) {
    let (tried, moved) = (LoginId::from_bytes([0; 16]), LoginId::from_bytes([255; 16]));
    let _ = store.advance(moved, 2, later(9)).await.unwrap();
    for _ in 0..2 {
        store.count_attempt(tried, later(8)).await.unwrap();
    }
    let of_tried = LoginState {
        id: tried,
        position: 0,
        attempts: 2,
        expires_at: later(8),
    };
    let of_moved = LoginState {
        id: moved,
        position: 2,
        attempts: 0,
        expires_at: later(9),
    };
    let page = async |id, most| store.logins_after(id, most).await.unwrap();
    assert_eq!(page(None, 9).await, [of_tried.clone(), of_moved.clone()]);
    assert_eq!(page(None, 1).await, [of_tried]);
    assert_eq!(page(Some(tried), 1).await, [of_moved]);
    assert_eq!(page(Some(moved), 1).await, []);
}

/// "Adds a login as it is, unless its id is there": it goes on from where it was.
pub async fn a_login_is_added_as_it_is_and_once<S: Store + Transfer>(store: Arc<S>) {
    assert_eq!(store.insert_login(&login(1)).await.unwrap(), Race::Won);
    let other = LoginState {
        position: 9,
        attempts: 9,
        ..login(1)
    };
    assert_eq!(store.insert_login(&other).await.unwrap(), Race::Lost);
    assert_eq!(store.logins_after(None, 9).await.unwrap(), [login(1)]);
    let id = login(1).id;
    let same = store.advance(id, 2, later(60)).await.unwrap();
    assert_eq!(same, Race::Lost);
    assert_eq!(store.count_attempt(id, later(60)).await.unwrap(), 4);
}

/// "The last time step that was used up for a user."
pub async fn the_last_time_step_is_the_latest_that_was_used_up<S: Store + Transfer>(store: Arc<S>) {
    let jane = user(1, "jane@example.org");
    let _ = store.insert_user(&jane).await.unwrap();
    assert_eq!(store.last_time_step(jane.id).await.unwrap(), None);
    for (step, race) in [(7, Race::Won), (5, Race::Lost), (8, Race::Won)] {
        assert_eq!(store.use_time_step(jane.id, step).await.unwrap(), race);
    }
    assert_eq!(store.last_time_step(jane.id).await.unwrap(), Some(8));
    let nobody = UserId::from_bytes([9; 16]);
    assert_eq!(store.last_time_step(nobody).await.unwrap(), None);
}

/// "The recovery codes that a user has left, by their bytes."
pub async fn the_recovery_codes_of_a_user_are_listed<S: Store + Transfer>(store: Arc<S>) {
    let code = |number| SecretDigest::from_bytes([number; 32]);
    let (jane, joe) = (user_id(1), user_id(2));
    let given = [code(255), code(1), code(2)];
    store.replace_recovery_codes(jane, &given).await.unwrap();
    store.replace_recovery_codes(joe, &[code(3)]).await.unwrap();
    let used = store.use_recovery_code(jane, &code(2)).await.unwrap();
    assert_eq!(used, Race::Won);
    let left = store.recovery_codes(jane).await.unwrap();
    let left: Vec<&[u8; 32]> = left.iter().map(SecretDigest::as_bytes).collect();
    assert_eq!(left, [&[1; 32], &[255; 32]]);
}
