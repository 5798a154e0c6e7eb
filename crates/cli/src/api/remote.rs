//! The admin API of a server, over HTTP.

use super::credentials::{Login, Logins, Tokens};
use super::response::{Response, tag_of};
use super::values::{ROOT, member};
use crate::command_error::{CommandError, Exit};
use crate::commands::setup::now;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use countersign_domain::secret::Secret;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::env;
use std::mem;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::sleep;

/// Timeout of a request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Environment variables of a client that signs in for itself.
const CLIENT: [&str; 2] = ["COUNTERSIGN_CLIENT_ID", "COUNTERSIGN_CLIENT_SECRET"];

/// Server with an access token for its admin API.
pub(super) struct Remote {
    issuer: Issuer,
    token: Mutex<Secret>,
    /// Whether the token is that of `countersign login`.
    pub(super) is_login: bool,
}

impl Remote {
    /// Gets a token: by the client credentials grant if the environment names a client, otherwise from the login of
    /// the operator.
    pub(super) async fn connect(server: &str) -> Result<Self, CommandError> {
        let issuer = Issuer::parse(server)?;
        let (token, is_login) = issuer.token().await?;
        Ok(Self {
            issuer,
            token: Mutex::new(token),
            is_login,
        })
    }

    /// Replaces a token that the server refuses: it may have expired during a long run. Returns whether there is another
    /// one.
    async fn replace(&self, refused: &Secret) -> bool {
        let mut token = self.token.lock().await;
        if token.expose_secret() == refused.expose_secret() {
            match self.issuer.token().await {
                Ok((new, _)) => *token = new,
                Err(_) => return false,
            }
        }
        token.expose_secret() != refused.expose_secret()
    }

    /// Sends a request. Waits while the operator has sent too many.
    pub(super) async fn send(
        &self,
        (method, path): (Method, &str),
        body: Option<&Value>,
        tag: Option<&HeaderValue>,
    ) -> Result<Response, CommandError> {
        let mut is_first = true;
        loop {
            let token = self.token.lock().await.clone();
            let url = format!("{}{path}", self.issuer.admin_api());
            let request = self.issuer.http.request(method.clone(), url);
            let mut request = request.bearer_auth(token.expose_secret());
            if let Some(body) = body {
                request = request.json(body);
            }
            if let Some(tag) = tag {
                request = request.header(header::IF_MATCH, tag);
            }
            let response = request.send().await.map_err(|error| failed(&error))?;
            let status = response.status();
            if let Some(pause) = pause(status, response.headers()) {
                sleep(pause).await;
                continue;
            }
            let is_expired = status == StatusCode::UNAUTHORIZED && mem::take(&mut is_first);
            if is_expired && self.replace(&token).await {
                continue;
            }
            let tag = tag_of(response.headers());
            let body = response.bytes().await.map_err(|error| failed(&error))?;
            return Ok(Response {
                status,
                tag,
                content: body.to_vec(),
            });
        }
    }
}

/// Returns the time to wait until the operator may send further requests, at most a minute.
fn pause(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds: u64 = seconds.parse().ok()?;
    (seconds <= 60).then(|| Duration::from_secs(seconds.max(1)))
}

/// Server, named by its issuer.
pub(super) struct Issuer {
    pub(super) url: String,
    http: Client,
}

impl Issuer {
    /// Parses the URL of a server: https, or http on the loopback interface.
    pub(super) fn parse(server: &str) -> Result<Self, CommandError> {
        let url = server.trim_end_matches('/');
        let is_allowed = reqwest::Url::parse(url).is_ok_and(|url| {
            let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            url.scheme() == "https" || url.scheme() == "http" && is_loopback
        });
        if !is_allowed {
            return Err(CommandError::usage(format!(
                "{server:?} is not the issuer URL of a server: use https, or http for localhost."
            )));
        }
        // A redirect would send secrets to another address.
        let http = Client::builder().timeout(TIMEOUT).redirect(Policy::none());
        let http = http.build();
        Ok(Self {
            url: url.to_owned(),
            http: http.map_err(|error| failed(&error))?,
        })
    }

