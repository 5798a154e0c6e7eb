//! Step-up authentication.

use crate::authorize::{interaction, request};
use crate::composition::{authorizations, browser};
use crate::stores::store;
use crate::world::tenant;
use countersign_domain::authorize::demands::DemandParameters;
use countersign_domain::authorize::next_step::Done;
use countersign_domain::login::authentication::{Authentication, Method};
use countersign_domain::login::interaction::{Interaction, Outcome, Step};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_ports::Slice;
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

const TWO_FACTORS: &str = "urn:countersign:2fa";

fn wish() -> DemandParameters<'static> {
    DemandParameters {
        acr_values: Some(TWO_FACTORS),
        ..DemandParameters::default()
    }
}

fn demand() -> DemandParameters<'static> {
    DemandParameters {
        essential_acr: Some(&[TWO_FACTORS]),
        ..DemandParameters::default()
    }
}

/// Returns a store with Jane's consent that expects no passkey lookup.
fn agreed() -> MockStore {
    let mut store = store();
    store
        .expect_find_consent()
        .returning(|_, _, _| Box::pin(async { Ok(Some(fixtures::consent(1, "app"))) }));
    store
}

/// Returns a store with Jane's consent and this number of passkeys.
fn with_passkeys(count: usize) -> MockStore {
    let mut store = agreed();
    store
        .expect_list_passkeys()
        .times(1)
        .returning(move |_, _, _| {
            let passkeys = vec![fixtures::passkey(b"phone"); count];
            Box::pin(async { Ok(Slice::of(passkeys, 500)) })
        });
    store
}

/// Returns the next step for Jane, who signed in with a password and may have an authenticator app.
async fn next(
    store: MockStore,
    demands: &DemandParameters<'_>,
    session: Session,
    has_codes: bool,
    logged_in: bool,
) -> Step {
    let authorizations = authorizations(&Arc::new(store), &Arc::default());
    let request = request(&authorizations, demands, None).await.unwrap();
    let mut browser = browser(&[session]);
    for live in &mut browser.live {
        live.user.sealed_totp_secret = has_codes.then(Vec::new);
    }
    let interaction = Interaction {
        done: Done {
            logged_in,
            ..Done::default()
        },
        ..interaction()
    };
    let next = authorizations.next(tenant(), &interaction, Some(request.facts()), &browser);
    next.await.unwrap().0
}

const CODE: Step = Step::Done(Outcome::Code);

#[tokio::test]
async fn voluntary_and_essential_acr_trigger_step_up() {
    for demands in [wish(), demand()] {
        let by_code = next(agreed(), &demands, fixtures::session(7), true, false).await;
        assert_eq!(by_code, Step::Ask(Method::TIME_CODE));
        let store = with_passkeys(1);
        let by_passkey = next(store, &demands, fixtures::session(7), false, false).await;
        assert_eq!(by_passkey, Step::Ask(Method::PASSKEY));
    }
}

#[tokio::test]
async fn unreachable_acr_is_ignored_if_voluntary_and_rejected_if_essential() {
    let session = fixtures::session(7);
    let wished = next(with_passkeys(0), &wish(), session.clone(), false, false).await;
    assert_eq!(wished, CODE);
    let demanded = next(with_passkeys(0), &demand(), session, false, false).await;
    assert_eq!(demanded, Step::Refuse(Refusal::AcrNotReached));
}

#[tokio::test]
async fn prompt_none_ignores_voluntary_acr_and_rejects_essential_acr() {
    let silent = |demands| DemandParameters {
        prompt: Some("none"),
        ..demands
    };
    let session = fixtures::session(7);
    let wished = next(agreed(), &silent(wish()), session.clone(), true, false).await;
    assert_eq!(wished, CODE);
    let demanded = next(agreed(), &silent(demand()), session, true, false).await;
    assert_eq!(demanded, Step::Refuse(Refusal::LoginRequired));
}

#[tokio::test]
async fn sufficient_acr_skips_factor_lookup() {
    let mut strong = fixtures::session(7);
    let methods = strong.authentication.methods.with(Method::TIME_CODE);
    strong.authentication = Authentication::new(fixtures::NOW, methods);
    for demands in [wish(), demand()] {
        let next = next(agreed(), &demands, strong.clone(), false, false).await;
        assert_eq!(next, CODE);
    }
    let nothing_asked = DemandParameters::default();
    let next = next(agreed(), &nothing_asked, fixtures::session(7), false, false);
    assert_eq!(next.await, CODE);
}

#[tokio::test]
async fn sign_in_without_requested_factor_leads_to_step_up() {
    for demands in [wish(), demand()] {
        let by_code = next(agreed(), &demands, fixtures::session(7), true, true).await;
        assert_eq!(by_code, Step::Ask(Method::TIME_CODE));
        let store = with_passkeys(1);
        let by_passkey = next(store, &demands, fixtures::session(7), false, true).await;
        assert_eq!(by_passkey, Step::Ask(Method::PASSKEY));
    }
}

#[tokio::test]
async fn passkey_reaches_acr_that_app_cannot() {
    let demand = DemandParameters {
        essential_acr: Some(&["phr"]),
        ..DemandParameters::default()
    };
    let session = fixtures::session(7);
    let with_both = next(with_passkeys(1), &demand, session.clone(), true, false).await;
    assert_eq!(with_both, Step::Ask(Method::PASSKEY));
    let with_app = next(with_passkeys(0), &demand, session, true, false).await;
    assert_eq!(with_app, Step::Refuse(Refusal::AcrNotReached));
}
