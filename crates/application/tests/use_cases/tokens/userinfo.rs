//! Userinfo endpoint: access rules, and no writes.

use crate::fakes::{Fakes, Fixed};
use crate::tokens::presented::{
    access_tokens, grant, refusal, revoked, token, with_denied, with_grant_of,
};
use crate::world::tenant;
use countersign_application::{Definitions, Failure, UserInfos};
use countersign_domain::refusal::Refusal;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::user::User;
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

async fn described(store: MockStore, token: AccessToken) -> Result<Option<User>, Failure> {
    let store = Arc::new(store);
    let user_infos: UserInfos<Fakes<_>> = UserInfos {
        tokens: access_tokens(&store, token),
        definitions: Arc::new(Definitions::new(store.clone())),
        signer: Arc::new(Fixed),
        clock: Arc::new(Fixed),
    };
    Ok(user_infos.describe(tenant(), "access").await?.user)
}

#[tokio::test]
async fn userinfo_reads_grant_and_user_in_one_call_and_writes_nothing() {
    let jane = fixtures::user(1, "jane@example.com");
    let store = with_grant_of(Some(grant()), Some(jane));
    let user = described(store, token(true)).await.unwrap().unwrap();
    assert_eq!(user.id, fixtures::user_id(1));
}

#[tokio::test]
async fn userinfo_rejects_disabled_user_and_revoked_grant() {
    let jane = fixtures::user(1, "jane@example.com");
    let disabled = User {
        enabled: false,
        ..jane.clone()
    };
    for user in [Some(disabled), None] {
        let shut_out = described(with_grant_of(Some(grant()), user), token(true)).await;
        assert_eq!(refusal(shut_out), Refusal::AccessTokenRevoked);
    }
    for stored in [Some(revoked()), None] {
        let answer = described(with_grant_of(stored, Some(jane.clone())), token(true)).await;
        assert_eq!(refusal(answer), Refusal::AccessTokenRevoked);
    }
    let nobody_s = described(with_denied(false), token(false)).await;
    assert_eq!(refusal(nobody_s), Refusal::AccessTokenWithoutOwner);
}

#[tokio::test]
async fn expired_or_foreign_token_reads_nothing() {
    let ended = AccessToken {
        expires_at: fixtures::NOW,
        ..token(true)
    };
    let foreign = AccessToken {
        issuer: "https://elsewhere.example".to_owned(),
        ..token(true)
    };
    let ended = described(MockStore::new(), ended).await;
    assert_eq!(refusal(ended), Refusal::AccessTokenExpired);
    let foreign = described(MockStore::new(), foreign).await;
    assert_eq!(refusal(foreign), Refusal::AccessTokenUnknown);
}
