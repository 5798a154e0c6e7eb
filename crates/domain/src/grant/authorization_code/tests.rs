use super::*;
use crate::client::Client;
use crate::client::authentication::Credential;
use crate::scope::Scope;
use crate::test_facts::{NOW, VERIFIER, code_for, confidential_client, secret, user};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use proptest::prelude::*;

mod checks;

const EXCHANGE: CodeExchange<'static> = CodeExchange {
    redirect_uri: "https://app.example/callback",
    code_verifier: Some(VERIFIER),
    resources: &[],
};

fn redeem(
    client: &Client,
    code: &AuthorizationCode,
    exchange: &CodeExchange<'_>,
    now: Timestamp,
) -> Decision<Redemption> {
    let caller = client
        .authenticate(&Credential::Secret(secret()), now)
        .unwrap();
    code.redeem(exchange, &caller, &Lifetimes::DEFAULT, now)
}

fn issued(decision: Decision<Redemption>) -> Redemption {
    match decision {
        Decision::Issue(redemption) => redemption,
        other => panic!("{other:?}"),
    }
}

#[test]
fn redeemed_code_creates_grant_of_generation_zero() {
    let client = confidential_client();
    let redemption = issued(redeem(&client, &code_for(&client), &EXCHANGE, NOW));
    assert_eq!(
        (redemption.grant.generation, redemption.grant.revoked_at),
        (0, None)
    );
    assert_eq!(
        redemption
            .issuance
            .refresh_token
            .as_ref()
            .map(|facts| facts.token.generation),
        Some(0)
    );
    assert_eq!(redemption.issuance.expires_in(), Duration::from_secs(3600));
}

#[test]
fn disabled_user_or_changed_password_is_refused() {
    let mut user = user();
    let mut code = code_for(&confidential_client());
    code.password = Some(user.password_mark());
    assert_eq!(code.check_user(&user), Ok(()));
    user.password_hash = Some("$argon2id$another".into());
    assert_eq!(code.check_user(&user), Err(Refusal::PasswordChanged));
    // With a session, the session check covers a password change.
    code.password = None;
    assert_eq!(code.check_user(&user), Ok(()));
    user.enabled = false;
    assert_eq!(code.check_user(&user), Err(Refusal::UserDisabled));
}

#[test]
fn aero2_13_id_token_is_issued_only_with_openid_scope() {
    let client = confidential_client();
    let mut code = code_for(&client);
    code.binding.nonce = Some("n".into());
    let facts = issued(redeem(&client, &code, &EXCHANGE, NOW))
        .issuance
        .id_token
        .unwrap();
    assert_eq!(
        (facts.nonce.as_deref(), facts.authentication),
        (Some("n"), code.authorization.authentication)
    );
    code.authorization.access.scope = Scope::parse("read").unwrap();
    assert_eq!(
        issued(redeem(&client, &code, &EXCHANGE, NOW))
            .issuance
            .id_token,
        None
    );
}

#[test]
fn client_without_refresh_grant_gets_no_refresh_token() {
    let mut client = confidential_client();
    client.grant_types = [GrantType::AUTHORIZATION_CODE].into();
    let redemption = issued(redeem(&client, &code_for(&client), &EXCHANGE, NOW));
    assert_eq!(redemption.issuance.refresh_token, None);
}

#[test]
fn grant_expires_no_earlier_than_its_code() {
    let mut client = confidential_client();
    client.grant_types = [GrantType::AUTHORIZATION_CODE].into();
    client.access_token_lifetime = Some(Duration::from_secs(1));
    let code = code_for(&client);
    let redemption = issued(redeem(&client, &code, &EXCHANGE, NOW));
    assert!(redemption.grant.expires_at >= code.expires_at);
}

#[test]
fn omitted_secret_requires_code_with_challenge() {
    let mut client = confidential_client();
    client.pkce.replaces_secret = true;
    let mut code = code_for(&client);
    let caller = client.authenticate(&Credential::None, NOW).unwrap();
    assert!(matches!(
        code.redeem(&EXCHANGE, &caller, &Lifetimes::DEFAULT, NOW),
        Decision::Issue(_)
    ));
    code.binding.challenge = None;
    let without = CodeExchange {
        code_verifier: None,
        ..EXCHANGE
    };
    assert_eq!(
        code.redeem(&without, &caller, &Lifetimes::DEFAULT, NOW)
            .refusal(),
        Some(&Refusal::SecretMissing)
    );
}

#[test]
fn replayed_code_revokes_grant() {
    let code = code_for(&confidential_client());
    assert_eq!(
        code.replayed::<()>(),
        Decision::Revoke(code.grant, Refusal::CodeReplayed)
    );
}

fn audience(client: &Client, resources: &[&str]) -> Result<Vec<String>, Refusal> {
    let mut code = code_for(client);
    code.authorization.access.resources = ["https://a.example", "https://b.example"]
        .map(|text| Resource::parse(text).unwrap())
        .into();
    let caller = client
        .authenticate(&Credential::Secret(secret()), NOW)
        .unwrap();
    let exchange = CodeExchange {
        resources,
        ..EXCHANGE
    };
    match code.redeem(&exchange, &caller, &Lifetimes::DEFAULT, NOW) {
        Decision::Issue(redemption) => {
            assert_eq!(redemption.grant.authorization, code.authorization);
            Ok(redemption.issuance.audience)
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
