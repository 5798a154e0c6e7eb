//! `/account/authenticator` and `/account/recovery-codes`.

mod qr;

use super::addresses::{AUTHENTICATOR, RECOVERY_CODES, REMOVE_AUTHENTICATOR, done};
use super::owner::{Owner, Sent};
use crate::browser::form;
use crate::browser::problem::FormProblem;
use crate::pages::views::{AuthenticatorView, ConfirmCodeView, RecoveryCodesView, Section};
use crate::redirect::see_other;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::refusals;
use countersign_application::{App, Enrollment, Failure, Notice};
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Starts the setup of an app. After a wrong code, the QR code stays the same, because the app has scanned it. After a
/// correct code, shows the recovery codes.
pub(super) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let problem = owner.take_problem();
    let answer = page(&mut owner, problem.as_ref());
    owner.finish(AUTHENTICATOR, answer)
}

/// Finishes the setup with a code from the app. A repeated submission shows the result of the first one.
pub(super) async fn set_up<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let code = required("code", fields.code)?;
        let state = by.enrollment()?;
        let (user, session) = (&by.live.user, &by.live.session);
        let accounts = &by.browser.services.app.accounts;
        let finished =
            accounts.finish_authenticator(&by.browser.tenant, user, session, &state, &code);
        match finished.await {
            Ok(added) => {
                let notice = Notice::AuthenticatorAdded;
                by.browser.notify_added(user, notice, &added).await;
                Ok(by.browser.lead_to(AUTHENTICATOR, &by.interaction))
            }
            Err(Failure::Refused(refusals::FACTOR_PRESENT)) => {
                Ok(by.browser.lead_to(AUTHENTICATOR, &by.interaction))
            }
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    by.finish_form(AUTHENTICATOR, answer)
}

/// Asks for a code before the app is removed.
pub(super) async fn ask_to_remove<A: App>(owner: Owner<A>) -> Response {
    ask(owner, REMOVE_AUTHENTICATOR)
}

/// Asks for a code before new recovery codes are created.
pub(super) async fn ask_for_codes<A: App>(owner: Owner<A>) -> Response {
    ask(owner, RECOVERY_CODES)
}

/// Removes the app.
pub(super) async fn remove<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let code = required("code", fields.code)?;
        let accounts = &by.browser.services.app.accounts;
        accounts
            .remove_authenticator(&by.browser.tenant, &by.live.user, &by.live.session, &code)
            .await?;
        let removed = Notice::AuthenticatorRemoved;
        by.browser.notify(&by.live.user, removed).await;
        Ok(done(Section::Security, "removed"))
    };
    let answer = answer.await;
    by.finish_form(REMOVE_AUTHENTICATOR, answer)
}

/// Creates new recovery codes.
pub(super) async fn new_codes<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let code = required("code", fields.code)?;
        let accounts = &by.browser.services.app.accounts;
        let codes = accounts
            .renew_recovery_codes(&by.browser.tenant, &by.live.user, &by.live.session, &code)
            .await?;
        let replaced = Notice::RecoveryCodesReplaced;
        by.browser.notify(&by.live.user, replaced).await;
        Ok(recovery_codes(&by, codes, Section::Security.path()))
    };
    let answer = answer.await;
    by.finish_form(RECOVERY_CODES, answer)
}

fn ask<A: App>(mut owner: Owner<A>, path: &'static str) -> Response {
    let problem = owner.take_problem();
    // Detect a stale sign-in before the user enters a code.
    let answer = match owner.live.session.is_fresh(owner.browser.now()) {
        Ok(()) => Ok(confirmation(&owner, path, problem.as_ref())),
        Err(refusal) => Err(Failure::from(refusal).into()),
    };
    owner.finish(path, answer)
}

fn confirmation<A: App>(owner: &Owner<A>, path: &str, problem: Option<&FormProblem>) -> Response {
    let browser = &owner.browser;
    let csrf = owner.csrf();
    let view = ConfirmCodeView {
        page: browser.page(),
        form: form(path, &csrf, None),
        problem: problem.map(FormProblem::shown),
        remove: path == REMOVE_AUTHENTICATOR,
    };
    FormProblem::show(problem, browser.page(), &view)
}

fn page<A: App>(
    owner: &mut Owner<A>,
    problem: Option<&FormProblem>,
) -> Result<Response, RequestError> {
    let kept = owner.enrollment().ok();
    let (user, session) = (&owner.live.user, &owner.live.session);
    let (accounts, tenant) = (&owner.browser.services.app.accounts, &owner.browser.tenant);
    let begun = match (accounts.begin_authenticator(tenant, user, session), kept) {
        (Ok(_), Some(state)) => accounts.enrollment(tenant, user, state)?,
        (Ok(begun), None) => begun,
        // The app is set up, either in this interaction or before.
        (Err(Failure::Refused(refusals::FACTOR_PRESENT)), kept) => {
            let codes = kept.map(|state| accounts.recovery_codes(tenant, user, &state));
            return Ok(match codes.transpose()?.flatten() {
                Some(codes) => {
                    let next = owner
                        .way_on()
                        .unwrap_or_else(|| Section::Security.path().to_owned());
                    recovery_codes(owner, codes, &next)
                }
                None => see_other(Section::Security.path()),
            });
        }
        (Err(failure), _) => return Err(failure.into()),
    };
    enrollment(owner, &begun, problem)
}

fn enrollment<A: App>(
    owner: &mut Owner<A>,
    begun: &Enrollment,
    problem: Option<&FormProblem>,
) -> Result<Response, RequestError> {
    owner.enroll(&begun.state);
    let browser = &owner.browser;
    let (csrf, sealed) = (owner.csrf(), browser.seals.interaction(&owner.interaction));
    let mut parameters = begun.uri.split(['?', '&']);
    let secret = parameters.find_map(|pair| pair.strip_prefix("secret="));
    // An email address has at most 254 characters, so the QR code always fits.
    let picture = qr::picture(&begun.uri).ok_or(MalformedRequest::Missing("email"))?;
    let view = AuthenticatorView {
        page: browser.page(),
        form: form(AUTHENTICATOR, &csrf, Some(&sealed)),
        problem: problem.map(FormProblem::shown),
        picture,
        secret: secret.unwrap_or_default(),
        uri: &begun.uri,
        back: &owner.way_back(),
    };
    Ok(FormProblem::show(problem, browser.page(), &view))
}

fn recovery_codes<A: App>(owner: &Owner<A>, codes: Vec<String>, next: &str) -> Response {
    let page = owner.browser.page();
    let view = RecoveryCodesView { page, codes, next };
    page.show(StatusCode::OK, &view)
}
