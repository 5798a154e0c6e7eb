use super::*;
use crate::client::authentication::Credential;
use crate::client::{Client, ClientId};
use crate::grant::redemption::Insertion;
use crate::grant::rotation::Rotation;
use crate::identifier::Subject;
use crate::scope::Scope;
use crate::test_facts::{
    NOW, VERIFIER, changed, code_for, confidential_client, secret, stored, user,
};
use crate::token::issuance::Issuance;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use proptest::prelude::*;

mod checks;

const EXCHANGE: CodeExchange<'static> = CodeExchange {
    redirect_uri: Some("https://app.example/callback"),
    code_verifier: Some(VERIFIER),
    resources: &[],
};

fn redeem(
    client: &Client,
    code: &CodeFacts,
    exchange: &CodeExchange<'_>,
    now: Timestamp,
) -> Decision<Redemption> {
    let caller = stored(client)
        .authenticate(&Credential::Secret(secret()), now)
        .unwrap();
    let code = AuthorizationCode::from_sealed(code.clone());
    code.redeem(exchange, &caller, &Lifetimes::DEFAULT, now)
}

fn check_user(code: &CodeFacts, user: &User) -> Result<(), Refusal> {
    AuthorizationCode::from_sealed(code.clone()).check_user(user)
}

fn redeemed(decision: Decision<Redemption>) -> Redemption {
    match decision {
        Decision::Issue(redemption) => redemption,
        other => panic!("{other:?}"),
    }
}

fn issued(decision: Decision<Redemption>) -> Issuance {
    match redeemed(decision).stored(Insertion::Won) {
        Decision::Issue(issuance) => issuance,
        other => panic!("{other:?}"),
    }
}

#[test]
fn redeemed_code_creates_grant_of_generation_zero() {
    let client = confidential_client();
    let judged = redeem(&client, &code_for(&client), &EXCHANGE, NOW);
    let grant = redeemed(judged.clone()).grant().facts().clone();
    assert_eq!((grant.generation, grant.revoked_at), (0, None));
    let issuance = issued(judged);
    let refresh_token = issuance.refresh_token.as_ref();
    assert_eq!(refresh_token.map(|facts| facts.token.generation()), Some(0));
    assert_eq!(issuance.expires_in(), Duration::from_secs(3600));
}

#[test]
fn disabled_user_or_changed_password_is_refused() {
    let mut user = user();
    let mut code = code_for(&confidential_client());
    code.authorization.subject = user.id.into();
    code.password = Some(user.password_mark());
    assert_eq!(check_user(&code, &user), Ok(()));
    user.password_hash = Some("$argon2id$another".into());
    assert_eq!(check_user(&code, &user), Err(Refusal::PasswordChanged));
    // With a session, the session check covers a password change.
    code.password = None;
    assert_eq!(check_user(&code, &user), Ok(()));
    user.enabled = false;
    assert_eq!(check_user(&code, &user), Err(Refusal::UserDisabled));
}

#[test]
fn aero2_13_id_token_is_issued_only_with_openid_scope() {
    let client = confidential_client();
    let mut code = code_for(&client);
    code.binding.nonce = Some("n".into());
    let facts = issued(redeem(&client, &code, &EXCHANGE, NOW))
        .id_token
        .unwrap();
    assert_eq!(
        (facts.nonce.as_deref(), facts.authentication),
        (Some("n"), code.authorization.authentication)
    );
    code.authorization.access.scope = Scope::parse("read").unwrap();
    let issuance = issued(redeem(&client, &code, &EXCHANGE, NOW));
    assert_eq!(issuance.id_token, None);
}

#[test]
fn client_without_refresh_grant_gets_no_refresh_token() {
    let mut client = confidential_client();
    client.grant_types = [GrantType::AUTHORIZATION_CODE].into();
    let issuance = issued(redeem(&client, &code_for(&client), &EXCHANGE, NOW));
    assert_eq!(issuance.refresh_token, None);
}

#[test]
fn grant_expires_no_earlier_than_its_code() {
    let mut client = confidential_client();
    client.grant_types = [GrantType::AUTHORIZATION_CODE].into();
    client.access_token_lifetime = Some(Duration::from_secs(1));
    let code = code_for(&client);
    let redemption = redeemed(redeem(&client, &code, &EXCHANGE, NOW));
    assert!(redemption.grant().expires_at() >= code.expires_at);
}

#[test]
fn omitted_secret_requires_code_with_challenge() {
    let mut client = confidential_client();
    client.pkce.replaces_secret = true;
    let mut code = code_for(&client);
    let caller = stored(&client)
        .authenticate(&Credential::None, NOW)
        .unwrap();
    let redeem = |code: &CodeFacts, exchange: &CodeExchange<'_>| {
        let code = AuthorizationCode::from_sealed(code.clone());
        code.redeem(exchange, &caller, &Lifetimes::DEFAULT, NOW)
    };
    assert!(matches!(redeem(&code, &EXCHANGE), Decision::Issue(_)));
    code.binding.challenge = None;
    let without = CodeExchange {
        code_verifier: None,
        ..EXCHANGE
    };
    assert_eq!(
        redeem(&code, &without).refusal(),
        Some(&Refusal::SecretMissing)
    );
}

