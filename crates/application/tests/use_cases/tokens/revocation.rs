//! Token revocation: access rules and writes.

use crate::composition::authentication;
use crate::fakes::{Fixed, LATER};
use crate::stores::{store, with_all_clients};
use crate::tokens::presented::{access_tokens, denial, grant, query, token, with_grant};
use crate::world::tenant;
use countersign_application::{Failure, Revocations, TokenQuery};
use countersign_domain::token::access_token::AccessToken;
use countersign_ports::Race;
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

async fn revoke(store: MockStore, query: &TokenQuery, token: AccessToken) -> Result<(), Failure> {
    let store = Arc::new(store);
    let revocations = Revocations {
        tokens: access_tokens(&store, token),
        authentication: authentication(&store),
        refresh_tokens: Arc::new(Fixed),
        clock: Arc::new(Fixed),
    };
    revocations.revoke(tenant(), query).await
}

#[tokio::test]
async fn access_or_refresh_token_revokes_grant_in_one_write() {
    for text in ["access", "0"] {
        let mut store = with_grant(Some(grant()));
        store
            .expect_revoke()
            .times(1)
            .withf(|_, id, _| *id == fixtures::grant_id(1))
            .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
        let done = revoke(store, &query("app", text), token(true)).await;
        done.unwrap();
    }
}

#[tokio::test]
async fn token_without_grant_is_denied_until_expiry() {
    let mut store = store();
    store
        .expect_insert()
        .times(1)
        .withf(|_, key, value, _| *key == denial() && value.is_empty())
        .returning(|_, _, _, _| Box::pin(async { Ok(Race::Won) }));
    let done = revoke(store, &query("app", "access"), token(false)).await;
    done.unwrap();
}

#[tokio::test]
async fn revoking_token_of_other_client_changes_nothing() {
    for (text, of_grant) in [("access", true), ("access", false), ("0", true)] {
        let mut store = with_all_clients();
        store
            .expect_find_grant()
            .returning(|_, _| Box::pin(async { Ok(Some(grant())) }));
        let done = revoke(store, &query("other", text), token(of_grant)).await;
        done.unwrap();
    }
}

#[tokio::test]
async fn revoking_unknown_or_expired_token_succeeds_without_change() {
    let ended = AccessToken {
        expires_at: fixtures::NOW,
        ..token(true)
    };
    let unknown = revoke(store(), &query("app", "nonsense"), token(true)).await;
    unknown.unwrap();
    let done = revoke(store(), &query("app", "access"), ended).await;
    done.unwrap();
}

#[tokio::test]
async fn token_of_later_version_is_not_revoked() {
    let done = revoke(store(), &query("app", LATER), token(true)).await;
    assert!(matches!(done, Err(Failure::Later)));
}
