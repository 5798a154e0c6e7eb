//! The contract of the ports, a sentence at a time. [`suite!`](crate::suite!) makes a test of each.
//!
//! Every sentence is a property: a function that takes a store without a row of its tenant, and panics if the store
//! breaks the sentence. [`in_two_tenants`] runs a property in two tenants at the same time, with the same identifiers,
//! names and e-mail addresses, while a third tenant holds such rows as well and must not change. A property therefore
//! need not say anything about other tenants: a verb that reads or changes a row of another tenant fails it.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a sentence that does not hold is a panic, which fails the test"
)]

pub mod changes;
pub mod client_changes;
pub mod client_origins;
pub mod client_secrets;
pub mod clients;
pub mod consents;
pub mod devices;
pub mod ephemera;
pub mod ephemera_of_crowds;
pub mod events;
pub mod expiry_of_ephemera;
pub mod grants;
pub mod grants_by_model;
pub mod grants_of_people;
pub mod housekeeping;
pub mod housekeeping_of_people;
mod neighbor;
pub mod nodes;
pub mod passkeys;
pub mod recovery_codes;
pub mod rotation;
pub mod session_ends;
pub mod sessions;
pub mod signing_keys;
pub mod slices;
pub mod tenants;
pub mod transfer;
pub mod user_changes;
pub mod user_commands;
pub mod user_versions;
pub mod users;

use crate::fixtures;
use countersign_domain::client::{Client, ClientSecret};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{Race, Slice, Store, StoreError, Transfer};
use neighbor::Neighbor;
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;

/// The tenant that a property runs in. There is one before it and one after it, in the order of a store.
const HERE: TenantId = TenantId::from_number(2).unwrap();

/// The tenant that a property runs in at the same time. There is no higher number.
const ELSEWHERE: TenantId = TenantId::from_number(i32::MAX.unsigned_abs()).unwrap();

/// Runs a property in two tenants at the same time, beside a third that must not change.
pub async fn in_two_tenants<S, F>(store: S, property: impl Fn(Arc<S>, TenantId) -> F)
where
    S: Store + Transfer,
    F: Future<Output = ()>,
{
    let store = Arc::new(store);
    let neighbor = Neighbor::settle(&*store).await;
    tokio::join!(
        property(Arc::clone(&store), HERE),
        property(Arc::clone(&store), ELSEWHERE)
    );
    neighbor.did_not_change(&*store).await;
}

/// Runs a property about a whole store in one tenant, beside another that must not change.
pub async fn in_one_tenant<S, F>(store: S, property: impl Fn(Arc<S>, TenantId) -> F)
where
    S: Store + Transfer,
    F: Future<Output = ()>,
{
    let store = Arc::new(store);
    let neighbor = Neighbor::settle(&*store).await;
    property(Arc::clone(&store), HERE).await;
    neighbor.did_not_change(&*store).await;
}

/// How many try at once where only one may win.
const CROWD: u32 = 64;

/// Lets a crowd try the same thing at once, each with its number, and says how many won.
async fn winners<S, F>(store: &Arc<S>, attempt: impl Fn(Arc<S>, u32) -> F) -> usize
where
    F: Future<Output = Result<Race, StoreError>> + Send + 'static,
{
    let crowd: JoinSet<_> = (0..CROWD)
        .map(|number| attempt(Arc::clone(store), number))
        .collect();
    let answers = crowd.join_all().await;
    let won = |answer: Result<Race, StoreError>| answer.unwrap() == Race::Won;
    answers.into_iter().map(won).filter(|won| *won).count()
}

/// The items of a list that is one slice.
fn all<T>(slice: Result<Slice<T>, StoreError>) -> Vec<T> {
    let slice = slice.unwrap();
    assert!(!slice.has_more);
    slice.items
}

/// [`fixtures::client`] as it is found once it is stored.
fn client(id: &str) -> Client {
    Client {
        version: 1,
        ..fixtures::client(id)
    }
}

/// [`fixtures::user`] as it is found once it is stored.
fn user(number: u8, email: &str) -> User {
    User {
        version: 1,
        ..fixtures::user(number, email)
    }
}

async fn insert_clients(store: &impl Store, tenant: TenantId, clients: &[Client]) {
    for client in clients {
        let event = fixtures::event_in(tenant);
        let race = store.insert_client(tenant, client, &event).await;
        assert_eq!(race.unwrap(), Race::Won);
    }
}

async fn insert_users(store: &impl Store, tenant: TenantId, users: &[User]) {
    for user in users {
        let race = store.insert_user(tenant, user, None).await;
        assert_eq!(race.unwrap(), Race::Won);
    }
}

/// Everything about a client in a form that can be compared.
fn facts_of_client(client: &Client) -> impl PartialEq + std::fmt::Debug + use<> {
    let digest = |secret: &ClientSecret| *secret.digest.as_bytes();
    let jwks = client.jwks.as_ref();
    (
        format!("{client:?}"),
        client.secrets.iter().map(digest).collect::<Vec<_>>(),
        jwks.map(|jwks| jwks.as_str().to_owned()),
        client.later.as_str().to_owned(),
    )
}

/// Everything about a user in a form that can be compared.
fn facts_of_user(user: &User) -> impl PartialEq + std::fmt::Debug + use<> {
    let User {
        id,
        email,
        email_verified,
        name,
        profile,
        enabled,
        password_hash,
        sealed_totp_secret,
        created_at,
        version,
        later,
    } = user.clone();
    (
        (id, email.to_string(), email_verified, name, profile),
        (enabled, password_hash, sealed_totp_secret),
        (created_at, version, later.as_str().to_owned()),
    )
}
