//! What the bearer of an access token may do at the API.

use super::presented::{grant, token};
use crate::world::ISSUER;
use countersign_application::{LiveToken, refusals};
use countersign_domain::client::Client;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_store_contract::fixtures;
use std::sync::Arc;

/// Returns a live token of `app` for its own audience.
fn live(scope: &str, first_party: bool, of_grant: bool) -> LiveToken {
    let mut token = token(of_grant);
    token.scope = Scope::parse(scope).unwrap();
    token.audience = vec!["app".to_owned()];
    LiveToken {
        token,
        grant: of_grant.then(grant),
        user: None,
        client: Arc::new(Client {
            first_party,
            ..fixtures::client("app")
        }),
    }
}

#[test]
fn only_first_party_clients_with_scope_may_manage_sessions() {
    let judged = |scope, first_party| live(scope, first_party, true).may_manage_sessions();
    assert_eq!(
        judged(LiveToken::SESSIONS, false),
        Err(refusals::CLIENT_NOT_FIRST_PARTY)
    );
    assert_eq!(
        judged("openid", true),
        Err(refusals::SESSIONS_SCOPE_MISSING)
    );
    assert_eq!(judged(LiveToken::SESSIONS, true), Ok(()));
}

#[test]
fn only_first_party_clients_with_scope_may_register_users() {
    for of_grant in [true, false] {
        let judged = |scope, first_party| live(scope, first_party, of_grant).may_register_users();
        assert_eq!(
            judged(LiveToken::USER_MANAGEMENT, false),
            Err(refusals::CLIENT_NOT_FIRST_PARTY)
        );
        assert_eq!(
            judged("openid", true),
            Err(refusals::MANAGEMENT_SCOPE_MISSING)
        );
        assert_eq!(judged(LiveToken::USER_MANAGEMENT, true), Ok(()));
    }
}

#[test]
fn machine_token_for_another_resource_may_not_register_users() {
    let refused = Err(Refusal::AccessTokenForAnotherResource);
    for (audience, expected) in [
        ("app", Ok(())),
        (ISSUER, Ok(())),
        ("https://api.example", refused),
    ] {
        let mut live = live(LiveToken::USER_MANAGEMENT, true, false);
        live.token.audience = vec![audience.to_owned()];
        assert_eq!(live.may_register_users(), expected, "{audience}");
    }
}
