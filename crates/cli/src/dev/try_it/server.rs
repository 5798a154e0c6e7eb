//! In-process HTTP requests to the server, with JSON responses.

use super::tokens::Tokens;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// The server, called in process.
#[derive(Clone)]
pub(super) struct Server(Router);

impl Server {
    pub(super) const fn new(router: Router) -> Self {
        Self(router)
    }

    /// Sends a token request. The error is a message for the user.
    pub(super) async fn token(&self, parameters: &[(&str, &str)]) -> Result<Tokens, String> {
        let request = Request::post("/oauth2/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form(parameters)));
        let answer = self.ask(request).await?;
        serde_json::from_value(answer.clone())
            .map_err(|_| format!("The token endpoint returned {answer}"))
    }

    /// Requests the userinfo endpoint. Returns a message for the user on errors.
    pub(super) async fn userinfo(&self, tokens: &Tokens) -> Value {
        let request = Request::get("/oauth2/userinfo")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", tokens.access_token),
            )
            .body(Body::empty());
        self.ask(request).await.unwrap_or_else(Value::String)
    }

    async fn ask(
        &self,
        request: Result<Request<Body>, axum::http::Error>,
    ) -> Result<Value, String> {
        let request = request.map_err(|error| error.to_string())?;
        let Ok(answer) = self.0.clone().oneshot(request).await;
        let status = answer.status();
        let body = answer.into_body().collect().await;
        let body = body.map_err(|error| error.to_string())?.to_bytes();
        serde_json::from_slice(&body)
            .map_err(|_| format!("The server returned {status} without a JSON body"))
    }
}

/// Encodes parameters as a form or query string.
pub(super) fn form(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}
