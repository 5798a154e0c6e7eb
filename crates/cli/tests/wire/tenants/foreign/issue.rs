//! Issues one artefact of each kind, as the endpoints of the tenant do.

use super::home::{Home, signed_for};
use crate::browser::{Browser, attribute, parameter};
use crate::facts::{CALLBACK, CHALLENGE, SECRET};
use crate::harness::Server;
use crate::login::{self, PASSWORD};
use crate::requests::{Answer, basic, claims, form, head, json};
use crate::tenants::Place;
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_domain::login::authentication::Authentication;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::token::token_id::TokenId;
use countersign_store_contract::fixtures;
use serde_json::Value;
use std::collections::BTreeMap;

/// Issues the artefacts of a tenant.
pub(super) async fn issue(server: &Server, place: Place) -> Home {
    let values = BTreeMap::new();
    let mut issuer = Issuer {
        server,
        place,
        values,
    };
    issuer.sign_jane_in().await;
    issuer.sign_joe_out().await;
    issuer.send_links().await;
    issuer.begin_steps().await;
    issuer.register().await;
    issuer.call_as_client().await;
    let values = issuer.values;
    let now = server.now().as_unix_seconds();
    Home { place, now, values }
}

/// A tenant, and what it has issued so far.
pub(super) struct Issuer<'a> {
    pub(super) server: &'a Server,
    pub(super) place: Place,
    pub(super) values: BTreeMap<&'static str, String>,
}

/// Returns the interaction of the current page.
pub(super) fn interaction(browser: &Browser<'_>) -> String {
    let query = browser.at.split_once('?');
    let query = query.unwrap_or_else(|| panic!("{}: {}", browser.at, browser.html()));
    parameter(query.1, "interaction").unwrap()
}

/// Returns a hidden field of the first form.
fn hidden(browser: &Browser<'_>, name: &str) -> String {
    let (_, fields) = browser.form();
    let mut fields = fields.into_iter();
    fields.find(|(own, _)| own == name).unwrap().1
}

