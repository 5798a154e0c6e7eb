//! `/sign-up/link`: page of the mailed link. Opening it changes nothing, because mail scanners open links.

use crate::browser::{Browser, form};
use crate::pages::views::{LinkAction, LinkView};
use crate::paths::{SIGN_UP, SIGN_UP_ACCOUNT, SIGN_UP_LINK};
use crate::recovery::{is_void, starting, token_in, void};
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::Pending;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::parameters::given;

/// Shows the button that continues.
pub(super) async fn show<A: App>(browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let token = token_in(query.as_deref())?;
        let accounts = &browser.services.app.accounts;
        match accounts.sign_up_of_link(&browser.tenant, &token).await {
            Ok(login) => {
                let csrf = browser.seals.csrf();
                let view = LinkView {
                    page: browser.page(),
                    form: form(SIGN_UP_LINK, &csrf, None),
                    does: LinkAction::SignUp,
                    email: &login.email,
                    token: token.expose_secret(),
                };
                Ok(browser.page().show(StatusCode::OK, &view))
            }
            Err(failure) if is_void(&failure) => Ok(void(&browser, &starting(&browser), SIGN_UP)),
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    browser.finish(SIGN_UP_LINK, answer)
}

/// Continues to the form of the account. The account uses up the link.
pub(super) async fn submit<A: App>(browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let token = Secret::new(given(fields.token).unwrap_or_default());
        let accounts = &browser.services.app.accounts;
        let mut interaction = starting(&browser);
        match accounts.sign_up_of_link(&browser.tenant, &token).await {
            Ok(login) => {
                interaction.pending = Some(Pending::SignUp(login));
                Ok(browser.lead_to(SIGN_UP_ACCOUNT, &interaction))
            }
            Err(failure) if is_void(&failure) => Ok(void(&browser, &interaction, SIGN_UP)),
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    browser.finish(SIGN_UP_LINK, answer)
}