#[test]
fn replayed_code_revokes_grant() {
    let client = confidential_client();
    let code = code_for(&client);
    let redemption = redeemed(redeem(&client, &code, &EXCHANGE, NOW));
    let replayed = Decision::Revoke(code.grant, Refusal::CodeReplayed);
    let mut stored = redemption.grant().clone();
    let _ = stored.apply(&Rotation {
        grant: stored.id(),
        presented: 0,
        now: NOW,
        expires_at: NOW.plus(Duration::from_secs(60)),
    });
    for stored in [Some(&stored), None] {
        let judged = redemption.clone().stored(Insertion::Lost { stored });
        assert_eq!(judged, replayed);
    }
}

#[test]
fn code_with_identifier_of_another_grant_does_not_revoke_it() {
    let client = confidential_client();
    let redemption = redeemed(redeem(&client, &code_for(&client), &EXCHANGE, NOW));
    let of_another_client = changed(redemption.grant(), |facts| {
        facts.authorization.access.client = ClientId::parse("other").unwrap();
    });
    let of_another_user = changed(redemption.grant(), |facts| {
        facts.authorization.subject = Subject::new("joe");
    });
    for stored in [of_another_client, of_another_user] {
        let stored = Some(&stored);
        let judged = redemption.clone().stored(Insertion::Lost { stored });
        assert_eq!(judged, Decision::Refuse(Refusal::GrantMismatch));
    }
}

#[test]
fn user_other_than_resource_owner_is_refused() {
    let user = user();
    let mut code = code_for(&confidential_client());
    assert_eq!(check_user(&code, &user), Err(Refusal::UserMismatch));
    code.authorization.subject = user.id.into();
    assert_eq!(check_user(&code, &user), Ok(()));
}

fn audience(client: &Client, resources: &[&str]) -> Result<Vec<String>, Refusal> {
    let mut code = code_for(client);
    code.authorization.access.resources = ["https://a.example", "https://b.example"]
        .map(|text| Resource::parse(text).unwrap())
        .into();
    let exchange = CodeExchange {
        resources,
        ..EXCHANGE
    };
    match redeem(client, &code, &exchange, NOW) {
        Decision::Issue(redemption) => {
            assert_eq!(*redemption.grant().authorization(), code.authorization);
            Ok(issued(Decision::Issue(redemption)).audience)
        }
        Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal),
    }
}

#[test]
fn redemption_narrows_resources_of_access_token_but_not_grant() {
    let client = confidential_client();
    let (a, b, c) = (
        "https://a.example",
        "https://b.example",
        "https://c.example",
    );
    assert_eq!(audience(&client, &[]).unwrap(), [a, b]);
    assert_eq!(audience(&client, &[b]).unwrap(), [b]);
    assert_eq!(audience(&client, &[b, a, b]).unwrap(), [b, a]);
    assert_eq!(
        audience(&client, &[a, c]),
        Err(Refusal::ResourceNotAllowed(Evidence::of(c)))
    );
}

#[test]
fn redirect_uri_may_be_absent_only_with_challenge() {
    let client = confidential_client();
    let mut code = code_for(&client);
    for redirect_uri in [None, Some("")] {
        let exchange = CodeExchange {
            redirect_uri,
            ..EXCHANGE
        };
        let _ = issued(redeem(&client, &code, &exchange, NOW));
    }
    code.binding.challenge = None;
    for redirect_uri in [None, Some("")] {
        let exchange = CodeExchange {
            redirect_uri,
            code_verifier: Some(""),
            ..EXCHANGE
        };
        let judged = redeem(&client, &code, &exchange, NOW);
        assert_eq!(judged, Decision::Refuse(Refusal::RedirectUriMissing));
    }
}

#[test]
fn empty_code_verifier_counts_as_absent() {
    let client = confidential_client();
    let mut code = code_for(&client);
    let exchange = CodeExchange {
        code_verifier: Some(""),
        ..EXCHANGE
    };
    let judged = redeem(&client, &code, &exchange, NOW);
    assert_eq!(judged, Decision::Refuse(Refusal::VerifierMissing));
    code.binding.challenge = None;
    let _ = issued(redeem(&client, &code, &exchange, NOW));
}

proptest! {
    #[test]
    fn expired_code_never_issues_tokens(late in 0_u64..1_000_000) {
        let client = confidential_client();
        let code = code_for(&client);
        let now = code.expires_at.plus(Duration::from_secs(late));
        let judged = redeem(&client, &code, &EXCHANGE, now);
        prop_assert_eq!(judged.refusal(), Some(&Refusal::CodeExpired));
    }
}
