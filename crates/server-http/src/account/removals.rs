//! The forms of the account page that end or remove something.

use super::{ACCOUNT, done};
use crate::browser::Visit;
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::parameters::required;
use axum::extract::Request;
use axum::response::Response;
use countersign_domain::client::ClientId;
use countersign_ports::{PasswordHasher, Signer, Store};

const REMOVED: &str = "removed";

/// Ends another session. One that is not there any more has ended, which is all that is wanted.
pub(super) async fn session<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let session = required("item", fields.item)?;
        let session = session.parse().map_err(|_| Malformed::Missing("item"))?;
        let services = &visit.services;
        services
            .accounts
            .end_session(&services.sessions, owner.user.id, session)
            .await?;
        Ok::<_, Unserved>(Ok(done(REMOVED)))
    };
    let answer = answer.await;
    visit.finish_account(ACCOUNT, answer)
}

/// Ends all other sessions.
pub(super) async fn other_sessions<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, _) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let sessions = &visit.services.sessions;
        sessions
            .end_all(owner.user.id, Some(owner.session.id))
            .await?;
        Ok::<_, Unserved>(Ok(done(REMOVED)))
    };
    let answer = answer.await;
    visit.finish_account(ACCOUNT, answer)
}

/// Forgets a device.
pub(super) async fn device<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let device = required("item", fields.item)?;
        let device = device.parse().map_err(|_| Malformed::Missing("item"))?;
        let accounts = &visit.services.accounts;
        accounts.forget_device(owner.user.id, device).await?;
        Ok::<_, Unserved>(Ok(done(REMOVED)))
    };
    let answer = answer.await;
    visit.finish_account(ACCOUNT, answer)
}

/// Takes consent back.
pub(super) async fn consent<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let client = required("item", fields.item)?;
        let client = ClientId::parse(&client).map_err(|_| Malformed::Missing("item"))?;
        let accounts = &visit.services.accounts;
        accounts.withdraw_consent(owner.user.id, &client).await?;
        Ok::<_, Unserved>(Ok(done(REMOVED)))
    };
    let answer = answer.await;
    visit.finish_account(ACCOUNT, answer)
}
