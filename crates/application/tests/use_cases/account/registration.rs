//! Self-registration.

use crate::composition::{accounts, accounts_with_mail, issuer};
use crate::fakes::Fakes;
use crate::stores;
use crate::tokens::presented;
use crate::world::{Outside, with_mfa};
use countersign_application::refusals;
use countersign_application::{
    Failure, LiveToken, Mail, NewUser, ResponseForm, TokenIssuer, TokenResponse,
};
use countersign_domain::client::{Client, ClientType};
use countersign_domain::identifier::{Subject, UserId};
use countersign_domain::login::authentication::Method;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::weakness::Weakness;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::user::User;
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

/// Returns a tenant with this registration client and second factor policy.
fn open_to((client, mfa): (Option<&str>, MfaPolicy)) -> Tenant {
    let mut tenant = with_mfa(mfa);
    tenant.settings.registration_client = client.map(fixtures::client_id);
    tenant
}

/// A token of a first-party client for the management of users.
fn trusted() -> LiveToken {
    let client = Client {
        first_party: true,
        ..fixtures::client("backend")
    };
    let token = AccessToken {
        scope: Scope::parse(LiveToken::USER_MANAGEMENT).unwrap(),
        audience: vec!["backend".to_owned()],
        ..presented::token(false)
    };
    LiveToken {
        token,
        grant: None,
        user: None,
        client: Arc::new(client),
    }
}

/// Registers a user for a caller with this token.
async fn register(
    store: MockStore,
    caller: &LiveToken,
    settings: (Option<&str>, MfaPolicy),
    (email, password, country): (&str, &str, &str),
) -> Result<Option<TokenResponse>, Failure> {
    let store = Arc::new(store);
    let accounts = accounts(&store);
    let tokens: TokenIssuer<Fakes<_>> = TokenIssuer {
        clients: accounts.clients.clone(),
        store,
        ..issuer(stores::store())
    };
    let new = NewUser {
        email,
        password: &Secret::new(password),
        country,
    };
    let form = ResponseForm {
        refresh_token: RefreshTokenForm::Opaque,
        id_token: false,
    };
    let tenant = open_to(settings);
    let registered = accounts.register_for(&tenant, (caller, &tokens), new, form);
    Ok(registered.await?.1)
}

/// Registers a user at the request of a stranger. Returns the mail that this sends.
async fn register_stranger(
    store: MockStore,
    settings: (Option<&str>, MfaPolicy),
    (email, password, country): (&str, &str, &str),
    address: Option<IpAddr>,
) -> Result<Vec<(String, String)>, Failure> {
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&Arc::new(store), &outside);
    let new = NewUser {
        email,
        password: &Secret::new(password),
        country,
    };
    let compose = |mail: Mail<'_>, _: Option<&User>| {
        let kind = match mail {
            Mail::Registered => "registered",
            Mail::AlreadyRegistered => "already registered",
            _ => "another",
        };
        fixtures::letter(kind, "")
    };
    let tenant = open_to(settings);
    let registered = accounts.register(&tenant, new, address, &compose);
    registered.await?;
    let mail = outside.mail().into_iter();
    let mail = mail.map(|message| {
        (
            message.recipient.as_str().to_owned(),
            message.letter.subject,
        )
    });
    Ok(mail.collect())
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
    let tokens = register(store, &trusted(), OPEN, GOOD).await.unwrap();
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
    let tokens = register(store, &trusted(), strict, GOOD).await.unwrap();
    assert!(tokens.is_none());
}

