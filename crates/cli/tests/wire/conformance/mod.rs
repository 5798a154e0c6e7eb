//! Tests for the requirements of the OpenID conformance suite. Each test is named after its module, and
//! `docs/conformance.md` lists them. Like the suite, they run once with query responses (Basic OP) and once with form
//! responses (Form Post OP).

mod basic;
mod claims;
mod codes;
mod discovery;
mod logout;
mod requests;

use crate::browser::{Browser, HERE};
use crate::facts::{CALLBACK, FORM};
use crate::harness::Server;
use crate::login::start;
use crate::requests::{Answer, basic, claims, form, head};
use axum::body::Body;
use axum::http::{Request, header};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, PkcePolicy, PkceRequirement};
use countersign_domain::scope::Scope;
use countersign_domain::user::profile::{Address, Profile};
use countersign_store_contract::fixtures;
use serde_json::Value;

/// Response modes of the suite: the default and `form_post`.
const MODES: [Option<&str>; 2] = [None, Some("form_post")];
const EMAIL: &str = "jane@example.com";
const USERINFO: &str = "/oauth2/userinfo";
const BYE: &str = "https://app.example/bye";
/// Secret of [`fixtures::client`], form-encoded for HTTP Basic.
const ENCODED_SECRET: &str = "correct+horse+battery+staple";
const FORM_TYPE: (header::HeaderName, &str) =
    (header::CONTENT_TYPE, "application/x-www-form-urlencoded");

/// Default request of the suite, without PKCE.
const REQUEST: [(&str, &str); 6] = [
    ("client_id", "suite"),
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
    ("scope", "openid"),
    ("state", "SC`eb2$LzG{}|^~#'\"<>"),
    ("nonce", "n-0S6_WzA2Mj"),
];

/// Returns a server with the two clients of the suite, and a user with all claims.
async fn served() -> Server {
    let server = start().await;
    for id in ["suite", "second"] {
        let uri = |text: &str| RedirectUri::parse(text).unwrap();
        let client = Client {
            scope: Scope::parse("openid profile email address phone offline_access").unwrap(),
            pkce: PkcePolicy {
                required: PkceRequirement::Never,
                ..PkcePolicy::STRICT
            },
            openid: OpenIdRegistration {
                post_logout_redirect_uris: vec![uri(BYE)],
                backchannel_logout_uri: Some(uri("https://app.example/backchannel_logout")),
                ..OpenIdRegistration::default()
            },
            ..fixtures::client(id)
        };
        server.register(&client).await;
    }
    server
        .change_user(fixtures::user_id(1), |jane| {
            for claim in StandardClaim::ALL.iter().filter(|c| Profile::is_text(**c)) {
                let text = match claim {
                    StandardClaim::Birthdate => "1970-01-31",
                    _ => "text",
                };
                jane.profile.set_text(*claim, Some(text.to_owned()));
            }
            jane.profile.updated_at = Some(fixtures::NOW);
            jane.profile.address = Some(Address {
                formatted: Some("1 Main Street\nBonn".to_owned()),
                ..Address::default()
            });
        })
        .await;
    server
}

/// The suite: a client with a browser.
struct Suite<'a> {
    browser: Browser<'a>,
    mode: Option<&'static str>,
    client: &'static str,
    /// Parameters of the last request.
    request: Vec<(String, String)>,
}

/// Tokens of a code exchange.
struct Tokens {
    access_token: String,
    refresh_token: String,
    id_token: String,
    /// Claims of the ID token.
    claims: Value,
}

impl<'a> Suite<'a> {
    fn new(server: &'a Server, mode: Option<&'static str>) -> Self {
        Self {
            browser: Browser::new(server),
            mode,
            client: "suite",
            request: Vec::new(),
        }
    }

    /// Sends the browser to the server with the default parameters, overridden by `more`.
    async fn authorize(&mut self, more: &[(&str, &str)]) {
        let mut request: Vec<_> = REQUEST
            .into_iter()
            .filter(|(name, _)| more.iter().all(|(own, _)| own != name))
            .collect();
        request.extend_from_slice(more);
        self.send(&request).await;
    }

    /// Sends the browser to the server with these parameters.
    async fn send(&mut self, request: &[(&str, &str)]) {
        let parameters = self.parameters(request);
        self.browser.authorize(&parameters).await;
    }

