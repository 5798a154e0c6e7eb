//! Explanations of refused requests.

use crate::admin::{events, only, root};
use crate::world::{At, SINGLE, tenant};
use countersign_application::admin::audit::AuditAdmin;
use countersign_application::admin::{Activity, AdminError, Explanation, Unexplained};
use countersign_application::{CurrentRequest, Refused};
use countersign_domain::audit::operator::Permission;
use countersign_domain::time::Timestamp;
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

/// Stores the refusal of a request at a time, and returns its ID.
async fn refused(
    store: &MemoryStore,
    at: Timestamp,
    facts: &[(&'static str, &str)],
    refused: Refused<'_>,
) -> String {
    let activity = Activity::new(Arc::new(At(at)));
    let request = CurrentRequest::new(None, at);
    let id = request.id.to_string();
    let work = async {
        for (name, value) in facts {
            CurrentRequest::note_fact(name, value);
        }
        CurrentRequest::note_refusal(&refused);
    };
    let after = |request: &mut CurrentRequest| activity.take(SINGLE, request);
    request.serve_then(work, after).await;
    activity.store(store, &events()).await.unwrap();
    id
}

fn audit(store: &Arc<MemoryStore>, now: Timestamp) -> AuditAdmin<MemoryStore> {
    AuditAdmin {
        store: store.clone(),
        events: events(),
        clock: Arc::new(At(now)),
    }
}

fn token_refusal(rule: &'static str) -> Refused<'static> {
    Refused {
        endpoint: "/oauth2/token",
        rule,
        error: "invalid_grant",
        client: Some("web"),
        evidence: None,
    }
}

fn passed(explanation: &Explanation) -> Vec<&str> {
    explanation.passed.iter().map(|check| check.name).collect()
}

#[tokio::test]
async fn explanation_names_checks_before_the_rule() {
    let store = Arc::new(MemoryStore::default());
    let facts = [
        ("grant_type", "authorization_code"),
        ("client_authentication", "client_secret_basic"),
    ];
    let refusal = token_refusal("verifier_mismatch");
    let id = refused(&store, fixtures::NOW, &facts, refusal).await;
    let day = fixtures::later(86_400);
    let copied = format!(" {}\n", id.to_uppercase());
    let explained = audit(&store, day).explain(tenant(), root(), &copied).await;
    let explained = explained.unwrap();
    assert_eq!(explained.failed.unwrap().name, "code_verifier_matches");
    assert_eq!(
        passed(&explained),
        [
            "request_readable",
            "grant_type_supported",
            "credentials_readable",
            "client_assertion_readable",
            "client_known",
            "authentication_method_allowed",
            "credentials_present",
            "credentials_valid",
            "client_active",
            "code_known",
            "grant_type_registered",
            "client_matches",
            "code_not_expired",
            "redirect_uri_matches",
            "secret_or_challenge",
        ]
    );
    assert_eq!(explained.error.as_deref(), Some("invalid_grant"));
    assert_eq!(explained.facts[0].1, "authorization_code");
    let meaning = explained.meaning.unwrap();
    assert!(meaning.contains("code_verifier"), "{meaning}");
    assert!(explained.advice.contains("code_verifier"));
}

/// Otherwise the explanation of a client with a secret would have checks that did not run.
#[tokio::test]
async fn checks_of_assertion_are_listed_for_assertions_only() {
    let store = Arc::new(MemoryStore::default());
    for (method, is_listed) in [("client_secret_post", false), ("private_key_jwt", true)] {
        let facts = [
            ("grant_type", "client_credentials"),
            ("client_authentication", method),
        ];
        let refusal = token_refusal("scope_not_registered");
        let id = refused(&store, fixtures::NOW, &facts, refusal).await;
        let audit = audit(&store, fixtures::later(10));
        let explained = audit.explain(tenant(), root(), &id).await.unwrap();
        assert_eq!(passed(&explained).contains(&"assertion_unused"), is_listed);
        assert_eq!(explained.failed.unwrap().name, "scope_registered");
    }
}

#[tokio::test]
async fn rule_of_later_version_is_explained_without_checks() {
    let store = Arc::new(MemoryStore::default());
    let id = refused(
        &store,
        fixtures::NOW,
        &[],
        token_refusal("from_later_version"),
    )
    .await;
    let audit = audit(&store, fixtures::later(10));
    let explained = audit.explain(tenant(), root(), &id).await.unwrap();
    assert_eq!((explained.failed, passed(&explained)), (None, Vec::new()));
    assert_eq!(explained.rule, "from_later_version");
    assert!(!explained.advice.is_empty());
}

#[tokio::test]
async fn request_without_refusal_gets_reason() {
    let store = Arc::new(MemoryStore::default());
    let audit = audit(&store, fixtures::later(3600));
    let id = |at| CurrentRequest::new(None, at).id.to_string();
    for (request, expected) in [
        (id(fixtures::NOW), Unexplained::Unknown),
        (id(fixtures::later(3599)), Unexplained::TooNew),
        (id(fixtures::later(9999)), Unexplained::NoRequestId),
        ("7".to_owned(), Unexplained::NoRequestId),
    ] {
        let reason = audit.explain(tenant(), root(), &request).await.unwrap_err();
        let AdminError::Unexplained(reason) = reason else {
            panic!("{reason:?}");
        };
        assert_eq!(reason, expected);
    }
}

#[tokio::test]
async fn explanation_requires_permission_to_read_audit_log() {
    let store = Arc::new(MemoryStore::default());
    let id = refused(&store, fixtures::NOW, &[], token_refusal("secret_wrong")).await;
    let audit = audit(&store, fixtures::later(10));
    let explained = audit
        .explain(tenant(), &only(Permission::UsersRead), &id)
        .await;
    assert!(matches!(explained, Err(AdminError::Refused(_))));
    let explained = audit
        .explain(tenant(), &only(Permission::AuditRead), &id)
        .await;
    assert!(explained.is_ok());
}

/// A redirect URI can have secrets in these parts.
#[tokio::test]
async fn noted_uri_has_neither_query_nor_user() {
    let store = Arc::new(MemoryStore::default());
    let activity = Activity::new(Arc::new(At(fixtures::NOW)));
    let request = CurrentRequest::new(None, fixtures::NOW);
    let id = request.id.to_string();
    let work = async {
        for uri in [
            "https://joe:secret@app.example/cb?code=secret#secret",
            "https://app.example?secret",
            "com.example.app:/cb#secret",
            "https:/joe:secret@app.example/cb",
        ] {
            CurrentRequest::note_uri("redirect_uri", uri);
        }
        CurrentRequest::note_refusal(&token_refusal("redirect_uri_mismatch"));
    };
    let after = |request: &mut CurrentRequest| activity.take(SINGLE, request);
    request.serve_then(work, after).await;
    activity.store(&*store, &events()).await.unwrap();
    let audit = audit(&store, fixtures::later(10));
    let explained = audit.explain(tenant(), root(), &id).await.unwrap();
    let values: Vec<_> = explained.facts.iter().map(|(_, value)| value).collect();
    let expected = [
        "https://..@app.example/cb",
        "https://app.example",
        "com.example.app:/cb",
        "https://..@app.example/cb",
    ];
    assert_eq!(values, expected);
}

/// Evidence comes from the request. The ID of an unknown client is its secret, if the two were swapped.
#[tokio::test]
async fn evidence_of_explanation_contains_no_secret() {
    let secret = "0123456789abcdef0123456789abcdef";
    let uri = "https://joe:hush@app.example/cb?code=hush";
    for (rule, value, shown) in [
        ("client_unknown", secret, "01234567.."),
        ("client_unknown", "notess", "notess"),
        (
            "redirect_uri_not_registered",
            uri,
            "https://..@app.example/cb?..",
        ),
    ] {
        let store = Arc::new(MemoryStore::default());
        let activity = Activity::new(Arc::new(At(fixtures::NOW)));
        let request = CurrentRequest::new(None, fixtures::NOW);
        let id = request.id.to_string();
        let work = async {
            CurrentRequest::note_refusal(&Refused {
                client: Some(value),
                evidence: Some(value),
                ..token_refusal(rule)
            });
        };
        let after = |request: &mut CurrentRequest| activity.take(SINGLE, request);
        request.serve_then(work, after).await;
        activity.store(&*store, &events()).await.unwrap();
        let audit = audit(&store, fixtures::later(10));
        let explained = audit.explain(tenant(), root(), &id).await.unwrap();
        assert_eq!(explained.evidence.as_deref(), Some(shown));
        assert_eq!(explained.client.as_deref(), Some(shown));
    }
}
