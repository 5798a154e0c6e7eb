//! `/account/password`: changes the password.

use super::owner::{Owner, Sent};
use super::{PASSWORD, done};
use crate::browser::Visit;
use crate::browser::troubles::Trouble;
use crate::pages::views::{ChangePasswordView, Problem};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::password::LEAST;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::parameters::{given, required};

/// Shows the form.
pub(super) async fn show<A: App>(mut owner: Owner<A>) -> Response {
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
pub(super) async fn change<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let new = Secret::new(required("new_password", fields.new_password)?);
        let present = Secret::new(given(fields.password).unwrap_or_default());
        let (visit, services) = (&by.visit, &by.visit.services);
        let who = (&by.live.user, &by.live.session);
        let passwords = (&present, &new);
        let (accounts, sessions) = (&services.app.accounts, &services.app.sessions);
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

fn page<A: App>(owner: &Owner<A>, trouble: Option<&Trouble>) -> Response {
    let Owner { visit, live, .. } = owner;
    let csrf = visit.csrf();
    let view = ChangePasswordView {
        page: visit.page(),
        form: Visit::<A>::form(PASSWORD, &csrf, None),
        problem: trouble.map(|trouble| trouble.problem),
        email: live.user.email.as_str(),
        has_password: live.user.password_hash.is_some(),
        least: LEAST,
    };
    Trouble::show(trouble, visit.page(), &view)
}
