//! `POST /signout`: the current session of a browser ends.

use crate::browser::{Visit, csrf};
use crate::error::Unserved;
use crate::logout::frames;
use crate::malformed::Malformed;
use crate::pages::views::LoggedOutView;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use countersign_ports::{PasswordHasher, Signer, Store};

pub(super) const SIGN_OUT: &str = "/signout";

/// Ends the session and leads home; clients that are told of it through the browser are told on a page of their own.
/// Without a session there is nothing to end, and nobody is told a difference.
pub(super) async fn sign_out<S: Store, G: Signer, P: PasswordHasher>(
    mut visit: Visit<S, G, P>,
) -> Response {
    let answer = async {
        if !csrf::is_from_here(&visit.headers, visit.issuer()) {
            return Err(Malformed::FormOfAnotherSite.into());
        }
        let current = visit.sessions.live.first().map(|live| live.session.id);
        let Some(session) = current else {
            return Ok::<_, Unserved>(home());
        };
        let told = visit.services.sessions.end(&visit.tenant, session).await?;
        visit.sessions.remove(session);
        if told.is_empty() {
            return Ok(home());
        }
        let view = LoggedOutView {
            page: visit.page(),
            frames: frames(visit.issuer(), &told),
            go_on: None,
            client: None,
        };
        Ok(visit.page().show(StatusCode::OK, &view))
    };
    let answer = answer.await;
    visit.finish(SIGN_OUT, answer)
}

fn home() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, "/")]).into_response()
}
