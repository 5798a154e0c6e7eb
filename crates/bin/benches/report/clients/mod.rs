//! Clients of the server under test, and their requests.

pub(crate) mod credentials;

use crate::grants::authorization;
use crate::load::Requests;
use crate::process::Site;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::time::Timestamp;
use serde_json::Value;
use std::sync::Arc;

pub(crate) const CALLBACK: &str = "https://app.example/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Email address of the user.
pub(crate) const EMAIL: &str = "bench@example.com";

/// Source that repeats one request.
pub(crate) struct Same(pub(crate) Arc<[u8]>);

impl Requests for Same {
    fn next(&mut self, _: &[u8]) -> Option<Arc<[u8]>> {
        Some(self.0.clone())
    }
}

/// Options of a client that gets tokens for itself.
const MACHINE: &[&str] = &[
    "--grant-type",
    "client_credentials",
    "--scope",
    "api:read api:write",
];

/// Registers a client and returns its identifier and secret.
fn create(site: &Site, algorithm: &str, rest: &[&str]) -> (String, String) {
    let arguments = [
        &[
            "clients",
            "create",
            "--json",
            "--name",
            "bench",
            "--signing-alg",
            algorithm,
        ],
        rest,
    ]
    .concat();
    let printed: Value = serde_json::from_str(&site.cli(&arguments)).unwrap();
    let text = |name: &str| printed[name].as_str().unwrap().to_owned();
    (text("client_id"), text("client_secret"))
}

/// Registered client.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// Subject of the user.
    pub(crate) subject: String,
    /// Password of the user.
    pub(crate) password: String,
}

impl Client {
    pub(crate) fn register(site: &Site, algorithm: &str, rest: &[&str]) -> Self {
        let (id, secret) = create(site, algorithm, rest);
        let user: Value =
            serde_json::from_str(&site.cli(&["users", "create", "--json", "--email", EMAIL]))
                .unwrap();
        let of_user = |name: &str| user[name].as_str().unwrap().to_owned();
        Self {
            id,
            secret,
            subject: of_user("id"),
            password: of_user("password"),
        }
    }

    pub(crate) fn machine(site: &Site, algorithm: &str) -> Self {
        Self::register(site, algorithm, MACHINE)
    }

    /// Registers another machine client, for the same user.
    pub(crate) fn sibling(&self, site: &Site, algorithm: &str) -> Self {
        let (id, secret) = create(site, algorithm, MACHINE);
        Self {
            id,
            secret,
            ..self.clone()
        }
    }

    pub(crate) fn application(site: &Site, algorithm: &str) -> Self {
        let grants = [
            "--grant-type",
            "authorization_code",
            "--grant-type",
            "refresh_token",
            "--grant-type",
            "client_credentials",
        ];
        Self::register(
            site,
            algorithm,
            &[
                &grants[..],
                &[
                    "--scope",
                    "openid email read write",
                    "--redirect-uri",
                    CALLBACK,
                ],
            ]
            .concat(),
        )
    }

    pub(crate) fn post(&self, parameters: &str) -> Arc<[u8]> {
        self.post_to("/oauth2/token", parameters)
    }

    pub(crate) fn redeem(&self, code: &str) -> Arc<[u8]> {
        self.post(&format!(
            "grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&code_verifier={VERIFIER}"
        ))
    }

    pub(crate) fn post_to(&self, path: &str, parameters: &str) -> Arc<[u8]> {
        let body = format!(
            "{parameters}&client_id={}&client_secret={}",
            self.id, self.secret
        );
        let head = "HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length";
        format!("POST {path} {head}: {}\r\n\r\n{body}", body.len())
            .into_bytes()
            .into()
    }

    pub(crate) fn credentials(&self, connections: usize) -> Vec<Box<dyn Requests>> {
        let request = self.post("grant_type=client_credentials");
        (0..connections)
            .map(|_| Box::new(Same(request.clone())) as Box<dyn Requests>)
            .collect()
    }

    /// Returns the authorization that the user granted, with a password login at this time.
    pub(crate) fn authorization(&self, time: Timestamp) -> Authorization {
        authorization(&self.id, &self.subject, time)
    }
}
