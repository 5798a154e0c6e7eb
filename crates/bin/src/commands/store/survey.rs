//! What is in a store: how many of each kind, and a digest over all of them.

use crate::store::AnyStore;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId};
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    ClientRepository as _, LoginState, SigningKeyRepository as _, StoreError, Transfer as _,
    UserRepository as _,
};
use sha2::{Digest as _, Sha256};
use std::fmt::Debug;

/// How many are read at a time.
const PAGE: u32 = 1000;

/// The kinds of records, in the order in which they are copied.
pub(super) const KINDS: [&str; 5] = ["clients", "users", "signing keys", "grants", "logins"];

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

    fn end(self) -> Tally {
        Tally {
            count: self.count,
            digest: self.hasher.finalize().into(),
        }
    }
}

/// The tallies of all [`KINDS`]. Of logins those count that are not over by `now`.
pub(super) async fn survey(store: &AnyStore, now: Timestamp) -> Result<[Tally; 5], StoreError> {
    let mut clients = Counting::default();
    for client in store.list_clients().await? {
        add_client(&mut clients, &client);
    }
    let mut users = Counting::default();
    for user in store.list_users().await? {
        let time_step = store.last_time_step(user.id).await?;
        add_user(&mut users, &user, time_step);
    }
    let mut keys = Counting::default();
    for key in store.list_signing_keys().await?.1 {
        add_key(&mut keys, &key);
    }
    let mut grants = Counting::default();
    let mut last = None;
    while let Some(page) = grants_page(store, &mut last).await? {
        for grant in &page {
            grants.add(grant);
        }
    }
    let mut logins = Counting::default();
    let mut last = None;
    while let Some(page) = logins_page(store, &mut last, now).await? {
        for login in &page {
            logins.add(login);
        }
    }
    Ok([clients, users, keys, grants, logins].map(Counting::end))
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

// What these facts do not print of themselves is added: digests of secrets, hashes, sealed keys.

fn add_client(counting: &mut Counting, client: &Client) {
    let digests: Vec<_> = client
        .secrets
        .iter()
        .map(|secret| secret.digest.as_bytes())
        .collect();
    counting.add(&(client, digests));
}

fn add_user(counting: &mut Counting, user: &User, time_step: Option<u64>) {
    let User {
        id,
        email,
        name,
        enabled,
        password_hash,
        sealed_totp_secret,
        created_at,
    } = user;
    let sealed = (password_hash, sealed_totp_secret);
    counting.add(&(id, email, name, enabled, created_at, sealed, time_step));
}

fn add_key(counting: &mut Counting, key: &SigningKey) {
    let more = (&key.client, &key.sealed_private_key, key.created_at);
    counting.add(&(key, more));
}