#[tokio::test]
async fn rejected_registration_writes_nothing() {
    let (email, password, country) = GOOD;
    let closed = (None, MfaPolicy::Optional);
    let weak = Refusal::PasswordWeak;
    for (client, new, refusal) in [
        (closed, GOOD, refusals::REGISTRATION_CLOSED),
        (OPEN, ("jane", password, country), refusals::EMAIL_MALFORMED),
        (OPEN, (email, "short", country), weak(Weakness::Short)),
        (
            OPEN,
            (email, "jane@example.com", country),
            weak(Weakness::Personal),
        ),
        (OPEN, (email, password, "de"), refusals::COUNTRY_MALFORMED),
        (OPEN, (email, password, "de1"), refusals::COUNTRY_MALFORMED),
    ] {
        let refused = register(store(), &trusted(), client, new).await.err();
        assert!(matches!(refused, Some(Failure::Refused(own)) if own == refusal));
        let mut store = store();
        stores::without_attempts(&mut store, None);
        let refused = register_stranger(store, client, new, None).await.err();
        assert!(matches!(refused, Some(Failure::Refused(own)) if own == refusal));
    }
}

#[tokio::test]
async fn taken_email_is_rejected_for_trusted_caller() {
    let mut store = store();
    store
        .expect_insert_user()
        .returning(|_, _, _| Box::pin(async { Ok(Race::Lost) }));
    let refused = register(store, &trusted(), OPEN, GOOD).await.err();
    assert!(matches!(
        refused,
        Some(Failure::Refused(refusals::EMAIL_TAKEN))
    ));
}

/// The store expects no insert.
#[tokio::test]
async fn caller_without_scope_or_trust_registers_nobody() {
    let mut narrow = trusted();
    narrow.token.scope = Scope::none();
    let third_party = LiveToken {
        client: Arc::new(fixtures::client("backend")),
        ..trusted()
    };
    for (caller, refusal) in [
        (narrow, refusals::MANAGEMENT_SCOPE_MISSING),
        (third_party, refusals::CLIENT_NOT_FIRST_PARTY),
    ] {
        let refused = register(store(), &caller, OPEN, GOOD).await.err();
        assert!(matches!(refused, Some(Failure::Refused(own)) if own == refusal));
    }
}

#[tokio::test]
async fn stranger_learns_nothing_but_owner_of_address_gets_mail() {
    for (is_taken, kind) in [(false, "registered"), (true, "already registered")] {
        let mut store = store();
        stores::without_attempts(&mut store, None);
        store
            .expect_insert_user()
            .times(1)
            .withf(|_, user, _| user.password_hash.is_some())
            .returning(move |_, _, _| {
                let race = if is_taken { Race::Lost } else { Race::Won };
                Box::pin(async move { Ok(race) })
            });
        let mail = register_stranger(store, OPEN, GOOD, None).await.unwrap();
        assert_eq!(mail, [("jane@example.com".to_owned(), kind.to_owned())]);
    }
}

#[tokio::test]
async fn registrations_are_rate_limited_by_network_and_mailbox() {
    for totals in [vec![1, 51], vec![6, 1]] {
        let mut store = store();
        store.expect_count_attempt().returning(move |_, _, _, _| {
            let totals = totals.clone();
            Box::pin(async { Ok(stores::counted(totals, None)) })
        });
        store
            .expect_add()
            .times(1)
            .withf(|_, keys, n, _| keys.len() == 2 && *n == -1)
            .returning(|_, _, _, _| Box::pin(async { Ok(vec![0, 0]) }));
        let address = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let refused = register_stranger(store, OPEN, GOOD, address).await.err();
        assert!(matches!(refused, Some(Failure::TooManyAttempts(_))));
    }
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
    let refused = register(with_a_secret(), &trusted(), OPEN, GOOD).await;
    assert!(matches!(refused, Err(Failure::Refused(_))));
}

/// The domain refuses the sign-in of such a client, because no code verifier replaces its secret.
#[tokio::test]
async fn no_user_is_stored_if_registration_client_owes_verifier() {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|_, _| {
        let mut client = fixtures::client("app");
        client.pkce.replaces_secret = true;
        Box::pin(async { Ok(Some(client)) })
    });
    let refused = register(store, &trusted(), OPEN, GOOD).await;
    assert!(matches!(
        refused,
        Err(Failure::Refused(Refusal::SecretMissing))
    ));
}
