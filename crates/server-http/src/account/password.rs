//! `/account/password`.

use super::{PASSWORD, done};
use crate::browser::Visit;
use crate::browser::troubles::{Trouble, trouble};
use crate::error::Unserved;
use crate::pages::views::{ChangePasswordView, Problem};
use crate::parameters::{given, required};
use axum::extract::Request;
use axum::response::Response;
use countersign_application::LiveSession;
use countersign_domain::password::LEAST;
use countersign_domain::secret::Secret;
use countersign_ports::{PasswordHasher, Signer, Store};

/// Shows the form.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
) -> Response {
    let answer = match visit.owner(PASSWORD) {
        Ok(owner) => page(&visit, &owner, None),
        Err(response) => response,
    };
    visit.finish(PASSWORD, Ok(answer))
}

/// Changes the password.
pub(super) async fn change<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let (present, new) = (given(fields.password), fields.new_password);
        let changed = change_to(&visit, &owner, present, new).await;
        match changed.or_else(|unserved| trouble(unserved, PASSWORD).map(Some))? {
            None => Ok(Ok(done("password"))),
            Some(mut trouble) => {
                if trouble.problem == Problem::LoginFailed {
                    trouble.problem = Problem::PasswordWrong;
                }
                Ok::<_, Unserved>(Ok(page(&visit, &owner, Some(&trouble))))
            }
        }
    };
    let answer = answer.await;
    visit.finish_account(PASSWORD, answer)
}

async fn change_to<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    owner: &LiveSession,
    present: Option<String>,
    new: Option<String>,
) -> Result<Option<Trouble>, Unserved> {
    let new = Secret::new(required("new_password", new)?);
    let present = Secret::new(present.unwrap_or_default());
    let services = &visit.services;
    let who = (&owner.user, &owner.session);
    let passwords = (&present, &new);
    let (accounts, sessions) = (&services.accounts, &services.sessions);
    accounts
        .change_password(sessions, who, passwords, &visit.devices(), visit.address)
        .await?;
    Ok(None)
}

fn page<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    owner: &LiveSession,
    trouble: Option<&Trouble>,
) -> Response {
    let csrf = visit.csrf();
    let view = ChangePasswordView {
        page: visit.page(),
        form: Visit::<S, G, P>::form(PASSWORD, &csrf, None),
        problem: trouble.map(|trouble| trouble.problem),
        email: owner.user.email.as_str(),
        has_password: owner.user.password_hash.is_some(),
        least: LEAST,
    };
    Trouble::show(trouble, visit.page(), &view)
}
