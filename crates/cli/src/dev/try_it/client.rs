//! Registration of the "Try it" client.

use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::{Setup, now};
use countersign_application::admin::clients::NewClient;
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientId, ClientType, GrantType};
use countersign_domain::scope::Scope;

pub(super) const CLIENT_ID: &str = "try-it";
pub(super) const SCOPE: &str = "openid profile email offline_access";

/// Returns the redirect URI.
pub(super) fn redirect_uri(issuer: &str) -> String {
    format!("{issuer}/try/callback")
}

/// Registers the client, or updates its URIs to the current address of the server.
pub(in crate::dev) async fn bring_into(setup: &Setup, issuer: &str) -> Result<(), CommandError> {
    let (admin, operator, tenant) = (setup.client_admin(), operator(), &setup.tenant);
    let (id, new) = client(issuer)?;
    let at_this_address = |client: &mut Client| {
        client.redirect_uris.clone_from(&new.client.redirect_uris);
        client.openid.clone_from(&new.client.openid);
    };
    match admin.update(tenant, &operator, &id, at_this_address).await {
        Err(AdminError::NotFound(Missing::Client)) => {}
        updated => return Ok(updated.map(drop)?),
    }
    match admin.create(tenant, &operator, new, None).await {
        // A concurrent start has already created it.
        Ok(_) | Err(AdminError::Conflict(Conflict::ClientId)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn client(issuer: &str) -> Result<(ClientId, NewClient), CommandError> {
    let malformed = |error: &dyn std::error::Error| CommandError::of("Invalid demo client", &error);
    let uri = |text: &str| RedirectUri::parse(text).map_err(|error| malformed(&error));
    let id = ClientId::parse(CLIENT_ID).map_err(|error| malformed(&error))?;
    let client = Client {
        grant_types: vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN],
        scope: Scope::parse(SCOPE).map_err(|error| malformed(&error))?,
        redirect_uris: vec![uri(&redirect_uri(issuer))?],
        openid: OpenIdRegistration {
            post_logout_redirect_uris: vec![uri(&format!("{issuer}/"))?],
            ..OpenIdRegistration::default()
        },
        ..Client::new(id.clone(), "Try it", ClientType::Public, now())
    };
    Ok((id, client.into()))
}
