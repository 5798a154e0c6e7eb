//! What all operations share: bodies, parameters, slices, documents.

use super::{send, send_with, server, token};
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[tokio::test]
async fn unknown_name_is_refused_with_the_nearest_known_one() {
    let server = server("owner").await;
    let token = token(&server).await;
    let patch = json!({"redirect_uri": []});
    let answer = send(&server, &token, Method::PATCH, "/clients/web", Some(&patch)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.text("field"), "redirect_uri");
    assert!(answer.text("detail").contains("redirect_uris"));
    let answer = send(&server, &token, Method::GET, "/clients?limits=1", None).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text("detail").contains("\"limit\""));
    let role = json!({"name": "new", "permissions": ["user:read"]});
    let answer = send(&server, &token, Method::POST, "/admin-roles", Some(&role)).await;
    assert_eq!(answer.text("field"), "permissions");
    assert!(answer.text("detail").contains("users:read"));
}

#[tokio::test]
async fn long_input_is_neither_compared_nor_returned() {
    let server = server("owner").await;
    let token = token(&server).await;
    let long = "redirect_uri".repeat(50_000);
    let role = json!({"name": "new", "permissions": [long]});
    let client = |field: &str| {
        let mut body = json!({"client_name": "New", "client_type": "public"});
        body[field] = json!(long);
        body
    };
    for (path, body) in [
        ("/clients", json!({(long.as_str()): true})),
        ("/admin-roles", role),
        ("/clients", client("status")),
        ("/clients", client("first_party")),
    ] {
        let answer = send(&server, &token, Method::POST, path, Some(&body)).await;
        assert_eq!(answer.status, 400);
        assert!(!answer.text("detail").contains("did you mean"));
        assert!(answer.body.len() < 1000, "{}", answer.body.len());
    }
}

#[tokio::test]
async fn malformed_request_is_refused() {
    let server = server("owner").await;
    let token = token(&server).await;
    let post = async |media_type: &str, body: Vec<u8>| {
        let request = Request::post("/admin/v1/users")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, media_type)
            .body(Body::from(body));
        server.send(request.unwrap()).await.status.as_u16()
    };
    assert_eq!(post("text/plain", b"{}".to_vec()).await, 415);
    assert_eq!(post("application/json", b"{".to_vec()).await, 400);
    assert_eq!(post("application/json", b"[]".to_vec()).await, 400);
    assert_eq!(post("application/json", b"{}".to_vec()).await, 400);
    assert_eq!(
        post("application/json", vec![b' '; 1024 * 1024 + 1]).await,
        413
    );
    let largest = format!(
        "{{\"email\":\"new@example.com\"{}}}",
        " ".repeat(1000 * 1000)
    );
    assert_eq!(
        post("application/json; charset=utf-8", largest.into_bytes()).await,
        201
    );
    for (method, path, status) in [
        (Method::PUT, "/clients", 405),
        (Method::GET, "/nothing", 404),
        (Method::GET, "/clients?limit=0", 400),
        (Method::GET, "/clients?limit=501", 400),
        (Method::GET, "/clients?limit=1&limit=2", 400),
        (Method::GET, "/users?after=x", 400),
        (Method::GET, "/users/x", 404),
        (Method::GET, "/resource-servers?after=%00", 400),
        (Method::GET, "/resource-servers/%00", 404),
        (Method::GET, "/clients/%FF", 404),
    ] {
        let answer = send(&server, &token, method, path, None).await;
        assert_eq!(answer.status, status, "{path}");
    }
}

