//! Rate limits for sign-in attempts, email codes and registrations.

use crate::ephemera::attempts_in;
use crate::failure::Failure;
use crate::tenants::room;
use countersign_domain::login::attempts::{Target, Window};
use countersign_domain::login::known_device::KnownDevice;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{Attempt, Counter, Ephemera, EphemeralKey, EphemeralKind, Race};
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

/// Returns the targets that a request for mail counts against: the mailbox and, if known, the address of the sender.
pub(crate) fn mails(email: &str, address: Option<IpAddr>) -> Vec<Target<'_>> {
    let sender = address.map(Target::Sender);
    let mailbox = [Target::Mailbox(email)];
    mailbox.into_iter().chain(sender).collect()
}

/// Result of [`take`].
pub(crate) struct Taken {
    /// User with the email address.
    pub(crate) user: Option<User>,
    /// Totals of the other counters.
    pub(crate) others: Vec<u64>,
}

/// Counts one attempt for each target, adds one to `others`, and rejects the request if a target is over its rate
/// limit. Also returns the user with the address `email`, as typed.
///
/// One statement counts before anything is decided or hashed. So concurrent requests cannot exceed the limit, and over
/// the limit a right guess gets the same answer as a wrong one. A rejected request does not count: otherwise an address
/// over its limit could lock out any number of accounts.
pub(crate) async fn take<S: Ephemera + Sync>(
    store: &S,
    tenant: &Tenant,
    targets: &[Target<'_>],
    (others, email): (&[EphemeralKey], Option<&str>),
    now: Timestamp,
) -> Result<Taken, Failure> {
    room::for_value(store, tenant, EphemeralKind::Attempts, now).await?;
    let windows = targets.iter().map(|target| target.window(now));
    let windows: Vec<Window> = windows.collect();
    let limited = windows.iter().map(|window| Counter {
        key: attempts_in(window),
        limit: window.limit().into(),
    });
    let others = others.iter().map(|key| Counter {
        key: *key,
        limit: u64::MAX,
    });
    let counters: Vec<Counter> = limited.chain(others).collect();
    let email = email.and_then(|email| Email::parse(email.trim()).ok());
    let attempt = store.count_attempt(tenant.id, &counters, email.as_ref(), now);
    let Attempt {
        counted,
        mut totals,
        user,
    } = attempt.await?;
    let others = totals.split_off(windows.len().min(totals.len()));
    // Concurrent requests may each have found a total below the limit.
    let own = u64::from(counted == Race::Won);
    let mut judged = windows.iter().zip(totals);
    let judged =
        judged.try_for_each(|(window, total)| judge(window, total.saturating_sub(own), now));
    if judged.is_err() && counted == Race::Won {
        give_back(store, tenant.id, targets, now).await;
    }
    judged.map(|()| Taken { user, others })
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

/// Returns the keys of the counters of these targets at `now`.
pub(crate) fn counters(targets: &[Target<'_>], now: Timestamp) -> Vec<EphemeralKey> {
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
    use countersign_store_contract::{MockStore, fixtures};

    fn counted(totals: Vec<u64>) -> Attempt {
        Attempt {
            counted: Race::Won,
            totals,
            user: None,
        }
    }

    #[tokio::test]
    async fn concurrent_attempts_cannot_exceed_rate_limit() {
        for (with_this_one, is_taken) in [(5, true), (6, false)] {
            let mut store = MockStore::new();
            // Every concurrent request finds a total below the limit before any of them is counted.
            store.expect_count_attempt().returning(move |_, _, _, _| {
                let totals = vec![with_this_one];
                Box::pin(async { Ok(counted(totals)) })
            });
            let given_back = usize::from(!is_taken);
            store
                .expect_add()
                .times(given_back)
                .returning(|_, _, _, _| Box::pin(async { Ok(vec![5]) }));
            let targets = [Target::Mailbox("jane@example.com")];
            let taken = take(
                &store,
                &fixtures::tenant(),
                &targets,
                (&[], None),
                fixtures::NOW,
            )
            .await;
            assert_eq!(taken.is_ok(), is_taken);
        }
    }
}
