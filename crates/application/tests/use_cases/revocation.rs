//! Who may revoke what, and what that writes.

use crate::fakes::{Fixed, LATER, authentication};
use crate::stores::{store, with_all_clients};
use crate::tokens_back::{access_tokens, denial, grant, query, token, with_grant};
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
async fn either_token_of_a_grant_ends_the_grant_by_one_row() {
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
async fn a_token_without_a_grant_is_denied_until_it_ends() {
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
async fn nobody_revokes_a_token_of_another_client_and_nobody_learns_of_it() {
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
async fn a_token_that_nobody_issued_or_that_has_ended_changes_nothing_and_is_no_failure() {
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
async fn token_of_later_version_is_not_revoked_here() {
    let done = revoke(store(), &query("app", LATER), token(true)).await;
    assert!(matches!(done, Err(Failure::Later)));
}