#[tokio::test]
async fn list_is_read_in_slices() {
    let server = server("owner").await;
    let token = token(&server).await;
    let mut ids = Vec::new();
    let mut path = "/clients?limit=4".to_owned();
    loop {
        let slice = send(&server, &token, Method::GET, &path, None)
            .await
            .ok()
            .json();
        let items = slice["items"].as_array().unwrap();
        assert!((1..=4).contains(&items.len()));
        let id = |item: &Value| item["client_id"].as_str().unwrap().to_owned();
        ids.extend(items.iter().map(id));
        match slice["next"].as_str() {
            Some(next) => path = format!("/clients?limit=4&after={next}"),
            None => break,
        }
    }
    let expected = [
        "app", "es256", "hs256", "loose", "machine", "other", "plain", "verifier", "web",
    ];
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn document_and_page_describe_the_api_without_token() {
    let server = server("owner").await;
    let document = server.get("/admin/v1/openapi.json").await.ok().json();
    let create = &document["paths"]["/clients"]["post"];
    assert_eq!(create["x-permissions"], json!(["clients:write"]));
    let body = &create["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(body, "#/components/schemas/ClientMetadata");
    let schema = &document["components"]["schemas"]["ClientMetadata"];
    assert!(schema["properties"]["redirect_uris"]["description"].is_string());
    let rotate = &document["paths"]["/signing-keys/rotate"]["post"];
    assert_eq!(rotate["x-second-factor"], true);
    let page = server.get("/admin/v1/docs").await.ok();
    let policy = page.header(header::CONTENT_SECURITY_POLICY).unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    assert!(String::from_utf8_lossy(&page.body).contains("rotateSigningKeys"));
}

/// Returns the operations of the document by ID, with their paths.
fn operations(document: &Value) -> BTreeMap<&str, (&str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().values();
        methods.map(move |item| (item["operationId"].as_str().unwrap(), (path.as_str(), item)))
    });
    all.collect()
}

#[tokio::test]
async fn created_object_links_to_its_operations() {
    let server = server("owner").await;
    let document = server.get("/admin/v1/openapi.json").await.ok().json();
    let all = operations(&document);
    for (path, item) in all.values() {
        let responses = item["responses"].as_object().unwrap().values();
        let links = responses.filter_map(|response| response["links"].as_object());
        for link in links.flat_map(|links| links.values()) {
            let (target, _) = all[link["operationId"].as_str().unwrap()];
            for name in link["parameters"].as_object().unwrap().keys() {
                assert!(
                    target.contains(&format!("{{{name}}}")),
                    "{path} to {target}"
                );
            }
        }
    }
    let links = |id: &str| all[id].1["responses"]["201"]["links"].clone();
    let secret = json!({
        "client_id": "$request.path.client_id",
        "name": "$response.body#/name",
    });
    let removal = &links("addClientSecret")["removeClientSecret"];
    assert_eq!(removal["parameters"], secret);
    let user = json!({"user_id": "$response.body#/id"});
    assert_eq!(links("createUser")["disableUser"]["parameters"], user);
}

#[tokio::test]
async fn patch_schema_has_fields_that_can_change() {
    let server = server("owner").await;
    let document = server.get("/admin/v1/openapi.json").await.ok().json();
    let (_, item) = operations(&document)["updateClient"];
    let content = &item["requestBody"]["content"]["application/merge-patch+json"];
    let schema = &content["schema"];
    assert_eq!(schema["additionalProperties"], false);
    assert!(schema.get("required").is_none());
    let fields = &schema["properties"];
    assert!(fields.get("client_id").is_none(), "it cannot change");
    let is_removable = |name: &str| fields[name]["anyOf"][1]["type"] == "null";
    assert!(is_removable("audience") && !is_removable("client_name"));
}

#[tokio::test]
async fn merge_patch_media_type_is_accepted() {
    let server = server("owner").await;
    let token = token(&server).await;
    let headers = [(header::CONTENT_TYPE, "application/merge-patch+json")];
    let target = (Method::PATCH, "/clients/web");
    let patch = json!({"client_name": "A"});
    let patched = send_with(&server, &token, target, &headers, Some(&patch)).await;
    assert_eq!(patched.ok().text("client_name"), "A");
}
