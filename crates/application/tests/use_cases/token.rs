//! Lost races, faults, and what is written.

use crate::fakes::{
    CodeOf, LATER, client_credentials, evidence, issuer, redemption, redemption_of, refresh,
    refresh_of, request,
};
use crate::stores::store;
use crate::world::tenant;
use countersign_application::{Failure, GrantRequest, TokenRequest, TokenResponse};
use countersign_domain::evidence::Evidence;
use countersign_domain::grant::Grant;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::user::User;
use countersign_ports::{Race, StoreError};
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

fn refusal(answer: Result<TokenResponse, Failure>) -> Refusal {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{:?}", other.err()),
    }
}

fn grant(generation: u32) -> Grant {
    Grant {
        generation,
        ..fixtures::grant(1)
    }
}

#[tokio::test]
async fn the_write_budget_of_client_credentials_is_nothing() {
    issuer(store())
        .issue(tenant(), &client_credentials())
        .await
        .unwrap();
}

#[tokio::test]
async fn the_write_budget_of_a_redemption_is_one_row() {
    let mut store = store();
    store
        .expect_establish()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let response = issuer(store).issue(tenant(), &redemption()).await.unwrap();
    assert_eq!(response.access_token, "ES256 for jane");
    assert_eq!(response.id_token.as_deref(), Some("ES256 of jane"));
}

#[tokio::test]
async fn a_refresh_is_one_statement_that_changes_one_row() {
    let mut store = store();
    store
        .expect_rotate()
        .times(1)
        .withf(|_, rotation| rotation.presented == 3)
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let response = issuer(store).issue(tenant(), &refresh(3)).await.unwrap();
    assert_eq!(response.refresh_token.unwrap().0, "4");
}

/// A store whose rotation is lost, and that then shows `grant`.
fn after_a_lost_rotation(grant: Grant) -> MockStore {
    let mut store = store();
    store
        .expect_rotate()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    store.expect_find_grant().times(1).returning(move |_, _| {
        let grant = grant.clone();
        Box::pin(async { Ok(Some(grant)) })
    });
    store
}

#[tokio::test]
async fn a_rotation_that_lost_its_race_is_judged_by_the_stored_grant_and_gets_the_winner_s_successor()
 {
    let response = issuer(after_a_lost_rotation(grant(4)))
        .issue(tenant(), &refresh(3))
        .await
        .unwrap();
    assert_eq!(response.refresh_token.unwrap().0, "4");
}

#[tokio::test]
async fn a_refusal_writes_nothing() {
    let unknown = TokenRequest {
        evidence: evidence("\u{0}"),
        ..redemption()
    };
    assert_eq!(
        refusal(issuer(store()).issue(tenant(), &unknown).await),
        Refusal::ClientUnknown(Evidence::of("\u{0}"))
    );
    let revoked = Grant {
        revoked_at: Some(fixtures::NOW),
        ..grant(0)
    };
    assert_eq!(
        refusal(
            issuer(after_a_lost_rotation(revoked))
                .issue(tenant(), &refresh(0))
                .await
        ),
        Refusal::GrantRevoked
    );
    let too_wide = request(GrantRequest::RefreshToken {
        refresh_token: "0".into(),
        scope: Some("admin".into()),
    });
    assert_eq!(
        refusal(issuer(store()).issue(tenant(), &too_wide).await),
        Refusal::ScopeBeyondGrant(Evidence::of("admin"))
    );
}

#[tokio::test]
async fn a_user_disabled_since_the_code_was_issued_gets_nothing_and_the_grant_is_revoked() {
    let mut store = store();
    store
        .expect_establish()
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let disabled = User {
        enabled: false,
        ..fixtures::user(1, "jane@example.com")
    };
    store.expect_find_user().times(1).returning(move |_, _| {
        let disabled = disabled.clone();
        Box::pin(async { Ok(Some(disabled)) })
    });
    store
        .expect_revoke()
        .times(1)
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
    let mut issuer = issuer(store);
    issuer.codes = Arc::new(CodeOf(fixtures::user_id(1), None));
    assert_eq!(
        refusal(issuer.issue(tenant(), &redemption()).await),
        Refusal::UserDisabled
    );
}

/// A store that has a session, or none, and of which one thing is asked when a code is redeemed.
fn with_session(found: Option<(Session, User)>) -> MockStore {
    let mut store = store();
    store
        .expect_establish()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    store.expect_find_session().times(1).returning(move |_, _| {
        let found = found.clone();
        Box::pin(async { Ok(found) })
    });
    store
}

async fn redeemed_in_session(store: MockStore) -> Result<TokenResponse, Failure> {
    let mut issuer = issuer(store);
    let session = Some(fixtures::session_id(1));
    issuer.codes = Arc::new(CodeOf(fixtures::user_id(1), session));
    issuer.issue(tenant(), &redemption()).await
}

#[tokio::test]
async fn a_redemption_in_a_session_reads_the_session_and_its_user_at_once() {
    let jane = fixtures::user(1, "jane@example.com");
    let store = with_session(Some((fixtures::session(1), jane)));
    redeemed_in_session(store).await.unwrap();
}

