//! Rate limits for sign-in attempts, email codes and registrations.

use crate::ephemera::attempts_in;
use crate::failure::Failure;
use countersign_domain::login::attempts::{Target, Window};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Ephemera, EphemeralKey};
use std::net::IpAddr;

/// Returns the targets that a failed sign-in counts against: the account and, if known, the address.
pub(crate) fn logins(email: &str, address: Option<IpAddr>) -> Vec<Target<'_>> {
    let account = Target::Account(email);
    let address = address.map(Target::Address);
    [account].into_iter().chain(address).collect()
}

/// Rejects a request if a target has reached its rate limit. Writes nothing.
pub(crate) async fn check<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    targets: &[Target<'_>],
    now: Timestamp,
) -> Result<(), Failure> {
    for target in targets {
        let window = target.window(now);
        let counted = store.get(tenant, &attempts_in(&window), now).await?;
        let total = counted.map_or(0, |counted| counted.total);
        judge(&window, total, now)?;
    }
    Ok(())
}

/// Counts one attempt for each target, in one statement.
pub(crate) async fn count<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    targets: &[Target<'_>],
    now: Timestamp,
) -> Result<(), Failure> {
    add(store, tenant, targets, &[], now).await?;
    Ok(())
}

/// Counts one attempt for each target and rejects the request if a target is over its rate limit. It counts before it
/// decides, so concurrent requests cannot exceed the limit.
pub(crate) async fn take<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    targets: &[Target<'_>],
    now: Timestamp,
) -> Result<(), Failure> {
    take_with(store, tenant, targets, &[], now).await?;
    Ok(())
}

/// Does the same as [`take`], also adds one to `others` in the same statement, and returns their totals.
pub(crate) async fn take_with<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    targets: &[Target<'_>],
    others: &[EphemeralKey],
    now: Timestamp,
) -> Result<Vec<u64>, Failure> {
    check(store, tenant, targets, now).await?;
    let mut totals = add(store, tenant, targets, others, now).await?;
    let of_others = totals.split_off(targets.len().min(totals.len()));
    for (target, total) in targets.iter().zip(totals) {
        judge(&target.window(now), total.saturating_sub(1), now)?;
    }
    Ok(of_others)
}

async fn add<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    targets: &[Target<'_>],
    others: &[EphemeralKey],
    now: Timestamp,
) -> Result<Vec<u64>, Failure> {
    let windows = targets.iter().map(|target| target.window(now));
    let mut keys: Vec<_> = windows.map(|window| attempts_in(&window)).collect();
    keys.extend_from_slice(others);
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(store.add(tenant, &keys, 1, now).await?)
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
            let taken = take(&store, TenantId::SINGLE, &targets, fixtures::NOW).await;
            assert_eq!(taken.is_ok(), is_taken);
        }
    }
}
