//! `/account`: the overview.

use super::names;
use super::owner::Owner;
use crate::browser::form;
use crate::pages::PageContext;
use crate::pages::views::{AccountView, Item, Notice};
use crate::paths::ACCOUNT;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::{App, LiveSession, Overview};
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::session::Session;
use countersign_server_http::wire::date::to_the_minute;
use countersign_server_http::wire::form;
use countersign_server_http::wire::parameters::{given, parameters};

parameters! {
    Query { done }
}

/// Shows the account page.
pub(super) async fn show<A: App>(owner: Owner<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let query: Query = form::parse(query.unwrap_or_default().as_bytes())?;
        let done = given(query.done);
        let notice = done.and_then(|done| Notice::ALL.into_iter().find(|(name, _)| *name == done));
        let accounts = &owner.browser.services.app.accounts;
        let overview = accounts
            .overview(&owner.browser.tenant, &owner.live.user)
            .await?;
        Ok(page(&owner, &overview, notice.map(|(_, notice)| notice)))
    };
    let answer = answer.await;
    owner.finish(ACCOUNT, answer)
}

fn page<A: App>(owner: &Owner<A>, overview: &Overview, notice: Option<Notice>) -> Response {
    let Owner {
        browser,
        live: owner,
        ..
    } = owner;
    let (page, csrf) = (browser.page(), browser.seals.csrf());
    let item = |value: String, name: &str, time, details| Item {
        value,
        name: name.to_owned(),
        current: false,
        time: to_the_minute(time),
        details,
    };
    let passkeys = overview.passkeys.iter().map(|passkey| {
        let id = Base64UrlUnpadded::encode_string(&passkey.id);
        item(id, &passkey.name, passkey.created_at, Vec::new())
    });
    let devices = overview.devices.iter().map(|device| {
        let name = name_of(page, Some(&device.name));
        item(device.id.to_string(), &name, device.created_at, Vec::new())
    });
    let consents = overview.consents.iter().map(|(consent, name)| {
        let scope = consent.scope.tokens().collect();
        item(consent.client.to_string(), name, consent.given_at, scope)
    });
    let sessions = overview
        .sessions
        .iter()
        .map(|session| of_session(page, session, owner));
    let may_enroll = browser.tenant.settings.mfa != MfaPolicy::Off;
    let view = AccountView {
        page,
        form: form(ACCOUNT, &csrf, None),
        notice,
        email: owner.user.email.as_str(),
        email_verified: owner.user.email_verified,
        mail: browser.services.app.sign_in.mailer.is_set_up(),
        name: owner.user.name.as_deref(),
        has_password: owner.user.password_hash.is_some(),
        may_enroll,
        may_add_passkey: may_enroll
            && browser
                .services
                .app
                .accounts
                .passkeys
                .are_possible(&browser.tenant),
        authenticator: owner.user.sealed_totp_secret.is_some(),
        recovery_codes: overview.recovery_codes,
        passkeys: passkeys.collect(),
        sessions: sessions.collect(),
        devices: devices.collect(),
        consents: consents.collect(),
    };
    page.show(StatusCode::OK, &view)
}

fn of_session<'a>(page: PageContext<'_>, session: &'a Session, owner: &LiveSession) -> Item<'a> {
    Item {
        value: session.id.to_string(),
        name: name_of(page, session.user_agent.as_deref()),
        current: session.id == owner.session.id,
        time: to_the_minute(session.last_active_at),
        details: session.ip_address.as_deref().into_iter().collect(),
    }
}

fn name_of(page: PageContext<'_>, user_agent: Option<&str>) -> String {
    user_agent
        .and_then(names::browser)
        .unwrap_or_else(|| page.text("account.unknown_browser").to_owned())
}
