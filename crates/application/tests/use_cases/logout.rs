//! Logout requests: session selection, proof and redirect.

use crate::composition::{authorizations, browser};
use crate::world::{ISSUER, SINGLE, Tokens, tenant};
use countersign_application::{Failure, Logout, LogoutRequest};
use countersign_domain::client::openid_registration::{Sector, SubjectType};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::evidence::Evidence;
use countersign_domain::identifier::{SessionId, Subject};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_ports::{ClientRepository as _, IdToken};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

const GO_ON: &str = "https://app.example/bye";

fn of_joe() -> Session {
    Session {
        user: fixtures::user_id(2),
        ..fixtures::session(8)
    }
}

/// Returns an ID token of `app` for Joe.
fn hint(session: Option<u64>) -> IdToken {
    IdToken {
        issuer: ISSUER.to_owned(),
        subject: pairwise().subject_of(&fixtures::user_id(2).into()),
        client: fixtures::client_id("app"),
        session: session.map(fixtures::session_id),
    }
}

fn pairwise() -> SubjectType {
    SubjectType::Pairwise(Sector {
        host: "app.example".to_owned(),
        salt: [9; 32],
    })
}

/// Validates a request in a browser where Jane (session 7) and Joe (session 8) are signed in.
async fn judged(token: Option<IdToken>, request: &LogoutRequest<'_>) -> Result<Logout, Failure> {
    let store = Arc::new(MemoryStore::default());
    let mut app = fixtures::client("app");
    app.openid.subject_type = pairwise();
    app.openid.post_logout_redirect_uris = vec![RedirectUri::parse(GO_ON).unwrap()];
    for client in [app, fixtures::client("web")] {
        let _ = store
            .insert_client(SINGLE, &client, &fixtures::event())
            .await
            .unwrap();
    }
    let mut authorizations = authorizations(&store, &Arc::default());
    authorizations.verifier = Arc::new(Tokens {
        hint: token,
        ..Tokens::default()
    });
    let sessions = browser(&[fixtures::session(7), of_joe()]);
    authorizations
        .judge_logout(tenant(), request, &sessions)
        .await
}

/// Returns the session to end and whether the ID token proves it.
fn about(logout: &Logout) -> (SessionId, bool) {
    (logout.session.unwrap(), logout.is_proved)
}

fn with_hint() -> LogoutRequest<'static> {
    LogoutRequest {
        id_token_hint: Some("hint"),
        ..LogoutRequest::default()
    }
}

#[tokio::test]
async fn matching_id_token_proves_session() {
    for token in [hint(Some(8)), hint(None)] {
        let logout = judged(Some(token), &with_hint()).await.unwrap();
        assert_eq!(about(&logout), (fixtures::session_id(8), true));
        assert_eq!(logout.client.unwrap().id, fixtures::client_id("app"));
    }
}

#[tokio::test]
async fn id_token_of_other_session_proves_nothing() {
    let elsewhere = judged(Some(hint(Some(9))), &with_hint()).await.unwrap();
    assert_eq!(about(&elsewhere), (fixtures::session_id(7), false));
    let of_nobody_here = IdToken {
        subject: Subject::new("another"),
        ..hint(None)
    };
    let logout = judged(Some(of_nobody_here), &with_hint()).await.unwrap();
    assert!(!logout.is_proved);
}

#[tokio::test]
async fn logout_without_id_token_requires_confirmation() {
    let eight = fixtures::session_id(8).to_string();
    for (hint, meant) in [
        (None, 7),
        (Some(eight.as_str()), 8),
        (Some("JANE@example.com"), 7),
        (Some("unknown@example.com"), 7),
    ] {
        let request = LogoutRequest {
            logout_hint: hint,
            ..LogoutRequest::default()
        };
        let logout = judged(None, &request).await.unwrap();
        assert_eq!(about(&logout), (fixtures::session_id(meant), false));
        assert!(logout.client.is_none() && logout.go_on.is_none());
    }
}

#[tokio::test]
async fn foreign_id_token_hint_proves_nothing() {
    let foreign = IdToken {
        issuer: "https://elsewhere.example".to_owned(),
        ..hint(None)
    };
    let of_another = LogoutRequest {
        client_id: Some("web"),
        ..with_hint()
    };
    for (token, request) in [
        (None, with_hint()),
        (Some(foreign), with_hint()),
        (Some(hint(None)), of_another),
    ] {
        let logout = judged(token, &request).await.unwrap();
        assert_eq!(logout.refusal, Some(Refusal::IdTokenHintUnknown));
        assert_eq!(about(&logout), (fixtures::session_id(7), false));
    }
}

#[tokio::test]
async fn redirect_requires_registered_uri_of_client() {
    let to = |uri, client_id| LogoutRequest {
        client_id,
        post_logout_redirect_uri: Some(uri),
        ..LogoutRequest::default()
    };
    let logout = judged(None, &to(GO_ON, Some("app"))).await.unwrap();
    assert_eq!(logout.go_on.unwrap().as_str(), GO_ON);
    assert_eq!(logout.refusal, None);
    let unregistered = |uri| {
        Some(Refusal::PostLogoutRedirectUriNotRegistered(Evidence::of(
            uri,
        )))
    };
    let evil = "https://evil.example/";
    for (request, refusal) in [
        (to(evil, Some("app")), unregistered(evil)),
        (to(GO_ON, Some("web")), unregistered(GO_ON)),
        (to(GO_ON, None), Some(Refusal::IdTokenHintMissing)),
        (
            to(GO_ON, Some("x")),
            Some(Refusal::ClientUnknown(Evidence::of("x"))),
        ),
    ] {
        let logout = judged(None, &request).await.unwrap();
        assert_eq!((logout.go_on, logout.refusal), (None, refusal));
    }
}

#[tokio::test]
async fn invalid_redirect_uri_needs_confirmation_despite_id_token() {
    let request = LogoutRequest {
        post_logout_redirect_uri: Some("https://evil.example/"),
        ..with_hint()
    };
    let logout = judged(Some(hint(Some(8))), &request).await.unwrap();
    assert_eq!(about(&logout), (fixtures::session_id(8), false));
    let unknown = LogoutRequest {
        client_id: Some("app"),
        post_logout_redirect_uri: Some(GO_ON),
        ..with_hint()
    };
    let logout = judged(None, &unknown).await.unwrap();
    assert_eq!(
        (logout.go_on, logout.refusal),
        (None, Some(Refusal::IdTokenHintUnknown))
    );
}
