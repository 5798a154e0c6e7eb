//! `/secure`: page of the link "This wasn't me" in a security notice.

use super::link::starting;
use super::proof::{is_void, token_in, void};
use super::request::send;
use crate::browser::{Browser, form};
use crate::pages::views::{LinkAction, LinkView};
use crate::paths::{RECOVER, SECURE};
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::parameters::given;

/// Shows the button that secures the account.
pub(super) async fn show<A: App>(browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let token = token_in(query.as_deref())?;
        let accounts = &browser.services.app.accounts;
        match accounts.secure_link(&browser.tenant, &token).await {
            Ok(found) => {
                let csrf = browser.seals.csrf();
                let view = LinkView {
                    page: browser.page(),
                    form: form(SECURE, &csrf, None),
                    does: LinkAction::Secure,
                    email: &found.link.email,
                    token: token.expose_secret(),
                };
                Ok(browser.page().show(StatusCode::OK, &view))
            }
            Err(failure) if is_void(&failure) => Ok(void(&browser, &starting(&browser), RECOVER)),
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    browser.finish(SECURE, answer)
}

/// Ends all sessions, then starts the recovery with a mail to the address of the user.
pub(super) async fn submit<A: App>(browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let token = Secret::new(given(fields.token).unwrap_or_default());
        let app = &browser.services.app;
        let secured = async {
            let found = app.accounts.secure_link(&browser.tenant, &token).await?;
            let secured = app.accounts.secure(&browser.tenant, &app.sessions, &found);
            secured.await.map(|()| found)
        };
        match secured.await {
            Ok(found) if found.is_to_present_address() => {
                send(&browser, starting(&browser), &found.link.email).await
            }
            Ok(_) => Ok(browser.lead_to(RECOVER, &starting(&browser))),
            Err(failure) if is_void(&failure) => Ok(void(&browser, &starting(&browser), RECOVER)),
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    browser.finish(SECURE, answer)
}