    /// Returns the URL of the admin API, which is also the audience of its tokens.
    pub(super) fn admin_api(&self) -> String {
        format!("{}{ROOT}", self.url)
    }

    /// Gets a token. Returns whether it is that of a login.
    async fn token(&self) -> Result<(Secret, bool), CommandError> {
        match CLIENT.map(|name| env::var(name).ok()) {
            [Some(id), Some(secret)] => Ok((self.client_token(&id, &secret).await?, false)),
            [None, None] => Ok((self.operator_token().await?, true)),
            _ => {
                let [id, secret] = CLIENT;
                Err(CommandError::usage(format!("Set both {id} and {secret}.")))
            }
        }
    }

    async fn client_token(&self, id: &str, secret: &str) -> Result<Secret, CommandError> {
        let tokens = self
            .tokens(&[
                ("grant_type", "client_credentials"),
                ("client_id", id),
                ("client_secret", secret),
                ("resource", &self.admin_api()),
            ])
            .await?;
        Ok(tokens.access_token())
    }

    /// Returns the token of the operator's login. Refreshes it if it has expired.
    async fn operator_token(&self) -> Result<Secret, CommandError> {
        let sign_in = || {
            CommandError::usage(format!(
                "You are not signed in. Run `countersign login {}`.",
                self.url
            ))
        };
        let mut logins = Logins::read()?;
        let login = logins.at(&self.url).cloned().ok_or_else(sign_in)?;
        if let Some(token) = login.access_token(now()) {
            return Ok(token);
        }
        let refresh = login.refresh_token().ok_or_else(sign_in)?;
        let tokens = self
            .tokens(&[
                ("grant_type", "refresh_token"),
                ("client_id", &login.client_id),
                ("refresh_token", refresh.expose_secret()),
            ])
            .await
            .map_err(|error| match error.exit {
                // The server refuses the refresh token.
                Exit::Usage => sign_in(),
                _ => error,
            })?;
        let token = tokens.access_token();
        let next = Login::new(&login.client_id, tokens, Some(&login), now());
        logins.keep(&self.url, next)?;
        Ok(token)
    }

    /// Requests tokens. The exit code of a refusal is [`Exit::Usage`], and that of an outage is [`Exit::Failed`].
    pub(super) async fn tokens(&self, form: &[(&str, &str)]) -> Result<Tokens, CommandError> {
        self.post("/oauth2/token", form).await
    }

    /// Revokes a refresh token and its grant (RFC 7009).
    pub(super) async fn revoke(&self, client_id: &str, token: &Secret) -> Result<(), CommandError> {
        let form = [("client_id", client_id), ("token", token.expose_secret())];
        let _: Value = self.post("/oauth2/revoke", &form).await?;
        Ok(())
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<T, CommandError> {
        let request = self.http.post(format!("{}{path}", self.url)).form(form);
        let response = request.send().await.map_err(|error| failed(&error))?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| failed(&error))?;
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|error| CommandError::of("The server sent an unknown response", &error));
        }
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        let text = |name: &str| member(&value, name).as_str().unwrap_or_default().to_owned();
        let (error, description) = (text("error"), text("error_description"));
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(CommandError::new(
                Exit::Failed,
                format!("The server cannot answer now ({status}). Try again later."),
            ));
        }
        Err(CommandError::usage(format!(
            "The server refused the request ({status} {error}): {description}."
        )))
    }
}

fn failed(error: &reqwest::Error) -> CommandError {
    CommandError::of("The request failed", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_is_https_or_on_loopback() {
        for url in [
            "https://id.example",
            "https://id.example/t/x/",
            "http://localhost:8080",
        ] {
            assert!(Issuer::parse(url).is_ok(), "{url}");
        }
        for url in ["http://id.example", "id.example", "ftp://id.example", ""] {
            assert!(Issuer::parse(url).is_err(), "{url}");
        }
        let issuer = Issuer::parse("https://id.example/").unwrap();
        assert_eq!(issuer.admin_api(), "https://id.example/admin/v1");
    }
}
