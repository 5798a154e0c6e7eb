//! Counting of failed attempts, on top of a store.

use crate::failure::Failure;
use countersign_domain::attempts::Target;
use countersign_domain::time::Timestamp;
use countersign_ports::LoginRepository;
use std::net::IpAddr;

/// What failed logins of `email` from `address` count for. An address that is not known counts for nothing.
pub(crate) fn logins(email: &str, address: Option<IpAddr>) -> Vec<Target<'_>> {
    let account = Target::Account(email);
    let address = address.map(Target::Address);
    [account].into_iter().chain(address).collect()
}

/// Refuses those who have to wait. This writes nothing.
pub(crate) async fn check<S: LoginRepository + Sync>(
    store: &S,
    targets: &[Target<'_>],
    now: Timestamp,
) -> Result<(), Failure> {
    for target in targets {
        let window = target.window(now);
        let attempts = store.attempts(window.name).await?;
        if let Some(wait) = window.wait(attempts, now) {
            return Err(Failure::TooManyAttempts(wait));
        }
    }
    Ok(())
}

/// Counts one more for each.
pub(crate) async fn count<S: LoginRepository + Sync>(
    store: &S,
    targets: &[Target<'_>],
    now: Timestamp,
) -> Result<(), Failure> {
    for target in targets {
        let window = target.window(now);
        store.count_attempt(window.name, window.ends).await?;
    }
    Ok(())
}

/// Counts one more for each, and refuses those who have to wait: of many at the same moment, no more go on than may.
pub(crate) async fn take<S: LoginRepository + Sync>(
    store: &S,
    targets: &[Target<'_>],
    now: Timestamp,
) -> Result<(), Failure> {
    check(store, targets, now).await?;
    for target in targets {
        let window = target.window(now);
        let attempts = store.count_attempt(window.name, window.ends).await?;
        if let Some(wait) = window.wait(attempts.saturating_sub(1), now) {
            return Err(Failure::TooManyAttempts(wait));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_store_contract::{MockStore, fixtures};

    #[tokio::test]
    async fn of_many_at_the_same_moment_no_more_go_on_than_may() {
        for (with_this_one, is_taken) in [(5, true), (6, false)] {
            let mut store = MockStore::new();
            // Nobody had been counted yet when each of them looked.
            store
                .expect_attempts()
                .returning(|_| Box::pin(async { Ok(0) }));
            store
                .expect_count_attempt()
                .returning(move |_, _| Box::pin(async move { Ok(with_this_one) }));
            let targets = [Target::Mailbox("jane@example.com")];
            let taken = take(&store, &targets, fixtures::NOW).await;
            assert_eq!(taken.is_ok(), is_taken);
        }
    }
}
