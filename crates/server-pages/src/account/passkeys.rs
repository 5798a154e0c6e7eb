//! `/account/passkey`: adds and removes passkeys.

use super::owner::{Owner, Sent};
use super::{ACCOUNT, PASSKEY, done};
use crate::authorize::see_other;
use crate::browser::Visit;
use crate::browser::troubles::Trouble;
use crate::pages::views::{PasskeyView, Problem};
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::App;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::{given, required};

/// Maximum length of the name of a passkey, in characters.
const LONGEST_NAME: usize = 64;

/// Starts the registration of a passkey.
pub(super) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let trouble = owner.take_trouble();
    let answer = page(&mut owner, trouble.as_ref()).await;
    owner.finish(PASSKEY, answer)
}

/// Registers the passkey that the browser created. If it is rejected, the page starts a new registration.
pub(super) async fn add<A: App>(Sent { mut by, fields }: Sent<A>) -> Response {
    let begun = by.enrollment();
    by.interaction.pending = None;
    let answer = async {
        let name = given(fields.name).unwrap_or_default();
        let name: String = name.trim().chars().take(LONGEST_NAME).collect();
        let credential = required("credential", fields.credential)?;
        let (user, session) = (&by.live.user, &by.live.session);
        let accounts = &by.visit.services.app.accounts;
        accounts
            .finish_passkey(&by.visit.tenant, user, session, &begun?, &credential, &name)
            .await?;
        Ok(match by.way_on() {
            Some(way_on) => see_other(&way_on),
            None => done("passkey"),
        })
    };
    let answer = answer.await;
    by.finish_form(PASSKEY, answer)
}

/// Removes a passkey.
pub(super) async fn remove<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let id = required("item", fields.item)?;
        let id = Base64UrlUnpadded::decode_vec(&id).map_err(|_| Malformed::Missing("item"))?;
        let accounts = &by.visit.services.app.accounts;
        accounts
            .remove_passkey(&by.visit.tenant, &by.live.user, &by.live.session, &id)
            .await?;
        Ok(done("removed"))
    };
    let answer = answer.await;
    by.finish(ACCOUNT, answer)
}

async fn page<A: App>(
    owner: &mut Owner<A>,
    trouble: Option<&Trouble>,
) -> Result<Response, Unserved> {
    let (user, session) = (&owner.live.user, &owner.live.session);
    let accounts = &owner.visit.services.app.accounts;
    let begun = accounts
        .begin_passkey(&owner.visit.tenant, user, session)
        .await?;
    owner.enroll(&begun.state);
    let visit = &owner.visit;
    let (csrf, sealed) = (visit.csrf(), visit.seal(&owner.interaction));
    let view = PasskeyView {
        page: visit.page(),
        form: Visit::<A>::form(PASSKEY, &csrf, Some(&sealed)),
        problem: trouble.map(|_| Problem::PasskeyFailed),
        new: true,
        options: &begun.options,
        back: &owner.way_back(),
    };
    Ok(Trouble::show(trouble, visit.page(), &view))
}
