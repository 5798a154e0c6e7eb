//! Page of a sign-in at a provider that failed, with ways on.

use super::paths::AUTHORIZE;
use crate::browser::Browser;
use crate::pages::views::{Section, UpstreamFailedView, UpstreamFault};
use crate::paths::LOGIN;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, CurrentRequest, Failure, RequestId, refusals};
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::RequestError;

/// Returns the page. Returns the failure itself if it is not about the provider, such as an outage of the store.
pub(crate) async fn show<A: App>(
    browser: &Browser<A>,
    endpoint: &'static str,
    provider: &str,
    interaction: &Interaction,
    failure: Failure,
) -> Result<Response, RequestError> {
    let Some(fault) = fault_of(&failure) else {
        return Err(failure.into());
    };
    let error = RequestError::from(failure);
    // This logs and counts the refusal.
    let _ = error.answer(endpoint, browser.client_id.as_deref(), false);
    let federation = &browser.services.app.federation;
    let name = federation.display_name(&browser.tenant, provider).await?;
    let (again, other) = ways_on(browser, provider, interaction);
    let request_id = CurrentRequest::current_id();
    let view = UpstreamFailedView {
        page: browser.page(),
        provider: &name,
        fault,
        again: again.as_deref(),
        other: &other,
        request_id: request_id.as_ref().map(RequestId::as_str),
    };
    let status = match fault {
        UpstreamFault::Unavailable => StatusCode::BAD_GATEWAY,
        UpstreamFault::Refused => StatusCode::BAD_REQUEST,
        _ => StatusCode::FORBIDDEN,
    };
    Ok(browser.page().show(status, &view))
}

/// Returns links to another try, and to the other ways to sign in. A signed-in user goes back to the page with the
/// providers.
fn ways_on<A: App>(
    browser: &Browser<A>,
    provider: &str,
    interaction: &Interaction,
) -> (Option<String>, String) {
    let security = Section::Security.path();
    let is_signed_in = browser.sessions.current().is_some();
    if is_signed_in && matches!(&interaction.purpose, Purpose::Visit(path) if path == security) {
        return (None, security.to_owned());
    }
    let mut interaction = interaction.clone();
    interaction.pending = None;
    let sealed = browser.seals.interaction(&interaction);
    let again = format!("{AUTHORIZE}?idp={provider}&interaction={sealed}");
    (Some(again), browser.seals.link(LOGIN, &interaction))
}

fn fault_of(failure: &Failure) -> Option<UpstreamFault> {
    let Failure::Refused(refusal) = failure else {
        return None;
    };
    Some(match refusal {
        Refusal::LoginFailed => UpstreamFault::Disabled,
        Refusal::Custom(rule, _) => {
            let is = |other: &Refusal| matches!(other, Refusal::Custom(own, _) if own == rule);
            let faults = [
                (refusals::UPSTREAM_UNAVAILABLE, UpstreamFault::Unavailable),
                (refusals::UPSTREAM_UNTRUE, UpstreamFault::Unavailable),
                (refusals::UPSTREAM_REFUSED, UpstreamFault::Refused),
                (refusals::UPSTREAM_EMAIL_MISSING, UpstreamFault::NoEmail),
                (
                    refusals::UPSTREAM_ADDRESS_TAKEN,
                    UpstreamFault::AddressTaken,
                ),
                (
                    refusals::UPSTREAM_ADMINISTRATOR,
                    UpstreamFault::AddressTaken,
                ),
                (refusals::UPSTREAM_ACCOUNT_MISSING, UpstreamFault::NoAccount),
                (
                    refusals::UPSTREAM_IDENTITY_TAKEN,
                    UpstreamFault::LinkedElsewhere,
                ),
            ];
            faults
                .iter()
                .find(|(own, _)| is(own))
                .map(|(_, fault)| *fault)?
        }
        _ => return None,
    })
}
