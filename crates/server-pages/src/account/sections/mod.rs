//! Sections of the account page: profile, security, sessions and applications.

mod attributes;
pub(super) mod edit_profile;
mod identities;
mod names;
mod times;

use super::owner::Owner;
use crate::browser::{Browser, form};
use crate::pages::PageContext;
use crate::pages::views::{
    AccountOwner, ApplicationsView, Item, Notice, ProfileView, Section, SecurityView, SessionsView,
};
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::App;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::session::Session;
use countersign_domain::user::User;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;
use countersign_server_http::wire::parameters::{given, parameters};
use identities::Identities;
pub(crate) use names::browser as browser_name;
pub(crate) use times::Times;

parameters! {
    Query { done }
}

/// Facts of the profile, with the keys of their names.
const FACTS: [(&str, StandardClaim); 5] = [
    ("profile.name", StandardClaim::Name),
    ("profile.given_name", StandardClaim::GivenName),
    ("profile.family_name", StandardClaim::FamilyName),
    ("profile.locale", StandardClaim::Locale),
    ("profile.zoneinfo", StandardClaim::Zoneinfo),
];

/// Shows the profile.
pub(super) async fn profile<A: App>(owner: Owner<A>, RawQuery(query): RawQuery) -> Response {
    let section = Section::Profile;
    let (browser, user) = (&owner.browser, &owner.live.user);
    let (page, csrf) = (browser.page(), owner.csrf());
    let value = |claim| match claim {
        StandardClaim::Name => user.name.as_deref(),
        other => user.profile.text(other),
    };
    let view = ProfileView {
        page,
        form: form(section.path(), &csrf, None),
        owner: owner.shown(section, query.as_deref()),
        facts: FACTS.map(|(name, claim)| (name, value(claim))).into(),
        email_verified: user.email_verified,
        mail: browser.services.app.sign_in.mailer.is_set_up(),
    };
    let answer = page.show(StatusCode::OK, &view);
    owner.finish(section.path(), Ok(answer))
}

/// Shows passkeys, password and two-step verification.
pub(super) async fn security<A: App>(owner: Owner<A>, RawQuery(query): RawQuery) -> Response {
    let answer = security_page(&owner, query.as_deref()).await;
    owner.finish(Section::Security.path(), answer)
}

async fn security_page<A: App>(
    owner: &Owner<A>,
    query: Option<&str>,
) -> Result<Response, RequestError> {
    let section = Section::Security;
    let (browser, user) = (&owner.browser, &owner.live.user);
    let accounts = &browser.services.app.accounts;
    let (page, csrf, times) = (browser.page(), owner.csrf(), Times::of(user));
    let factors = accounts.factors(&browser.tenant, user.id).await?;
    let passkeys = factors.passkeys.iter();
    let identities = Identities::of(browser, user).await?;
    let may_enroll = browser.tenant.settings.mfa != MfaPolicy::Off;
    let view = SecurityView {
        page,
        form: form(section.path(), &csrf, None),
        owner: owner.shown(section, query),
        has_password: user.password_hash.is_some(),
        may_remove_password: accounts.may_remove_password(user, &factors),
        may_enroll,
        may_add_passkey: may_enroll && accounts.passkeys.are_possible(&browser.tenant),
        authenticator: user.sealed_totp_secret.is_some(),
        recovery_codes: factors.recovery_codes,
        passkeys: passkeys.map(|one| of_passkey(page, &times, one)).collect(),
        identities: identities.items(page, &times),
        providers: identities.providers,
        signals: signals(browser, user, &factors.passkeys),
        times: times.note(page),
    };
    Ok(page.show(StatusCode::OK, &view))
}

/// Returns the facts for password managers; `None` without passkeys.
fn signals<A: App>(browser: &Browser<A>, user: &User, passkeys: &[Passkey]) -> Option<String> {
    let tenant = &browser.tenant;
    let domain = browser.services.app.accounts.passkeys.domain(tenant)?;
    let encoded = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let ids: Vec<_> = passkeys
        .iter()
        .map(|passkey| encoded(&passkey.id))
        .collect();
    let email = user.email.as_str();
    let facts = serde_json::json!({
        "rpId": domain,
        "userId": encoded(user.id.as_bytes()),
        "allAcceptedCredentialIds": ids,
        "name": email,
        "displayName": user.name.as_deref().unwrap_or(email),
    });
    Some(facts.to_string())
}

