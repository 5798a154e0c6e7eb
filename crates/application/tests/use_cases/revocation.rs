//! Who may revoke what, and what that writes.

use crate::fakes::Fixed;
use crate::stores::{store, with_all_clients};
use crate::tokens_back::{access_tokens, grant, query, token, with_grant};
use countersign_application::{Clients, Failure, Revocations, SecretUses, TokenQuery};
use countersign_domain::access_token::AccessToken;
use countersign_ports::Race;
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

async fn revoke(store: MockStore, query: &TokenQuery, token: AccessToken) -> Result<(), Failure> {
    let store = Arc::new(store);
    let revocations = Revocations {
        tokens: access_tokens(&store, token),
        clients: Arc::new(Clients::new(store)),
        secret_uses: Arc::new(SecretUses::default()),
        refresh_tokens: Arc::new(Fixed),
        clock: Arc::new(Fixed),
    };
    revocations.revoke(query).await
}

#[tokio::test]
async fn either_token_of_a_grant_ends_the_grant_by_one_row() {
    for text in ["access", "0"] {
        let mut store = with_grant(Some(grant()));
        store
            .expect_revoke()
            .times(1)
            .withf(|id, _| *id == fixtures::grant_id(1))
            .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
        let done = revoke(store, &query("app", text), token(true)).await;
        done.unwrap();
    }
}

#[tokio::test]
async fn a_token_without_a_grant_is_denied_until_it_ends() {
    let mut store = store();
    store
        .expect_deny_token()
        .times(1)
        .withf(|id, until| *id == token(false).token_id && *until == fixtures::later(300))
        .returning(|_, _| Box::pin(async { Ok(()) }));
    let done = revoke(store, &query("app", "access"), token(false)).await;
    done.unwrap();
}

#[tokio::test]
async fn nobody_revokes_a_token_of_another_client_and_nobody_learns_of_it() {
    for (text, of_grant) in [("access", true), ("access", false), ("0", true)] {
        let mut store = with_all_clients();
        store
            .expect_find_grant()
            .returning(|_| Box::pin(async { Ok(Some(grant())) }));
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
