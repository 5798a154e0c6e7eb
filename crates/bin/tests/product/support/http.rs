//! HTTP requests over real connections.

use super::{CALLBACK, CHALLENGE, EMAIL, PASSWORD, TOKEN, VERIFIER};
use axum::http::HeaderMap;
use axum::http::header::HeaderName;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// Request timeout, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Client as printed by `clients create`.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
}

/// HTTP client for one server. Clones share its connections.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    pub(crate) address: SocketAddr,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads a response to its end.
    async fn of(response: reqwest::Response) -> reqwest::Result<Self> {
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await?.to_vec(),
        })
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {:?}", String::from_utf8_lossy(&self.body)))
    }

    #[track_caller]
    pub(crate) fn text(&self, field: &str) -> String {
        let json = self.json();
        let text = json[field].as_str();
        text.unwrap_or_else(|| panic!("no text {field} in {json}"))
            .to_owned()
    }

    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Returns status and `error`.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.text("error"))
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        let Self { status, body, .. } = &self;
        assert_eq!(*status, 200, "{}", String::from_utf8_lossy(body));
        self
    }
}

impl Http {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self::by(reqwest::Client::builder(), address)
    }

    /// Creates a client from this builder.
    pub(crate) fn by(client: reqwest::ClientBuilder, address: SocketAddr) -> Self {
        Self {
            client: client.timeout(PATIENCE).build().unwrap(),
            address,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let response = self.client.get(self.url(path)).send().await.unwrap();
        Answer::of(response).await.unwrap()
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let request = self.client.post(self.url(path)).json(body);
        Answer::of(request.send().await.unwrap()).await.unwrap()
    }

    /// Sends a token request. An error means that no complete response arrived.
    pub(crate) async fn try_token(
        &self,
        client: &Registered,
        parameters: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let secret = client.secret.as_deref();
        let own = [("client_id", client.id.as_str())]
            .into_iter()
            .chain(secret.map(|secret| ("client_secret", secret)));
        let form: Vec<_> = own.chain(parameters.iter().copied()).collect();
        let request = self.client.post(self.url(TOKEN)).form(&form);
        Answer::of(request.send().await?).await
    }

    pub(crate) async fn token(&self, client: &Registered, parameters: &[(&str, &str)]) -> Answer {
        self.try_token(client, parameters).await.unwrap()
    }

    pub(crate) async fn redeem(&self, client: &Registered, code: &str) -> Answer {
        self.token(client, &exchange(code)).await
    }

    pub(crate) async fn refresh(&self, client: &Registered, refresh_token: &str) -> Answer {
        self.token(client, &refreshing(refresh_token)).await
    }

    pub(crate) async fn client_credentials(&self, client: &Registered) -> Answer {
        self.token(client, &[("grant_type", "client_credentials")])
            .await
    }

    /// Introspects a token (RFC 7662).
    pub(crate) async fn introspect(&self, client: &Registered, token: &str) -> Answer {
        self.about_token("/oauth2/introspect", client, token).await
    }

    /// Revokes a token (RFC 7009).
    pub(crate) async fn revoke(&self, client: &Registered, token: &str) -> Answer {
        self.about_token("/oauth2/revoke", client, token).await
    }

    async fn about_token(&self, path: &str, client: &Registered, token: &str) -> Answer {
        let form = [
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.as_deref().unwrap()),
            ("token", token),
        ];
        let request = self.client.post(self.url(path)).form(&form);
        Answer::of(request.send().await.unwrap()).await.unwrap()
    }

    /// Requests the userinfo endpoint.
    pub(crate) async fn userinfo(&self, access_token: &str) -> Answer {
        let request = self.client.get(self.url("/oauth2/userinfo"));
        let request = request.bearer_auth(access_token);
        Answer::of(request.send().await.unwrap()).await.unwrap()
    }

    /// Sends the first step of a login: the password.
    pub(crate) async fn authorize(&self, client: &Registered) -> Answer {
        self.authorize_with(client, CHALLENGE, "n-0S6_WzA2Mj").await
    }

    pub(crate) async fn authorize_with(
        &self,
        client: &Registered,
        challenge: &str,
        nonce: &str,
    ) -> Answer {
        let body = json!({
            "email": EMAIL,
            "password": PASSWORD,
            "client_id": client.id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid read",
            "state": "af0ifjsldkj",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "nonce": nonce,
        });
        self.post_json("/v1/oauth2/authorize", &body).await
    }

    /// Sends the last step of a login: the consent.
    pub(crate) async fn confirm(&self, begun: &Answer) -> Answer {
        let body = json!({ "next_step_auth_id": begun.text("next_step_auth_id") });
        self.post_json("/v1/oauth2/authorize/confirm", &body).await
    }

    /// Signs in and returns the code.
    pub(crate) async fn log_in(&self, client: &Registered) -> String {
        let begun = self.authorize(client).await.ok();
        self.confirm(&begun).await.ok().text("code")
    }
}

/// Returns the parameters of a valid code exchange.
pub(crate) fn exchange(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// Returns the parameters of a valid refresh.
pub(crate) fn refreshing(refresh_token: &str) -> [(&str, &str); 2] {
    [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
    ]
}
