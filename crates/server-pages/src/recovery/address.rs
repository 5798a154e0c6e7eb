//! `/account/email/confirm` and `/account/email/undo`: pages of the links that change the email address and that restore
//! it. Opening them changes nothing, because mail scanners open links. They need no session.

use super::link::starting;
use super::proof::{is_void, token_in, void};
use super::request::send;
use crate::browser::{Browser, form};
use crate::pages::views::ConfirmAddressView;
use crate::paths::{ACCOUNT, CHANGE_EMAIL, CONFIRM_ADDRESS, RECOVER, UNDO_ADDRESS};
use crate::redirect::see_other;
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure, FoundLink};
use countersign_domain::secret::Secret;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::given;

/// Shows the button that changes the address.
pub(super) async fn confirm<A: App>(browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = show(&browser, query.as_deref(), false).await;
    browser.finish(CONFIRM_ADDRESS, answer)
}

/// Changes the address.
pub(super) async fn change<A: App>(browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let token = token(&browser, request).await?;
        let accounts = &browser.services.app.accounts;
        let tenant = &browser.tenant;
        let changed = async {
            let found = accounts.address_link(tenant, &token).await?;
            let (compose, origin) = (browser.composer(), browser.origin());
            accounts
                .change_address(tenant, &found, &origin, &compose)
                .await
        };
        match changed.await {
            Ok(()) => Ok(see_other(&format!("{ACCOUNT}?done=address"))),
            Err(failure) => dead(&browser, failure, CHANGE_EMAIL),
        }
    };
    let answer = answer.await;
    browser.finish(CONFIRM_ADDRESS, answer)
}

/// Shows the button that restores the former address.
pub(super) async fn ask_to_undo<A: App>(
    browser: Browser<A>,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = show(&browser, query.as_deref(), true).await;
    browser.finish(UNDO_ADDRESS, answer)
}

/// Restores the former address, ends all sessions, and starts the recovery with a mail to that address.
pub(super) async fn undo<A: App>(browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let token = token(&browser, request).await?;
        let app = &browser.services.app;
        let undone = async {
            let found = app.accounts.address_undo_link(&browser.tenant, &token);
            let found = found.await?;
            let undone = app
                .accounts
                .undo_address(&browser.tenant, &app.sessions, &found);
            undone.await.map(|()| found)
        };
        match undone.await {
            Ok(found) => send(&browser, starting(&browser), &found.link.email).await,
            Err(failure) => dead(&browser, failure, RECOVER),
        }
    };
    let answer = answer.await;
    browser.finish(UNDO_ADDRESS, answer)
}

async fn show<A: App>(
    browser: &Browser<A>,
    query: Option<&str>,
    undoes: bool,
) -> Result<Response, RequestError> {
    let token = token_in(query)?;
    let (accounts, tenant) = (&browser.services.app.accounts, &browser.tenant);
    let (action, again) = if undoes {
        (UNDO_ADDRESS, RECOVER)
    } else {
        (CONFIRM_ADDRESS, CHANGE_EMAIL)
    };
    let found: Result<FoundLink, Failure> = if undoes {
        accounts.address_undo_link(tenant, &token).await
    } else {
        accounts.address_link(tenant, &token).await
    };
    let found = match found {
        Ok(found) => found,
        Err(failure) => return dead(browser, failure, again),
    };
    let csrf = browser.seals.csrf();
    let view = ConfirmAddressView {
        page: browser.page(),
        form: form(action, &csrf, None),
        undoes,
        email: &found.link.email,
        token: token.expose_secret(),
    };
    Ok(browser.page().show(StatusCode::OK, &view))
}

async fn token<A: App>(browser: &Browser<A>, request: Request) -> Result<Secret, RequestError> {
    let fields = browser.fields(request).await?;
    Ok(Secret::new(given(fields.token).unwrap_or_default()))
}

/// Shows the page of a void link, which offers a new one at `again`, or returns another failure.
fn dead<A: App>(
    browser: &Browser<A>,
    failure: Failure,
    again: &str,
) -> Result<Response, RequestError> {
    if is_void(&failure) {
        Ok(void(browser, &starting(browser), again))
    } else {
        Err(failure.into())
    }
}
