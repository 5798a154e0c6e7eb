//! The way to a provider.

use super::failed;
use super::paths::AUTHORIZE;
use crate::authorize::request::Asked;
use crate::browser::Browser;
use crate::redirect::see_other;
use axum::response::Response;
use countersign_application::{App, Failure, UpstreamHints};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::interaction::{Interaction, Pending, Purpose};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form::with_query;
use std::time::Duration;

/// Sends the browser to a provider. `links` is the signed-in user who links an account there, with the session.
pub(crate) async fn leave<A: App>(
    browser: &Browser<A>,
    interaction: Interaction,
    asked: Option<&Asked>,
    provider: &str,
    links: Option<(UserId, SessionId)>,
) -> Result<Response, Failure> {
    let hints = hints(browser, &interaction, asked, links.is_some());
    depart(browser, interaction, hints, provider, links).await
}

async fn depart<A: App>(
    browser: &Browser<A>,
    mut interaction: Interaction,
    hints: UpstreamHints<'_>,
    provider: &str,
    links: Option<(UserId, SessionId)>,
) -> Result<Response, Failure> {
    let federation = &browser.services.app.federation;
    let about = (links, browser.address);
    let departure = federation
        .depart(&browser.tenant, provider, hints, about)
        .await?;
    interaction.pending = Some(Pending::Upstream(departure.login.clone()));
    let sealed = browser.seals.interaction(&interaction);
    federation
        .keep(&browser.tenant, &departure, &sealed)
        .await?;
    let parameters = departure.parameters.iter();
    let parameters: Vec<_> = parameters
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Ok(see_other(&with_query(&departure.endpoint, &parameters)))
}

/// Returns the name of the provider that is the home of an address, if there is one.
pub(crate) async fn at_home<A: App>(
    browser: &Browser<A>,
    email: &str,
) -> Result<Option<String>, Failure> {
    let federation = &browser.services.app.federation;
    let home = federation.home_of(&browser.tenant, email).await?;
    Ok(home.map(|name| name.to_string()))
}

/// Sends the browser to the provider that is the home of the address that the user typed.
pub(crate) async fn to_home<A: App>(
    browser: &Browser<A>,
    interaction: &Interaction,
    asked: Option<&Asked>,
    home: &str,
    typed: Option<String>,
) -> Result<Response, RequestError> {
    let hints = UpstreamHints {
        login_hint: typed.as_deref(),
        ..hints(browser, interaction, asked, false)
    };
    let left = depart(browser, interaction.clone(), hints, home, None).await;
    match left {
        Ok(response) => Ok(response),
        Err(failure) => failed::show(browser, AUTHORIZE, home, interaction, failure).await,
    }
}

fn hints<'a, A: App>(
    browser: &'a Browser<A>,
    interaction: &Interaction,
    asked: Option<&'a Asked>,
    links: bool,
) -> UpstreamHints<'a> {
    let demands = asked.map(|asked| &asked.request.demands);
    // A user with a session who is asked to sign in again must enter credentials again. A link needs a recent sign-in
    // here, and may be to an account that has a session at the provider.
    let again = match interaction.purpose {
        Purpose::Visit(_) => !links && browser.sessions.current().is_some(),
        Purpose::Authorize(_) | Purpose::Device(_) => false,
    };
    UpstreamHints {
        login_hint: asked.and_then(|asked| asked.login_hint.as_deref()),
        ui_locales: browser.ui_locales.as_deref(),
        acr_values: asked.and_then(|asked| asked.acr_values.as_deref()),
        max_age: demands.and_then(|own| own.max_age.as_ref().map(Duration::as_secs)),
        sign_in_again: again || demands.is_some_and(|own| own.prompt.login),
        select_account: demands.is_some_and(|own| own.prompt.select_account),
    }
}
