//! `countersign login` and `countersign logout`: an authorization request in the operator's browser that ends at a
//! loopback address (RFC 8252 section 7.3).

use super::credentials::{Login, Logins};
use super::remote::Issuer;
use super::values::encoded;
use crate::command_error::{CommandError, Exit};
use crate::commands::setup::now;
use crate::output;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use axum::routing::get;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use clap::Args;
use countersign_adapters_system::SystemEntropy;
use countersign_application::admin::random_secret;
use countersign_domain::login::authentication::Acr;
use countersign_domain::secret::Secret;
use countersign_ports::names::ACR_NAMES;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Time for the operator to sign in.
const PATIENCE: Duration = Duration::from_secs(600);

/// Server to sign in at.
#[derive(Args, Debug)]
pub(crate) struct LoginArgs {
    /// Issuer URL of the server
    #[arg(value_name = "URL")]
    server: String,
    /// Public client that operators sign in with
    #[arg(long, value_name = "CLIENT_ID", default_value = "countersign-cli")]
    client_id: String,
    /// Scope: the permissions of the token; `admin` stands for all permissions of your admin roles
    #[arg(long, default_value = "openid admin")]
    scope: String,
}

/// Server to sign out at.
#[derive(Args, Debug)]
pub(crate) struct LogoutArgs {
    /// Issuer URL of the server
    #[arg(value_name = "URL")]
    server: String,
}

type Parameters = BTreeMap<String, String>;

impl LoginArgs {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let issuer = Issuer::parse(&self.server)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let redirect_uri = format!("http://{}/callback", listener.local_addr()?);
        let entropy = SystemEntropy::new();
        let [state, verifier] = [(); 2].map(|()| random_secret(&entropy));
        let address = self.address(&issuer, &redirect_uri, &state, &verifier);
        output::print(&format!(
            "Open this address in a browser and sign in:\n\n  {address}\n\n"
        ))?;
        let returned = returned(listener, state.expose_secret(), &issuer.url);
        let Ok(code) = timeout(PATIENCE, returned).await else {
            return Err(CommandError::usage(
                "The sign-in took more than ten minutes. Run the command again.",
            ));
        };
        let tokens = issuer
            .tokens(&[
                ("grant_type", "authorization_code"),
                ("client_id", &self.client_id),
                ("code", code?.expose_secret()),
                ("redirect_uri", &redirect_uri),
                ("code_verifier", verifier.expose_secret()),
                ("resource", &issuer.admin_api()),
            ])
            .await?;
        let login = Login::new(&self.client_id, tokens, None, now());
        Logins::read()?.keep(&issuer.url, login)?;
        output::print(&format!("Signed in at {}.\n", issuer.url))
    }

    /// Returns the address of the authorization request. It asks for a recent second factor, which sensitive commands
    /// need. A user without a second factor can sign in too (OpenID Connect Core section 5.5.1.1).
    fn address(
        &self,
        issuer: &Issuer,
        redirect_uri: &str,
        state: &Secret,
        verifier: &Secret,
    ) -> String {
        let challenge = Sha256::digest(verifier.expose_secret());
        let challenge = Base64UrlUnpadded::encode_string(&challenge);
        let acr = ACR_NAMES.name_of(Acr::TWO_FACTORS).unwrap_or_default();
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", &self.scope),
            ("state", state.expose_secret()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", &issuer.admin_api()),
            ("acr_values", acr),
            ("max_age", "600"),
        ];
        let pairs = parameters.map(|(name, value)| format!("{name}={}", encoded(value)));
        format!("{}/oauth2/authorize?{}", issuer.url, pairs.join("&"))
    }
}

impl LogoutArgs {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let issuer = Issuer::parse(&self.server)?;
        let mut logins = Logins::read()?;
        let Some(login) = logins.at(&issuer.url) else {
            return output::print(&format!("You were not signed in at {}.\n", issuer.url));
        };
        // Keep the tokens until they are revoked, so that the command can run again after an outage. A server that
        // refuses them has revoked them already.
        if let Some(token) = login.refresh_token()
            && let Err(error) = issuer.revoke(&login.client_id, &token).await
            && error.exit != Exit::Usage
        {
            return Err(error);
        }
        logins.remove(&issuer.url)?;
        output::print(&format!("Signed out at {}.\n", issuer.url))
    }
}

/// Waits until the browser returns with the code of this request. Ignores other requests: any page can send them.
async fn returned(
    listener: TcpListener,
    state: &str,
    issuer: &str,
) -> Result<Secret, CommandError> {
    let (sender, mut receiver) = mpsc::channel(1);
    let router = Router::new()
        .route("/callback", get(callback))
        .with_state(sender);
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut outcome = Err(CommandError::usage("The browser did not return."));
    while let Some((parameters, page)) = receiver.recv().await {
        let parameters: Parameters = parameters;
        let text = |name: &str| parameters.get(name).map_or("", String::as_str);
        // RFC 9207: another server may have sent the browser.
        if text("state") != state || text("iss") != issuer {
            let _ = page.send("This is not the sign-in that the command waits for.");
            continue;
        }
        outcome = match parameters.get("code") {
            Some(code) => Ok(Secret::new(code)),
            None => Err(CommandError::usage(format!(
                "The server did not sign you in ({}): {}.",
                text("error"),
                text("error_description")
            ))),
        };
        let _ = page.send(if outcome.is_ok() {
            "You are signed in. You can close this page."
        } else {
            "You are not signed in. The terminal shows the reason."
        });
        break;
    }
    // Lets the page reach the browser.
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.abort();
    outcome
}

type Page = tokio::sync::oneshot::Sender<&'static str>;

async fn callback(
    State(sender): State<mpsc::Sender<(Parameters, Page)>>,
    RawQuery(query): RawQuery,
) -> Html<String> {
    let query = query.unwrap_or_default();
    let parameters = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let (page, shown) = tokio::sync::oneshot::channel();
    let _ = sender.send((parameters, page)).await;
    let text = shown.await.unwrap_or("The command has ended.");
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Countersign</title><p>{text}</p></html>"
    ))
}