    /// Returns these parameters with the response mode, and records them.
    fn parameters<'b>(&mut self, request: &[(&'b str, &'b str)]) -> Vec<(&'b str, &'b str)> {
        let mode = self.mode.map(|mode| ("response_mode", mode));
        let all: Vec<(&str, &str)> = request.iter().copied().chain(mode).collect();
        self.request = all
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        all
    }

    /// Signs the user in and consents, if the server shows these pages.
    async fn go_through_pages(&mut self) {
        if self.browser.path() == "/login" {
            self.browser.log_in(EMAIL).await;
        }
        if self.browser.path() == "/consent" {
            self.browser.submit(&[("decision", "agree")]).await;
        }
    }

    /// Sends a request, signs the user in, and redeems the code.
    async fn log_in(&mut self, more: &[(&str, &str)]) -> Tokens {
        self.authorize(more).await;
        self.go_through_pages().await;
        self.tokens().await
    }

    /// Returns a parameter of the response, in the requested response mode.
    fn answer(&self, name: &str) -> Option<String> {
        if self.mode.is_none() {
            return self.browser.parameter(name);
        }
        let (action, fields) = self.browser.form();
        assert_eq!(
            (self.browser.status().as_u16(), action.as_str()),
            (200, CALLBACK)
        );
        let field = fields.into_iter().find(|(own, _)| own == name);
        field.map(|(_, value)| value)
    }

    /// Returns the request parameter with this name.
    fn sent(&self, name: &str) -> Option<String> {
        let field = self.request.iter().find(|(own, _)| own == name);
        field.map(|(_, value)| value.clone())
    }

    /// Returns the code of the response, after a check of `iss` and `state`.
    fn code(&self) -> String {
        let code = self.answer("code");
        let code = code.unwrap_or_else(|| panic!("{:?}", self.answer("error_description")));
        assert_eq!(self.answer("state"), self.sent("state"));
        assert_eq!(self.answer("iss").as_deref(), Some(HERE));
        code
    }

    /// Returns the error of the response, which must not have a code.
    fn error(&self) -> String {
        assert_eq!(self.answer("code"), None);
        assert_eq!(self.answer("state"), self.sent("state"));
        assert_eq!(self.answer("iss").as_deref(), Some(HERE));
        self.answer("error").unwrap()
    }

    /// Sends a request to the token endpoint, with HTTP Basic.
    async fn ask(&self, parameters: &[(&str, &str)]) -> Answer {
        let credentials = basic(self.client, ENCODED_SECRET);
        let headers = [(header::AUTHORIZATION, credentials.as_str()), FORM_TYPE];
        let server = self.browser.server;
        server.post(FORM, &headers, form(parameters)).await
    }

    async fn redeem(&self, code: &str) -> Answer {
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ];
        self.ask(&parameters).await
    }

    async fn tokens(&self) -> Tokens {
        let answer = self.redeem(&self.code()).await.ok();
        self.judge(&answer).await
    }

    /// Checks the token response as every module does (OpenID Connect Core sections 3.1.3.3 and 3.1.3.7).
    async fn judge(&self, answer: &Answer) -> Tokens {
        assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
        assert_eq!(answer.text("token_type"), "Bearer");
        assert!(answer.json()["expires_in"].as_u64().unwrap() > 0);
        let id_token = answer.text("id_token");
        self.browser.server.assert_signed(&id_token).await;
        assert_eq!(head(&id_token)["alg"], "RS256");
        let claims = claims(&id_token);
        assert_eq!(claims["iss"], HERE);
        assert_eq!(claims["aud"], self.client);
        assert_eq!(claims["nonce"].as_str(), self.sent("nonce").as_deref());
        let now = self.browser.server.now().as_unix_seconds();
        assert_eq!(claims["iat"], now);
        assert!(claims["exp"].as_u64().unwrap() > now);
        assert!(claims["sub"].as_str().is_some_and(|sub| sub.len() <= 255));
        assert!(claims["at_hash"].is_string());
        Tokens {
            access_token: answer.text("access_token"),
            refresh_token: answer.text("refresh_token"),
            id_token,
            claims,
        }
    }

    /// Requests the claims with the token in the header.
    async fn userinfo(&self, tokens: &Tokens) -> Answer {
        let request = Request::get(USERINFO)
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", tokens.access_token),
            )
            .body(Body::empty())
            .unwrap();
        self.browser.server.send(request).await
    }
}
