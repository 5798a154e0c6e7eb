//! "Try it": a demo client on the start page of `dev`.
//!
//! It sends the browser to sign in, exchanges the code at the token endpoint as any client would, and shows the tokens.

mod client;
mod server;
mod tokens;

pub(super) use client::bring_into;

use super::page::HEADERS;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use client::{CLIENT_ID, SCOPE, redirect_uri};
use countersign_adapters_system::SystemEntropy;
use countersign_application::admin::random_secret;
use quick_cache::sync::Cache;
use server::Server;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use tokens::Tokens;

/// Cookie with the `state` of this browser's login.
const COOKIE: &str = "countersign-try-it";

/// Maximum number of logins that the client remembers.
const LOGINS: usize = 100;

/// Demo client, with the logins of all browsers.
#[derive(Clone)]
struct TryIt {
    issuer: String,
    server: Server,
    runs: Arc<Cache<String, Run>>,
}

/// One login, from the click to the tokens. Its key is its `state`.
#[derive(Clone)]
struct Run {
    verifier: String,
    nonce: String,
    tokens: Option<Tokens>,
}

/// Returns the routes below `/try`, for the server behind `router`.
pub(super) fn router(issuer: &str, router: &Router) -> Router {
    Router::new()
        .route("/try", get(begin))
        .route("/try/callback", get(callback))
        .route("/try/tokens", get(show))
        .route("/try/refresh", post(refresh))
        .route("/try/logout", post(log_out))
        .with_state(TryIt {
            issuer: issuer.to_owned(),
            server: Server::new(router.clone()),
            runs: Arc::new(Cache::new(LOGINS)),
        })
}

/// Redirects the browser to the authorization endpoint.
async fn begin(State(client): State<TryIt>) -> Response {
    let entropy = SystemEntropy::new();
    let random = || random_secret(&entropy).expose_secret().to_owned();
    let (state, verifier, nonce) = (random(), random(), random());
    let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(&verifier));
    let query = server::form(&[
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", &redirect_uri(&client.issuer)),
        ("scope", SCOPE),
        ("state", &state),
        ("nonce", &nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let run = Run {
        verifier,
        nonce,
        tokens: None,
    };
    client.runs.insert(state.clone(), run);
    let to = format!("{}/oauth2/authorize?{query}", client.issuer);
    with_cookie(&state, Redirect::to(&to).into_response())
}

/// Authorization response (RFC 6749 section 4.1.2, RFC 9207).
#[derive(Default)]
struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Answer {
    fn read(query: &str) -> Self {
        let mut answer = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "state" => &mut answer.state,
                "code" => &mut answer.code,
                "iss" => &mut answer.iss,
                "error" => &mut answer.error,
                "error_description" => &mut answer.error_description,
                _ => continue,
            };
            *place = Some(value.into_owned());
        }
        answer
    }
}

/// Exchanges the code.
async fn callback(State(client): State<TryIt>, headers: HeaderMap, uri: Uri) -> Response {
    let answer = Answer::read(uri.query().unwrap_or_default());
    let state = answer.state.unwrap_or_default();
    let known = client.runs.get(&state);
    let Some(mut run) = known.filter(|_| cookie(&headers) == Some(&state)) else {
        return failed("No login with this state was started in this browser.");
    };
    if let Some(error) = answer.error {
        let description = answer.error_description.unwrap_or_default();
        return failed(&format!("The server returned {error}: {description}."));
    }
    if answer.iss.as_deref() != Some(client.issuer.as_str()) {
        return failed("The response is not from this server.");
    }
    let redirect_uri = redirect_uri(&client.issuer);
    let request = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("code", answer.code.as_deref().unwrap_or_default()),
        ("redirect_uri", &redirect_uri),
        ("code_verifier", &run.verifier),
    ];
    match client.server.token(&request).await {
        Ok(tokens) if tokens.nonce().as_deref() == Some(run.nonce.as_str()) => {
            run.tokens = Some(tokens);
            client.runs.insert(state, run);
            Redirect::to("/try/tokens").into_response()
        }
        Ok(_) => failed("The nonce of the ID token does not match this login."),
        Err(why) => failed(&why),
    }
}

/// Shows the tokens of this browser.
async fn show(State(client): State<TryIt>, headers: HeaderMap) -> Response {
    let Some((_, tokens)) = client.tokens(&headers) else {
        return Redirect::to("/").into_response();
    };
    let userinfo = client.server.userinfo(&tokens).await;
    match tokens::page(&tokens, &userinfo) {
        Ok(page) => (HEADERS, Html(page)).into_response(),
        Err(error) => failed(&error.to_string()),
    }
}

/// Refreshes the tokens of this browser.
async fn refresh(State(client): State<TryIt>, headers: HeaderMap) -> Response {
    let Some((state, tokens)) = client.tokens(&headers) else {
        return Redirect::to("/").into_response();
    };
    let request = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("refresh_token", &tokens.refresh_token),
    ];
    match client.server.token(&request).await {
        Ok(tokens) => {
            if let Some(run) = client.runs.get(&state) {
                let tokens = Some(tokens);
                client.runs.insert(state, Run { tokens, ..run });
            }
            Redirect::to("/try/tokens").into_response()
        }
        Err(why) => failed(&why),
    }
}

/// Discards the tokens and signs out at the server (RP-Initiated Logout section 2).
async fn log_out(State(client): State<TryIt>, headers: HeaderMap) -> Response {
    let Some((state, tokens)) = client.tokens(&headers) else {
        return Redirect::to("/").into_response();
    };
    client.runs.remove(&state);
    let query = server::form(&[
        ("id_token_hint", &tokens.id_token),
        ("post_logout_redirect_uri", &format!("{}/", client.issuer)),
    ]);
    Redirect::to(&format!("{}/oauth2/logout?{query}", client.issuer)).into_response()
}

impl TryIt {
    fn tokens(&self, headers: &HeaderMap) -> Option<(String, Tokens)> {
        let state = cookie(headers)?;
        let run = self.runs.get(state)?;
        Some((state.to_owned(), run.tokens?))
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|cookie| {
        let (name, value) = cookie.split_once('=')?;
        (name == COOKIE).then_some(value)
    })
}

fn with_cookie(state: &str, mut answer: Response) -> Response {
    let cookie = format!("{COOKIE}={state}; Path=/try; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

#[derive(Template)]
#[template(path = "try_failed.html")]
struct FailedPage<'a> {
    why: &'a str,
}

fn failed(why: &str) -> Response {
    let page = FailedPage { why }.render().unwrap_or_default();
    (StatusCode::BAD_REQUEST, HEADERS, Html(page)).into_response()
}
