//! What is in a store: how many of each kind, and a digest over all of them.

mod records;

use crate::store::AnyStore;
use countersign_domain::claims::TokenId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId};
use countersign_domain::time::Timestamp;
use countersign_ports::{
    ClientRepository as _, ConsentRepository as _, DeniedToken, DeviceRepository as _, LoginState,
    PasskeyRepository as _, SessionRepository as _, SigningKeyRepository as _, StoreError,
    Transfer as _, UserRepository as _,
};
use sha2::{Digest as _, Sha256};
use std::fmt::Debug;

/// How many are read at a time.
const PAGE: u32 = 1000;

/// The kinds of records, in the order in which they are copied.
pub(super) const KINDS: [&str; 11] = [
    "clients",
    "users",
    "sessions",
    "consents",
    "passkeys",
    "recovery codes",
    "devices",
    "signing keys",
    "grants",
    "logins",
    "denied tokens",
];

/// A tally of each of the [`KINDS`].
pub(super) type Tallies = [Tally; KINDS.len()];

/// How many records there are, and the digest of all of them in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) digest: [u8; 32],
}

/// A digest in the making.
#[derive(Default)]
struct Counting {
    count: u64,
    hasher: Sha256,
}

impl Counting {
    /// Takes everything about a record. Both sides are printed by the same program, and an escaped line
    /// ends where its record ends.
    fn add(&mut self, record: &impl Debug) {
        self.count += 1;
        self.hasher.update(format!("{record:?}\n"));
    }

    fn add_all(&mut self, records: &[impl Debug]) {
        for record in records {
            self.add(record);
        }
    }

    fn end(self) -> Tally {
        Tally {
            count: self.count,
            digest: self.hasher.finalize().into(),
        }
    }
}

/// The tallies of all [`KINDS`]. Of logins those count that are not over by `now`.
pub(super) async fn survey(store: &AnyStore, now: Timestamp) -> Result<Tallies, StoreError> {
    let mut clients = Counting::default();
    for client in store.list_clients().await? {
        records::add_client(&mut clients, &client);
    }
    let mut users = Counting::default();
    let mut sessions = Counting::default();
    let mut consents = Counting::default();
    let mut passkeys = Counting::default();
    let mut recovery_codes = Counting::default();
    let mut devices = Counting::default();
    for user in store.list_users().await? {
        let time_step = store.last_time_step(user.id).await?;
        records::add_user(&mut users, &user, time_step);
        sessions.add_all(&store.list_sessions(user.id).await?);
        consents.add_all(&store.list_consents(user.id).await?);
        for passkey in store.list_passkeys(user.id).await? {
            records::add_passkey(&mut passkeys, &passkey);
        }
        for code in store.recovery_codes(user.id).await? {
            recovery_codes.add(&(user.id, code.as_bytes()));
        }
        devices.add_all(&store.list_devices(user.id).await?);
    }
    let mut keys = Counting::default();
    for key in store.list_signing_keys().await?.1 {
        records::add_key(&mut keys, &key);
    }
    let mut grants = Counting::default();
    let mut last = None;
    while let Some(page) = grants_page(store, &mut last).await? {
        grants.add_all(&page);
    }
    let mut logins = Counting::default();
    let mut last = None;
    while let Some(page) = logins_page(store, &mut last, now).await? {
        logins.add_all(&page);
    }
    let mut denied_tokens = Counting::default();
    let mut last = None;
    while let Some(page) = denied_tokens_page(store, &mut last).await? {
        denied_tokens.add_all(&page);
    }
    let all = [
        clients,
        users,
        sessions,
        consents,
        passkeys,
        recovery_codes,
        devices,
        keys,
        grants,
        logins,
        denied_tokens,
    ];
    Ok(all.map(Counting::end))
}

/// The next page; `None` after the last.
pub(super) async fn grants_page(
    store: &AnyStore,
    last: &mut Option<GrantId>,
) -> Result<Option<Vec<Grant>>, StoreError> {
    let page = store.grants_after(*last, PAGE).await?;
    *last = page.last().map(|grant| grant.id);
    Ok((!page.is_empty()).then_some(page))
}

/// The next page of those that are not over; `None` after the last.
pub(super) async fn logins_page(
    store: &AnyStore,
    last: &mut Option<LoginId>,
    now: Timestamp,
) -> Result<Option<Vec<LoginState>>, StoreError> {
    let mut page = store.logins_after(*last, PAGE).await?;
    *last = page.last().map(|login| login.id);
    if page.is_empty() {
        return Ok(None);
    }
    page.retain(|login| !login.expires_at.has_passed(now));
    Ok(Some(page))
}

/// The next page; `None` after the last.
pub(super) async fn denied_tokens_page(
    store: &AnyStore,
    last: &mut Option<TokenId>,
) -> Result<Option<Vec<DeniedToken>>, StoreError> {
    let page = store.denied_tokens_after(*last, PAGE).await?;
    *last = page.last().map(|denied| denied.id);
    Ok((!page.is_empty()).then_some(page))
}
