//! `POST /signout`: ends the current session of a browser.

use crate::browser::{Browser, csrf};
use crate::logout::{end, frames};
use crate::pages::views::LoggedOutView;
use crate::paths::LOGOUT;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use countersign_application::App;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;

pub(super) const SIGN_OUT: &str = "/signout";

/// Ends the session and redirects to `/`. If clients use front-channel logout, shows a page that notifies them. The page
/// also leads to the upstream provider of the session, if a logout ends the session there, too.
/// Without a session, the response is the same redirect.
pub(super) async fn sign_out<A: App>(mut browser: Browser<A>) -> Response {
    let answer = async {
        if !csrf::is_from_here(&browser.headers, browser.issuer()) {
            return Err(Malformed::FormOfAnotherSite.into());
        }
        let current = browser.sessions.current().map(|live| live.session.id);
        let Some(session) = current else {
            return Ok::<_, RequestError>(home());
        };
        let ended = end(&mut browser, session, LOGOUT).await?;
        if ended.front_channel.is_empty() && ended.there.is_none() {
            return Ok(home());
        }
        let view = LoggedOutView {
            page: browser.page(),
            frames: frames(browser.issuer(), &ended.front_channel),
            go_on: ended.there.as_deref(),
            client: None,
        };
        Ok(browser.page().show(StatusCode::OK, &view))
    };
    let answer = answer.await;
    browser.finish(SIGN_OUT, answer)
}

fn home() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, "/")]).into_response()
}
