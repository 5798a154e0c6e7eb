//! `/oauth2/logout` (OpenID Connect RP-Initiated Logout 1.0), and the page that asks for confirmation.

use crate::Services;
use crate::account::ACCOUNT;
use crate::authorize::{by_query, see_other, with_query};
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::pages::views::{LoggedOutView, LogoutView};
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, FrontChannel, Logout, LogoutRequest};
use countersign_domain::identifier::SessionId;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::form;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::{given, parameters, required};
use std::sync::Arc;

pub(crate) const LOGOUT: &str = "/oauth2/logout";
pub(crate) const CONFIRM: &str = "/logout";

parameters! {
    /// Parameters of OpenID Connect RP-Initiated Logout section 2.
    LogoutParameters {
        id_token_hint,
        logout_hint,
        client_id,
        post_logout_redirect_uri,
        state,
        ui_locales,
    }
}

/// A validated logout request.
struct Judged {
    logout: Logout,
    state: Option<String>,
}

/// Handles a logout request of a client.
pub(crate) async fn ask<A: App>(mut visit: Visit<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let query = query.unwrap_or_default();
        let judged = judge(&mut visit, &query).await?;
        match judged.logout.session {
            Some(session) if !judged.logout.is_proved => Ok(page(&visit, &judged, session, &query)),
            Some(session) => end(&mut visit, &judged, session).await,
            None => Ok(farewell(&visit, &judged, &[])),
        }
    };
    let answer = answer.await;
    visit.finish(LOGOUT, answer)
}

/// Handles a logout request by `POST`.
pub(crate) async fn ask_by_form<A: App>(
    state: State<Arc<Services<A>>>,
    request: Request,
) -> Response {
    by_query(LOGOUT, state, request).await
}

/// Handles the decision of the user.
pub(crate) async fn decide<A: App>(mut visit: Visit<A>, request: Request) -> Response {
    let answer = async {
        let fields = visit.fields(request).await?;
        let interaction = visit.open(fields.interaction.as_deref())?;
        let query = match &interaction.errand {
            Errand::Visit(address) => address.strip_prefix(LOGOUT),
            Errand::Authorize(_) => None,
        };
        let query = query.and_then(|query| query.strip_prefix('?'));
        let query = query.ok_or(Malformed::InteractionUnknown)?;
        let judged = judge(&mut visit, query).await?;
        match required("decision", fields.decision)?.as_str() {
            // End the session again even if it has ended: the previous attempt may have failed halfway.
            "logout" => match interaction.progress().session {
                Some(session) => end(&mut visit, &judged, session).await,
                None => Ok(farewell(&visit, &judged, &[])),
            },
            "stay" => Ok(see_other(ACCOUNT)),
            _ => Err(Malformed::Missing("decision").into()),
        }
    };
    let answer = answer.await;
    visit.finish(CONFIRM, answer)
}

async fn judge<A: App>(visit: &mut Visit<A>, query: &str) -> Result<Judged, Unserved> {
    let parameters: LogoutParameters = form::parse(query.as_bytes())?;
    let [hint, logout_hint, client_id, uri] = [
        parameters.id_token_hint,
        parameters.logout_hint,
        parameters.client_id,
        parameters.post_logout_redirect_uri,
    ]
    .map(given);
    visit.ui_locales = given(parameters.ui_locales);
    let request = LogoutRequest {
        id_token_hint: hint.as_deref(),
        logout_hint: logout_hint.as_deref(),
        client_id: client_id.as_deref(),
        post_logout_redirect_uri: uri.as_deref(),
    };
    let authorizations = &visit.services.app.authorizations;
    let logout = authorizations
        .judge_logout(&visit.tenant, &request, &visit.sessions)
        .await?;
    Ok(Judged {
        logout,
        state: given(parameters.state),
    })
}

async fn end<A: App>(
    visit: &mut Visit<A>,
    judged: &Judged,
    session: SessionId,
) -> Result<Response, Unserved> {
    let front_channel = visit
        .services
        .app
        .sessions
        .end(&visit.tenant, session)
        .await?;
    visit.sessions.remove(session);
    metrics::counter!("countersign_logouts_total").increment(1);
    tracing::info!(%session, "logged out");
    Ok(farewell(visit, judged, &front_channel))
}

/// Redirects the browser to the client, after a page has notified the clients with front-channel logout (OpenID Connect
/// Front-Channel Logout section 3).
fn farewell<A: App>(visit: &Visit<A>, judged: &Judged, front_channel: &[FrontChannel]) -> Response {
    let state = judged.state.as_deref().map(|state| ("state", state));
    let go_on = judged.logout.go_on.as_ref();
    let go_on = go_on.map(|uri| with_query(uri.as_str(), state.as_slice()));
    if front_channel.is_empty()
        && let Some(address) = &go_on
    {
        return see_other(address);
    }
    let view = LoggedOutView {
        page: visit.page(),
        frames: frames(visit.issuer(), front_channel),
        go_on: go_on.as_deref(),
        client: judged.logout.client.as_ref().map(|client| &*client.name),
    };
    visit.page().show(StatusCode::OK, &view)
}

/// Returns the URLs that notify clients of a logout (OpenID Connect Front-Channel Logout section 2).
pub(crate) fn frames(issuer: &str, front_channel: &[FrontChannel]) -> Vec<String> {
    let address = |FrontChannel { uri, session }: &FrontChannel| {
        let session = session.to_string();
        with_query(uri.as_str(), &[("iss", issuer), ("sid", &session)])
    };
    front_channel.iter().map(address).collect()
}

fn page<A: App>(visit: &Visit<A>, judged: &Judged, session: SessionId, query: &str) -> Response {
    let mut interaction = Interaction::new(Errand::Visit(format!("{LOGOUT}?{query}")), visit.now());
    interaction.in_session(session);
    let (csrf, sealed) = (visit.csrf(), visit.seal(&interaction));
    let account = visit.sessions.find(session);
    let view = LogoutView {
        page: visit.page(),
        form: Visit::<A>::form(CONFIRM, &csrf, Some(&sealed)),
        client: judged.logout.client.as_ref().map(|client| &*client.name),
        account: account.map_or("", |live| live.user.email.as_str()),
    };
    visit.page().show(StatusCode::OK, &view)
}
