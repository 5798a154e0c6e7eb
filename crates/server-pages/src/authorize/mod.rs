//! `GET` and `POST /oauth2/authorize` (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2), and `/continue`, where our
//! own pages lead back to.

mod claims;
mod parameters;
mod response;
mod steps;

pub(crate) use response::{see_other, with_query};
pub(crate) use steps::{Asked, Judged};

use crate::Services;
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use axum::extract::{FromRequestParts as _, RawQuery, Request, State};
use axum::response::Response;
use countersign_application::App;
use countersign_server_http::wire::body::{self, Accepts};
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::form;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::{Parameters, Slot, given, parameters};
use std::sync::Arc;

pub(crate) const AUTHORIZE: &str = "/oauth2/authorize";
pub(crate) const CONTINUE: &str = "/continue";

/// A client sends a user here.
pub(crate) async fn authorize<A: App>(mut visit: Visit<A>, RawQuery(query): RawQuery) -> Response {
    let errand = Errand::Authorize(query.unwrap_or_default());
    let interaction = Interaction::new(errand, visit.now());
    let answer = visit.go_on(interaction).await;
    visit.finish(AUTHORIZE, answer)
}

/// The same by a form of the client's.
pub(crate) async fn authorize_by_form<A: App>(
    state: State<Arc<Services<A>>>,
    request: Request,
) -> Response {
    by_query(AUTHORIZE, state, request).await
}

/// A browser sends no cookie of ours with a form of another site's (`SameSite=Lax`), so that nobody would be logged
/// in here: it comes back with the same parameters by `GET`.
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
        Err(malformed) => match Visit::from_request_parts(&mut head, &services).await {
            Ok(visit) => visit.finish(endpoint, Err(malformed.into())),
            Err(response) => response,
        },
    }
}

parameters! {
    /// What the addresses of our own pages carry.
    Carried { interaction }
}

/// The sealed interaction in the query of a page, if one is there.
pub(crate) fn in_query(query: Option<&str>) -> Result<Option<String>, Malformed> {
    let carried: Carried = form::parse(query.unwrap_or_default().as_bytes())?;
    Ok(given(carried.interaction))
}

/// The interaction in the address of a page.
pub(crate) fn carried<A: App>(
    visit: &Visit<A>,
    query: Option<&str>,
) -> Result<Interaction, Unserved> {
    visit.open(in_query(query)?.as_deref())
}

/// Our own pages lead here when they are done.
pub(crate) async fn go_on<A: App>(mut visit: Visit<A>, RawQuery(query): RawQuery) -> Response {
    let answer = match carried(&visit, query.as_deref()) {
        Ok(interaction) => visit.go_on(interaction).await,
        Err(unserved) => Err(unserved),
    };
    visit.finish(CONTINUE, answer)
}

/// All parameters, known or not, in their order.
#[derive(Default)]
struct AllOf(Vec<(String, String)>);

impl Parameters for AllOf {
    fn slot(&mut self, _: &str) -> Option<(&'static str, Slot<'_>)> {
        None
    }

    fn put(&mut self, name: &str, value: Option<String>) -> Result<(), Malformed> {
        self.0.push((name.to_owned(), value.unwrap_or_default()));
        Ok(())
    }
}
