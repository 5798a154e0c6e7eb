//! JSON sign-ins: steps, attempts and writes.

use crate::composition::resets;
use crate::fakes::{Fixed, LATER, open};
use crate::stores::{counted, store, with_user, without_attempts};
use crate::world::{SINGLE, password, tenant, with_mfa};
use countersign_application::{Clients, Failure, LoginRequest, Logins, PendingStep};
use countersign_domain::authorize::RequestedGrant;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_domain::user::factor_reset::FactorReset;
use countersign_ports::{
    ClientRepository as _, Defined as _, Definition, DefinitionRepository as _, EphemeralKind,
    LoginStepCodec, OpenError, Race, Store, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::Arc;
use std::time::Duration;

/// Opens `factor` and `consent`, each as a step of Jane's sign-in.
impl LoginStepCodec for Fixed {
    fn seal(&self, _: TenantId, step: &LoginStep) -> String {
        match step.stage {
            LoginStage::SecondFactor => "factor".to_owned(),
            LoginStage::Consent => "consent".to_owned(),
        }
    }

    fn open(&self, _: TenantId, text: &str) -> Result<LoginStep, OpenError> {
        let stage = match text {
            "factor" => LoginStage::SecondFactor,
            _ => LoginStage::Consent,
        };
        let sealed = if text == "factor" { "consent" } else { text };
        open(sealed, "consent", || LoginStep {
            login: LoginId::from_bytes([9; 16]),
            stage,
            user: fixtures::user_id(1),
            requested: RequestedGrant::from_sealed(
                fixtures::access(),
                CodeBinding {
                    redirect_uri: RedirectUri::parse(crate::authorize::CALLBACK).unwrap(),
                    challenge: None,
                    nonce: None,
                },
            ),
            authentication: fixtures::authentication(),
            password: jane().password_mark(),
            expires_at: fixtures::later(600),
        })
    }
}

/// Returns Jane with an authenticator app.
fn jane() -> User {
    User {
        sealed_totp_secret: Some(format!("totp:{}secret", fixtures::user_id(1)).into_bytes()),
        ..fixtures::user(1, "jane@example.com")
    }
}

fn logins<S: Store>(store: S) -> Logins<crate::fakes::Fakes<S>> {
    let store = Arc::new(store);
    Logins {
        clients: Arc::new(Clients::new(store.clone())),
        resets: resets(&store),
        store,
        passwords: Arc::new(Fixed),
        steps: Arc::new(Fixed),
        codes: Arc::new(Fixed),
        vault: Arc::new(Fixed),
        one_time_codes: Arc::new(Fixed),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Fixed),
    }
}

/// Returns a store with these attempt totals for the sign-in and the user.
fn tried(of_login: u64, of_user: u64) -> MockStore {
    let mut store = store();
    with_user(&mut store, jane());
    store
        .expect_add()
        .times(1)
        .withf(|_, keys, n, _| {
            let are_attempts = keys.iter().all(|key| key.kind == EphemeralKind::Attempts);
            let of_login = keys.first().is_some_and(|key| key.id == [9; 16]);
            keys.len() == 2 && are_attempts && of_login && *n == 1
        })
        .returning(move |_, _, _, _| Box::pin(async move { Ok(vec![of_login, of_user]) }));
    store
}

/// Expects the step of the consent, in the one statement that finds its user.
fn takes_step_of(store: &mut MockStore, found: Option<(User, Race)>) {
    store
        .expect_find_user_and_take_step()
        .times(1)
        .withf(|_, user, key, _| {
            let is_step = key.kind == EphemeralKind::SignInStep;
            *user == fixtures::user_id(1) && is_step && key.expires_at == fixtures::later(600)
        })
        .returning(move |_, _, _, _| {
            let found = found.clone();
            Box::pin(async { Ok(found) })
        });
}

fn takes_step(store: &mut MockStore, race: Race) {
    store
        .expect_insert()
        .times(1)
        .withf(|_, key, value, _| {
            key.kind == EphemeralKind::SignInStep
                && key.expires_at == fixtures::later(600)
                && value.is_empty()
        })
        .returning(move |_, _, _, _| Box::pin(async move { Ok(race) }));
}

fn refusal<T>(answer: Result<T, Failure>) -> Refusal {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("expected a refusal"),
    }
}

async fn begun(user: User, mfa: MfaPolicy) -> Result<PendingStep, Failure> {
    let mut store = store();
    without_attempts(&mut store, Some(user));
    let request = LoginRequest {
        client_id: "app",
        authorization: crate::authorize::parameters(),
        email: "jane@example.com",
        password: &password(),
        address: None,
    };
    logins(store).begin(&with_mfa(mfa), &request).await
}

#[tokio::test]
async fn correct_password_leads_to_next_step() {
    let plain = || fixtures::user(1, "jane@example.com");
    for (user, stage) in [
        (jane(), LoginStage::SecondFactor),
        (plain(), LoginStage::Consent),
    ] {
        let pending = begun(user, MfaPolicy::Optional).await.unwrap();
        assert_eq!(pending.step, stage.step());
    }
    let strict = begun(plain(), MfaPolicy::Required).await;
    assert_eq!(refusal(strict), Refusal::FactorMissing);
}

