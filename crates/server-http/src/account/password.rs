//! `/account/password`.

use super::owner::{Owner, Sent};
use super::{PASSWORD, done};
use crate::browser::Visit;
use crate::browser::troubles::Trouble;
use crate::pages::views::{ChangePasswordView, Problem};
use crate::parameters::{given, required};
use axum::response::Response;
use countersign_domain::login::password::LEAST;
use countersign_domain::secret::Secret;
use countersign_ports::{PasswordHasher, Signer, Store};

/// Shows the form.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    mut owner: Owner<S, G, P>,
) -> Response {
    let mut trouble = owner.take_trouble();
    if let Some(trouble) = &mut trouble
        && trouble.problem == Problem::LoginFailed
    {
        trouble.problem = Problem::PasswordWrong;
    }
    let page = page(&owner, trouble.as_ref());
    owner.finish(PASSWORD, Ok(page))
}

/// Changes the password.
pub(super) async fn change<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, fields }: Sent<S, G, P>,
) -> Response {
    let answer = async {
        let new = Secret::new(required("new_password", fields.new_password)?);
        let present = Secret::new(given(fields.password).unwrap_or_default());
        let (visit, services) = (&by.visit, &by.visit.services);
        let who = (&by.live.user, &by.live.session);
        let passwords = (&present, &new);
        let (accounts, sessions) = (&services.accounts, &services.sessions);
        accounts
            .change_password(
                &visit.tenant,
                sessions,
                who,
                passwords,
                &visit.devices(),
                visit.address,
            )
            .await?;
        Ok(done("password"))
    };
    let answer = answer.await;
    by.finish_form(PASSWORD, answer)
}

fn page<S: Store, G: Signer, P: PasswordHasher>(
    owner: &Owner<S, G, P>,
    trouble: Option<&Trouble>,
) -> Response {
    let Owner { visit, live, .. } = owner;
    let csrf = visit.csrf();
    let view = ChangePasswordView {
        page: visit.page(),
        form: Visit::<S, G, P>::form(PASSWORD, &csrf, None),
        problem: trouble.map(|trouble| trouble.problem),
        email: live.user.email.as_str(),
        has_password: live.user.password_hash.is_some(),
        least: LEAST,
    };
    Trouble::show(trouble, visit.page(), &view)
}
