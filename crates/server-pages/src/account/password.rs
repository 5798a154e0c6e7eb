//! `/account/password`: changes the password.

use super::addresses::done;
use super::owner::{Owner, Sent};
use crate::browser::form;
use crate::browser::problem::FormProblem;
use crate::pages::views::{ChangePasswordView, Problem, Section};
use crate::paths::{PASSWORD, RECOVER};
use crate::redirect::see_other;
use axum::response::Response;
use countersign_application::{App, Failure, Notice, refusals};
use countersign_domain::login::password::LEAST;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::parameters::{given, required};

/// Shows the form. A user without a password proves access to the mailbox first.
pub(super) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let has_mail = owner.browser.services.app.accounts.mailer.is_set_up();
    if owner.live.user.password_hash.is_none() && has_mail {
        return owner.finish(PASSWORD, Ok(see_other(RECOVER)));
    }
    let mut problem = owner.take_problem();
    if let Some(problem) = &mut problem
        && problem.problem == Problem::LoginFailed
    {
        problem.problem = Problem::PasswordWrong;
    }
    let page = page(&owner, problem.as_ref());
    owner.finish(PASSWORD, Ok(page))
}

/// Changes the password.
pub(super) async fn change<A: App>(Sent { mut by, fields }: Sent<A>) -> Response {
    let answer = async {
        let new = Secret::new(required("new_password", fields.new_password)?);
        let present = Secret::new(given(fields.password).unwrap_or_default());
        let devices = by.browser.devices();
        let known = by.browser.known_device();
        let source = by.browser.source(known.as_ref());
        let browser = &mut by.browser;
        let who = (&by.live.user, &by.live.session);
        let passwords = (&present, &new);
        let app = &browser.services.app;
        let user = app
            .accounts
            .change_password(
                &browser.tenant,
                (&app.sessions, &mut browser.sessions),
                who,
                passwords,
                &devices,
                source,
            )
            .await;
        let user = match user {
            Err(Failure::Refused(refusals::RECOVERY_REQUIRED)) => return Ok(see_other(RECOVER)),
            other => other?,
        };
        browser.know(&user);
        browser.notify(&user, Notice::PasswordChanged).await;
        Ok(done(Section::Security, "password"))
    };
    let answer = answer.await;
    by.finish_form(PASSWORD, answer)
}

fn page<A: App>(owner: &Owner<A>, problem: Option<&FormProblem>) -> Response {
    let Owner { browser, live, .. } = owner;
    let csrf = owner.csrf();
    let view = ChangePasswordView {
        page: browser.page(),
        form: form(PASSWORD, &csrf, None),
        problem: problem.map(FormProblem::shown),
        email: live.user.email.as_str(),
        has_password: live.user.password_hash.is_some(),
        least: LEAST,
    };
    FormProblem::show(problem, browser.page(), &view)
}