#[tokio::test]
async fn attempts_of_login_and_user_are_counted_together() {
    let mut store = tried(1, 1);
    store
        .expect_use_time_step()
        .times(1)
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
    takes_step(&mut store, Race::Won);
    let pending = logins(store)
        .second_factor(tenant(), "factor", "123456")
        .await;
    assert_eq!(pending.unwrap().step, LoginStage::Consent.step());
}

#[tokio::test]
async fn too_many_attempts_reject_code_before_user_is_read() {
    for (of_login, of_user, expected) in [
        (6, 1, Refusal::LoginEnded),
        (6, 21, Refusal::LoginEnded),
        (1, 21, Refusal::OneTimeCodesExhausted),
    ] {
        let logins = logins(tried(of_login, of_user));
        let tried = logins.second_factor(tenant(), "factor", "123456").await;
        assert_eq!(refusal(tried), expected);
    }
}

#[tokio::test]
async fn consent_step_issues_code_only_once() {
    for race in [Race::Won, Race::Lost] {
        let mut store = store();
        takes_step_of(&mut store, Some((jane(), race)));
        let issued = logins(store).confirm(tenant(), "consent").await;
        match race {
            Race::Won => assert_eq!(issued.unwrap().code, "code"),
            Race::Lost => assert_eq!(refusal(issued), Refusal::LoginStepUsed),
        }
    }
}

#[tokio::test]
async fn consent_step_of_disabled_or_changed_user_is_rejected() {
    let disabled = User {
        enabled: false,
        ..jane()
    };
    let changed = User {
        password_hash: Some("another".into()),
        ..jane()
    };
    for (found, expected) in [
        (Some((disabled, Race::Lost)), Refusal::LoginFailed),
        (Some((changed, Race::Won)), Refusal::PasswordChanged),
        (None, Refusal::LoginFailed),
    ] {
        let mut store = store();
        takes_step_of(&mut store, found);
        let issued = logins(store).confirm(tenant(), "consent").await;
        assert_eq!(refusal(issued), expected);
    }
}

/// The redemption of the code is the fourth call: see `code_redemption_writes_one_row`.
#[tokio::test]
async fn login_to_code_calls_store_three_times() {
    let mut store = store();
    store
        .expect_count_attempt()
        .times(1)
        .returning(|_, _, _, _| {
            let jane = fixtures::user(1, "jane@example.com");
            Box::pin(async { Ok(counted(vec![1, 1], Some(jane))) })
        });
    store
        .expect_add()
        .times(1)
        .withf(|_, keys, n, _| keys.len() == 2 && *n == -1)
        .returning(|_, _, _, _| Box::pin(async { Ok(vec![0, 0]) }));
    takes_step_of(&mut store, Some((jane(), Race::Won)));
    let logins = logins(store);
    let request = LoginRequest {
        client_id: "app",
        authorization: crate::authorize::parameters(),
        email: "jane@example.com",
        password: &password(),
        address: Some(std::net::Ipv4Addr::LOCALHOST.into()),
    };
    let begun = logins.begin(tenant(), &request).await;
    assert_eq!(begun.unwrap().step, LoginStage::Consent.step());
    let issued = logins.confirm(tenant(), "consent").await;
    assert_eq!(issued.unwrap().code, "code");
}

#[tokio::test]
async fn unknown_or_wrong_stage_step_is_rejected() {
    let logins = logins(store());
    let confirmed = logins.confirm(tenant(), "factor").await;
    assert_eq!(refusal(confirmed), Refusal::LoginStepUnknown);
    let forged = logins.confirm(tenant(), "forged").await;
    assert_eq!(refusal(forged), Refusal::LoginStepUnknown);
}

#[tokio::test]
async fn step_of_later_version_changes_nothing() {
    let logins = logins(store());
    let tried = logins.second_factor(tenant(), LATER, "123456").await;
    let confirmed = logins.confirm(tenant(), LATER).await;
    assert!(matches!(tried, Err(Failure::Later)));
    assert!(matches!(confirmed, Err(Failure::Later)));
}

#[tokio::test]
async fn time_code_cancels_requested_reset_of_factors() {
    let store = MemoryStore::default();
    let _ = store.insert_user(SINGLE, &jane(), None).await.unwrap();
    let (app, event) = (fixtures::client("app"), fixtures::event());
    let _ = store.insert_client(SINGLE, &app, &event).await.unwrap();
    let reset = FactorReset::after(Duration::from_secs(86_400), jane().id, fixtures::NOW);
    let (definition, event) = (Definition::FactorReset(reset.clone()), fixtures::event());
    let stored = store.insert_definition(SINGLE, &definition, &event).await;
    assert_eq!(stored.unwrap(), Race::Won);
    let logins = logins(store);
    let step = logins.second_factor(tenant(), "factor", "123456").await;
    assert!(step.is_ok());
    let left = logins.store.find_definition(SINGLE, &reset.key()).await;
    assert_eq!(left.unwrap(), None);
}
