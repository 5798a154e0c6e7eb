//! Logins through the JSON API, up to a code.

use crate::clients::{CALLBACK, CHALLENGE, Client, EMAIL};
use crate::load::{Requests, body};
use serde_json::{Value, json};
use std::sync::Arc;

/// Requests per login: password and consent.
pub(crate) const STEPS: u64 = 2;

/// Source of consecutive logins.
struct Logins {
    client: Client,
    is_begun: bool,
    left: u64,
}

impl Requests for Logins {
    fn next(&mut self, last_answer: &[u8]) -> Option<Arc<[u8]>> {
        self.left = self.left.checked_sub(1)?;
        self.is_begun = !self.is_begun;
        Some(if self.is_begun {
            let body = json!({
                "email": EMAIL,
                "password": self.client.password,
                "client_id": self.client.id,
                "redirect_uri": CALLBACK,
                "response_type": "code",
                "scope": "read write",
                "code_challenge": CHALLENGE,
                "code_challenge_method": "S256",
            });
            post("/v1/oauth2/authorize", &body)
        } else {
            let answer: Value = serde_json::from_slice(body(last_answer)).unwrap();
            let next = json!({"next_step_auth_id": answer["next_step_auth_id"]});
            post("/v1/oauth2/authorize/confirm", &next)
        })
    }
}

fn post(path: &str, body: &Value) -> Arc<[u8]> {
    let body = body.to_string();
    let head = "HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length";
    format!("POST {path} {head}: {}\r\n\r\n{body}", body.len())
        .into_bytes()
        .into()
}

/// Returns `count` logins of the client's user, spread over this many connections.
pub(crate) fn logins(client: &Client, connections: usize, count: u64) -> Vec<Box<dyn Requests>> {
    let left = count / connections as u64 * STEPS;
    let connection = |_| {
        let logins = Logins {
            client: client.clone(),
            is_begun: false,
            left,
        };
        Box::new(logins) as Box<dyn Requests>
    };
    (0..connections).map(connection).collect()
}
