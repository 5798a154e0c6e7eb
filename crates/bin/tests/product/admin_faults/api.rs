//! Requests of an operator.

use super::belongings::passkey_of;
use super::row::Row;
use crate::support::{ISSUER, Installation, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// Server with a machine client that has the role `owner`.
pub(super) struct Api {
    pub(super) installation: Installation,
    server: Server,
    token: String,
    _mail: TempDir,
    names: AtomicU32,
}

impl Api {
    pub(super) async fn start() -> Self {
        let mail = tempfile::tempdir().unwrap();
        let mail_url = format!("file://{}", mail.path().display());
        let installation = Installation::with(&[
            ("ADMIN__REQUESTS_PER_MINUTE", "1000000"),
            ("SIGNING__ALGORITHM", "ES256"),
            ("LOGIN__SIGN_UP", "invitation"),
            ("MAIL__URL", &mail_url),
            ("MAIL__FROM", "id@example.com"),
        ]);
        let resource = format!("{ISSUER}/admin/v1");
        installation.run(&["admins", "create", "owner@example.com", "--name=Owner"]);
        let machine = installation.registered(&[
            "clients",
            "create",
            "--name=Operator",
            "--grant-type=client_credentials",
            "--scope=admin",
            "--resource",
            &resource,
        ]);
        let holder = format!("client:{}", machine.id);
        installation.run(&[
            "admins",
            "grant",
            &holder,
            "owner",
            "--without-second-factor",
        ]);
        let server = installation.start();
        let parameters = [
            ("grant_type", "client_credentials"),
            ("resource", resource.as_str()),
        ];
        let answer = server.http.token(&machine, &parameters).await.ok();
        Self {
            token: answer.text("access_token"),
            installation,
            server,
            _mail: mail,
            names: AtomicU32::new(0),
        }
    }

    /// Returns the operations of the document that change something.
    pub(super) async fn changing_operations(&self) -> BTreeSet<String> {
        let document = self.server.http.get("/admin/v1/openapi.json").await.json();
        let paths = document["paths"].as_object().unwrap().values();
        let all = paths.flat_map(|path| path.as_object().unwrap());
        all.filter(|(method, _)| *method != "get")
            .map(|(_, operation)| operation["operationId"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Returns a name that no object has yet.
    pub(super) fn name(&self) -> String {
        format!("new-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends a request and returns its status and body.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        key: Option<String>,
    ) -> (u16, Value) {
        let http = &self.server.http;
        let url = http.url(&format!("/admin/v1{path}"));
        let mut request = http.client.request(method, url).bearer_auth(&self.token);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    /// Creates an object and returns it.
    pub(super) async fn create(&self, path: &str, body: Value) -> Value {
        let (status, created) = self.send(Method::POST, path, &body, None).await;
        assert!(status < 300, "{path}: {created}");
        created
    }

    /// Creates the group `staff`, unless it exists.
    pub(super) async fn ensure_staff(&self) {
        let body = json!({"name": "staff"});
        let (status, _) = self.send(Method::POST, "/groups", &body, None).await;
        assert!([201, 409].contains(&status), "{status}");
    }

    /// Runs an operation on a target and returns the status.
    pub(super) async fn run(&self, row: &Row, target: &str) -> u16 {
        let (method, path) = row.request.split_once(' ').unwrap();
        let path = path
            .replace("TARGET", target)
            .replace("PASSKEY", &passkey_of(target));
        let body = about((row.body)(&self.name()), target);
        let method = method.parse().unwrap();
        self.send(method, &path, &body, None).await.0
    }

    /// Runs an operation with an idempotency key for this target. Requests with the same key have the same body.
    pub(super) async fn run_once(&self, row: &Row, target: &str, key: &str) -> (u16, Value) {
        let path = row.request.trim_start_matches("POST ");
        let path = path.replace("TARGET", target);
        let body = about((row.body)(&format!("{target}-{key}")), target);
        let key = format!("{}-{target}-{key}", row.id);
        self.send(Method::POST, &path, &body, Some(key)).await
    }

    /// Creates a client and returns its ID.
    pub(super) async fn client(&self) -> String {
        let created = self.create("/clients", machine(&self.name())).await;
        created["client_id"].as_str().unwrap().to_owned()
    }
}

/// Replaces the user ID `TARGET` in a body.
fn about(mut body: Value, target: &str) -> Value {
    if body["user_id"] == "TARGET" {
        body["user_id"] = target.into();
    }
    body
}

/// Returns the metadata of a machine client.
pub(super) fn machine(name: &str) -> Value {
    json!({
        "client_name": name,
        "client_type": "confidential",
        "grant_types": ["client_credentials"],
        "scope": "read",
    })
}
