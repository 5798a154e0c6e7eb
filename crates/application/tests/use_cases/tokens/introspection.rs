//! Token introspection: access rules, and no writes.

use crate::composition::authentication;
use crate::fakes::{Fakes, Fixed, LATER};
use crate::stores::{store, with_all_clients};
use crate::tokens::presented::{
    access_tokens, grant, query, refusal, revoked, token, with_denied, with_grant,
};
use crate::world::tenant;
use countersign_application::{ActiveToken, Definitions, Failure, Introspections, TokenQuery};
use countersign_domain::client::presented::PresentedProof;
use countersign_domain::client::{Client, ClientType};
use countersign_domain::refusal::Refusal;
use countersign_domain::token::access_token::AccessToken;
use countersign_ports::StoreError;
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

async fn introspected(
    store: MockStore,
    query: &TokenQuery,
    token: AccessToken,
) -> Result<Option<ActiveToken>, Failure> {
    let store = Arc::new(store);
    let introspections: Introspections<Fakes<_>> = Introspections {
        tokens: access_tokens(&store, token),
        definitions: Arc::new(Definitions::new(store.clone())),
        authentication: authentication(&store),
        refresh_tokens: Arc::new(Fixed),
        signer: Arc::new(Fixed),
        clock: Arc::new(Fixed),
    };
    Ok(introspections.introspect(tenant(), query).await?.active)
}

fn without_resource_servers(mut store: MockStore) -> MockStore {
    store
        .expect_find_definition()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    store
}

#[tokio::test]
async fn introspection_writes_nothing() {
    for text in ["access", "0"] {
        let store = with_grant(Some(grant()));
        let active = introspected(store, &query("app", text), token(true))
            .await
            .unwrap();
        let is_access_token = matches!(active, Some(ActiveToken::AccessToken { .. }));
        assert!(active.is_some());
        assert_eq!(is_access_token, text == "access");
    }
}

#[tokio::test]
async fn revoked_or_rotated_token_is_inactive() {
    let rotated = fixtures::changed_grant(&grant(), |facts| facts.generation = 1);
    for (stored, text) in [
        (Some(revoked()), "access"),
        (Some(revoked()), "0"),
        (None, "access"),
        (None, "0"),
        (Some(rotated), "0"),
    ] {
        let active = introspected(with_grant(stored), &query("app", text), token(true)).await;
        assert!(active.unwrap().is_none(), "{text}");
    }
}

#[tokio::test]
async fn only_client_and_audience_can_introspect_token() {
    for text in ["access", "0"] {
        // The grant is not read for a client that may not introspect the token.
        let store = without_resource_servers(with_all_clients());
        let told = introspected(store, &query("other", text), token(true)).await;
        assert!(told.unwrap().is_none());
    }
    let mut store = without_resource_servers(with_all_clients());
    store
        .expect_find_grant()
        .returning(|_, _| Box::pin(async { Ok(Some(grant())) }));
    let told = introspected(store, &query("api", "access"), token(true)).await;
    assert!(told.unwrap().is_some(), "listed in aud");
}

#[tokio::test]
async fn public_client_cannot_introspect() {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|_, _| {
        let public = Client {
            client_type: ClientType::Public,
            secrets: Vec::new(),
            ..fixtures::client("app")
        };
        Box::pin(async { Ok(Some(public)) })
    });
    let mut query = query("app", "access");
    query.evidence.proof = PresentedProof::None;
    let told = introspected(store, &query, token(true)).await;
    assert_eq!(refusal(told), Refusal::SecretMissing);
}

#[tokio::test]
async fn unavailable_store_fails_introspection() {
    let mut store = store();
    store
        .expect_find_grant()
        .returning(|_, _| Box::pin(async { Err(StoreError::new("down")) }));
    let told = introspected(store, &query("app", "access"), token(true)).await;
    assert!(matches!(told, Err(Failure::Store(_))));
}

#[tokio::test]
async fn token_without_grant_is_active_unless_denied() {
    for is_denied in [true, false] {
        let store = with_denied(is_denied);
        let told = introspected(store, &query("app", "access"), token(false)).await;
        assert_eq!(told.unwrap().is_none(), is_denied);
    }
}

#[tokio::test]
async fn long_refresh_token_is_introspected_by_stored_grant() {
    let of_app = introspected(
        with_grant(Some(grant())),
        &query("app", "long 0"),
        token(true),
    )
    .await;
    let shown = grant();
    assert!(matches!(
        of_app.unwrap(),
        Some(ActiveToken::RefreshToken { grant, .. }) if grant == shown
    ));
    let mut store = with_all_clients();
    store
        .expect_find_grant()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Some(grant())) }));
    let of_another = introspected(store, &query("other", "long 0"), token(true)).await;
    assert!(of_another.unwrap().is_none());
}

#[tokio::test]
async fn token_of_later_version_fails_introspection() {
    let told = introspected(store(), &query("app", LATER), token(true)).await;
    assert!(matches!(told, Err(Failure::Later)));
}
