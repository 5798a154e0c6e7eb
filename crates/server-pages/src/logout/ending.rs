//! The end of a session, here and at its upstream provider.

use crate::browser::Browser;
use countersign_application::{App, FrontChannel, LiveSession};
use countersign_domain::identifier::SessionId;
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;

/// What is left to do in the browser after the end of a session.
#[derive(Default)]
pub(crate) struct Ended {
    /// Clients to notify.
    pub(crate) front_channel: Vec<FrontChannel>,
    /// Address that ends the session at its upstream provider.
    pub(crate) there: Option<String>,
}

/// Ends a session of the browser. If its upstream provider ends it, too, the provider sends the browser back to go on with
/// the logout request at `address`.
pub(crate) async fn end<A: App>(
    browser: &mut Browser<A>,
    session: SessionId,
    address: &str,
) -> Result<Ended, RequestError> {
    let live = browser.sessions.find(session).cloned();
    let sessions = &browser.services.app.sessions;
    let front_channel = match &live {
        Some(live) => sessions.sign_out(&browser.tenant, live).await?,
        // It has ended, but the attempt may have failed halfway.
        None => sessions.end(&browser.tenant, session).await?,
    };
    metrics::counter!("countersign_logouts_total").increment(1);
    // Only now: the provider may take long to answer, and the browser may not wait for it.
    let there = match &live {
        Some(live) => at_provider(browser, live, address).await,
        None => None,
    };
    browser.sessions.remove(session);
    Ok(Ended {
        front_channel,
        there,
    })
}

/// Returns the address that ends the session at its upstream provider.
async fn at_provider<A: App>(
    browser: &Browser<A>,
    live: &LiveSession,
    address: &str,
) -> Option<String> {
    let federation = &browser.services.app.federation;
    let request = federation.logout_there(&browser.tenant, &live.session);
    let request = request.await?;
    let began = Interaction::new(Purpose::Visit(address.to_owned()), browser.now());
    let state = browser.seals.interaction(&began);
    let mut parameters: Vec<_> = request
        .parameters
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    parameters.push(("state", &state));
    Some(form::with_query(&request.endpoint, &parameters))
}
