//! Rules for token exchange.

use super::super::{server, token};
use super::{changes_of, edit};
use countersign_domain::client::ExchangeRule;
use countersign_store_contract::fixtures;
use serde_json::json;

#[tokio::test]
async fn exchange_rules_are_edited_and_every_change_is_an_event() {
    let server = server("owner").await;
    let token = token(&server).await;
    let patch = async |body| edit(&server, &token, "other", &body).await;
    let stock = json!({"subject_client": "web", "audience": "https://stock.example", "impersonation": true});
    let orders = json!({"subject_client": "machine", "audience": "orders"});
    let edited = patch(json!({"token_exchange": [stock, orders], "may_act": "web"}))
        .await
        .ok();
    let sorted = json!([
        {"subject_client": "machine", "audience": "orders", "impersonation": false},
        stock
    ]);
    assert_eq!(edited.json()["token_exchange"], sorted);
    assert_eq!(edited.text("may_act"), "web");
    let changes = changes_of(&server, &token, "other").await;
    let after_of = |field: &str| changes.get(field).cloned();
    let after = |text: &str| Some(json!(text));
    assert_eq!(after_of("token_exchange.0"), after("machine -> orders"));
    let described = after("web -> https://stock.example impersonation");
    assert_eq!(after_of("token_exchange.1"), described);
    assert_eq!(after_of("may_act"), after("web"));
    let removed = patch(json!({"token_exchange": [], "may_act": null}))
        .await
        .ok();
    assert_eq!(removed.json()["token_exchange"], json!([]));
    assert_eq!(removed.json().get("may_act"), None);
}

#[tokio::test]
async fn invalid_exchange_rules_are_refused_with_their_field() {
    let server = server("owner").await;
    let token = token(&server).await;
    let rule = json!({"subject_client": "web", "audience": "a"});
    for (body, field) in [
        (json!({"token_exchange": [rule, rule]}), "token_exchange"),
        (
            json!({"token_exchange": vec![rule.clone(); 101]}),
            "token_exchange",
        ),
        (
            json!({"token_exchange": [{"subject_client": "web", "audience": ""}]}),
            "token_exchange",
        ),
        (
            json!({"token_exchange": [{"subject_client": "", "audience": "a"}]}),
            "token_exchange",
        ),
        (json!({"may_act": ""}), "may_act"),
    ] {
        let answer = edit(&server, &token, "other", &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.text("field"), field, "{body}");
    }
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let public = json!({"grant_types": ["authorization_code", exchange]});
    let answer = edit(&server, &token, "app", &public).await;
    assert_eq!(
        (answer.status.as_u16(), answer.text("field")),
        (400, "grant_types".into())
    );
}

#[tokio::test]
async fn owner_of_client_cannot_change_its_exchange_rules() {
    let server = server("developer").await;
    let token = token(&server).await;
    let owner = Some(super::super::user(1));
    server.change("other", |client| client.owner = owner).await;
    let rule = json!({"subject_client": "web", "audience": "a"});
    // Its scope limits what exchanged tokens allow.
    server
        .change("loose", |client| {
            client.owner = Some(super::super::user(1));
            client.token_exchange = vec![ExchangeRule {
                subject_client: fixtures::client_id("web"),
                audience: "a".into(),
                impersonation: false,
            }];
        })
        .await;
    let wider = json!({"scope": "openid read write admin"});
    let answer = edit(&server, &token, "loose", &wider).await;
    assert_eq!(answer.text("missing_permissions"), "clients:write");
    for body in [json!({"token_exchange": [rule]}), json!({"may_act": "web"})] {
        let answer = edit(&server, &token, "other", &body).await;
        assert_eq!(answer.status, 403, "{body}");
        assert_eq!(answer.text("missing_permissions"), "clients:write");
    }
}
