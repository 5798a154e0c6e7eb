//! Tenants in the admin API.

use super::{admin, make};
use crate::admin_api;
use crate::harness::Server;
use axum::http::Method;
use countersign_application::admin::tenants::TenantChange;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Operator;
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::overrides::TenantOverrides;
use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::registered::TenantStatus;
use countersign_ports::{After, Transfer as _};
use serde_json::{Value, json};

async fn change(server: &Server, name: &str, change: TenantChange) {
    let (name, operator) = (
        TenantName::parse(name).unwrap(),
        Operator::command_line("test"),
    );
    let own = crate::facts::tenant();
    let changed = admin(server);
    let changed = changed.update(&own, &operator, &make, (&name, None), &change);
    changed.await.unwrap();
    server.follow().await;
}

pub(super) async fn set_enabled(server: &Server, name: &str, enabled: bool) {
    let enabled = TenantChange {
        enabled: Some(enabled),
        ..TenantChange::default()
    };
    change(server, name, enabled).await;
}

pub(super) async fn set_limits(server: &Server, name: &str, requests: u32) {
    let limited = TenantChange {
        overrides: TenantOverrides {
            limits: TenantLimits {
                requests: Some(requests),
                ..TenantLimits::default()
            },
            ..TenantOverrides::default()
        },
        ..TenantChange::default()
    };
    change(server, name, limited).await;
}

#[tokio::test]
async fn tenant_is_created_changed_and_deleted() {
    let server = admin_api::server("owner").await;
    let token = admin_api::token(&server).await;
    let call = async |method: Method, path: &str, body: Option<Value>| {
        admin_api::send(&server, &token, method, path, body.as_ref()).await
    };
    let new = json!({"name": "acme", "host": "acme.example", "signing_algorithm": "ES256",
        "lifetimes": {"access_token": 60}, "branding": {"name": "Acme"}, "limits": {"users": 5}});
    let created = call(Method::POST, "/tenants", Some(new.clone())).await;
    assert_eq!(
        created.status.as_u16(),
        201,
        "{}",
        String::from_utf8_lossy(&created.body)
    );
    assert_eq!(created.text("issuer"), "https://acme.example");
    assert_eq!(created.json()["limits"], json!({"users": 5}));
    let again = call(Method::POST, "/tenants", Some(new)).await;
    assert_eq!(again.status.as_u16(), 409);
    let same_host = json!({"name": "second", "host": "acme.example"});
    let second = call(Method::POST, "/tenants", Some(same_host)).await;
    assert_eq!(second.status.as_u16(), 409);
    let own_host = json!({"name": "second", "host": "auth.example"});
    assert_eq!(
        call(Method::POST, "/tenants", Some(own_host))
            .await
            .status
            .as_u16(),
        409
    );
    let disabled = call(
        Method::PATCH,
        "/tenants/acme",
        Some(json!({"enabled": false})),
    )
    .await;
    assert_eq!(disabled.ok().text("status"), "disabled");
    let moved = call(
        Method::PATCH,
        "/tenants/acme",
        Some(json!({"host": "b.example"})),
    )
    .await;
    assert_eq!(moved.status.as_u16(), 400);
    assert_eq!(
        call(Method::DELETE, "/tenants/acme", None)
            .await
            .status
            .as_u16(),
        204
    );
    let gone = call(Method::GET, "/tenants/acme", None).await.ok();
    assert_eq!(gone.text("status"), TenantStatus::Deleting.as_str());
    let changed = call(
        Method::PATCH,
        "/tenants/acme",
        Some(json!({"enabled": true})),
    )
    .await;
    assert_eq!(changed.status.as_u16(), 409);
    let own = crate::facts::tenant();
    assert!(server.store.list_tenants().await.unwrap().len() > 1);
    assert!(admin(&server).remove(&own, "acme").await.unwrap());
    assert_eq!(server.store.list_tenants().await.unwrap(), [own.id]);
    assert_eq!(
        call(Method::GET, "/tenants/acme", None)
            .await
            .status
            .as_u16(),
        404
    );
    // The host is free again, and the number is not.
    server.pass(600);
    let new = json!({"name": "acme", "host": "acme.example", "signing_algorithm": "ES256"});
    let created = call(Method::POST, "/tenants", Some(new)).await;
    assert_eq!(created.status.as_u16(), 201);
    assert_eq!(created.json()["number"], 3);
}

#[tokio::test]
async fn invalid_tenant_is_refused_with_its_field() {
    let server = admin_api::server("owner").await;
    let token = admin_api::token(&server).await;
    for (field, body) in [
        ("name", json!({"name": "Acme"})),
        ("host", json!({"name": "acme", "host": "127.0.0.1"})),
        (
            "signing_algorithm",
            json!({"name": "acme", "signing_algorithm": "HS256"}),
        ),
        (
            "lifetimes",
            json!({"name": "acme", "lifetimes": {"access_token": 86_401}}),
        ),
        (
            "branding.accent",
            json!({"name": "acme", "branding": {"accent": "red"}}),
        ),
        (
            "branding.logo",
            json!({"name": "acme", "branding": {"logo": "javascript:x"}}),
        ),
        (
            "sign_up_domains",
            json!({"name": "acme", "sign_up_domains": ["Example.org"]}),
        ),
        (
            "upstream_only",
            json!({"name": "acme", "upstream_only": ["No Name"]}),
        ),
    ] {
        let answer = admin_api::send(&server, &token, Method::POST, "/tenants", Some(&body)).await;
        assert_eq!(answer.status.as_u16(), 400, "{field}");
        assert_eq!(answer.json()["field"], field, "{:?}", answer.json());
    }
}

#[tokio::test]
async fn operator_of_other_tenant_finds_no_tenants() {
    let (server, [_, acme, _]) = super::server().await;
    let (admin, operator) = (admin(&server), Operator::command_line("test"));
    let name = TenantName::parse("bolt").unwrap();
    let own = crate::facts::tenant();
    admin.find(&own, &operator, &name).await.unwrap();
    let other = Tenant { id: acme.id, ..own };
    let missing = |outcome: Result<(), AdminError>| {
        assert!(
            matches!(outcome, Err(AdminError::NotFound(Missing::Tenant))),
            "{outcome:?}"
        );
    };
    let all = admin.list(&other, &operator, After::start()).await.unwrap();
    assert!(all.items.is_empty());
    missing(admin.find(&other, &operator, &name).await.map(drop));
    missing(admin.delete(&other, &operator, &name, None).await);
    let new = (TenantName::parse("new").unwrap(), TenantPlace::Path);
    let change = TenantChange::default();
    missing(
        admin
            .create(&other, &operator, &make, new, &change)
            .await
            .map(drop),
    );
    let target = (&name, None);
    missing(
        admin
            .update(&other, &operator, &make, target, &change)
            .await
            .map(drop),
    );
}
