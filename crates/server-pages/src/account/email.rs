//! `/account/email`: verification of the email address by a code.

use super::owner::{Owner, Sent};
use super::{ACCOUNT, EMAIL, done};
use crate::authorize::see_other;
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::Trouble;
use crate::pages::views::VerifyEmailView;
use axum::response::Response;
use countersign_application::{App, EmailCodeLogin};
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::parameters::required;

/// Asks for the code if one was sent.
pub(super) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let trouble = owner.take_trouble();
    let answer = match owner.interaction.email_code() {
        Some(_) => page(&owner, trouble.as_ref()),
        None => see_other(ACCOUNT),
    };
    owner.finish(EMAIL, Ok(answer))
}

/// Sends a code or checks it.
pub(super) async fn submit<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    match by.interaction.email_code() {
        None => {
            let answer = send(&by).await;
            by.finish(EMAIL, answer)
        }
        Some(login) => {
            let answer = check(&by, &login, fields.code).await;
            by.finish_form(EMAIL, answer)
        }
    }
}

async fn send<A: App>(owner: &Owner<A>) -> Result<Response, Unserved> {
    let visit = &owner.visit;
    let page = visit.page();
    let email = owner.live.user.email.as_str();
    let sent = visit
        .services
        .app
        .sign_in
        .send_email_code(&visit.tenant, email, visit.address, |code| {
            page.code_mail(code)
        })
        .await?;
    let mut interaction = Interaction::new(Errand::Visit(EMAIL.to_owned()), visit.now());
    interaction.wait_for_email_code(&sent);
    Ok(visit.lead_to(EMAIL, &interaction))
}

/// Verifies the address with the code. A sign-in by the code does this. The rest of its result is not used.
/// The code belongs to the user that it was sent to, whichever user is signed in now.
async fn check<A: App>(
    owner: &Owner<A>,
    login: &EmailCodeLogin,
    code: Option<String>,
) -> Result<Response, Unserved> {
    let code = required("code", code)?;
    let visit = &owner.visit;
    let sign_in = &visit.services.app.sign_in;
    sign_in
        .by_email_code(&visit.tenant, login, &code, &[], visit.address)
        .await?;
    Ok(done("email"))
}

fn page<A: App>(owner: &Owner<A>, trouble: Option<&Trouble>) -> Response {
    let visit = &owner.visit;
    let (csrf, sealed) = (visit.csrf(), visit.seal(&owner.interaction));
    let view = VerifyEmailView {
        page: visit.page(),
        form: Visit::<A>::form(EMAIL, &csrf, Some(&sealed)),
        problem: trouble.map(|trouble| trouble.problem),
        email: owner.live.user.email.as_str(),
    };
    Trouble::show(trouble, visit.page(), &view)
}
