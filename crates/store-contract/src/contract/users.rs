//! [`UserRepository`](countersign_ports::UserRepository).

use super::{facts_of_user, winners};
use crate::fixtures::{NOW, later, user};
use countersign_domain::claims_request::StandardClaim;
use countersign_domain::identifier::UserId;
use countersign_domain::profile::{Address, Profile};
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{Race, Store, UserKey};
use std::sync::Arc;

/// A user that has nothing in common with `user(1, ..)` but its id.
fn another() -> User {
    let mut profile = Profile::default();
    profile.phone_number_verified = true;
    profile.updated_at = Some(later(9));
    profile.address = Some(Address {
        formatted: Some("1 \"Main\" St\n日本語 \0 '; --".into()),
        street_address: Some(String::new()),
        locality: Some("Town".into()),
        region: None,
        postal_code: Some("0".into()),
        country: Some("Ægir".into()),
    });
    for claim in StandardClaim::ALL {
        let text = format!("{claim:?} 👩‍🚀 \"quoted\" \0\u{1a} \\u0000");
        profile.set_text(*claim, Profile::is_text(*claim).then_some(text));
    }
    User {
        email_verified: false,
        name: None,
        profile,
        enabled: false,
        password_hash: None,
        sealed_totp_secret: Some(vec![0, 255, 1]),
        created_at: later(1),
        ..user(1, "ægir+x@exämple.example")
    }
}

pub(super) async fn is_stored(store: &impl Store, user: &User) {
    for key in [UserKey::Id(user.id), UserKey::Email(&user.email)] {
        let found = store.find_user(key).await.unwrap().unwrap();
        assert_eq!(facts_of_user(&found), facts_of_user(user));
    }
}

/// "Adds a user": every field of it, found by id and by address.
pub async fn a_new_user_is_found_as_it_was<S: Store>(store: Arc<S>) {
    for user in [user(2, "jane@example.com"), another()] {
        assert_eq!(store.insert_user(&user).await.unwrap(), Race::Won);
        is_stored(&*store, &user).await;
    }
}

/// "The user of this key", or nothing.
pub async fn an_unknown_user_is_not_found<S: Store>(store: Arc<S>) {
    let _ = store.insert_user(&user(1, "a@b.example")).await.unwrap();
    let email = Email::parse("a@b.exampl").unwrap();
    let by_email = store.find_user(UserKey::Email(&email)).await.unwrap();
    assert!(by_email.is_none());
    let id = UserId::from_bytes([2; 16]);
    assert!(store.find_user(UserKey::Id(id)).await.unwrap().is_none());
}

/// "Unless the id or the e-mail address is taken."
pub async fn a_taken_id_or_address_loses_and_changes_nothing<S: Store>(store: Arc<S>) {
    let first = user(1, "a@b.example");
    let _ = store.insert_user(&first).await.unwrap();
    for taken in [user(1, "c@d.example"), user(2, "a@b.example")] {
        assert_eq!(store.insert_user(&taken).await.unwrap(), Race::Lost);
    }
    is_stored(&*store, &first).await;
    assert_eq!(store.list_users().await.unwrap().len(), 1);
}

/// Of all who take one address at once, one wins.
pub async fn a_crowd_that_takes_one_address_has_one_winner<S: Store>(store: Arc<S>) {
    let won = winners(&store, |store, number| async move {
        let number = u8::try_from(number).unwrap();
        store.insert_user(&user(number, "a@b.example")).await
    });
    assert_eq!(won.await, 1);
    assert_eq!(store.list_users().await.unwrap().len(), 1);
}

/// "All users, by the time they were made, then by id."
pub async fn users_are_listed_by_age_then_by_id<S: Store>(store: Arc<S>) {
    let at = |number: u8, created_at: Timestamp| User {
        created_at,
        ..user(number, &format!("{number}@b.example"))
    };
    let in_order = [
        at(9, NOW),
        at(2, later(1)),
        at(3, later(1)),
        at(1, later(2)),
    ];
    for user in in_order.iter().rev() {
        let _ = store.insert_user(user).await.unwrap();
    }
    let listed = store.list_users().await.unwrap();
    assert_eq!(
        listed.iter().map(facts_of_user).collect::<Vec<_>>(),
        in_order.iter().map(facts_of_user).collect::<Vec<_>>()
    );
}

