//! `/oauth2/logout` (OpenID Connect RP-Initiated Logout 1.0), and the page that asks for confirmation.

mod ending;

pub(crate) use ending::{Ended, end};

use crate::authorize::by_query;
use crate::browser::{Browser, form as form_of};
use crate::pages::views::{LoggedOutView, LogoutFault, LogoutView};
use crate::paths::{ACCOUNT, AFTER_LOGOUT, CONFIRM_LOGOUT as CONFIRM, LOGOUT};
use crate::redirect::see_other;
use crate::services::Services;
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure, FrontChannel, Logout, LogoutRequest};
use countersign_domain::identifier::SessionId;
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::{given, parameters, required};
use std::sync::Arc;

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

parameters! {
    /// Response of a provider to our logout request (OpenID Connect RP-Initiated Logout section 3).
    AfterLogout { state }
}

/// Logout request after validation.
struct JudgedLogout {
    logout: Logout,
    state: Option<String>,
    /// What is wrong with the request, if anything. The user can still sign out, but does not return to the client.
    error: Option<RequestError>,
}

impl JudgedLogout {
    /// Returns the address of a logout request that goes on in the same way when the session has ended.
    fn address(&self) -> String {
        let (client, uri) = (&self.logout.client, &self.logout.go_on);
        let Some((client, uri)) = client.as_ref().zip(uri.as_ref()) else {
            return LOGOUT.to_owned();
        };
        let mut query = vec![
            ("client_id", client.id.as_str()),
            ("post_logout_redirect_uri", uri.as_str()),
        ];
        query.extend(self.state.as_deref().map(|state| ("state", state)));
        form::with_query(LOGOUT, &query)
    }
}

/// Handles a logout request of a client.
pub(crate) async fn ask<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let query = query.unwrap_or_default();
        let judged = judge(&mut browser, &query).await?;
        match judged.logout.session {
            Some(session) if !judged.logout.is_proved => {
                Ok(page(&browser, &judged, session, &query))
            }
            Some(session) => {
                let ended = end(&mut browser, session, &judged.address()).await?;
                Ok(signed_out(&browser, &judged, ended))
            }
            None => match judged.error {
                Some(error) if fault(&error) != LogoutFault::ClientUnknown => Err(error),
                _ => Ok(signed_out(&browser, &judged, Ended::default())),
            },
        }
    };
    let answer = answer.await;
    browser.finish(LOGOUT, answer)
}

/// Handles a logout request by `POST`.
pub(crate) async fn ask_by_form<A: App>(
    state: State<Arc<Services<A>>>,
    request: Request,
) -> Response {
    by_query(LOGOUT, state, request).await
}

/// Handles the decision of the user.
pub(crate) async fn decide<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        let query = query_of(&interaction).ok_or(Malformed::InteractionUnknown)?;
        let judged = judge(&mut browser, query).await?;
        match required("decision", fields.decision)?.as_str() {
            // End the session again even if it has ended: the previous attempt may have failed halfway.
            "logout" => match interaction.session {
                Some(session) => {
                    let ended = end(&mut browser, session, &judged.address()).await?;
                    Ok(signed_out(&browser, &judged, ended))
                }
                // The page is too old: ask again, for the session that is live now.
                None => Ok(match judged.logout.session {
                    Some(session) => page(&browser, &judged, session, query),
                    None => signed_out(&browser, &judged, Ended::default()),
                }),
            },
            "stay" => Ok(see_other(ACCOUNT)),
            _ => Err(MalformedRequest::Missing("decision").into()),
        }
    };
    let answer = answer.await;
    browser.finish(CONFIRM, answer)
}

/// Handles the return from a provider after a logout there. Continues the logout request; without its `state`, says that
/// the user is signed out.
pub(crate) async fn after<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let query: AfterLogout = form::parse(query.unwrap_or_default().as_bytes())?;
        let opened = browser.open(given(query.state).as_deref()).ok();
        let began = opened.as_ref().and_then(|own| query_of(&own.interaction));
        let judged = judge(&mut browser, began.unwrap_or_default()).await?;
        Ok::<_, RequestError>(signed_out(&browser, &judged, Ended::default()))
    };
    let answer = answer.await;
    browser.finish(AFTER_LOGOUT, answer)
}

/// Returns the query of the logout request in an interaction.
fn query_of(interaction: &Interaction) -> Option<&str> {
    match &interaction.purpose {
        Purpose::Visit(address) => address.strip_prefix(LOGOUT)?.strip_prefix('?'),
        Purpose::Authorize(_) | Purpose::Device(_) => None,
    }
}

