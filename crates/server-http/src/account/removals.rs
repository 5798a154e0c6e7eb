//! The forms of the account page that end or remove something.

use super::owner::Sent;
use super::{ACCOUNT, done};
use crate::malformed::Malformed;
use crate::parameters::required;
use axum::response::Response;
use countersign_domain::client::ClientId;
use countersign_ports::{PasswordHasher, Signer, Store};

const REMOVED: &str = "removed";

/// Ends another session. One that is not there any more has ended, which is all that is wanted.
pub(super) async fn session<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, fields }: Sent<S, G, P>,
) -> Response {
    let answer = async {
        let session = required("item", fields.item)?;
        let session = session.parse().map_err(|_| Malformed::Missing("item"))?;
        let services = &by.visit.services;
        services
            .accounts
            .end_session(
                &by.visit.tenant,
                &services.sessions,
                by.live.user.id,
                session,
            )
            .await?;
        Ok(done(REMOVED))
    };
    let answer = answer.await;
    by.finish(ACCOUNT, answer)
}

/// Ends all other sessions.
pub(super) async fn other_sessions<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, .. }: Sent<S, G, P>,
) -> Response {
    let answer = async {
        let sessions = &by.visit.services.sessions;
        sessions
            .end_all(&by.visit.tenant, by.live.user.id, Some(by.live.session.id))
            .await?;
        Ok(done(REMOVED))
    };
    let answer = answer.await;
    by.finish(ACCOUNT, answer)
}

/// Forgets a device.
pub(super) async fn device<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, fields }: Sent<S, G, P>,
) -> Response {
    let answer = async {
        let device = required("item", fields.item)?;
        let device = device.parse().map_err(|_| Malformed::Missing("item"))?;
        let accounts = &by.visit.services.accounts;
        accounts
            .forget_device(&by.visit.tenant, by.live.user.id, device)
            .await?;
        Ok(done(REMOVED))
    };
    let answer = answer.await;
    by.finish(ACCOUNT, answer)
}

/// Takes consent back.
pub(super) async fn consent<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, fields }: Sent<S, G, P>,
) -> Response {
    let answer = async {
        let client = required("item", fields.item)?;
        let client = ClientId::parse(&client).map_err(|_| Malformed::Missing("item"))?;
        let accounts = &by.visit.services.accounts;
        accounts
            .withdraw_consent(&by.visit.tenant, by.live.user.id, &client)
            .await?;
        Ok(done(REMOVED))
    };
    let answer = answer.await;
    by.finish(ACCOUNT, answer)
}
