//! `/account/delete` and `/account/deletion`: deletion of the account after a grace period, and its cancellation.

use super::addresses::DELETE;
use super::owner::{Owner, Sent};
use super::sections::Times;
use crate::browser::problem::FormProblem;
use crate::browser::{Browser, form};
use crate::pages::views::{DeleteView, DeletionView, Form};
use crate::paths::{CONTINUE, DELETION};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure, Notice, refusals};
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::{given, required};
use std::time::Duration;

/// Asks for confirmation.
pub(super) async fn ask<A: App>(mut owner: Owner<A>) -> Response {
    let problem = owner.take_problem();
    let answer = confirmation(&owner, problem.as_ref());
    owner.finish(DELETE, answer)
}

/// Schedules the deletion, and signs the user out.
pub(super) async fn request<A: App>(Sent { mut by, fields }: Sent<A>) -> Response {
    let answer = async {
        if given(fields.confirm).is_none() {
            return Err(MalformedRequest::Missing("confirm").into());
        }
        let grace = grace(&by.browser)?;
        let app = &by.browser.services.app;
        let who = (&by.live.user, &by.live.session);
        app.accounts
            .request_deletion(&by.browser.tenant, &app.sessions, who, grace)
            .await?;
        let requested = Notice::DeletionRequested;
        by.browser.notify(&by.live.user, requested).await;
        by.browser.sessions.remove(by.live.session.id);
        scheduled(&by, None).await
    };
    let answer = answer.await;
    by.finish_form(DELETE, answer)
}

/// Offers to keep the account, after a sign-in.
pub(super) async fn offer<A: App>(owner: Owner<A>) -> Response {
    let browser = &owner.browser;
    let (csrf, sealed) = (owner.csrf(), browser.seals.interaction(&owner.interaction));
    let form = form(DELETION, &csrf, Some(&sealed));
    let answer = scheduled(&owner, Some(form)).await;
    owner.finish(DELETION, answer)
}

/// Keeps the account and continues, or signs out.
pub(super) async fn decide<A: App>(Sent { mut by, fields }: Sent<A>) -> Response {
    let answer = async {
        let app = &by.browser.services.app;
        let session = &by.live.session;
        match required("decision", fields.decision)?.as_str() {
            "keep" => {
                app.accounts
                    .cancel_deletion(&by.browser.tenant, by.live.user.id, Some(session.id))
                    .await?;
                Ok(by.browser.lead_to(CONTINUE, &by.interaction))
            }
            "delete" => {
                app.sessions.end(&by.browser.tenant, session.id).await?;
                by.browser.sessions.remove(session.id);
                scheduled(&by, None).await
            }
            _ => Err(MalformedRequest::Missing("decision").into()),
        }
    };
    let answer = answer.await;
    by.finish(DELETION, answer)
}

fn grace<A: App>(browser: &Browser<A>) -> Result<Duration, Failure> {
    let grace = browser.pages.deletion_grace();
    grace.ok_or_else(|| refusals::DELETION_OFF.into())
}

fn confirmation<A: App>(
    owner: &Owner<A>,
    problem: Option<&FormProblem>,
) -> Result<Response, RequestError> {
    let browser = &owner.browser;
    let grace = grace(browser)?;
    // Detect a stale sign-in before the user decides.
    owner
        .live
        .session
        .is_fresh(browser.now())
        .map_err(Failure::from)?;
    let csrf = owner.csrf();
    let view = DeleteView {
        page: browser.page(),
        form: form(DELETE, &csrf, None),
        problem: problem.map(FormProblem::shown),
        account: owner.live.user.email.as_str(),
        days: grace.as_secs().div_ceil(86_400),
    };
    Ok(FormProblem::show(problem, browser.page(), &view))
}

/// Shows when the account will be deleted. Without a scheduled deletion, leads on.
async fn scheduled<A: App>(
    owner: &Owner<A>,
    form: Option<Form<'_>>,
) -> Result<Response, RequestError> {
    let (browser, user) = (&owner.browser, &owner.live.user);
    let accounts = &browser.services.app.accounts;
    let found = accounts
        .scheduled_deletion(&browser.tenant, user.id)
        .await?;
    let Some(ScheduledDeletion { due_at, .. }) = found else {
        return Ok(browser.lead_to(CONTINUE, &owner.interaction));
    };
    let page = browser.page();
    let view = DeletionView {
        page,
        form,
        account: user.email.as_str(),
        when: &Times::of(user).text(page, "data.when", due_at),
    };
    Ok(page.show(StatusCode::OK, &view))
}
