//! `/sign-up/link` and `/sign-up/invitation`: pages of the mailed links. Opening one changes nothing, because mail scanners
//! open links.

use super::dead::dead;
use crate::browser::{Browser, form};
use crate::pages::views::{LinkAction, LinkView};
use crate::paths::{INVITATION, SIGN_UP_ACCOUNT, SIGN_UP_LINK};
use crate::recovery::{is_void, starting, token_in};
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure};
use countersign_domain::login::interaction::{Pending, SignUpLogin};
use countersign_domain::secret::Secret;
use countersign_server_http::wire::parameters::given;

/// Shows the button that continues.
pub(super) async fn show<A: App>(browser: Browser<A>, query: RawQuery) -> Response {
    show_link(browser, query, false).await
}

/// Continues to the form of the account. The account uses up the link.
pub(super) async fn submit<A: App>(browser: Browser<A>, request: Request) -> Response {
    submit_link(browser, request, false).await
}

/// Shows the button that accepts an invitation.
pub(super) async fn show_invitation<A: App>(browser: Browser<A>, query: RawQuery) -> Response {
    show_link(browser, query, true).await
}

/// Continues to the form of the account. The account uses up the invitation.
pub(super) async fn accept<A: App>(browser: Browser<A>, request: Request) -> Response {
    submit_link(browser, request, true).await
}

const fn path(is_invited: bool) -> &'static str {
    if is_invited { INVITATION } else { SIGN_UP_LINK }
}

async fn found<A: App>(
    browser: &Browser<A>,
    token: &Secret,
    is_invited: bool,
) -> Result<SignUpLogin, Failure> {
    let (accounts, tenant) = (&browser.services.app.accounts, &browser.tenant);
    if is_invited {
        accounts.sign_up_of_invitation(tenant, token).await
    } else {
        accounts.sign_up_of_link(tenant, token).await
    }
}

async fn show_link<A: App>(
    browser: Browser<A>,
    RawQuery(query): RawQuery,
    is_invited: bool,
) -> Response {
    let answer = async {
        let token = token_in(query.as_deref())?;
        match found(&browser, &token, is_invited).await {
            Ok(login) => {
                let csrf = browser.seals.csrf();
                let does = if is_invited {
                    LinkAction::Accept
                } else {
                    LinkAction::SignUp
                };
                let view = LinkView {
                    page: browser.page(),
                    form: form(path(is_invited), &csrf, None),
                    does,
                    email: &login.email,
                    token: token.expose_secret(),
                };
                Ok(browser.page().show(StatusCode::OK, &view))
            }
            Err(failure) if is_void(&failure) => {
                Ok(dead(&browser, &starting(&browser), is_invited))
            }
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    browser.finish(path(is_invited), answer)
}

async fn submit_link<A: App>(browser: Browser<A>, request: Request, is_invited: bool) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let token = Secret::new(given(fields.token).unwrap_or_default());
        let mut interaction = starting(&browser);
        match found(&browser, &token, is_invited).await {
            Ok(login) => {
                interaction.pending = Some(Pending::SignUp(login));
                Ok(browser.lead_to(SIGN_UP_ACCOUNT, &interaction))
            }
            Err(failure) if is_void(&failure) => Ok(dead(&browser, &interaction, is_invited)),
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    browser.finish(path(is_invited), answer)
}
