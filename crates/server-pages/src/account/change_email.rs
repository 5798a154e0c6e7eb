//! `/account/email/change`: sends a link to a new email address.

use super::owner::{Owner, Sent};
use crate::browser::problem::FormProblem;
use crate::browser::{email_entered, form};
use crate::pages::views::{ChangeEmailView, EmailSentView};
use crate::paths::CHANGE_EMAIL;
use crate::steady::steady;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::{given, required};

/// Shows the form.
pub(super) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let problem = owner.take_problem();
    let answer = page(&owner, problem.as_ref());
    owner.finish(CHANGE_EMAIL, answer)
}

/// Sends the link. The page does not tell whether another user has the address.
pub(super) async fn submit<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let typed = given(fields.email);
    let sent = async {
        let typed = required("email", typed.clone())?;
        let browser = &by.browser;
        let compose = browser.composer();
        let who = (&by.live.user, &by.live.session);
        let accounts = &browser.services.app.accounts;
        let tenant = &browser.tenant;
        let requested = accounts.request_address(tenant, who, &typed, browser.address, &compose);
        steady(requested).await?;
        let lifetime = browser.tenant.settings.recovery.link;
        let view = EmailSentView {
            page: browser.page(),
            email: &typed,
            minutes: lifetime.as_secs().div_ceil(60),
        };
        Ok(browser.page().show(StatusCode::OK, &view))
    };
    let answer = sent.await.or_else(|error: RequestError| {
        let entered = email_entered(typed);
        by.browser
            .reject(CHANGE_EMAIL, &by.interaction, error, entered)
    });
    by.finish(CHANGE_EMAIL, answer)
}

fn page<A: App>(owner: &Owner<A>, problem: Option<&FormProblem>) -> Result<Response, RequestError> {
    let browser = &owner.browser;
    if !browser.services.app.accounts.mailer.is_set_up() {
        return Err(Malformed::PathUnknown.into());
    }
    // Detect a stale sign-in before the user types.
    let fresh = owner.live.session.is_fresh(browser.now());
    fresh.map_err(Failure::from)?;
    let csrf = owner.csrf();
    let view = ChangeEmailView {
        page: browser.page(),
        form: form(CHANGE_EMAIL, &csrf, None),
        problem: problem.map(FormProblem::shown),
        account: owner.live.user.email.as_str(),
        email: owner.typed.as_deref().unwrap_or_default(),
    };
    Ok(FormProblem::show(problem, browser.page(), &view))
}
