//! Attributes and fixed values in tokens.

use super::{fixed, jane, policy, redeemed, server};
use crate::facts::FORM;
use crate::requests::{claims, machine};
use axum::body::Body;
use axum::http::{Request, header};
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::claims::value_rule::AttributeType;
use countersign_domain::scope::Scope;
use countersign_ports::Definition;
use countersign_store_contract::fixtures::{self, mapping};
use serde_json::json;

#[tokio::test]
async fn attribute_is_released_while_its_definition_allows_it() {
    let server = server().await;
    let name = AttributeName::parse("cost_center").unwrap();
    let mut cost = Attribute::new(name.clone(), AttributeType::Text, fixtures::NOW);
    cost.readers.insert(AttributeParty::Application);
    server.put(Definition::Attribute(cost.clone())).await;
    let value = AttributeValue::Text("4711".into());
    server
        .change_user(jane(), |user| {
            drop(user.attributes.values.insert(name, value));
        })
        .await;
    let both = policy([
        mapping("cost", "attribute:cost_center"),
        mapping("groups", "attribute:cost_center"),
    ]);
    server.change("web", |web| web.claims_policy = both).await;
    let (_, found, _) = redeemed(&server, &[]).await;
    assert_eq!(
        (&found["cost"], &found["groups"]),
        (&json!("4711"), &json!("4711"))
    );
    cost.version = 1;
    cost.writers.insert(AttributeParty::User);
    server.put(Definition::Attribute(cost.clone())).await;
    let (_, found, _) = redeemed(&server, &[]).await;
    assert_eq!(
        (&found["cost"], found.get("groups")),
        (&json!("4711"), None)
    );
    cost.version = 2;
    cost.readers.clear();
    server.put(Definition::Attribute(cost)).await;
    assert_eq!(redeemed(&server, &[]).await.1.get("cost"), None);
}

#[tokio::test]
async fn user_reads_own_attributes_that_name_users_as_readers() {
    let server = server().await;
    for (name, party) in [
        ("team", AttributeParty::User),
        ("rating", AttributeParty::Admin),
    ] {
        let name = AttributeName::parse(name).unwrap();
        let mut attribute = Attribute::new(name.clone(), AttributeType::Texts, fixtures::NOW);
        attribute.readers = [party].into();
        server.put(Definition::Attribute(attribute)).await;
        let value = AttributeValue::Texts(vec!["a".into()]);
        server
            .change_user(jane(), |user| {
                drop(user.attributes.values.insert(name, value));
            })
            .await;
    }
    server
        .change("web", |web| {
            web.scope = Scope::parse("openid user:information").unwrap();
        })
        .await;
    let code = server.code_with("web", |code| {
        code.authorization.subject = jane().into();
        code.authorization.access.scope = Scope::parse("openid user:information").unwrap();
    });
    let token = server.redeem("web", &code).await.ok().text("access_token");
    let request = Request::get("/v1/users/me");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.ok().json()["attributes"], json!({"team": ["a"]}));
}

#[tokio::test]
async fn client_credentials_token_has_only_fixed_values() {
    let server = server().await;
    let both = policy([mapping("groups", "groups"), fixed("plan", "team")]);
    server
        .change("machine", |own| own.claims_policy = both)
        .await;
    let token = server.form(FORM, &machine()).await.ok();
    let found = claims(&token.text("access_token"));
    assert_eq!(
        (&found["plan"], found.get("groups")),
        (&json!("team"), None)
    );
}
