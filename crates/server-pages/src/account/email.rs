//! `/account/email`: verification of the email address by a code.

use super::addresses::{EMAIL, done};
use super::owner::{Owner, Sent};
use crate::browser::form;
use crate::paths::ACCOUNT;
use crate::redirect::see_other;

use crate::browser::problem::FormProblem;
use crate::pages::views::{Section, VerifyEmailView};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::{EmailCodeLogin, Interaction, Pending, Purpose};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Asks for the code if one was sent.
pub(super) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let problem = owner.take_problem();
    let answer = match owner.interaction.pending {
        Some(Pending::EmailCode(_)) => page(&owner, problem.as_ref()),
        _ => see_other(ACCOUNT),
    };
    owner.finish(EMAIL, Ok(answer))
}

/// Sends a code or checks it.
pub(super) async fn submit<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    if let Some(Pending::EmailCode(login)) = &by.interaction.pending {
        let answer = check(&by, login, fields.code).await;
        by.finish_form(EMAIL, answer)
    } else {
        let answer = send(&by).await;
        by.finish(EMAIL, answer)
    }
}

async fn send<A: App>(owner: &Owner<A>) -> Result<Response, RequestError> {
    let browser = &owner.browser;
    let compose = browser.composer();
    let email = owner.live.user.email.as_str();
    let sent = browser
        .services
        .app
        .sign_in
        .send_email_code(&browser.tenant, email, browser.address, &compose)
        .await?;
    let mut interaction = Interaction::new(Purpose::Visit(EMAIL.to_owned()), browser.now());
    interaction.pending = Some(Pending::EmailCode(sent));
    Ok(browser.lead_to(EMAIL, &interaction))
}

/// Verifies the address with the code. The code belongs to the user that it was sent to, whichever user is signed in now.
async fn check<A: App>(
    owner: &Owner<A>,
    login: &EmailCodeLogin,
    code: Option<String>,
) -> Result<Response, RequestError> {
    let code = required("code", code)?;
    let browser = &owner.browser;
    let device = browser.known_device();
    let source = browser.source(device.as_ref());
    let sign_in = &browser.services.app.sign_in;
    sign_in
        .verify_address(&browser.tenant, (login, &code), source)
        .await?;
    Ok(done(Section::Profile, "email"))
}

fn page<A: App>(owner: &Owner<A>, problem: Option<&FormProblem>) -> Response {
    let browser = &owner.browser;
    let (csrf, sealed) = (owner.csrf(), browser.seals.interaction(&owner.interaction));
    let view = VerifyEmailView {
        page: browser.page(),
        form: form(EMAIL, &csrf, Some(&sealed)),
        problem: problem.map(FormProblem::shown),
        email: owner.live.user.email.as_str(),
    };
    FormProblem::show(problem, browser.page(), &view)
}
