//! One request of a browser, and what its answer has to carry back.

use super::cookies::{self, BETWEEN, BROWSER, DEVICE, SESSION};
use super::csrf;
use super::interaction::Interaction;
use crate::Services;
use crate::pages::Page;
use crate::pages::views::Form;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::{App, BrowserSessions, LiveSession, Origin};
use countersign_domain::identifier::DeviceId;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_server_http::wire::body::{self, Accepts};
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::{given, parameters};
use countersign_server_http::wire::{ClientAddress, Tenants as _};
use std::net::IpAddr;
use std::sync::Arc;

parameters! {
    /// The fields of all our forms.
    Fields {
        csrf,
        interaction,
        email,
        password,
        code,
        remember,
        credential,
        account,
        decision,
        item,
        name,
        new_password,
    }
}

/// One request of a browser.
pub(crate) struct Visit<A: App> {
    pub(crate) services: Arc<Services<A>>,
    /// The tenant that it is for.
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) headers: HeaderMap,
    /// Names the browser. Whatever is sealed for it is of no use in another.
    browser: String,
    pub(crate) address: Option<IpAddr>,
    /// The sessions that it has.
    pub(crate) sessions: BrowserSessions,
    /// The parameter of the authorization request that it is here for.
    pub(crate) ui_locales: Option<String>,
    /// `client_id` of the authorization request that it is here for, for the log.
    pub(crate) client_id: Option<String>,
    set: Vec<HeaderValue>,
}

impl<A: App> FromRequestParts<Arc<Services<A>>> for Visit<A> {
    type Rejection = Response;

    async fn from_request_parts(
        head: &mut Parts,
        services: &Arc<Services<A>>,
    ) -> Result<Self, Response> {
        let mut visit = Self {
            services: services.clone(),
            tenant: services.tenant(head).clone(),
            headers: head.headers.clone(),
            browser: String::new(),
            address: ClientAddress::of(&head.extensions),
            sessions: BrowserSessions::default(),
            ui_locales: None,
            client_id: None,
            set: Vec::new(),
        };
        visit.recognize_browser();
        let tokens = SESSION
            .read(&head.headers, visit.is_secure())
            .unwrap_or_default()
            .split(BETWEEN)
            .filter(|token| !token.is_empty());
        match services.app.sessions.find(&visit.tenant, tokens).await {
            Ok(sessions) => {
                visit.sessions = sessions;
                Ok(visit)
            }
            Err(failure) => Err(visit.finish("browser", Err(failure.into()))),
        }
    }
}

impl<A: App> Visit<A> {
    pub(crate) fn issuer(&self) -> &str {
        &self.tenant.issuer
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.issuer().starts_with("https://")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.services.app.authorizations.clock.now()
    }

