//! `GET` and `POST /oauth2/authorize` (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2). Also `/continue`, to
//! which the pages of an interaction return.

mod claims;
mod parameters;
pub(crate) mod request;
mod request_object;
pub(crate) mod response;

use crate::browser::Browser;
use crate::interaction::{carried, go_on};
use crate::paths::{AUTHORIZE, CONTINUE};
use crate::redirect::see_other;
use crate::services::Services;
use axum::extract::{FromRequestParts as _, RawQuery, Request, State};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::body::{self, Accepts};
use countersign_server_http::wire::form;
use countersign_server_http::wire::parameters::{Parameters, Slot};
use std::sync::Arc;

/// Handles an authorization request.
pub(crate) async fn authorize<A: App>(
    mut browser: Browser<A>,
    RawQuery(query): RawQuery,
) -> Response {
    let purpose = Purpose::Authorize(query.unwrap_or_default());
    let interaction = Interaction::new(purpose, browser.now());
    let answer = go_on(&mut browser, interaction).await;
    browser.finish(AUTHORIZE, answer)
}

/// Handles an authorization request by `POST`.
pub(crate) async fn authorize_by_form<A: App>(
    state: State<Arc<Services<A>>>,
    request: Request,
) -> Response {
    by_query(AUTHORIZE, state, request).await
}

/// Redirects a form of another site to the same endpoint with `GET`. Browsers send no cookies with such a form
/// (`SameSite=Lax`), so the user would appear signed out.
pub(crate) async fn by_query<A: App>(
    endpoint: &'static str,
    State(services): State<Arc<Services<A>>>,
    request: Request,
) -> Response {
    let (mut head, body) = request.into_parts();
    match body::read::<AllOf>(&head.headers, body, Accepts::Form).await {
        Ok(AllOf(pairs)) => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(name, value)| (&**name, &**value))
                .collect();
            see_other(&format!("{endpoint}?{}", form::encoded(&pairs)))
        }
        Err(malformed) => match Browser::from_request_parts(&mut head, &services).await {
            Ok(browser) => browser.finish(endpoint, Err(malformed.into())),
            Err(response) => response,
        },
    }
}

/// Continues an interaction.
pub(crate) async fn resume<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = match carried(&browser, query.as_deref()) {
        Ok(opened) => go_on(&mut browser, opened.interaction).await,
        Err(error) => Err(error),
    };
    browser.finish(CONTINUE, answer)
}

/// All parameters in order, including unknown ones.
#[derive(Default)]
struct AllOf(Vec<(String, String)>);

impl Parameters for AllOf {
    fn slot(&mut self, _: &str) -> Option<(&'static str, Slot<'_>)> {
        None
    }

    fn put(&mut self, name: &str, value: Option<String>) -> Result<(), MalformedRequest> {
        self.0.push((name.to_owned(), value.unwrap_or_default()));
        Ok(())
    }
}
