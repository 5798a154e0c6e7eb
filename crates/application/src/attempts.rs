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