/// Shows sessions and trusted devices.
pub(super) async fn sessions<A: App>(owner: Owner<A>, RawQuery(query): RawQuery) -> Response {
    let answer = sessions_page(&owner, query.as_deref()).await;
    owner.finish(Section::Sessions.path(), answer)
}

async fn sessions_page<A: App>(
    owner: &Owner<A>,
    query: Option<&str>,
) -> Result<Response, RequestError> {
    let section = Section::Sessions;
    let (browser, live) = (&owner.browser, &owner.live);
    let accounts = &browser.services.app.accounts;
    let (page, csrf, times) = (browser.page(), owner.csrf(), Times::of(&live.user));
    let sessions = accounts
        .live_sessions(&browser.tenant, live.user.id)
        .await?;
    let devices = accounts.live_devices(&browser.tenant, live.user.id).await?;
    let devices = devices.iter().map(|device| Item {
        value: device.id.to_string(),
        name: name_of(page, Some(&device.name)),
        current: false,
        renamable: false,
        lines: vec![times.text(page, "account.added", device.created_at)],
    });
    let of_session = |session: &Session| Item {
        value: session.id.to_string(),
        name: name_of(page, session.user_agent.as_deref()),
        current: session.id == live.session.id,
        renamable: false,
        lines: session
            .ip_address
            .clone()
            .into_iter()
            .chain(page.place_text(session.ip_address.as_deref()))
            .chain([times.text(page, "account.last_active", session.last_active_at)])
            .collect(),
    };
    let view = SessionsView {
        page,
        form: form(section.path(), &csrf, None),
        owner: owner.shown(section, query),
        sessions: sessions.iter().map(of_session).collect(),
        devices: devices.collect(),
        times: times.note(page),
    };
    Ok(page.show(StatusCode::OK, &view))
}

/// Shows the applications with access.
pub(super) async fn applications<A: App>(owner: Owner<A>, RawQuery(query): RawQuery) -> Response {
    let answer = applications_page(&owner, query.as_deref()).await;
    owner.finish(Section::Applications.path(), answer)
}

async fn applications_page<A: App>(
    owner: &Owner<A>,
    query: Option<&str>,
) -> Result<Response, RequestError> {
    let section = Section::Applications;
    let (browser, user) = (&owner.browser, &owner.live.user);
    let (page, csrf, times) = (browser.page(), owner.csrf(), Times::of(user));
    let accounts = &browser.services.app.accounts;
    let consents = accounts.consents(&browser.tenant, user.id).await?;
    let consents = consents.iter().map(|(consent, name)| Item {
        value: consent.client.to_string(),
        name: name.clone(),
        current: false,
        renamable: false,
        lines: consent
            .scope
            .tokens()
            .map(|token| page.scope(token).to_owned())
            .chain([times.text(page, "account.agreed", consent.given_at)])
            .collect(),
    });
    let view = ApplicationsView {
        page,
        form: form(section.path(), &csrf, None),
        owner: owner.shown(section, query),
        consents: consents.collect(),
        times: times.note(page),
    };
    Ok(page.show(StatusCode::OK, &view))
}

impl<A: App> Owner<A> {
    /// Returns what the frame of a section shows. The query names the last change.
    pub(super) fn shown(&self, section: Section, query: Option<&str>) -> AccountOwner<'_> {
        let query = form::parse::<Query>(query.unwrap_or_default().as_bytes()).ok();
        let done = query.and_then(|query| given(query.done));
        let notice = done.and_then(|done| Notice::ALL.into_iter().find(|(name, _)| *name == done));
        AccountOwner {
            section,
            name: self.live.user.name.as_deref(),
            email: self.live.user.email.as_str(),
            notice: notice.map(|(_, notice)| notice),
        }
    }
}

fn of_passkey(page: PageContext<'_>, times: &Times, passkey: &Passkey) -> Item {
    let used = passkey.last_used_at;
    let used = used.map(|used| times.text(page, "account.last_used", used));
    let added = times.text(page, "account.added", passkey.created_at);
    Item {
        value: Base64UrlUnpadded::encode_string(&passkey.id),
        name: passkey.name.clone(),
        current: false,
        renamable: true,
        lines: [added].into_iter().chain(used).collect(),
    }
}

fn name_of(page: PageContext<'_>, user_agent: Option<&str>) -> String {
    user_agent
        .and_then(names::browser)
        .unwrap_or_else(|| page.text("account.unknown_browser").to_owned())
}
