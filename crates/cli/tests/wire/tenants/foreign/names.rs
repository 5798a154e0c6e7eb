//! What takes effect in one tenant alone: attempts, idempotency keys, revocations and sign-outs.

use super::World;
use super::home::Home;
use crate::browser::REQUEST;
use crate::facts::SECRET;
use crate::harness::Server;
use crate::login::{PASSWORD, one_time_code};
use crate::requests::{basic, form};
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_ports::ConsentRepository as _;
use countersign_store_contract::fixtures;
use serde_json::json;

/// Enters a password on the sign-in page, in a browser with this cookie of the known device. Returns the status.
async fn sign_in(server: &Server, there: &Home, known: Option<&str>, password: &str) -> u16 {
    let mut browser = there.place.browser(server);
    if let Some(known) = known {
        let name = there.place.cookie("known");
        browser.cookies.insert(name, known.to_owned());
    }
    browser.open(&format!("{}/login", there.place.root)).await;
    let fields = [("email", "jane@example.com"), ("password", password)];
    browser.submit(&fields).await;
    browser.status().as_u16()
}

#[tokio::test]
async fn known_device_of_other_tenant_counts_as_stranger() {
    let world = World::new().await;
    let (server, homes) = (world.server().await, &world.homes);
    for there in homes {
        for _ in 0..10 {
            assert_eq!(sign_in(&server, there, None, "wrong").await, 400);
        }
        let others = homes.iter().filter(|home| home.place.id != there.place.id);
        for here in others {
            let known = Some(here.value("known"));
            assert_eq!(sign_in(&server, there, known, PASSWORD).await, 429);
        }
        let known = Some(there.value("known"));
        assert_eq!(sign_in(&server, there, known, PASSWORD).await, 200);
    }
}

#[tokio::test]
async fn idempotency_key_of_other_tenant_is_unused() {
    let world = World::new().await;
    let (server, homes) = (world.server().await, &world.homes);
    for home in homes {
        let request = |method: &str, path: &str| {
            let path = format!("{}/admin/v1/groups{path}", home.place.root);
            let request = Request::builder().method(method).uri(path);
            let token = format!("Bearer {}", home.value("admin"));
            request
                .header(header::HOST, home.place.host)
                .header(header::AUTHORIZATION, token)
        };
        let created = request("POST", "")
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "the-same-in-every-tenant")
            .body(Body::from(json!({"name": "same"}).to_string()));
        let created = server.send(created.unwrap()).await;
        assert_eq!(created.status, 201);
        let found = request("GET", "/same").body(Body::empty()).unwrap();
        assert_eq!(server.send(found).await.status, 200);
    }
}

#[tokio::test]
async fn revoked_token_is_inactive_in_its_tenant_alone() {
    let world = World::new().await;
    let (server, homes) = (world.server().await, &world.homes);
    for (revoked, home) in homes.iter().enumerate() {
        for (number, other) in homes.iter().enumerate() {
            let is_active = other.place.is_active(&server, other.value("access"));
            assert_eq!(is_active.await, number >= revoked);
        }
        let access = [("token", home.value("access"))];
        let answer = home.place.form(&server, "/oauth2/revoke", &access).await;
        answer.ok();
        assert!(!home.place.is_active(&server, home.value("access")).await);
        let client = basic(&home.place.only(), SECRET);
        let machine = form(&[("token", home.value("machine"))]);
        for (path, inactive) in [("/oauth2/introspect", false), ("/oauth2/revoke", true)] {
            let request = (Method::POST, path);
            let body = machine.clone().into();
            let place = home.place;
            let answer = place
                .send_as(&server, request, Some(&client), body)
                .await
                .ok();
            assert!(inactive || answer.json()["active"] == true);
        }
        let request = (Method::POST, "/oauth2/introspect");
        let answer = home
            .place
            .send_as(&server, request, Some(&client), machine.into());
        assert_eq!(answer.await.ok().json()["active"], false);
    }
}

#[tokio::test]
async fn session_is_over_after_sign_out() {
    let world = World::new().await;
    let (server, homes) = (world.server().await, &world.homes);
    for home in homes {
        for (method, path, status) in [
            ("GET", "/rp/userinfo", 200),
            ("POST", "/signout", 302),
            ("GET", "/rp/userinfo", 401),
        ] {
            let request = Request::builder()
                .method(method)
                .uri(format!("{}{path}", home.place.root))
                .header(header::HOST, home.place.host)
                .header(
                    header::COOKIE,
                    home.cookie("session", home.value("session")),
                )
                .body(Body::empty());
            let answer = server.send(request.unwrap()).await;
            assert_eq!(answer.status, status, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn consent_counts_in_its_tenant_alone() {
    let world = World::new().await;
    let (server, homes) = (world.server().await, &world.homes);
    for (home, scope) in homes.iter().zip(["openid read", "openid write", "openid"]) {
        let mut browser = home.place.browser(&server);
        let mut request = REQUEST;
        request[0] = ("client_id", "keyed");
        request[3] = ("scope", scope);
        let address = format!("{}/oauth2/authorize?{}", home.place.root, form(&request));
        browser.open(&address).await;
        let fields = [("email", "joe@new.example"), ("password", PASSWORD)];
        browser.submit(&fields).await;
        assert!(browser.path().ends_with("/consent"), "{}", browser.html());
        browser.submit(&[("decision", "agree")]).await;
        assert!(browser.parameter("code").is_some());
        let (joe, client) = (fixtures::user_id(3), fixtures::client_id("keyed"));
        let consent = server.store.find_consent(home.place.id, joe, &client);
        assert_eq!(consent.await.unwrap().unwrap().scope.as_str(), scope);
    }
}

#[tokio::test]
async fn step_is_used_in_its_tenant_alone() {
    let world = World::new().await;
    let (server, homes) = (world.server().await, &world.homes);
    for home in homes {
        let others = homes.iter().filter(|other| other.place.id != home.place.id);
        let others: Vec<&Home> = others.collect();
        let contents = || others.iter().map(|other| other.contents(&server));
        let before: Vec<String> = contents().collect();
        let step = json!({
            "next_step_auth_id": home.value("mfa_step"),
            "verification_code": one_time_code(&server, 0),
        });
        let request = Request::post(format!("{}/v1/oauth2/authorize/mfa", home.place.root))
            .header(header::HOST, home.place.host)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(step.to_string()));
        server.send(request.unwrap()).await.ok();
        assert!(contents().eq(before));
    }
}
