//! Operators of access tokens.

use crate::admin::administrators::client;
use crate::admin::escalation::mark;
use crate::fakes::Fixed;
use crate::tokens::presented::{refusal, token};
use crate::world::{SINGLE, Tokens, tenant};
use countersign_application::admin::OperatorTokens;
use countersign_application::{AccessTokens, Clients, Failure};
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::Subject;
use countersign_domain::refusal::Refusal;
use countersign_domain::token::access_token::AccessToken;
use countersign_ports::ClientRepository as _;
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

/// Returns the operator of a token of `app` that belongs to no grant and has this subject.
async fn operator_with(subject: &str) -> Result<Operator, Failure> {
    let store = Arc::new(MemoryStore::default());
    let mut app = fixtures::client("app");
    mark(&mut app);
    let event = fixtures::event_in(SINGLE);
    let _ = store.insert_client(SINGLE, &app, &event).await.unwrap();
    let access = AccessToken {
        subject: Subject::new(subject),
        audience: vec![tenant().admin_api()],
        ..token(false)
    };
    let tokens = AccessTokens {
        store: store.clone(),
        clients: Arc::new(Clients::new(store)),
        verifier: Arc::new(Tokens {
            access: Some(access),
            ..Tokens::default()
        }),
    };
    let operators = OperatorTokens {
        tokens: Arc::new(tokens),
        clock: Arc::new(Fixed),
    };
    operators.operator(tenant(), "access").await
}

#[tokio::test]
async fn token_without_grant_acts_for_client_only_with_its_subject() {
    let operator = operator_with("app").await.unwrap();
    assert_eq!(operator.holder, Some(client("app")));
    assert_eq!(operator.client, Some(fixtures::client_id("app")));
    let jane = fixtures::user_id(1).to_string();
    for subject in ["jane", &jane] {
        let refused = refusal(operator_with(subject).await);
        assert_eq!(refused, Refusal::AccessTokenWithoutOwner);
    }
}
