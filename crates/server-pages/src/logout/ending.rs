//! Logout at the upstream provider of a session.

use crate::browser::Browser;
use countersign_application::App;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_server_http::wire::form;

/// Returns the address that ends the session at the upstream provider of a live session. The provider then sends the
/// browser back, to go on with the logout request at `address`.
pub(crate) async fn at_provider<A: App>(
    browser: &Browser<A>,
    session: SessionId,
    address: &str,
) -> Option<String> {
    let live = browser.sessions.find(session)?;
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
