//! `/account/passkey`: adds and removes passkeys.

use super::addresses::{PASSKEY, done};
use super::owner::{Owner, Sent};
use crate::browser::form;
use crate::browser::problem::FormProblem;
use crate::pages::views::{PasskeyView, Problem, Section, ShownProblem};
use crate::paths::ACCOUNT;
use crate::redirect::see_other;
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::{App, Notice};
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Maximum length of the name of a passkey, in characters.
const LONGEST_NAME: usize = 64;

/// Starts the registration of a passkey.
pub(super) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let problem = owner.take_problem();
    let answer = page(&mut owner, problem.as_ref()).await;
    owner.finish(PASSKEY, answer)
}

/// Registers the passkey that the browser created, under the name of its authenticator model. If it is rejected, the page starts a new registration.
pub(super) async fn add<A: App>(Sent { mut by, fields }: Sent<A>) -> Response {
    let begun = by.enrollment();
    by.interaction.pending = None;
    let answer = async {
        let credential = required("credential", fields.credential)?;
        let (user, session) = (&by.live.user, &by.live.session);
        let accounts = &by.browser.services.app.accounts;
        let added = accounts
            .finish_passkey(&by.browser.tenant, user, session, &begun?, &credential, "")
            .await?;
        by.browser
            .notify_added(user, Notice::PasskeyAdded, &added)
            .await;
        Ok(match by.way_on() {
            Some(way_on) => see_other(&way_on),
            None => done(Section::Security, "passkey"),
        })
    };
    let answer = answer.await;
    by.finish_form(PASSKEY, answer)
}

/// Removes a passkey.
pub(super) async fn remove<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let id = required("item", fields.item)?;
        let id =
            Base64UrlUnpadded::decode_vec(&id).map_err(|_| MalformedRequest::Missing("item"))?;
        let accounts = &by.browser.services.app.accounts;
        let (user, session) = (&by.live.user, &by.live.session);
        let is_removed = accounts
            .remove_passkey(&by.browser.tenant, user, session, &id)
            .await?;
        if is_removed {
            by.browser.notify(user, Notice::PasskeyRemoved).await;
        }
        Ok(done(Section::Security, "removed"))
    };
    let answer = answer.await;
    by.finish(ACCOUNT, answer)
}

/// Renames a passkey.
pub(super) async fn rename<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let id = required("item", fields.item)?;
        let id =
            Base64UrlUnpadded::decode_vec(&id).map_err(|_| MalformedRequest::Missing("item"))?;
        let name = required("name", fields.name)?;
        let name: String = name.trim().chars().take(LONGEST_NAME).collect();
        let accounts = &by.browser.services.app.accounts;
        let (user, session) = (&by.live.user, &by.live.session);
        accounts
            .rename_passkey(&by.browser.tenant, user, session, (&id, &name))
            .await?;
        Ok(done(Section::Security, "removed"))
    };
    let answer = answer.await;
    by.finish(Section::Security.path(), answer)
}

async fn page<A: App>(
    owner: &mut Owner<A>,
    problem: Option<&FormProblem>,
) -> Result<Response, RequestError> {
    let (user, session) = (&owner.live.user, &owner.live.session);
    let accounts = &owner.browser.services.app.accounts;
    let begun = accounts
        .begin_passkey(&owner.browser.tenant, user, session)
        .await?;
    owner.enroll(&begun.state);
    let browser = &owner.browser;
    let (csrf, sealed) = (owner.csrf(), browser.seals.interaction(&owner.interaction));
    let view = PasskeyView {
        page: browser.page(),
        form: form(PASSKEY, &csrf, Some(&sealed)),
        problem: problem.map(|problem| ShownProblem {
            problem: Problem::PasskeyFailed,
            ..problem.shown()
        }),
        account: None,
        new: true,
        options: &begun.options,
        back: &owner.way_back(),
        lost: None,
    };
    Ok(FormProblem::show(problem, browser.page(), &view))
}
