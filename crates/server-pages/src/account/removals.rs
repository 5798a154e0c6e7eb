//! Forms of the account page that end sessions or remove items.

use super::addresses::done;
use super::owner::Sent;
use crate::pages::views::Section;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::client::ClientId;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::parameters::required;

const REMOVED: &str = "removed";

/// Ends another session. Succeeds even if the session no longer exists.
pub(super) async fn session<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let session = required("item", fields.item)?;
        let session = session
            .parse()
            .map_err(|_| MalformedRequest::Missing("item"))?;
        let services = &by.browser.services;
        services
            .app
            .accounts
            .end_session(
                &by.browser.tenant,
                &services.app.sessions,
                by.live.user.id,
                session,
            )
            .await?;
        Ok(done(Section::Sessions, REMOVED))
    };
    let answer = answer.await;
    by.finish(Section::Sessions.path(), answer)
}

/// Ends all other sessions.
pub(super) async fn other_sessions<A: App>(Sent { by, .. }: Sent<A>) -> Response {
    let answer = async {
        let sessions = &by.browser.services.app.sessions;
        sessions
            .end_all(
                &by.browser.tenant,
                by.live.user.id,
                Some(by.live.session.id),
            )
            .await?;
        Ok(done(Section::Sessions, REMOVED))
    };
    let answer = answer.await;
    by.finish(Section::Sessions.path(), answer)
}

/// Removes a trusted device.
pub(super) async fn device<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let device = required("item", fields.item)?;
        let device = device
            .parse()
            .map_err(|_| MalformedRequest::Missing("item"))?;
        let accounts = &by.browser.services.app.accounts;
        accounts
            .forget_device(&by.browser.tenant, by.live.user.id, device)
            .await?;
        Ok(done(Section::Sessions, REMOVED))
    };
    let answer = answer.await;
    by.finish(Section::Sessions.path(), answer)
}

/// Withdraws consent.
pub(super) async fn consent<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let answer = async {
        let client = required("item", fields.item)?;
        let client = ClientId::parse(&client).map_err(|_| MalformedRequest::Missing("item"))?;
        let accounts = &by.browser.services.app.accounts;
        accounts
            .withdraw_consent(&by.browser.tenant, by.live.user.id, &client)
            .await?;
        Ok(done(Section::Applications, REMOVED))
    };
    let answer = answer.await;
    by.finish(Section::Applications.path(), answer)
}
