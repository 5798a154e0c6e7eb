//! Self-registration.

use crate::composition::{accounts, issuer};
use crate::fakes::Fakes;
use crate::world::with_mfa;
use countersign_application::{Failure, NewUser, ResponseForm, TokenIssuer, TokenResponse};
use countersign_domain::client::{Client, ClientType};
use countersign_domain::identifier::{Subject, UserId};
use countersign_domain::login::authentication::Method;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_ports::{Race, RefreshTokenForm};
use countersign_store_contract::{MockStore, fixtures};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Returns a store with the public client `app`.
fn store() -> MockStore {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|_, _| {
        let public = Client {
            client_type: ClientType::Public,
            secrets: Vec::new(),
            ..fixtures::client("app")
        };
        Box::pin(async { Ok(Some(public)) })
    });
    store
}

/// Registers a user at a tenant with this registration client and second factor policy.
async fn register(
    store: MockStore,
    (client, mfa): (Option<&str>, MfaPolicy),
    (email, password, country): (&str, &str, &str),
    address: Option<IpAddr>,
) -> Result<Option<TokenResponse>, Failure> {
    let store = Arc::new(store);
    let accounts = accounts(&store);
    let mut tenant = with_mfa(mfa);
    tenant.settings.registration_client = client.map(fixtures::client_id);
    let tokens: TokenIssuer<Fakes<_>> = TokenIssuer {
        clients: accounts.clients.clone(),
        store,
        ..issuer(MockStore::new())
    };
    let new = NewUser {
        email,
        password: &Secret::new(password),
        country,
        address,
    };
    let form = ResponseForm {
        refresh_token: RefreshTokenForm::Opaque,
        id_token: false,
    };
    Ok(accounts.register(&tenant, &tokens, new, form).await?.1)
}

const OPEN: (Option<&str>, MfaPolicy) = (Some("app"), MfaPolicy::Optional);
const GOOD: (&str, &str, &str) = (" Jane@example.com", "a long new phrase", "deu");

#[tokio::test]
async fn registration_writes_only_user_and_grant() {
    let mut store = store();
    store
        .expect_insert_user()
        .times(1)
        .withf(|_, user, _| {
            let country = user.profile.address.as_ref();
            let country = country.and_then(|address| address.country.as_deref());
            user.email.as_str() == "jane@example.com"
                && !user.email_verified
                && country == Some("DEU")
        })
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
    store
        .expect_establish()
        .times(1)
        .withf(|_, grant| {
            let authorization = grant.authorization();
            authorization.subject == Subject::from(UserId::from_bytes([7; 16]))
                && authorization
                    .authentication
                    .methods
                    .contain(Method::PASSWORD)
                && authorization.session.is_none()
        })
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let tokens = register(store, OPEN, GOOD, None).await.unwrap();
    assert!(tokens.is_some());
}

#[tokio::test]
async fn registration_returns_no_tokens_if_second_factor_is_required() {
    let mut store = store();
    store
        .expect_insert_user()
        .times(1)
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
    let strict = (Some("app"), MfaPolicy::Required);
    let tokens = register(store, strict, GOOD, None).await.unwrap();
    assert!(tokens.is_none());
}

#[tokio::test]
async fn rejected_registration_writes_nothing() {
    let (email, password, country) = GOOD;
    let closed = (None, MfaPolicy::Optional);
    for (client, new, refusal) in [
        (closed, GOOD, Refusal::RegistrationClosed),
        (OPEN, ("jane", password, country), Refusal::EmailMalformed),
        (OPEN, (email, "short", country), Refusal::PasswordWeak),
        (OPEN, (email, password, "de"), Refusal::CountryMalformed),
        (OPEN, (email, password, "de1"), Refusal::CountryMalformed),
    ] {
        let refused = register(store(), client, new, None).await.err();
        assert!(matches!(refused, Some(Failure::Refused(own)) if own == refusal));
    }
}

#[tokio::test]
async fn taken_email_is_rejected() {
    let mut store = store();
    store
        .expect_insert_user()
        .returning(|_, _, _| Box::pin(async { Ok(Race::Lost) }));
    let refused = register(store, OPEN, GOOD, None).await.err();
    assert!(matches!(
        refused,
        Some(Failure::Refused(Refusal::EmailTaken))
    ));
}

#[tokio::test]
async fn registrations_are_rate_limited_by_network() {
    let mut store = store();
    crate::stores::without_totals(&mut store);
    store
        .expect_add()
        .times(2)
        .returning(|_, _, _, _| Box::pin(async { Ok(vec![51]) }));
    let address = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let refused = register(store, OPEN, GOOD, address).await.err();
    assert!(matches!(refused, Some(Failure::TooManyAttempts(_))));
}

#[tokio::test]
async fn no_user_is_stored_if_registration_client_is_unusable() {
    let with_a_secret = || {
        let mut store = MockStore::new();
        store
            .expect_find_client()
            .returning(|_, _| Box::pin(async { Ok(Some(fixtures::client("app"))) }));
        store
    };
    let refused = register(with_a_secret(), OPEN, GOOD, None).await;
    assert!(matches!(refused, Err(Failure::Refused(_))));
}