impl<'a> Issuer<'a> {
    pub(super) fn browser(&self) -> Browser<'a> {
        self.place.browser(self.server)
    }

    /// Opens a page of the tenant.
    async fn open(&self, browser: &mut Browser<'_>, path: &str) {
        browser.open(&format!("{}{path}", self.place.root)).await;
    }

    /// Sends an authorization request of a client.
    pub(super) async fn authorize(&self, browser: &mut Browser<'_>, client: &str, prompt: &str) {
        let query = form(&[
            ("client_id", client),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid read"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("prompt", prompt),
        ]);
        self.open(browser, &format!("/oauth2/authorize?{query}"))
            .await;
    }

    /// Follows the link to a page.
    pub(super) async fn follow(&self, browser: &mut Browser<'_>, path: &str) {
        let html = browser.html();
        let start = format!("{}{path}?", self.place.root);
        let mut links = html.split("<a").filter_map(|rest| attribute(rest, "href"));
        let link = links.find(|link| link.starts_with(&start));
        browser
            .open(&link.unwrap_or_else(|| panic!("{html}")))
            .await;
    }

    /// Keeps the token of the last mailed link to a page.
    pub(super) fn keep_link(&mut self, kind: &'static str, path: &str) {
        let start = format!("{}{path}?token=", self.place.issuer());
        let mail = self.server.outside.mail();
        let texts = mail.iter().rev().map(|mail| &mail.letter.text);
        let mut lines = texts.flat_map(|text| text.lines());
        let token = lines.find_map(|line| line.trim().strip_prefix(&start));
        let token = token.unwrap_or_else(|| panic!("no mail with {start}"));
        self.values.insert(kind, token.to_owned());
    }

    async fn sign_jane_in(&mut self) {
        let place = self.place;
        let mut browser = self.browser();
        self.authorize(&mut browser, "web", "").await;
        self.values.insert("interaction", interaction(&browser));
        self.values.insert("csrf", hidden(&browser, "csrf"));
        let fields = [("email", "jane@example.com"), ("password", PASSWORD)];
        browser.submit(&fields).await;
        self.keep_link("secure_link", "/secure");
        browser.submit(&[("decision", "agree")]).await;
        let code = browser.parameter("code").unwrap();
        self.redeem(&code).await;
        self.authorize(&mut browser, "web", "").await;
        self.values
            .insert("code", browser.parameter("code").unwrap());
        for kind in ["session", "known"] {
            let cookie = browser.cookies[&place.cookie(kind)].clone();
            self.values.insert(kind, cookie);
        }
        self.authorize(&mut browser, "other", "").await;
        self.values.insert("consent", interaction(&browser));
        self.authorize(&mut browser, "web", "select_account").await;
        self.values.insert("accounts", interaction(&browser));
        self.connect_devices(&mut browser).await;
        self.open(&mut browser, "/oauth2/logout?client_id=web")
            .await;
        self.values
            .insert("logout", hidden(&browser, "interaction"));
        self.open(&mut browser, "/account/password").await;
        self.values.insert("own_csrf", hidden(&browser, "csrf"));
        self.open(&mut browser, "/account/passkey").await;
        self.values
            .insert("enrollment", hidden(&browser, "interaction"));
        self.open(&mut browser, "/account/email/change").await;
        browser.submit(&[("email", "jane@new.example")]).await;
        self.keep_link("address_link", "/account/email/confirm");
        self.open(&mut browser, "/rp/authorize?idp=corp").await;
        let location = browser.location().unwrap();
        let state = parameter(location.split_once('?').unwrap().1, "state");
        self.values.insert("state", state.unwrap());
    }

    /// Keeps the codes of a device that Jane allowed, and those of one that waits on a page for her answer.
    async fn connect_devices(&mut self, browser: &mut Browser<'_>) {
        for (kind, agrees) in [("device_code", true), ("user_code", false)] {
            let own = basic("console", SECRET);
            let request = (Method::POST, crate::devices::BEGIN);
            let body = form(&[("scope", "openid")]).into();
            let begun = self.place.send_as(self.server, request, Some(&own), body);
            let begun = begun.await.ok();
            // In lower case, every other letter of a made-up code is another one.
            let typed = begun.text("user_code").to_lowercase();
            self.open(browser, "/device").await;
            browser.submit(&[("code", &typed)]).await;
            self.values.insert("device_page", interaction(browser));
            if agrees {
                browser.submit(&[("decision", "agree")]).await;
                self.values.insert(kind, begun.text("device_code"));
            } else {
                self.values.insert(kind, typed);
            }
        }
    }

    /// Keeps the tokens of a code, and the identifiers in them.
    async fn redeem(&mut self, code: &str) {
        let tokens = self.place.redeem(self.server, code).await.ok();
        let access = tokens.text("access_token");
        let id: TokenId = claims(&access)["jti"].as_str().unwrap().parse().unwrap();
        let id_token = tokens.text("id_token");
        let session = claims(&id_token)["sid"].as_str().unwrap().to_owned();
        let kid = head(&access)["kid"].as_str().unwrap().to_owned();
        self.values.extend([
            ("access", access),
            ("refresh", tokens.text("refresh_token")),
            ("id_token", id_token),
            ("grant_id", id.root.grant().unwrap().to_string()),
            ("session_id", session),
            ("kid", kid),
        ]);
    }

    /// Keeps the link that undoes Joe's change of address, and the logout token of his sign-out.
    async fn sign_joe_out(&mut self) {
        let mut browser = self.browser();
        self.authorize(&mut browser, "web", "").await;
        let fields = [("email", "joe@example.com"), ("password", PASSWORD)];
        browser.submit(&fields).await;
        browser.submit(&[("decision", "agree")]).await;
        let code = browser.parameter("code").unwrap();
        self.place.redeem(self.server, &code).await.ok();
        self.open(&mut browser, "/account/email/change").await;
        browser.submit(&[("email", "joe@new.example")]).await;
        self.keep_link("used_link", "/account/email/confirm");
        let link = format!("/account/email/confirm?token={}", self.values["used_link"]);
        self.open(&mut browser, &link).await;
        browser.submit(&[]).await;
        self.values.remove("used_link");
        self.keep_link("undo_link", "/account/email/undo");
        let request = Request::post(format!("{}/signout", self.place.root));
        browser.send(request.body(Body::empty()).unwrap()).await;
        let (_, token) = self.server.outside.logouts().pop().unwrap();
        self.values.insert("logout_token", token);
    }

    /// Returns an access token of Jane for the admin API.
    pub(super) async fn admin_token(&self) -> String {
        let now = self.server.now();
        let resource = format!("{}/admin/v1", self.place.issuer());
        let code = self.server.code_in(self.place.id, "console", |code| {
            let authorization = &mut code.authorization;
            authorization.subject = fixtures::user_id(1).into();
            authorization.access.scope = Scope::parse("openid admin").unwrap();
            authorization.access.resources = vec![Resource::parse(&resource).unwrap()];
            authorization.authentication = Authentication::new(now, crate::admin_api::both());
        });
        let exchange = crate::requests::exchange("console", &code);
        let request = (Method::POST, "/oauth2/token");
        let body = form(&exchange).into();
        let answer = self.place.send_as(self.server, request, None, body).await;
        answer.ok().text("access_token")
    }

    /// Sends JSON with an access token.
    pub(super) async fn call(&self, path: &str, token: &str, body: &Value) -> Answer {
        let request = Request::post(format!("{}{path}", self.place.root))
            .header(header::HOST, self.place.host)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()));
        self.server.send(request.unwrap()).await
    }

    /// Begins sign-ins in JSON steps.
    async fn begin_steps(&mut self) {
        for (kind, email) in [
            ("step", "jane@example.com"),
            ("mfa_step", "mia@example.com"),
        ] {
            let begun = login::login(email);
            let request = Request::post(format!("{}{}", self.place.root, login::AUTHORIZE))
                .header(header::HOST, self.place.host)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(json(&begun)));
            let answer = self.server.send(request.unwrap()).await.ok();
            self.values.insert(kind, answer.text("next_step_auth_id"));
        }
    }

    /// Keeps an assertion of the client `signer`, a token of a client for itself, and the ID of a refused request.
    async fn call_as_client(&mut self) {
        let (place, now) = (self.place, self.server.now().as_unix_seconds());
        let assertion = signed_for(&place.issuer(), now);
        self.values.insert("assertion", assertion);
        let machine = basic(&place.only(), SECRET);
        let credentials = [("grant_type", "client_credentials"), ("scope", "read")];
        let body = form(&credentials).into();
        let request = (Method::POST, "/oauth2/token");
        let answer = place.send_as(self.server, request, Some(&machine), body);
        let token = answer.await.ok().text("access_token");
        self.values.insert("machine", token);
        let wrong = basic("web", &SECRET[1..]);
        let request = (Method::POST, "/oauth2/token");
        let body = form(&[("grant_type", "client_credentials")]).into();
        let answer = place
            .send_as(self.server, request, Some(&wrong), body)
            .await;
        let id = answer.headers["request-id"].to_str().unwrap();
        self.values.insert("request_id", id.to_owned());
    }
}
