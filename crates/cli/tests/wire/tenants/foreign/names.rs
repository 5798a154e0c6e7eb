//! Names and cookies that clients choose or keep: each tenant has its own.

use super::World;
use super::home::Home;
use crate::harness::Server;
use crate::login::PASSWORD;
use axum::body::Body;
use axum::http::{Request, header};
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
