//! Token requests: writes, lost races and faults.

use crate::composition::issuer;
use crate::fakes::{
    CodeOf, Fixed, LATER, client_credentials, evidence, redemption, redemption_of, refresh,
    refresh_of, request,
};
use crate::stores::store;
use crate::world::tenant;
use countersign_application::{Failure, GrantRequest, TokenRequest, TokenResponse};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::evidence::Evidence;
use countersign_domain::grant::Grant;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{AuthorizationCodeCodec, GrantUser, OpenError, Race, Redeemed, StoreError};
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

fn refusal(answer: Result<TokenResponse, Failure>) -> Refusal {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{:?}", other.err()),
    }
}

fn grant(generation: u32) -> Grant {
    fixtures::changed_grant(&fixtures::grant(1), |facts| facts.generation = generation)
}

#[tokio::test]
async fn client_credentials_write_nothing() {
    issuer(store())
        .issue(tenant(), &client_credentials())
        .await
        .unwrap();
}

#[tokio::test]
async fn code_redemption_writes_one_row() {
    let mut store = store();
    store
        .expect_redeem()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Redeemed::Won(None)) }));
    let response = issuer(store).issue(tenant(), &redemption()).await.unwrap();
    assert_eq!(response.access_token, "ES256 for jane");
    assert_eq!(response.id_token.as_deref(), Some("ES256 of jane"));
}

#[tokio::test]
async fn refresh_changes_one_row_in_one_statement() {
    let mut store = store();
    store
        .expect_rotate()
        .times(1)
        .withf(|_, rotation| rotation.presented == 3)
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let response = issuer(store).issue(tenant(), &refresh(3)).await.unwrap();
    assert_eq!(response.refresh_token.unwrap().0, "4");
}

/// Returns a store in which the rotation loses its race and the stored grant is `grant`.
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
async fn refresh_after_lost_race_returns_token_of_winner() {
    let response = issuer(after_a_lost_rotation(grant(4)))
        .issue(tenant(), &refresh(3))
        .await
        .unwrap();
    assert_eq!(response.refresh_token.unwrap().0, "4");
}

