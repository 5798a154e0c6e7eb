//! [`LoginRepository`](countersign_ports::LoginRepository).

use super::{CROWD, winners};
use crate::fixtures::{NOW, later};
use countersign_domain::identifier::LoginId;
use countersign_ports::{Race, Store};
use std::sync::Arc;
use tokio::task::JoinSet;

const LOGIN: LoginId = LoginId::from_bytes([1; 16]);
const OTHER: LoginId = LoginId::from_bytes([2; 16]);

/// "Moves a login on to `position`; `Lost` if it is there or further already."
pub async fn a_login_only_moves_on<S: Store>(store: Arc<S>) {
    let steps = [
        (1, Race::Won),
        (1, Race::Lost),
        (2, Race::Won),
        (1, Race::Lost),
        (2, Race::Lost),
    ];
    for (position, race) in steps {
        let advanced = store.advance(LOGIN, position, later(60)).await.unwrap();
        assert_eq!(advanced, race, "{position}");
    }
    let other = store.advance(OTHER, 1, later(60)).await.unwrap();
    assert_eq!(other, Race::Won);
}

/// A position may be passed over: a user without a second factor goes straight to consent.
pub async fn a_login_may_skip_a_position<S: Store>(store: Arc<S>) {
    let advanced = store.advance(LOGIN, 2, later(60)).await.unwrap();
    assert_eq!(advanced, Race::Won);
    let back = store.advance(LOGIN, 1, later(60)).await.unwrap();
    assert_eq!(back, Race::Lost);
}

/// Of all who take one step at once, one wins.
pub async fn a_crowd_that_takes_one_step_has_one_winner<S: Store>(store: Arc<S>) {
    let won = winners(&store, |store, _| async move {
        store.advance(LOGIN, 1, later(60)).await
    });
    assert_eq!(won.await, 1);
}

/// "Counts one more attempt at a login and says how many there were with it", for each login alone.
pub async fn attempts_are_counted_login_by_login<S: Store>(store: Arc<S>) {
    for count in 1..=6 {
        let counted = store.count_attempt(LOGIN, later(60)).await.unwrap();
        assert_eq!(counted, count);
    }
    assert_eq!(store.count_attempt(OTHER, later(60)).await.unwrap(), 1);
}

/// "How many attempts at a login were counted": none at an unknown one, and asking counts nothing.
pub async fn attempts_are_told_without_counting_one<S: Store>(store: Arc<S>) {
    assert_eq!(store.attempts(LOGIN).await.unwrap(), 0);
    let _ = store.advance(LOGIN, 1, later(60)).await.unwrap();
    assert_eq!(store.attempts(LOGIN).await.unwrap(), 0);
    for count in 1..=3 {
        store.count_attempt(LOGIN, later(60)).await.unwrap();
        assert_eq!(store.attempts(LOGIN).await.unwrap(), count);
    }
    assert_eq!(store.attempts(OTHER).await.unwrap(), 0);
}

/// Attempts made at once are all counted: no two are the same one.
pub async fn attempts_of_a_crowd_are_all_counted<S: Store>(store: Arc<S>) {
    let crowd: JoinSet<_> = (0..CROWD)
        .map(|_| {
            let store = Arc::clone(&store);
            async move { store.count_attempt(LOGIN, later(60)).await.unwrap() }
        })
        .collect();
    let mut counts = crowd.join_all().await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=CROWD).collect::<Vec<_>>());
}

/// Attempts do not move a login on, and moving on does not forget them.
pub async fn attempts_and_positions_are_apart<S: Store>(store: Arc<S>) {
    assert_eq!(store.count_attempt(LOGIN, later(60)).await.unwrap(), 1);
    let advanced = store.advance(LOGIN, 1, later(60)).await.unwrap();
    assert_eq!(advanced, Race::Won);
    assert_eq!(store.count_attempt(LOGIN, later(60)).await.unwrap(), 2);
    let again = store.advance(LOGIN, 1, later(60)).await.unwrap();
    assert_eq!(again, Race::Lost);
}

/// "`expires_at` says how long this has to be remembered": the longest that was asked for.
pub async fn a_login_is_remembered_for_as_long_as_anyone_asked<S: Store>(store: Arc<S>) {
    let _ = store.advance(LOGIN, 1, later(60)).await.unwrap();
    let _ = store.count_attempt(LOGIN, later(30)).await.unwrap();
    let _ = store.count_attempt(OTHER, later(30)).await.unwrap();
    let _ = store.advance(OTHER, 1, later(60)).await.unwrap();
    assert_eq!(store.remove_expired(later(59), 10).await.unwrap().count, 0);
    for login in [LOGIN, OTHER] {
        let again = store.advance(login, 1, later(60)).await.unwrap();
        assert_eq!(again, Race::Lost);
    }
    let extended = store.count_attempt(LOGIN, later(90)).await.unwrap();
    assert_eq!(extended, 2);
    assert_eq!(store.remove_expired(later(60), 10).await.unwrap().count, 1);
    assert_eq!(store.count_attempt(LOGIN, NOW).await.unwrap(), 3);
    let moved = store.advance(LOGIN, 2, NOW).await.unwrap();
    assert_eq!(moved, Race::Won);
    assert_eq!(store.remove_expired(later(89), 10).await.unwrap().count, 0);
}