/// "Replaces everything about a user", there and back again, and about no other; the old address is free.
pub async fn an_update_replaces_everything_about_a_user<S: Store>(store: Arc<S>) {
    let bystander = user(2, "bystander@b.example");
    let first = user(1, "a@b.example");
    for user in [&first, &bystander] {
        let _ = store.insert_user(user).await.unwrap();
    }
    for (before, changed) in [(&first, &another()), (&another(), &first)] {
        assert_eq!(store.update_user(changed).await.unwrap(), Race::Won);
        is_stored(&*store, changed).await;
        let old = store.find_user(UserKey::Email(&before.email)).await;
        assert!(old.unwrap().is_none());
    }
    is_stored(&*store, &bystander).await;
}

/// "Or the new e-mail address is another's": the user's own is not.
pub async fn an_update_may_keep_the_address<S: Store>(store: Arc<S>) {
    let first = user(1, "a@b.example");
    let _ = store.insert_user(&first).await.unwrap();
    let disabled = User {
        enabled: false,
        ..first
    };
    assert_eq!(store.update_user(&disabled).await.unwrap(), Race::Won);
    is_stored(&*store, &disabled).await;
}

/// "`Lost` if there is none of this id".
pub async fn an_unknown_user_cannot_be_updated<S: Store>(store: Arc<S>) {
    let updated = store.update_user(&user(1, "a@b.example")).await.unwrap();
    assert_eq!(updated, Race::Lost);
    assert!(store.list_users().await.unwrap().is_empty());
}

/// "Or the new e-mail address is another's": nothing of the update is made.
pub async fn an_update_to_anothers_address_loses_and_changes_nothing<S: Store>(store: Arc<S>) {
    let first = user(1, "a@b.example");
    let second = user(2, "c@d.example");
    for user in [&first, &second] {
        let _ = store.insert_user(user).await.unwrap();
    }
    let taken = User {
        enabled: false,
        ..user(1, "c@d.example")
    };
    assert_eq!(store.update_user(&taken).await.unwrap(), Race::Lost);
    is_stored(&*store, &first).await;
    is_stored(&*store, &second).await;
}

/// "`Won` if `time_step` is later than every step used up before": not the same, not an earlier one.
pub async fn a_time_step_is_used_up_once_and_with_all_before_it<S: Store>(store: Arc<S>) {
    for number in [1, 2] {
        let one = user(number, &format!("{number}@b.example"));
        let _ = store.insert_user(&one).await.unwrap();
    }
    let id = UserId::from_bytes([1; 16]);
    let steps = [
        (58_000_000, Race::Won),
        (58_000_000, Race::Lost),
        (57_999_999, Race::Lost),
        (58_000_001, Race::Won),
        (58_000_000, Race::Lost),
    ];
    for (step, race) in steps {
        assert_eq!(store.use_time_step(id, step).await.unwrap(), race, "{step}");
    }
    let other = UserId::from_bytes([2; 16]);
    let of_other = store.use_time_step(other, 58_000_000).await.unwrap();
    assert_eq!(of_other, Race::Won);
}

/// An update of the user does not make a used step good again.
pub async fn an_update_does_not_give_a_time_step_back<S: Store>(store: Arc<S>) {
    let one = user(1, "a@b.example");
    let _ = store.insert_user(&one).await.unwrap();
    let _ = store.use_time_step(one.id, 7).await.unwrap();
    let _ = store.update_user(&another()).await.unwrap();
    assert_eq!(store.use_time_step(one.id, 7).await.unwrap(), Race::Lost);
}

/// Of all who use one code at once, one wins.
pub async fn a_crowd_that_uses_one_time_step_has_one_winner<S: Store>(store: Arc<S>) {
    let one = user(1, "a@b.example");
    let _ = store.insert_user(&one).await.unwrap();
    let id = one.id;
    let won = winners(&store, |store, _| async move {
        store.use_time_step(id, 7).await
    });
    assert_eq!(won.await, 1);
}

/// Nobody's code cannot be used up.
pub async fn a_time_step_of_an_unknown_user_is_lost<S: Store>(store: Arc<S>) {
    let id = UserId::from_bytes([1; 16]);
    assert_eq!(store.use_time_step(id, 7).await.unwrap(), Race::Lost);
}