#[tokio::test]
async fn rejected_token_request_writes_nothing() {
    let unknown = TokenRequest {
        evidence: evidence("\u{0}"),
        ..redemption()
    };
    assert_eq!(
        refusal(issuer(store()).issue(tenant(), &unknown).await),
        Refusal::ClientUnknown(Evidence::of("\u{0}"))
    );
    let revoked =
        fixtures::changed_grant(&grant(0), |facts| facts.revoked_at = Some(fixtures::NOW));
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
async fn code_of_disabled_user_is_rejected_and_grant_revoked() {
    let mut store = store();
    let disabled = User {
        enabled: false,
        ..fixtures::user(1, "jane@example.com")
    };
    redeems(&mut store, Some((None, disabled)));
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

/// Expects one redemption, which finds this session and user.
fn redeems(store: &mut MockStore, found: Option<(Option<Session>, User)>) {
    store.expect_redeem().times(1).returning(move |_, _| {
        let found = found.clone();
        let found = found.map(|(session, user)| Box::new(GrantUser { user, session }));
        Box::pin(async { Ok(Redeemed::Won(found)) })
    });
}

/// Returns a store with an optional session, which the redemption finds in the call that stores the grant.
fn with_session(found: Option<(Session, User)>) -> MockStore {
    let mut store = store();
    redeems(
        &mut store,
        found.map(|(session, user)| (Some(session), user)),
    );
    store
}

async fn redeemed_in_session(store: MockStore) -> Result<TokenResponse, Failure> {
    let mut issuer = issuer(store);
    let session = Some(fixtures::session_id(1));
    issuer.codes = Arc::new(CodeOf(fixtures::user_id(1), session));
    issuer.issue(tenant(), &redemption()).await
}

#[tokio::test]
async fn redemption_stores_grant_and_reads_session_in_one_call() {
    let jane = fixtures::user(1, "jane@example.com");
    let store = with_session(Some((fixtures::session(1), jane)));
    redeemed_in_session(store).await.unwrap();
}

/// Codec for a code of Jane's session whose client requests her address in the ID token.
struct WithEmail;

impl AuthorizationCodeCodec for WithEmail {
    fn seal(&self, tenant: TenantId, code: &AuthorizationCode) -> String {
        Fixed.seal(tenant, code)
    }

    fn open(&self, tenant: TenantId, text: &str) -> Result<AuthorizationCode, OpenError> {
        let session = Some(fixtures::session_id(1));
        let code = CodeOf(fixtures::user_id(1), session).open(tenant, text)?;
        let mut facts = code.facts().clone();
        facts.authorization.access.claims.id_token = [StandardClaim::Email].into_iter().collect();
        Ok(AuthorizationCode::from_sealed(facts))
    }
}

#[tokio::test]
async fn claims_in_id_token_need_no_second_read_of_user() {
    let jane = fixtures::user(1, "jane@example.com");
    let store = with_session(Some((fixtures::session(1), jane)));
    let mut issuer = issuer(store);
    issuer.codes = Arc::new(WithEmail);
    let response = issuer.issue(tenant(), &redemption()).await.unwrap();
    assert!(response.id_token.is_some());
}

/// The mock store panics if the user is read again.
#[tokio::test]
async fn claims_policy_needs_no_second_read_of_user() {
    let jane = fixtures::user(1, "jane@example.com");
    let mut store = MockStore::new();
    store.expect_find_client().returning(|_, _| {
        let mut client = fixtures::client("app");
        let mapping = fixtures::mapping("mail", "profile:email");
        client.claims_policy.mappings.push(mapping);
        Box::pin(async { Ok(Some(client)) })
    });
    store
        .expect_find_definition()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    redeems(&mut store, Some((Some(fixtures::session(1)), jane)));
    let mut issuer = issuer(store);
    let session = Some(fixtures::session_id(1));
    issuer.codes = Arc::new(CodeOf(fixtures::user_id(1), session));
    let mut request = redemption();
    request.form.id_token = false;
    let response = issuer.issue(tenant(), &request).await.unwrap();
    assert!(response.id_token.is_none());
}

#[tokio::test]
async fn code_of_ended_session_or_disabled_user_revokes_grant() {
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

/// Returns a store that already has a grant with the identifier of the code.
fn with_redeemed(stored: Grant) -> MockStore {
    let mut store = store();
    store
        .expect_redeem()
        .returning(|_, _| Box::pin(async { Ok(Redeemed::Lost) }));
    store.expect_find_grant().times(1).returning(move |_, _| {
        let stored = stored.clone();
        Box::pin(async { Ok(Some(stored)) })
    });
    store
}

#[tokio::test]
async fn code_with_identifier_of_another_grant_writes_nothing() {
    let of_another = fixtures::changed_grant(&grant(0), |facts| {
        facts.authorization.access.client = fixtures::client_id("other");
    });
    let answer = issuer(with_redeemed(of_another))
        .issue(tenant(), &redemption())
        .await;
    assert_eq!(refusal(answer), Refusal::GrantMismatch);
}

#[tokio::test]
async fn replayed_code_revokes_grant() {
    let mut store = with_redeemed(grant(3));
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
async fn replayed_refresh_token_fails_if_revocation_fails() {
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
async fn refresh_gives_up_after_four_lost_races() {
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
async fn refresh_of_deleted_grant_is_rejected() {
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
async fn unavailable_store_issues_no_token() {
    let mut store = store();
    store
        .expect_redeem()
        .returning(|_, _| Box::pin(async { Err(StoreError::new("down")) }));
    assert!(matches!(
        issuer(store).issue(tenant(), &redemption()).await,
        Err(Failure::Store(_))
    ));
}

/// Returns a store in which the grant is read once before it is rotated.
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
async fn long_refresh_token_reads_grant_before_rotation() {
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
async fn long_refresh_token_without_own_grant_is_rejected() {
    let gone = issuer(that_shows(None))
        .issue(tenant(), &refresh_of("long 3"))
        .await;
    assert_eq!(refusal(gone), Refusal::GrantUnknown);
    let of_another = fixtures::changed_grant(&grant(3), |facts| {
        facts.authorization.access.client = fixtures::client_id("other");
    });
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
