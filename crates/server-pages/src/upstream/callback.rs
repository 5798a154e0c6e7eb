//! `/rp/callback/{idp}`: takes the response of a provider.

use super::failed;
use super::paths::CALLBACKS;
use crate::browser::{Browser, Opened};
use crate::interaction::sign_in::{answered, signed_in};
use crate::interaction::{go_on, judged};
use crate::pages::views::Section;
use crate::paths;
use crate::redirect::see_other;
use crate::services::Services;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts as _, Path, RawQuery, Request, State};
use axum::response::Response;
use countersign_application::{Answer, Answered, App, Failure, Notice, UpstreamAnswer};
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::login::interaction::{Interaction, Pending, UpstreamLogin};
use countersign_domain::login::methods::Method;
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::body::{self, Accepts};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::{given, parameters, required};
use std::sync::Arc;

parameters! {
    /// Authorization response (RFC 6749 section 4.1.2, RFC 9207 section 2).
    Query { code, state, error, iss }
}

/// Takes the response of a provider. The `state` works once, and only in the browser that left for the provider.
pub(super) async fn arrive<A: App>(
    mut browser: Browser<A>,
    segment: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = async {
        let Path(provider) = segment.map_err(|_| Malformed::PathUnknown)?;
        let query: Query = form::parse(query.unwrap_or_default().as_bytes())?;
        let state = required("state", query.state)?;
        let federation = browser.services.app.federation.clone();
        let sealed = federation.take(&browser.tenant, &state).await?;
        // Another browser cannot open it: an attacker cannot make a victim finish the attacker's sign-in.
        let Opened { interaction, .. } = browser.open(Some(&sealed))?;
        let answer = UpstreamAnswer {
            provider,
            code: given(query.code),
            error: given(query.error),
            issuer: given(query.iss),
        };
        take(&mut browser, interaction, answer).await
    };
    let answer = answer.await;
    browser.finish(CALLBACKS, answer)
}

/// Takes a response by a form (OAuth 2.0 Form Post Response Mode), and redirects to the same endpoint with `GET`. Browsers
/// send no cookies with a form of another site (`SameSite=Lax`).
pub(super) async fn arrive_by_form<A: App>(
    State(services): State<Arc<Services<A>>>,
    segment: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let (mut head, content) = request.into_parts();
    let query = async {
        let Path(provider) = segment.map_err(|_| Malformed::PathUnknown)?;
        let provider = ProviderName::parse(&provider).map_err(|_| Malformed::PathUnknown)?;
        let sent: Query = body::read(&head.headers, content, Accepts::Form).await?;
        let all = [
            ("code", given(sent.code)),
            ("state", given(sent.state)),
            ("error", given(sent.error)),
            ("iss", given(sent.iss)),
        ];
        let sent = all.iter();
        let pairs: Vec<_> = sent
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)))
            .collect();
        Ok::<_, RequestError>(form::with_query(&format!("{CALLBACKS}/{provider}"), &pairs))
    };
    match query.await {
        Ok(address) => see_other(&address),
        Err(error) => match Browser::from_request_parts(&mut head, &services).await {
            Ok(browser) => browser.finish(CALLBACKS, Err(error)),
            Err(response) => response,
        },
    }
}

async fn take<A: App>(
    browser: &mut Browser<A>,
    mut interaction: Interaction,
    answer: UpstreamAnswer,
) -> Result<Response, RequestError> {
    let asked = match judged(browser, &interaction).await? {
        Ok(asked) => asked,
        Err(response) => return Ok(response),
    };
    let provider = answer.provider.clone();
    if let Some(Pending::Upstream(login)) = &interaction.pending
        && login.links.is_some()
    {
        return match link(browser, login, &answer).await {
            Ok(()) => Ok(see_other(&format!(
                "{}?done=linked",
                Section::Security.path()
            ))),
            Err(failure) => {
                failed::show(browser, CALLBACKS, &provider, &interaction, failure).await
            }
        };
    }
    let answer = Answer {
        upstream: Some(answer),
        ..Answer::default()
    };
    let (asked, method) = (asked.as_deref(), Method::UPSTREAM);
    match answered(browser, &mut interaction, asked, method, answer).await? {
        Answered::Proved { proof, remember } => {
            signed_in(browser, interaction, *proof, remember).await
        }
        Answered::Ask(Method::UPSTREAM, Some(failure)) => {
            failed::show(browser, CALLBACKS, &provider, &interaction, failure).await
        }
        Answered::Ask(next, _) => Ok(browser.lead_to(&paths::of_method(next), &interaction)),
        Answered::Over | Answered::Incomplete(_) => go_on(browser, interaction).await,
    }
}

/// Links the account at the provider to the signed-in user who left for it, and tells the user.
async fn link<A: App>(
    browser: &Browser<A>,
    login: &UpstreamLogin,
    answer: &UpstreamAnswer,
) -> Result<(), Failure> {
    let session = login.links.map(|(_, session)| session);
    let live = session.and_then(|session| browser.sessions.find(session));
    let live = live.ok_or(Refusal::LoginStepExpired)?;
    let federation = &browser.services.app.federation;
    let own = (live.user.id, live.session.id);
    let linked = federation.link_own(&browser.tenant, own, login, answer, browser.address);
    if let Some(identity) = linked.await? {
        let added = AddedFactor::Identity(identity);
        browser
            .notify_added(&live.user, Notice::IdentityLinked, &added)
            .await;
    }
    Ok(())
}
