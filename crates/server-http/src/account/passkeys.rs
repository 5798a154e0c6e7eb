//! `/account/passkey`: a new passkey, and the removal of one.

use super::{ACCOUNT, PASSKEY, done};
use crate::authorize::CONTINUE;
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::{Trouble, trouble};
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::pages::views::{PasskeyView, Problem};
use crate::parameters::{given, required};
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::LiveSession;
use countersign_ports::{PasswordHasher, Signer, Store};

/// Characters of a name of a passkey.
const LONGEST_NAME: usize = 64;

/// Begins to enroll a passkey.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = async {
        let interaction = visit.interaction(query.as_deref())?;
        match visit.enrolling(&interaction, PASSKEY) {
            Ok(owner) => Ok::<_, Unserved>(Ok(page(&visit, &owner, &interaction, None).await?)),
            Err(response) => Ok(Err(response)),
        }
    };
    let answer = answer.await;
    visit.finish_account(PASSKEY, answer)
}

/// Takes what the browser made.
pub(super) async fn add<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let interaction = visit.open(fields.interaction.as_deref())?;
        let owner = visit.live(&interaction).cloned().unwrap_or(owner);
        let name = given(fields.name).unwrap_or_default();
        let name: String = name.trim().chars().take(LONGEST_NAME).collect();
        let credential = required("credential", fields.credential)?;
        let begun = visit.open_state(fields.sealed.as_deref(), &owner)?;
        let (user, session) = (&owner.user, &owner.session);
        let accounts = &visit.services.accounts;
        let added = accounts
            .finish_passkey(user, session, &begun, &credential, &name)
            .await;
        match added {
            Ok(()) if matches!(interaction.errand, Errand::Visit(_)) => {
                Ok::<_, Unserved>(Ok(done("passkey")))
            }
            Ok(()) => Ok(Ok(visit.lead_to(CONTINUE, &interaction))),
            Err(failure) => {
                let trouble = trouble(failure.into(), PASSKEY)?;
                let page = page(&visit, &owner, &interaction, Some(&trouble));
                Ok(Ok(page.await?))
            }
        }
    };
    let answer = answer.await;
    visit.finish_account(PASSKEY, answer)
}

/// Removes a passkey.
pub(super) async fn remove<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let id = required("item", fields.item)?;
        let id = Base64UrlUnpadded::decode_vec(&id).map_err(|_| Malformed::Missing("item"))?;
        let accounts = &visit.services.accounts;
        accounts
            .remove_passkey(&owner.user, &owner.session, &id)
            .await?;
        Ok::<_, Unserved>(Ok(done("removed")))
    };
    let answer = answer.await;
    visit.finish_account(ACCOUNT, answer)
}

async fn page<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    owner: &LiveSession,
    interaction: &Interaction,
    trouble: Option<&Trouble>,
) -> Result<Response, Unserved> {
    let accounts = &visit.services.accounts;
    let begun = accounts.begin_passkey(&owner.user, &owner.session).await?;
    let (csrf, sealed) = (visit.csrf(), visit.seal(interaction));
    let state = visit.seal_state(&begun.state, owner);
    let view = PasskeyView {
        page: visit.page(),
        form: Visit::<S, G, P>::form(PASSKEY, &csrf, Some(&sealed)),
        problem: trouble.map(|_| Problem::PasskeyFailed),
        new: true,
        options: &begun.options,
        sealed: Some(&state),
        back: &visit.way_back(interaction),
    };
    Ok(Trouble::show(trouble, visit.page(), &view))
}
