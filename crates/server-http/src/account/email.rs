//! `/account/email`: a code that shows that the user reads mail at their address.

use super::owner::{Owner, Sent};
use super::{ACCOUNT, EMAIL, done};
use crate::authorize::see_other;
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::Trouble;
use crate::error::Unserved;
use crate::pages::views::VerifyEmailView;
use crate::parameters::required;
use axum::response::Response;
use countersign_application::EmailCodeLogin;
use countersign_ports::{PasswordHasher, Signer, Store};

/// Asks for the code, if one was sent.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    mut owner: Owner<S, G, P>,
) -> Response {
    let trouble = owner.take_trouble();
    let answer = match owner.interaction.email_code() {
        Some(_) => page(&owner, trouble.as_ref()),
        None => see_other(ACCOUNT),
    };
    owner.finish(EMAIL, Ok(answer))
}

/// Sends a code, or takes it.
pub(super) async fn submit<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, fields }: Sent<S, G, P>,
) -> Response {
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

async fn send<S: Store, G: Signer, P: PasswordHasher>(
    owner: &Owner<S, G, P>,
) -> Result<Response, Unserved> {
    let visit = &owner.visit;
    let page = visit.page();
    let email = owner.live.user.email.as_str();
    let sent = visit
        .services
        .sign_in
        .send_email_code(&visit.tenant, email, visit.address, |code| {
            page.code_mail(code)
        })
        .await?;
    let mut interaction = Interaction::new(Errand::Visit(EMAIL.to_owned()), visit.now());
    interaction.wait_for_email_code(&sent);
    Ok(visit.lead_to(EMAIL, &interaction))
}

/// A login by the code verifies the address, of which nothing else is wanted here. The code names the user it was sent to:
/// whoever is logged in here now, it is that one's address.
async fn check<S: Store, G: Signer, P: PasswordHasher>(
    owner: &Owner<S, G, P>,
    login: &EmailCodeLogin,
    code: Option<String>,
) -> Result<Response, Unserved> {
    let code = required("code", code)?;
    let visit = &owner.visit;
    let sign_in = &visit.services.sign_in;
    sign_in
        .by_email_code(&visit.tenant, login, &code, &[], visit.address)
        .await?;
    Ok(done("email"))
}

fn page<S: Store, G: Signer, P: PasswordHasher>(
    owner: &Owner<S, G, P>,
    trouble: Option<&Trouble>,
) -> Response {
    let visit = &owner.visit;
    let (csrf, sealed) = (visit.csrf(), visit.seal(&owner.interaction));
    let view = VerifyEmailView {
        page: visit.page(),
        form: Visit::<S, G, P>::form(EMAIL, &csrf, Some(&sealed)),
        problem: trouble.map(|trouble| trouble.problem),
        email: owner.live.user.email.as_str(),
    };
    Trouble::show(trouble, visit.page(), &view)
}
