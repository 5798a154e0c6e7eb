//! The registered client behind "try it".

use crate::commands::clients::create::check;
use crate::commands::setup::{Setup, now};
use crate::failure::Failure;
use countersign_domain::client::{
    Client, ClientId, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::openid_registration::OpenIdRegistration;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::scope::Scope;
use countersign_ports::{ClientRepository as _, Race};

pub(super) const CLIENT_ID: &str = "try-it";
pub(super) const SCOPE: &str = "openid profile email offline_access";

/// Where the browser comes back to.
pub(super) fn redirect_uri(issuer: &str) -> String {
    format!("{issuer}/try/callback")
}

/// Registers the client for where the server listens this time.
pub(in crate::dev) async fn bring_into(setup: &Setup, issuer: &str) -> Result<(), Failure> {
    let client = client(issuer)?;
    if setup.store.update_client(&client).await? == Race::Lost {
        // Lost: another start made it at the same moment, which is as good.
        let _ = setup.store.insert_client(&client).await?;
    }
    Ok(())
}

fn client(issuer: &str) -> Result<Client, Failure> {
    let malformed = |error: &dyn std::error::Error| Failure::of("The demo client", &error);
    let uri = |text: &str| RedirectUri::parse(text).map_err(|error| malformed(&error));
    let client = Client {
        id: ClientId::parse(CLIENT_ID).map_err(|error| malformed(&error))?,
        name: "Try it".into(),
        client_type: ClientType::Public,
        status: ClientStatus::Active,
        secrets: Vec::new(),
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        scope: Scope::parse(SCOPE).map_err(|error| malformed(&error))?,
        redirect_uris: vec![uri(&redirect_uri(issuer))?],
        domains: Vec::new(),
        pkce: PkcePolicy::STRICT,
        signing_algorithm: None,
        audience: None,
        resources: Vec::new(),
        first_party: false,
        openid: OpenIdRegistration {
            post_logout_redirect_uris: vec![uri(&format!("{issuer}/"))?],
            ..OpenIdRegistration::default()
        },
        access_token_lifetime: None,
        created_at: now(),
    };
    check(&client)?;
    Ok(client)
}
