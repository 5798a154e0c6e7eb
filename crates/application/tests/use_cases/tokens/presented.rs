//! Fixtures for userinfo, introspection and revocation.

use crate::fakes::evidence;
use crate::stores::store;
use crate::world::{ISSUER, Tokens};
use countersign_application::{AccessTokens, Clients, Failure, TokenQuery};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::Subject;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::token::token_id::{Root, TokenId};
use countersign_domain::user::User;
use countersign_ports::{Ephemeral, EphemeralKey, EphemeralKind};
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

/// Returns an access token of `app`, with grant 1 or without a grant.
pub(crate) fn token(of_grant: bool) -> AccessToken {
    AccessToken {
        issuer: ISSUER.to_owned(),
        subject: Subject::new("jane"),
        audience: vec!["api".to_owned()],
        client: fixtures::client_id("app"),
        scope: Scope::parse("openid read").unwrap(),
        issued_at: fixtures::NOW,
        expires_at: fixtures::later(300),
        token_id: TokenId {
            root: if of_grant {
                Root::Grant(fixtures::grant_id(1))
            } else {
                Root::Own
            },
            unique: [7; 12],
            mac: None,
        },
        gty: None,
        actor: None,
        may_act: None,
        is_bound: false,
        custom: CustomClaims::none(),
    }
}

/// Returns grant 1 of Jane (user 1).
pub(crate) fn grant() -> Grant {
    fixtures::changed_grant(&fixtures::grant(1), |facts| {
        facts.authorization.subject = Subject::from(fixtures::user_id(1));
    })
}

pub(crate) fn revoked() -> Grant {
    fixtures::changed_grant(&grant(), |facts| facts.revoked_at = Some(fixtures::NOW))
}

pub(crate) fn with_grant(grant: Option<Grant>) -> MockStore {
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

/// Returns a store in which the grant and its user are read together, once.
pub(crate) fn with_grant_of(grant: Option<Grant>, user: Option<User>) -> MockStore {
    let mut store = store();
    store
        .expect_find_grant_with_user()
        .times(1)
        .withf(|_, id| *id == fixtures::grant_id(1))
        .returning(move |_, _| {
            let found = grant.clone().map(|grant| (grant, user.clone()));
            Box::pin(async { Ok(found) })
        });
    store
}

/// Returns a store in which [`token`] without a grant is denied or not.
pub(crate) fn with_denied(is_denied: bool) -> MockStore {
    let mut store = store();
    let stored = Ephemeral {
        value: Vec::new(),
        version: 1,
        total: 0,
    };
    store
        .expect_get()
        .times(1)
        .withf(|_, key, _| *key == denial())
        .returning(move |_, _, _| {
            let found = is_denied.then(|| stored.clone());
            Box::pin(async { Ok(found) })
        });
    store
}

/// Returns the denial key of [`token`] without a grant.
pub(crate) fn denial() -> EphemeralKey {
    EphemeralKey {
        expires_at: fixtures::later(300),
        kind: EphemeralKind::DeniedToken,
        id: [7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0, 0],
    }
}

pub(crate) fn access_tokens(
    store: &Arc<MockStore>,
    token: AccessToken,
) -> Arc<AccessTokens<MockStore>> {
    Arc::new(AccessTokens {
        store: store.clone(),
        clients: Arc::new(Clients::new(store.clone())),
        verifier: Arc::new(Tokens {
            access: Some(token),
            ..Tokens::default()
        }),
    })
}

pub(crate) fn query(client: &str, token: &str) -> TokenQuery {
    TokenQuery {
        evidence: evidence(client),
        token: token.to_owned(),
    }
}

pub(crate) fn refusal<T>(answer: Result<T, Failure>) -> Refusal {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{:?}", other.err()),
    }
}
