//! Browser request: its cookies, its sessions, and the response.

use super::cookies::{self, BROWSER, Jar, SESSION};
use super::fields::{Fields, SentForm};
use super::seals::Seals;
use super::{csrf, error_page, language, session_cookie};
use crate::pages::views::Form;
use crate::pages::{PageContext, Pages};
use crate::redirect::see_other;
use crate::services::Services;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::{App, BrowserSessions, CurrentRequest, DeviceQuestion, Origin};
use countersign_domain::login::interaction::Interaction;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_server_http::wire::body::{self, Accepts};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::given;
use countersign_server_http::wire::{ClientAddress, Tenants as _};
use std::net::IpAddr;
use std::sync::Arc;

/// Browser request.
pub(crate) struct Browser<A: App> {
    pub(crate) services: Arc<Services<A>>,
    pub(crate) tenant: Arc<Tenant>,
    /// Pages of the tenant.
    pub(crate) pages: Arc<Pages>,
    pub(crate) headers: HeaderMap,
    /// Path and query of the page, if a link can show it again.
    here: Option<String>,
    /// Seals values for this browser only.
    pub(crate) seals: Seals,
    pub(crate) address: Option<IpAddr>,
    /// Sessions of the browser.
    pub(crate) sessions: BrowserSessions,
    /// `ui_locales` of the authorization request, for the language of the page.
    pub(crate) ui_locales: Option<String>,
    /// `client_id` of the authorization request, or of the request of a device, for the log.
    pub(crate) client_id: Option<String>,
    /// Request of a device that the interaction is about.
    pub(crate) device: Option<DeviceQuestion>,
    /// Whether a script reported that the device can create passkeys, and the user wants to be asked.
    pub(super) takes_passkeys: bool,
    /// Cookies that the response sets.
    pub(super) set: Vec<HeaderValue>,
}

impl<A: App> FromRequestParts<Arc<Services<A>>> for Browser<A> {
    type Rejection = Response;

    async fn from_request_parts(
        head: &mut Parts,
        services: &Arc<Services<A>>,
    ) -> Result<Self, Response> {
        let tenant = services.tenant(head);
        let mut browser = Self {
            services: services.clone(),
            seals: Seals {
                envelopes: services.envelopes.clone(),
                known_devices: services.known_devices.clone(),
                tenant: tenant.id,
                browser: String::new(),
            },
            pages: services.pages.of(&tenant),
            tenant,
            headers: head.headers.clone(),
            here: language::here(&head.method, &head.uri),
            address: ClientAddress::of(&head.extensions),
            sessions: BrowserSessions::default(),
            ui_locales: None,
            client_id: None,
            device: None,
            takes_passkeys: false,
            set: Vec::new(),
        };
        browser.recognize();
        let cookie = SESSION.read(&head.headers, browser.jar());
        let credentials = session_cookie::read(cookie.unwrap_or_default());
        match services
            .app
            .sessions
            .find(&browser.tenant, credentials)
            .await
        {
            Ok(sessions) => {
                if let Some(live) = sessions.current() {
                    CurrentRequest::note_user(live.user.id);
                }
                browser.sessions = sessions;
                Ok(browser)
            }
            Err(failure) => Err(browser.finish("browser", Err(failure.into()))),
        }
    }
}

impl<A: App> Browser<A> {
    pub(crate) fn issuer(&self) -> &str {
        &self.tenant.issuer
    }

    /// Returns the cookies of the tenant.
    pub(crate) fn jar(&self) -> Jar<'_> {
        Jar::of(&self.tenant)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.services.app.authorizations.clock.now()
    }

    /// Returns the context of a page, in the language of the browser.
    pub(crate) fn page(&self) -> PageContext<'_> {
        let ui_locales = self.ui_locales.as_deref();
        language::page(&self.pages, &self.headers, &self.tenant, ui_locales)
            .at(self.here.as_deref())
    }

    /// Sets a cookie with the response.
    pub(crate) fn set_cookie(&mut self, cookie: Option<HeaderValue>) {
        self.set.extend(cookie);
    }

    /// Returns the origin of a sign-in, shown to the user on the account page.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            ip_address: self.address.map(|address| address.to_string()),
            user_agent: self.user_agent(),
        }
    }

    pub(crate) fn user_agent(&self) -> Option<String> {
        let value = self.headers.get(header::USER_AGENT)?.to_str().ok()?;
        Some(value.chars().take(200).collect())
    }

    /// Redirects to a page of an interaction.
    pub(crate) fn lead_to(&self, path: &str, interaction: &Interaction) -> Response {
        see_other(&self.seals.link(path, interaction))
    }

    /// Reads the fields of a form of this server.
    pub(crate) async fn fields(&self, request: Request) -> Result<Fields, RequestError> {
        Ok(self.sent(request).await?.fields)
    }

    /// Reads a form of this server, which may have fields for attributes.
    pub(crate) async fn sent(&self, request: Request) -> Result<SentForm, RequestError> {
        let (head, body) = request.into_parts();
        if !csrf::is_from_here(&head.headers, self.issuer()) {
            return Err(Malformed::FormOfAnotherSite.into());
        }
        let sent: SentForm = body::read(&head.headers, body, Accepts::Form).await?;
        let csrf = given(sent.fields.csrf.clone());
        if csrf.is_some_and(|field| self.seals.is_csrf(&field)) {
            Ok(sent)
        } else {
            Err(Malformed::FormOfAnotherBrowser.into())
        }
    }

    /// Returns the response with its cookies. An error becomes an error page.
    pub(crate) fn finish(
        mut self,
        endpoint: &'static str,
        answer: Result<Response, RequestError>,
    ) -> Response {
        let mut response = answer.unwrap_or_else(|error| {
            let answer = error.answer(endpoint, self.client_id.as_deref(), false);
            error_page::show(self.page(), &error, &answer)
        });
        if self.sessions.changed {
            let live = self.sessions.live.iter();
            let values: Vec<String> = live
                .map(|live| session_cookie::write(&live.credential))
                .collect();
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let ends = self.sessions.live.iter();
            let ends = ends.map(|live| live.session.expires_at).max();
            let lifetime = ends.map_or_else(Default::default, |ends| ends.since(self.now()));
            self.set
                .extend(SESSION.write_joined(&values, lifetime, self.jar()));
        }
        for cookie in self.set {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Reads the browser ID from its cookie, or sets a new cookie.
    fn recognize(&mut self) {
        let jar = Jar::of(&self.tenant);
        let known = BROWSER.read(&self.headers, jar).filter(|name| {
            Base64UrlUnpadded::decode(name, &mut [0; 16]).is_ok_and(|id| id.len() == 16)
        });
        if let Some(name) = known {
            name.clone_into(&mut self.seals.browser);
            return;
        }
        let mut name = [0; 16];
        self.services.app.authorizations.entropy.fill(&mut name);
        let name = Base64UrlUnpadded::encode_string(&name);
        self.set
            .extend(BROWSER.write(&name, cookies::BROWSER_LIFETIME, jar));
        self.seals.browser = name;
    }
}

/// Returns the action and the hidden fields of a form.
pub(crate) const fn form<'a>(
    action: &'a str,
    csrf: &'a str,
    interaction: Option<&'a str>,
) -> Form<'a> {
    Form {
        action,
        csrf,
        interaction,
    }
}

/// Omits cookies and headers.
impl<A: App> std::fmt::Debug for Browser<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Browser(..)")
    }
}
