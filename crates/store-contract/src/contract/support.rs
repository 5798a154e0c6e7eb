//! Helpers shared by the properties.

use crate::fixtures;
use countersign_domain::claims::attribute_value::{AttributeValue, Attributes};
use countersign_domain::client::{Client, ClientSecret, KeySource};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{Race, Slice, Store, StoreError};
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Tenant that a property runs in. Stores sort one tenant before it and one after it.
pub(super) const HERE: TenantId = TenantId::from_number(2).unwrap();

/// Tenant that a property runs in at the same time. Its number is the highest possible one.
pub(super) const ELSEWHERE: TenantId = TenantId::from_number(i32::MAX.unsigned_abs()).unwrap();

/// Number of concurrent attempts, of which only one may win.
pub(super) const CROWD: u32 = 64;

/// Runs concurrent attempts, each with its own number, and returns how many won.
pub(super) async fn winners<S, F>(store: &Arc<S>, attempt: impl Fn(Arc<S>, u32) -> F) -> usize
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

/// Returns the items of a list that fits in one slice.
pub(super) fn all<T>(slice: Result<Slice<T>, StoreError>) -> Vec<T> {
    let slice = slice.unwrap();
    assert!(!slice.has_more);
    slice.items
}

/// Returns [`fixtures::client`] as the store returns it.
pub(super) fn client(id: &str) -> Client {
    Client {
        version: 1,
        ..fixtures::client(id)
    }
}

/// Returns [`fixtures::user`] as the store returns it.
pub(super) fn user(number: u8, email: &str) -> User {
    User {
        version: 1,
        ..fixtures::user(number, email)
    }
}

pub(super) async fn insert_clients(store: &impl Store, tenant: TenantId, clients: &[Client]) {
    for client in clients {
        let event = fixtures::event_in(tenant);
        let race = store.insert_client(tenant, client, &event).await;
        assert_eq!(race.unwrap(), Race::Won);
    }
}

pub(super) async fn insert_users(store: &impl Store, tenant: TenantId, users: &[User]) {
    for user in users {
        let race = store.insert_user(tenant, user, None).await;
        assert_eq!(race.unwrap(), Race::Won);
    }
}

/// Returns all data of a client in a comparable form.
pub(super) fn facts_of_client(client: &Client) -> impl PartialEq + std::fmt::Debug + use<> {
    let digest = |secret: &ClientSecret| *secret.digest.as_bytes();
    let keys = client.keys.as_ref();
    let api_keys = client.api_keys.iter().map(|key| *key.digest.as_bytes());
    (
        format!("{client:?}"),
        client.secrets.iter().map(digest).collect::<Vec<_>>(),
        api_keys.collect::<Vec<_>>(),
        client
            .dynamic
            .as_ref()
            .map(|own| *own.access_token.as_bytes()),
        keys.and_then(KeySource::registered)
            .map(|jwks| jwks.as_str().to_owned()),
        client.later.as_str().to_owned(),
    )
}

/// All data of a session in a comparable form.
pub(super) type SessionFacts = (String, Option<[u8; 32]>);

/// Returns all data of a session in a comparable form.
pub(super) fn facts_of_session(session: &Session) -> SessionFacts {
    let secret = session.secret.map(|digest| *digest.as_bytes());
    (format!("{session:?}"), secret)
}

/// Returns all data of a user in a comparable form.
pub(super) fn facts_of_user(user: &User) -> impl PartialEq + std::fmt::Debug + use<> {
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
        self_registered,
        email_changed_at,
        groups,
        roles,
        attributes,
        version,
        later,
    } = user.clone();
    (
        (id, email.to_string(), email_verified, name, profile),
        (enabled, password_hash, sealed_totp_secret),
        (
            created_at,
            (self_registered, email_changed_at),
            groups,
            roles,
            attributes_of(&attributes),
            version,
            later.as_str().to_owned(),
        ),
    )
}

/// Returns all attributes in a comparable form.
fn attributes_of(attributes: &Attributes) -> (Vec<String>, String) {
    let all = attributes.values.iter();
    let all = all.map(|(name, value)| match value {
        AttributeValue::Text(text) => format!("{name} {text:?}"),
        AttributeValue::Number(number) => format!("{name} {number}"),
        AttributeValue::Flag(flag) => format!("{name} {flag}"),
        AttributeValue::Texts(texts) => format!("{name} {texts:?}"),
    });
    (all.collect(), attributes.later.as_str().to_owned())
}
