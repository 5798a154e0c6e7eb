//! Authorization requests: reads, writes and session selection.

use crate::composition::{authorizations, browser, credential, sessions};
use crate::stores::{store, with_session};
use crate::world::{Outside, Tokens, tenant};
use countersign_application::{Authorizations, BrowserSessions, Failure, ValidRequest};
use countersign_domain::authorize::AuthorizationRequest;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::authorize::demands::DemandParameters;
use countersign_domain::client::openid_registration::{Sector, SubjectType};
use countersign_domain::client::{Client, ClientStatus};
use countersign_domain::evidence::Evidence;
use countersign_domain::identifier::Subject;
use countersign_domain::login::interaction::{Interaction, Outcome, Page, Purpose, Step};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_ports::{IdToken, Store};
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

pub(crate) const CALLBACK: &str = "https://app.example/callback";

pub(crate) fn parameters() -> AuthorizationRequest<'static> {
    AuthorizationRequest {
        response_type: "code",
        redirect_uri: CALLBACK,
        scope: Some("openid read"),
        code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        code_challenge_method: Some("S256"),
        ..AuthorizationRequest::default()
    }
}

/// Returns the result for a request of `app` with the given demands on the login.
pub(crate) async fn request<S: Store>(
    authorizations: &Authorizations<S>,
    demands: &DemandParameters<'_>,
    hint: Option<&str>,
) -> Result<ValidRequest, Refusal> {
    let asking = authorizations
        .requesting_client(tenant(), "app", CALLBACK)
        .await
        .unwrap();
    authorizations.judge(tenant(), &asking, &parameters(), demands, hint)
}

/// Returns a valid request of `app` without demands on the login.
pub(crate) async fn plain<S: Store>(authorizations: &Authorizations<S>) -> ValidRequest {
    let demands = DemandParameters::default();
    request(authorizations, &demands, None).await.unwrap()
}

/// Returns an interaction that has just started.
pub(crate) fn interaction() -> Interaction {
    Interaction::new(Purpose::Authorize(String::new()), fixtures::NOW)
}

/// Returns the next step of a valid request in a browser.
async fn next(store: MockStore, browser: &BrowserSessions) -> Step {
    let authorizations = authorizations(&Arc::new(store), &Arc::default());
    let request = plain(&authorizations).await;
    let interaction = interaction();
    let next = authorizations.next(tenant(), &interaction, Some(request.facts()), browser);
    next.await.unwrap().0
}

/// Returns a store with Jane's consent.
fn agreed(consent: Option<Consent>) -> MockStore {
    let mut store = store();
    store
        .expect_find_consent()
        .withf(|_, user, client| *user == fixtures::user_id(1) && client.as_str() == "app")
        .returning(move |_, _, _| {
            let consent = consent.clone();
            Box::pin(async { Ok(consent) })
        });
    store
}

#[tokio::test]
async fn authorization_with_session_and_consent_writes_nothing() {
    let mut store = agreed(Some(fixtures::consent(1, "app")));
    let jane = fixtures::user(1, "jane@example.com");
    with_session(&mut store, fixtures::session(7), jane);
    let (store, outside) = (Arc::new(store), Arc::new(Outside::default()));
    let browser = sessions(&store, &outside)
        .find(tenant(), [credential(7)])
        .await
        .unwrap();
    let authorizations = authorizations(&store, &outside);
    let request = plain(&authorizations).await;
    let interaction = interaction();
    let next = authorizations.next(tenant(), &interaction, Some(request.facts()), &browser);
    let (step, live) = next.await.unwrap();
    assert_eq!(step, Step::Done(Outcome::Code));
    let _sealed = authorizations.code(tenant(), &request, live.unwrap());
    let codes = outside.codes();
    let code = codes.first().unwrap();
    let authorization = code.authorization();
    assert_eq!(authorization.subject, Subject::from(fixtures::user_id(1)));
    assert_eq!(authorization.authentication, fixtures::authentication());
    assert_eq!(authorization.session, Some(fixtures::session_id(7)));
    assert_eq!(code.facts().expires_at, fixtures::later(600));
}

#[tokio::test]
async fn request_without_session_reads_nothing_and_shows_sign_in() {
    let next = next(store(), &BrowserSessions::default()).await;
    assert_eq!(next, Step::Show(Page::SignIn));
}

#[tokio::test]
async fn missing_or_partial_consent_shows_consent_page() {
    let narrower = Consent {
        scope: Scope::parse("openid").unwrap(),
        ..fixtures::consent(1, "app")
    };
    for consent in [None, Some(narrower)] {
        let next = next(agreed(consent), &browser(&[fixtures::session(7)])).await;
        assert_eq!(next, Step::Show(Page::Consent));
    }
}