#[tokio::test]
async fn who_was_shut_out_since_the_code_was_issued_gets_nothing_and_the_grant_is_revoked() {
    let jane = fixtures::user(1, "jane@example.com");
    let disabled = User {
        enabled: false,
        ..jane.clone()
    };
    let other = fixtures::user(2, "joe@example.com");
    let live = fixtures::session(1);
    let ended = Session {
        ended_at: Some(fixtures::NOW),
        ..live.clone()
    };
    for (found, expected) in [
        (Some((live.clone(), disabled)), Refusal::UserDisabled),
        (Some((ended, jane)), Refusal::SessionEnded),
        (Some((live, other)), Refusal::SessionEnded),
        (None, Refusal::SessionEnded),
    ] {
        let mut store = with_session(found);
        store
            .expect_revoke()
            .times(1)
            .withf(|_, id, _| *id == fixtures::grant_id(1))
            .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
        assert_eq!(refusal(redeemed_in_session(store).await), expected);
    }
}

#[tokio::test]
async fn a_code_that_lost_its_race_revokes_the_grant() {
    let mut store = store();
    store
        .expect_establish()
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    store
        .expect_revoke()
        .times(1)
        .withf(|_, id, _| *id == fixtures::grant_id(1))
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
    assert_eq!(
        refusal(issuer(store).issue(tenant(), &redemption()).await),
        Refusal::CodeReplayed
    );
}

#[tokio::test]
async fn a_replay_is_refused_only_after_the_store_has_revoked() {
    let mut store = after_a_lost_rotation(grant(9));
    store
        .expect_revoke()
        .times(1)
        .returning(|_, _, _| Box::pin(async { Err(StoreError::new("down")) }));
    let answer = issuer(store).issue(tenant(), &refresh(3)).await;
    assert!(
        matches!(&answer, Err(Failure::Store(_))),
        "{:?}",
        answer.err()
    );
}

#[tokio::test]
async fn a_rotation_that_loses_again_and_again_gives_up() {
    let mut store = store();
    store
        .expect_find_grant()
        .returning(|_, _| Box::pin(async { Ok(Some(grant(3))) }));
    store
        .expect_rotate()
        .times(4)
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    let answer = issuer(store).issue(tenant(), &refresh(3)).await;
    assert!(
        matches!(&answer, Err(Failure::Contended)),
        "{:?}",
        answer.err()
    );
}

#[tokio::test]
async fn a_grant_that_is_gone_is_refused() {
    let mut store = store();
    store
        .expect_rotate()
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    store
        .expect_find_grant()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    assert_eq!(
        refusal(issuer(store).issue(tenant(), &refresh(0)).await),
        Refusal::GrantUnknown
    );
}

#[tokio::test]
async fn no_token_is_issued_when_the_store_cannot_answer() {
    let mut store = store();
    store
        .expect_establish()
        .returning(|_, _| Box::pin(async { Err(StoreError::new("down")) }));
    assert!(matches!(
        issuer(store).issue(tenant(), &redemption()).await,
        Err(Failure::Store(_))
    ));
}

/// A store that shows a grant before it is rotated.
fn that_shows(grant: Option<Grant>) -> MockStore {
    let mut store = store();
    store
        .expect_find_grant()
        .times(1)
        .withf(|_, id| *id == fixtures::grant_id(1))
        .returning(move |_, _| {
            let grant = grant.clone();
            Box::pin(async { Ok(grant) })
        });
    store
}

#[tokio::test]
async fn long_refresh_token_is_judged_by_stored_grant_first() {
    let mut store = that_shows(Some(grant(3)));
    store
        .expect_rotate()
        .times(1)
        .withf(|_, rotation| rotation.presented == 3)
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let response = issuer(store).issue(tenant(), &refresh_of("long 3")).await;
    let response = response.unwrap();
    assert_eq!(response.access_token, "ES256 for jane");
    assert_eq!(response.refresh_token.unwrap().0, "4");
}

#[tokio::test]
async fn long_refresh_token_without_grant_or_of_another_client_is_refused() {
    let gone = issuer(that_shows(None))
        .issue(tenant(), &refresh_of("long 3"))
        .await;
    assert_eq!(refusal(gone), Refusal::GrantUnknown);
    let mut of_another = grant(3);
    of_another.authorization.access.client = fixtures::client_id("other");
    let stolen = issuer(that_shows(Some(of_another)))
        .issue(tenant(), &refresh_of("long 3"))
        .await;
    let other = Evidence::of("other");
    assert_eq!(refusal(stolen), Refusal::RefreshTokenOfAnotherClient(other));
}

#[tokio::test]
async fn fact_of_later_version_changes_nothing() {
    for request in [redemption_of(LATER), refresh_of(LATER)] {
        let answer = issuer(store()).issue(tenant(), &request).await;
        assert!(matches!(answer, Err(Failure::Later)));
    }
}
