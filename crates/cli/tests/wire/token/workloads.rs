//! Client authentication with tokens of platforms.

use super::private_key_jwt::OWN as KEY;
use crate::facts::{FORM, ISSUER};
use crate::harness::Server;
use crate::requests::{Answer, claims};
use countersign_domain::client::assertion::workload::{SubjectPattern, WorkloadIdentity};
use countersign_domain::client::{AuthenticationMethod, Jwks, KeySource};
use serde_json::{Value, json};

const PLATFORM: &str = "https://kubernetes.default.svc.cluster.local";
const SUBJECT: &str = "system:serviceaccount:shop:orders";

fn identity(subject: &str, keys: Jwks) -> WorkloadIdentity {
    WorkloadIdentity {
        issuer: PLATFORM.into(),
        subject: SubjectPattern::parse(subject).unwrap(),
        audience: None,
        claims: Vec::new(),
        keys: KeySource::Registered(keys),
    }
}

/// Returns a server on which `machine` authenticates with tokens of these workloads.
async fn server(identities: Vec<WorkloadIdentity>) -> Server {
    let server = Server::start().await;
    server
        .change("machine", |client| {
            client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
            client.secrets.clear();
            client.workload_identities = identities;
        })
        .await;
    server
}

/// Returns the claims of a token of the platform, as Kubernetes writes them, without `jti`.
fn platform_token(server: &Server) -> Value {
    let now = server.now().as_unix_seconds();
    json!({
        "iss": PLATFORM, "sub": SUBJECT, "aud": [ISSUER], "iat": now, "nbf": now,
        "exp": now + 604_800, "kubernetes.io": {"namespace": "shop"}
    })
}

async fn presented(server: &Server, token: &Value) -> Answer {
    let assertion = KEY.sign(token);
    let parameters = [
        ("grant_type", "client_credentials"),
        ("client_id", "machine"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &assertion),
    ];
    server.form(FORM, &parameters).await
}

#[tokio::test]
async fn workload_gets_tokens_again_and_again_without_a_row() {
    let server = server(vec![identity(SUBJECT, KEY.jwks())]).await;
    let token = platform_token(&server);
    let before = server.contents();
    for _ in 0..2 {
        let answer = presented(&server, &token).await.ok();
        assert_eq!(claims(&answer.text("access_token"))["sub"], "machine");
    }
    assert_eq!(server.contents(), before);
}

#[tokio::test]
async fn token_of_another_workload_is_refused() {
    let any = "system:serviceaccount:shop:*";
    let server = server(vec![identity(any, KEY.jwks())]).await;
    presented(&server, &platform_token(&server)).await.ok();
    for (claim, value) in [
        ("sub", json!("system:serviceaccount:ledger:orders")),
        ("sub", json!("machine")),
        ("iss", json!("https://other.example")),
        ("iss", json!("machine")),
        ("aud", json!("https://other.example")),
        ("exp", json!(server.now().as_unix_seconds())),
        ("nbf", json!(server.now().as_unix_seconds() + 3600)),
    ] {
        let mut token = platform_token(&server);
        token[claim] = value;
        let answer = presented(&server, &token).await;
        assert_eq!(answer.refusal(), (401, "invalid_client".into()), "{claim}");
    }
}

#[tokio::test]
async fn keys_decide_between_platforms_of_the_same_name() {
    let foreign = Jwks::new(r#"{"keys":[]}"#);
    let unknown = server(vec![identity(SUBJECT, foreign.clone())]).await;
    let answer = presented(&unknown, &platform_token(&unknown)).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into()));
    let both = vec![identity(SUBJECT, foreign), identity(SUBJECT, KEY.jwks())];
    let server = server(both).await;
    presented(&server, &platform_token(&server)).await.ok();
}

#[tokio::test]
async fn required_claims_and_audience_must_match() {
    let pinned = WorkloadIdentity {
        audience: Some("sts".into()),
        claims: vec![("repository_id".into(), "42".into())],
        ..identity(SUBJECT, KEY.jwks())
    };
    let server = server(vec![pinned]).await;
    for (aud, repository, is_allowed) in [
        ("sts", json!("42"), true),
        ("sts", json!(42), true),
        ("sts", json!("43"), false),
        (ISSUER, json!("42"), false),
    ] {
        let mut token = platform_token(&server);
        token["aud"] = json!(aud);
        token["repository_id"] = repository;
        let answer = presented(&server, &token).await;
        assert_eq!(answer.status.as_u16() == 200, is_allowed, "{token}");
    }
}

#[tokio::test]
async fn workload_needs_client_id_and_its_client() {
    let server = server(vec![identity(SUBJECT, KEY.jwks())]).await;
    let assertion = KEY.sign(&platform_token(&server));
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let without = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", kind),
        ("client_assertion", &assertion),
    ];
    let answer = server.form(FORM, &without).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into()));
    let mut other = without.to_vec();
    other.push(("client_id", "web"));
    let answer = server.form(FORM, &other).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into()));
}