    /// An empty page in the language of whoever is here.
    pub(crate) fn page(&self) -> Page<'_> {
        self.services
            .pages
            .page(&self.headers, self.ui_locales.as_deref())
    }

    /// The hidden fields of a form. `csrf` comes from [`Visit::csrf`].
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

    pub(crate) fn csrf(&self) -> String {
        csrf::seal(&*self.services.envelopes, self.tenant.id, &self.browser)
    }

    /// Where a login comes from, for its owner to recognize.
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

    /// The session that an interaction is about, if this browser still has it.
    pub(crate) fn live(&self, interaction: &Interaction) -> Option<&LiveSession> {
        let session = interaction.progress().session?;
        self.sessions.find(session)
    }

    /// Seals an interaction for this browser.
    pub(crate) fn seal(&self, interaction: &Interaction) -> String {
        let content = serde_json::to_vec(interaction).unwrap_or_default();
        self.services
            .envelopes
            .seal(self.tenant.id, &self.context("interaction"), &content)
    }

    /// The interaction in a query or a form.
    pub(crate) fn open(&self, sealed: Option<&str>) -> Result<Interaction, Unserved> {
        let opened = sealed.and_then(|text| {
            let context = self.context("interaction");
            let envelopes = &self.services.envelopes;
            let opened = envelopes.open(self.tenant.id, &context, text)?;
            serde_json::from_slice::<Interaction>(&opened).ok()
        });
        let lifetime = self.tenant.settings.lifetimes.login;
        Ok(opened
            .ok_or(Malformed::InteractionUnknown)?
            .unless_too_old(lifetime, self.now()))
    }

    /// The fields of a form, if it is one of ours.
    pub(crate) async fn fields(&self, request: Request) -> Result<Fields, Unserved> {
        let (head, body) = request.into_parts();
        if !csrf::is_from_here(&head.headers, self.issuer()) {
            return Err(Malformed::FormOfAnotherSite.into());
        }
        let fields: Fields = body::read(&head.headers, body, Accepts::Form).await?;
        let envelopes = &*self.services.envelopes;
        let ours = given(fields.csrf.clone())
            .is_some_and(|field| csrf::is_ours(envelopes, self.tenant.id, &self.browser, &field));
        if ours {
            Ok(fields)
        } else {
            Err(Malformed::FormOfAnotherBrowser.into())
        }
    }

    /// The devices that this browser says it is.
    pub(crate) fn devices(&self) -> Vec<DeviceId> {
        DEVICE
            .read(&self.headers, self.is_secure())
            .and_then(|text| {
                let context = self.context("devices");
                let envelopes = &self.services.envelopes;
                envelopes.open(self.tenant.id, &context, text)
            })
            .map(|content| {
                let ids = content.chunks_exact(16);
                ids.filter_map(|id| id.try_into().ok().map(DeviceId::from_bytes))
                    .collect()
            })
            .unwrap_or_default()
    }

    /// Tells the browser that it is this device too. As many as it can have accounts are enough.
    pub(crate) fn remember(&mut self, device: DeviceId) {
        let mut devices = self.devices();
        devices.insert(0, device);
        devices.truncate(BrowserSessions::MOST);
        let ids: Vec<u8> = devices.iter().flat_map(|id| *id.as_bytes()).collect();
        let context = self.context("devices");
        let sealed = self.services.envelopes.seal(self.tenant.id, &context, &ids);
        let lifetime = self.tenant.settings.lifetimes.device;
        self.set
            .extend(DEVICE.write(&sealed, lifetime, self.is_secure()));
    }

    /// The answer, with the cookies that go with it.
    pub(crate) fn finish(
        mut self,
        endpoint: &'static str,
        answer: Result<Response, Unserved>,
    ) -> Response {
        let mut response = match answer {
            Ok(response) => response,
            Err(unserved) => self.trouble(&unserved, endpoint, None),
        };
        if self.sessions.changed {
            let tokens: Vec<&str> = self
                .sessions
                .live
                .iter()
                .map(|live| live.token.0.as_str())
                .collect();
            let ends = self.sessions.live.iter();
            let ends = ends.map(|live| live.session.expires_at).max();
            let lifetime = ends.map_or_else(Default::default, |ends| ends.since(self.now()));
            self.set
                .extend(SESSION.write_joined(&tokens, lifetime, self.is_secure()));
        }
        for cookie in self.set {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Takes the name of the browser from its cookie, or gives it one.
    fn recognize_browser(&mut self) {
        let secure = self.is_secure();
        let known = BROWSER.read(&self.headers, secure).filter(|name| {
            Base64UrlUnpadded::decode(name, &mut [0; 16]).is_ok_and(|id| id.len() == 16)
        });
        if let Some(name) = known {
            name.clone_into(&mut self.browser);
            return;
        }
        let mut name = [0; 16];
        self.services.app.authorizations.entropy.fill(&mut name);
        self.browser = Base64UrlUnpadded::encode_string(&name);
        self.set
            .extend(BROWSER.write(&self.browser, cookies::FOR_GOOD, secure));
    }

    pub(crate) fn context(&self, purpose: &str) -> String {
        format!("{purpose}:{}", self.browser)
    }
}

/// Nothing of a visit is for a log.
impl<A: App> std::fmt::Debug for Visit<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visit(..)")
    }
}
