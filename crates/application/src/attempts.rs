//! Rate limits for sign-in attempts, email codes and registrations.

use crate::ephemera::attempts_in;
use crate::failure::Failure;
use countersign_domain::login::attempts::{Target, Window};
use countersign_domain::login::known_device::KnownDevice;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Ephemera, EphemeralKey};
use std::net::IpAddr;

/// Source of an attempt. It determines the counters.
#[derive(Clone, Copy, Debug, Default)]
pub struct AttemptSource<'a> {
    /// Network address, if known.
    pub address: Option<IpAddr>,
    /// Device of the cookie. `None` if the browser or client has none.
    pub device: Option<&'a KnownDevice>,
}

/// Returns the targets that a failed sign-in counts against: the account and, if known, the address. `user` is the user
/// with this email address, needed only if the source has a device.
pub(crate) fn logins<'a>(
    email: &'a str,
    user: Option<&User>,
    source: AttemptSource<'_>,
) -> Vec<Target<'a>> {
    let known = source.device.zip(user);
    let known = known.and_then(|(device, user)| device.account_of(user));
    let account = known.map_or(Target::Account(email), Target::KnownAccount);
    let address = source.address.map(Target::Address);
    [account].into_iter().chain(address).collect()
}

/// Counts one attempt for each target, adds one to `others`, and rejects the request if a target is over its rate limit.
/// Returns the totals of `others`.
///
/// One statement counts before anything is decided or hashed. So concurrent requests cannot exceed the limit, and over
/// the limit a right guess gets the same answer as a wrong one. A rejected request does not count: otherwise an address
/// over its limit could lock out any number of accounts.
pub(crate) async fn take<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    targets: &[Target<'_>],
    others: &[EphemeralKey],
    now: Timestamp,
) -> Result<Vec<u64>, Failure> {
    let mut keys = counters(targets, now);
    for (target, key) in targets.iter().zip(&keys) {
        let counted = store.get(tenant, key, now).await?;
        let total = counted.map_or(0, |counted| counted.total);
        judge(&target.window(now), total, now)?;
    }
    keys.extend_from_slice(others);
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut totals = store.add(tenant, &keys, 1, now).await?;
    let of_others = totals.split_off(targets.len().min(totals.len()));
    let mut with_this_one = targets.iter().zip(totals);
    let judged = with_this_one
        .try_for_each(|(target, total)| judge(&target.window(now), total.saturating_sub(1), now));
    if judged.is_err() {
        give_back(store, tenant, targets, now).await;
    }
    judged.map(|()| of_others)
}

/// Returns the attempts that [`take`] counted. A success is no attempt: users who share an address must not lock each
/// other out by signing in. If the store fails, the attempts stay counted until the window ends.
pub(crate) async fn give_back<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    targets: &[Target<'_>],
    now: Timestamp,
) {
    let returned = store.add(tenant, &counters(targets, now), -1, now).await;
    if let Err(error) = returned {
        tracing::warn!(%error, "a successful sign-in stays counted as an attempt");
    }
}

fn counters(targets: &[Target<'_>], now: Timestamp) -> Vec<EphemeralKey> {
    let windows = targets.iter().map(|target| target.window(now));
    windows.map(|window| attempts_in(&window)).collect()
}

fn judge(window: &Window, attempts: u64, now: Timestamp) -> Result<(), Failure> {
    match window.wait(bounded(attempts), now) {
        Some(wait) => Err(Failure::TooManyAttempts(wait)),
        None => Ok(()),
    }
}

/// Converts a stored total to the integer type of the domain rules; large totals saturate.
pub(crate) fn bounded(total: u64) -> u32 {
    u32::try_from(total).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::tenant::TenantId;
    use countersign_store_contract::{MockStore, fixtures};

    #[tokio::test]
    async fn concurrent_attempts_cannot_exceed_rate_limit() {
        for (with_this_one, is_taken) in [(5, true), (6, false)] {
            let mut store = MockStore::new();
            // Every concurrent request reads the total before any of them is counted.
            store
                .expect_get()
                .returning(|_, _, _| Box::pin(async { Ok(None) }));
            store
                .expect_add()
                .returning(move |_, _, _, _| Box::pin(async move { Ok(vec![with_this_one]) }));
            let targets = [Target::Mailbox("jane@example.com")];
            let taken = take(&store, TenantId::SINGLE, &targets, &[], fixtures::NOW).await;
            assert_eq!(taken.is_ok(), is_taken);
        }
    }
}
