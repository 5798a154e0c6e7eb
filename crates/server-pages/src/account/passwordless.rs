//! `/account/password/remove`: removes the password of a user who has passkeys.

use super::addresses::{REMOVE_PASSWORD, done};
use super::owner::{Owner, Sent};
use crate::browser::form;
use crate::pages::views::{RemovePasswordView, Section};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure, Notice};

/// Asks for confirmation.
pub(super) async fn ask<A: App>(owner: Owner<A>) -> Response {
    let browser = &owner.browser;
    // Detect a stale sign-in before the user decides.
    let answer = match owner.live.session.is_fresh(browser.now()) {
        Ok(()) => {
            let csrf = owner.csrf();
            let view = RemovePasswordView {
                page: browser.page(),
                form: form(REMOVE_PASSWORD, &csrf, None),
            };
            Ok(browser.page().show(StatusCode::OK, &view))
        }
        Err(refusal) => Err(Failure::from(refusal).into()),
    };
    owner.finish(REMOVE_PASSWORD, answer)
}

/// Removes the password.
pub(super) async fn remove<A: App>(Sent { by, .. }: Sent<A>) -> Response {
    let answer = async {
        let accounts = &by.browser.services.app.accounts;
        let (user, session) = (&by.live.user, &by.live.session);
        accounts
            .remove_password(&by.browser.tenant, user, session)
            .await?;
        by.browser.notify(user, Notice::PasswordRemoved).await;
        Ok(done(Section::Security, "removed"))
    };
    let answer = answer.await;
    by.finish(REMOVE_PASSWORD, answer)
}
