//! `/recover/link`: page of the mailed link. Opening it changes nothing, because mail scanners open links.

use super::proof::{is_void, proved, token_in, void};
use crate::browser::{Browser, form};
use crate::pages::views::{LinkAction, LinkView};
use crate::paths::{ACCOUNT, RECOVER, RECOVER_LINK};
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_domain::secret::Secret;
use countersign_server_http::wire::parameters::given;

/// Shows the button that uses the link.
pub(super) async fn show<A: App>(browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let token = token_in(query.as_deref())?;
        let sign_in = &browser.services.app.sign_in;
        match sign_in.recovery_link(&browser.tenant, &token).await {
            Ok(found) => {
                let csrf = browser.seals.csrf();
                let view = LinkView {
                    page: browser.page(),
                    form: form(RECOVER_LINK, &csrf, None),
                    does: LinkAction::Recover,
                    email: found.user.email.as_str(),
                    token: token.expose_secret(),
                };
                Ok(browser.page().show(StatusCode::OK, &view))
            }
            Err(failure) if is_void(&failure) => Ok(void(&browser, &starting(&browser), RECOVER)),
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    browser.finish(RECOVER_LINK, answer)
}

/// Uses the link.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let token = Secret::new(given(fields.token).unwrap_or_default());
        let sign_in = &browser.services.app.sign_in;
        let found = sign_in.recovery_link(&browser.tenant, &token).await;
        let interaction = starting(&browser);
        match found {
            Ok(found) => proved(&mut browser, interaction, found).await,
            Err(failure) if is_void(&failure) => Ok(void(&browser, &interaction, RECOVER)),
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    browser.finish(RECOVER_LINK, answer)
}

/// Returns an interaction that leads to the account page. The mail does not carry the request of an app: a stranger could
/// have started it.
pub(crate) fn starting<A: App>(browser: &Browser<A>) -> Interaction {
    Interaction::new(Purpose::Visit(ACCOUNT.to_owned()), browser.now())
}
