//! `/account/email`: a code that shows that the user reads mail at their address.

use super::{EMAIL, done};
use crate::authorize::carried;
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::{Trouble, trouble};
use crate::error::Unserved;
use crate::pages::views::VerifyEmailView;
use crate::parameters::{given, required};
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{EmailCodeLogin, LiveSession};
use countersign_ports::{PasswordHasher, Signer, Store};

/// Asks for the code.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = async {
        let interaction = carried(&visit, query.as_deref())?;
        Ok::<_, Unserved>(
            visit
                .owner(EMAIL)
                .map(|owner| page(&visit, &owner, &interaction, None)),
        )
    };
    let answer = answer.await;
    visit.finish_account(EMAIL, answer)
}

/// Sends a code, or takes it.
pub(super) async fn submit<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let Some(sealed) = given(fields.interaction) else {
            return Ok(Ok(send(&visit, &owner).await?));
        };
        let interaction = visit.open(Some(&sealed))?;
        let Some(login) = interaction.email_code() else {
            return Ok(Ok(send(&visit, &owner).await?));
        };
        match check(&visit, &login, fields.code).await {
            Ok(()) => Ok::<_, Unserved>(Ok(done("email"))),
            Err(unserved) => {
                let trouble = trouble(unserved, EMAIL)?;
                Ok(Ok(page(&visit, &owner, &interaction, Some(&trouble))))
            }
        }
    };
    let answer = answer.await;
    visit.finish_account(EMAIL, answer)
}

async fn send<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    owner: &LiveSession,
) -> Result<Response, Unserved> {
    let page = visit.page();
    let email = owner.user.email.as_str();
    let sent = visit
        .services
        .sign_in
        .send_email_code(email, visit.address, |code| page.code_mail(code))
        .await?;
    let mut interaction = Interaction::new(Errand::Visit(EMAIL.to_owned()), visit.now());
    interaction.wait_for_email_code(&sent);
    Ok(visit.lead_to(EMAIL, &interaction))
}

/// The code names the user it was sent to: whoever is logged in here now, it is that one's address.
async fn check<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    login: &EmailCodeLogin,
    code: Option<String>,
) -> Result<(), Unserved> {
    let code = required("code", code)?;
    let services = &visit.services;
    services
        .sign_in
        .by_email_code(login, &code, &[], visit.address)
        .await?;
    if let Some(user) = login.user {
        let accounts = &services.accounts;
        accounts.email_verified(user, &login.email).await?;
    }
    Ok(())
}

fn page<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    owner: &LiveSession,
    interaction: &Interaction,
    trouble: Option<&Trouble>,
) -> Response {
    let (csrf, sealed) = (visit.csrf(), visit.seal(interaction));
    let view = VerifyEmailView {
        page: visit.page(),
        form: Visit::<S, G, P>::form(EMAIL, &csrf, Some(&sealed)),
        problem: trouble.map(|trouble| trouble.problem),
        email: owner.user.email.as_str(),
    };
    Trouble::show(trouble, visit.page(), &view)
}