#[tokio::test]
async fn consent_adds_to_earlier_consent_in_one_row() {
    let before = Consent {
        scope: Scope::parse("openid write").unwrap(),
        ..fixtures::consent(1, "app")
    };
    for (before, after) in [(None, "openid read"), (Some(before), "openid write read")] {
        let mut store = agreed(before);
        store
            .expect_put_consent()
            .times(1)
            .withf(move |_, consent| {
                consent.user == fixtures::user_id(1)
                    && consent.scope == Scope::parse(after).unwrap()
            })
            .returning(|_, _| Box::pin(async { Ok(()) }));
        let authorizations = authorizations(&Arc::new(store), &Arc::default());
        let request = plain(&authorizations).await;
        let browser = browser(&[fixtures::session(7)]);
        let live = browser.live.first().unwrap();
        authorizations
            .agree(tenant(), (&*request.client, &request.to_agree_to), live)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn request_stays_in_its_session() {
    let authorizations = authorizations(&Arc::new(store()), &Arc::default());
    let request = plain(&authorizations).await;
    let browser = browser(&[fixtures::session(7), fixtures::session(8)]);
    let session_of = |session| {
        let interaction = Interaction {
            session,
            ..interaction()
        };
        let live = authorizations.session_of(&interaction, Some(request.facts()), &browser);
        live.map(|live| live.session.id)
    };
    assert_eq!(session_of(None), Some(fixtures::session_id(7)));
    let eight = Some(fixtures::session_id(8));
    assert_eq!(session_of(eight), eight);
    assert_eq!(session_of(Some(fixtures::session_id(9))), None, "ended");
}

#[tokio::test]
async fn requested_pairwise_subject_selects_session() {
    let pairwise = SubjectType::Pairwise(Sector {
        host: "app.example".to_owned(),
        salt: [9; 32],
    });
    let joe = fixtures::user_id(2);
    let mut client = fixtures::client("app");
    client.openid.subject_type = pairwise.clone();
    let mut store = MockStore::new();
    store.expect_find_client().returning(move |_, _| {
        let client = client.clone();
        Box::pin(async { Ok(Some(client)) })
    });
    let authorizations = authorizations(&Arc::new(store), &Arc::default());
    let of_joe = Session {
        user: joe,
        ..fixtures::session(8)
    };
    let browser = browser(&[fixtures::session(7), of_joe]);
    let known_as = pairwise.subject_of(&joe.into());
    for (subject, session) in [(known_as.as_str(), 8), (joe.to_string().as_str(), 7)] {
        let demands = DemandParameters {
            subject: Some(subject),
            ..DemandParameters::default()
        };
        let request = request(&authorizations, &demands, None).await.unwrap();
        let live = authorizations.session_of(&interaction(), Some(request.facts()), &browser);
        assert_eq!(live.unwrap().session.id, fixtures::session_id(session));
    }
}

#[tokio::test]
async fn id_token_hint_must_be_own_and_consistent() {
    let hint = |issuer: &str, client| IdToken {
        issuer: issuer.to_owned(),
        subject: Subject::new("jane"),
        client: fixtures::client_id(client),
        session: None,
    };
    let unknown = Refusal::IdTokenHintUnknown;
    let contradicted = Refusal::LoginRequired;
    let elsewhere = "https://elsewhere.example";
    for (token, subject, expected) in [
        (Some(hint(crate::world::ISSUER, "app")), None, None),
        (Some(hint(crate::world::ISSUER, "app")), Some("jane"), None),
        (Some(hint(elsewhere, "app")), None, Some(unknown.clone())),
        (
            Some(hint(crate::world::ISSUER, "web")),
            None,
            Some(unknown.clone()),
        ),
        (None, None, Some(unknown)),
        (
            Some(hint(crate::world::ISSUER, "app")),
            Some("joe"),
            Some(contradicted),
        ),
    ] {
        let mut authorizations = authorizations(&Arc::new(store()), &Arc::default());
        authorizations.verifier = Arc::new(Tokens {
            hint: token,
            ..Tokens::default()
        });
        let demands = DemandParameters {
            subject,
            ..DemandParameters::default()
        };
        let judged = request(&authorizations, &demands, Some("hint")).await;
        match (judged, expected) {
            (Ok(request), None) => assert_eq!(request.demands.subject, Some(Subject::new("jane"))),
            (judged, expected) => assert_eq!(judged.err(), expected),
        }
    }
}

#[tokio::test]
async fn unknown_client_or_redirect_uri_or_disabled_client_is_rejected() {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|_, id| {
        let client = Client {
            status: ClientStatus::Suspended,
            ..fixtures::client(id.as_str())
        };
        let client = (id.as_str() != "unknown").then_some(client);
        Box::pin(async { Ok(client) })
    });
    let authorizations = authorizations(&Arc::new(store), &Arc::default());
    for (client, uri, refusal) in [
        (
            "unknown",
            CALLBACK,
            Refusal::ClientUnknown(Evidence::of("unknown")),
        ),
        (
            "app",
            "https://evil.example/",
            Refusal::RedirectUriNotRegistered(Evidence::of("https://evil.example/")),
        ),
        ("app", CALLBACK, Refusal::ClientDisabled),
    ] {
        let asking = authorizations
            .requesting_client(tenant(), client, uri)
            .await;
        assert!(matches!(asking, Err(Failure::Refused(own)) if own == refusal));
    }
}
