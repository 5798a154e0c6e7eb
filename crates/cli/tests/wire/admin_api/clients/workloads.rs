//! Workload identities of clients.

use super::super::{server, token};
use super::{changes_of, edit};
use serde_json::{Value, json};

fn kubernetes(change: impl FnOnce(&mut Value)) -> Value {
    let mut identity = json!({
        "issuer": "https://kubernetes.default.svc",
        "subject": "system:serviceaccount:shop:*",
        "jwks_uri": "https://cluster.example/openid/v1/jwks",
    });
    change(&mut identity);
    json!({"token_endpoint_auth_method": "private_key_jwt", "workload_identities": [identity]})
}

#[tokio::test]
async fn workload_identities_replace_keys_and_are_in_the_event() {
    let server = server("owner").await;
    let token = token(&server).await;
    let body = kubernetes(|_| ());
    let edited = edit(&server, &token, "other", &body).await;
    let edited = edited.ok().json();
    assert_eq!(
        edited["workload_identities"][0]["subject"],
        "system:serviceaccount:shop:*"
    );
    let changes = changes_of(&server, &token, "other").await;
    let expected = "https://kubernetes.default.svc system:serviceaccount:shop:* keys https://cluster.example/openid/v1/jwks";
    assert_eq!(changes["workload_identity.0"], expected);
}

#[tokio::test]
async fn invalid_workload_identity_is_refused_with_its_field() {
    let server = server("owner").await;
    let token = token(&server).await;
    let workloads = "workload_identities";
    let github = "https://token.actions.githubusercontent.com";
    for (body, field) in [
        (
            kubernetes(|own| own["subject"] = json!("system:*:orders")),
            workloads,
        ),
        (kubernetes(|own| own["issuer"] = json!("")), workloads),
        (kubernetes(|own| own["issuer"] = json!(github)), workloads),
        (
            kubernetes(|own| own["jwks"] = json!({"keys": []})),
            workloads,
        ),
        (
            kubernetes(|own| own["claims"] = json!({"sub": "x"})),
            workloads,
        ),
        (
            json!({"workload_identities": kubernetes(|_| ())["workload_identities"]}),
            "token_endpoint_auth_method",
        ),
    ] {
        let answer = edit(&server, &token, "other", &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.text("field"), field, "{body}");
    }
}
