//! Latency of searches and slices in a store with many users. Each SQL store fills itself and then calls [`measure`].
#![expect(
    clippy::unwrap_used,
    reason = "a store that returns an error fails its test"
)]
#![expect(clippy::disallowed_methods, reason = "the measure is elapsed time")]

use crate::fixtures::{changed_grant, consent, device, grant, passkey, session, user, user_id};
use crate::postgres::is_soak;
use countersign_domain::identifier::{DeviceId, GrantId, SessionId, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::Email;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_ports::{After, Race, Slice, Store, StoreError};
use std::fmt;
use std::time::{Duration, Instant};

/// Number of calls per measure.
const CALLS: u64 = 1000;

/// Number of items per slice, which the admin API uses by default.
const LIMIT: u32 = 50;

/// Latency that 99 of 100 calls must not exceed.
pub const GOAL: Duration = Duration::from_millis(10);

/// Returns the number of users: a million with `COUNTERSIGN_SOAK=1`.
#[must_use]
pub fn many_users() -> u64 {
    if is_soak() { 1_000_000 } else { 2_000 }
}

/// Returns the number of additional sessions, devices and grants of the first user.
#[must_use]
pub fn many_items(users: u64) -> u64 {
    (users / 1000).max(100)
}

/// Latency of a call.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// Call.
    pub call: &'static str,
    /// Latency of the median call.
    pub p50: Duration,
    /// Latency that 99 of 100 calls do not exceed.
    pub p99: Duration,
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, p50, p99 } = self;
        write!(f, "{call}: p50 {p50:?}, p99 {p99:?}")
    }
}

/// Stores user 1 with one of each: the rows that a store copies to others by SQL. The copies of user `n` have the ID
/// and the address of [`numbered`].
///
/// # Panics
///
/// Panics if the store fails or has one of the rows.
pub async fn insert_model(store: &impl Store, tenant: TenantId) {
    let model = user(1, "model@example.com");
    let owned = changed_grant(&grant(1), |facts| {
        facts.authorization.subject = user_id(1).into();
    });
    let inserted = [
        store.insert_user(tenant, &model, None).await,
        store.insert_session(tenant, &session(1)).await,
        store.insert_passkey(tenant, &passkey(b"model")).await,
        store.insert_device(tenant, &device(1)).await,
        store.establish(tenant, &owned).await,
    ];
    for race in inserted {
        assert_eq!(race.unwrap(), Race::Won);
    }
    store.put_consent(tenant, &consent(1, "app")).await.unwrap();
}

/// Returns the ID of the n-th user, and the address that its copies must have.
#[must_use]
pub fn numbered(number: u64) -> (UserId, String) {
    let id = UserId::from_bytes(u128::from(number).to_be_bytes());
    (id, format!("user{number:07}@example.com"))
}

async fn latency<T>(
    call: &'static str,
    run: impl AsyncFn(u64) -> Result<Slice<T>, StoreError>,
) -> Latency {
    let mut all = Vec::new();
    for number in 0..CALLS {
        let began = Instant::now();
        let slice = run(number).await.unwrap();
        all.push(began.elapsed());
        assert!(!slice.items.is_empty(), "{call} {number}");
    }
    all.sort_unstable();
    let of = |percent: usize| all.get(all.len() * percent / 100).copied();
    Latency {
        call,
        p50: of(50).unwrap_or_default(),
        p99: of(99).unwrap_or_default(),
    }
}

const fn after<K>(key: Option<K>) -> After<K> {
    After { key, limit: LIMIT }
}

/// Measures searches and slices among users `1` to `users`. Each has one session, passkey, device, consent and grant.
/// The first user has [`many_items`] more sessions, devices and grants, with the IDs from 2.
///
/// # Panics
///
/// Panics if the store fails or finds nothing.
pub async fn measure(store: &impl Store, tenant: TenantId, users: u64) -> Vec<Latency> {
    // In scattered order: 48,271 is a prime.
    let some = |call: u64| 1 + call * 48_271 % (users - u64::from(LIMIT) * 2);
    let id = |call: u64| numbered(some(call)).0;
    let heavy = numbered(1).0;
    let many = many_items(users);
    let within = |call: u64| u128::from(1 + call * 48_271 % (many - 1)).to_be_bytes();
    let prefix = |text: &str| EmailPrefix::parse(text).unwrap();
    let (every, exact) = (prefix("user"), |call| prefix(&numbered(some(call)).1));
    let every = &every;
    vec![
        latency("search, few matches", async |call| {
            let prefix = exact(call);
            store.search_users(tenant, &prefix, after(None)).await
        })
        .await,
        latency("search, all match", async |call| {
            let last = Email::parse(&numbered(some(call)).1).unwrap();
            store.search_users(tenant, every, after(Some(last))).await
        })
        .await,
        latency("users", async |call| {
            store.list_users(tenant, after(Some(id(call)))).await
        })
        .await,
        latency("sessions of a user", async |call| {
            store.list_sessions(tenant, id(call), after(None)).await
        })
        .await,
        latency("passkeys of a user", async |call| {
            store.list_passkeys(tenant, id(call), after(None)).await
        })
        .await,
        latency("devices of a user", async |call| {
            store.list_devices(tenant, id(call), after(None)).await
        })
        .await,
        latency("consents of a user", async |call| {
            store.list_consents(tenant, id(call), after(None)).await
        })
        .await,
        latency("grants of a user", async |call| {
            store.list_user_grants(tenant, id(call), after(None)).await
        })
        .await,
        latency("sessions of a user with many", async |call| {
            let last = SessionId::from_bytes(within(call));
            store.list_sessions(tenant, heavy, after(Some(last))).await
        })
        .await,
        latency("devices of a user with many", async |call| {
            let last = DeviceId::from_bytes(within(call));
            store.list_devices(tenant, heavy, after(Some(last))).await
        })
        .await,
        latency("grants of a user with many", async |call| {
            let last = GrantId::from_bytes(within(call));
            store
                .list_user_grants(tenant, heavy, after(Some(last)))
                .await
        })
        .await,
    ]
}