/// Validates a logout request. Fails only if the server fails.
async fn judge<A: App>(
    browser: &mut Browser<A>,
    query: &str,
) -> Result<JudgedLogout, RequestError> {
    let parameters: LogoutParameters = match form::parse(query.as_bytes()) {
        Ok(parameters) => parameters,
        Err(malformed) => {
            return Ok(JudgedLogout {
                logout: Logout::unreadable(&browser.sessions),
                state: None,
                error: Some(malformed.into()),
            });
        }
    };
    let [hint, logout_hint, client_id, uri] = [
        parameters.id_token_hint,
        parameters.logout_hint,
        parameters.client_id,
        parameters.post_logout_redirect_uri,
    ]
    .map(given);
    browser.ui_locales = given(parameters.ui_locales);
    let request = LogoutRequest {
        id_token_hint: hint.as_deref(),
        logout_hint: logout_hint.as_deref(),
        client_id: client_id.as_deref(),
        post_logout_redirect_uri: uri.as_deref(),
    };
    let authorizations = &browser.services.app.authorizations;
    let mut logout = authorizations
        .judge_logout(&browser.tenant, &request, &browser.sessions)
        .await?;
    let error = logout.refusal.take().map(RequestError::from);
    browser.client_id = client_id;
    Ok(JudgedLogout {
        logout,
        state: given(parameters.state),
        error,
    })
}

/// Returns what the page says about an error.
const fn fault(error: &RequestError) -> LogoutFault {
    match error {
        RequestError::Failure(Failure::Refused(refusal)) => match refusal {
            Refusal::IdTokenHintMissing => LogoutFault::ClientUnknown,
            Refusal::PostLogoutRedirectUriNotRegistered(_) => LogoutFault::UriUnregistered,
            _ => LogoutFault::Invalid,
        },
        _ => LogoutFault::Invalid,
    }
}

/// Redirects the browser to the provider of the session, or to the client. If clients use front-channel logout, first shows
/// a page that notifies them (OpenID Connect Front-Channel Logout section 3).
fn signed_out<A: App>(browser: &Browser<A>, judged: &JudgedLogout, ended: Ended) -> Response {
    let state = judged.state.as_deref().map(|state| ("state", state));
    let go_on = judged.logout.go_on.as_ref();
    let go_on = go_on.map(|uri| form::with_query(uri.as_str(), state.as_slice()));
    let go_on = ended.there.or(go_on);
    if ended.front_channel.is_empty()
        && let Some(address) = &go_on
    {
        return see_other(address);
    }
    let view = LoggedOutView {
        page: browser.page(),
        frames: frames(browser.issuer(), &ended.front_channel),
        go_on: go_on.as_deref(),
        client: judged.logout.client.as_ref().map(|client| &*client.name),
    };
    browser.page().show(StatusCode::OK, &view)
}

/// Returns the URLs that notify clients of a logout (OpenID Connect Front-Channel Logout section 2).
pub(crate) fn frames(issuer: &str, front_channel: &[FrontChannel]) -> Vec<String> {
    let address = |FrontChannel { uri, session }: &FrontChannel| {
        let session = session.to_string();
        form::with_query(uri.as_str(), &[("iss", issuer), ("sid", &session)])
    };
    front_channel.iter().map(address).collect()
}

/// Returns the page that asks the user for confirmation. It says what is wrong with the request.
fn page<A: App>(
    browser: &Browser<A>,
    judged: &JudgedLogout,
    session: SessionId,
    query: &str,
) -> Response {
    let mut interaction =
        Interaction::new(Purpose::Visit(format!("{LOGOUT}?{query}")), browser.now());
    interaction.session = Some(session);
    let (csrf, sealed) = (
        browser.seals.csrf(),
        browser.seals.interaction(&interaction),
    );
    let account = browser.sessions.find(session);
    let fault = judged.error.as_ref().map(|error| {
        let answer = error.answer(LOGOUT, browser.client_id.as_deref(), false);
        (fault(error), answer.description)
    });
    let status = match &fault {
        // Without a known client, the server must not redirect, but may log out (RP-Initiated Logout section 2).
        None | Some((LogoutFault::ClientUnknown, _)) => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    let view = LogoutView {
        page: browser.page(),
        form: form_of(CONFIRM, &csrf, Some(&sealed)),
        client: judged.logout.client.as_ref().map(|client| &*client.name),
        account: account.map_or("", |live| live.user.email.as_str()),
        fault,
    };
    browser.page().show(status, &view)
}
