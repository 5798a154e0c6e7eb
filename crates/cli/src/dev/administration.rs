//! The demo user as administrator, and the client of `countersign login`.

use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::{Setup, now};
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientId, ClientType, GrantType};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;

const CLIENT_ID: &str = "countersign-cli";
const SCOPE: &str = "openid admin";
const REDIRECT_URI: &str = "http://127.0.0.1/callback";

/// Grants the role `owner` to the user, and registers the client for the current address of the server.
pub(super) async fn bring_into(setup: &Setup, email: &str) -> Result<(), CommandError> {
    let (operator, tenant) = (operator(), &setup.tenant);
    let user = setup.user_admin()?.find(tenant, &operator, email).await?;
    let holder = Holder::User(user.id);
    let owner = RoleName::parse(AdminRole::OWNER).map_err(|error| malformed(&error))?;
    let admin = setup.administrator_admin();
    let all = admin.list(tenant, &operator).await?;
    let own = all.holders.get(&holder);
    if !own.is_some_and(|own| own.roles.contains(&owner)) {
        admin
            .grant(tenant, &operator, &holder, &owner, false)
            .await?;
    }
    let (admin, new) = (setup.client_admin(), client(&tenant.admin_api())?);
    let at_this_address = |client: &mut Client| client.resources.clone_from(&new.resources);
    match admin
        .update(tenant, &operator, &new.id, at_this_address)
        .await
    {
        Err(AdminError::NotFound(Missing::Client)) => {}
        updated => return Ok(updated.map(drop)?),
    }
    match admin.create(tenant, &operator, new.into(), None).await {
        // A concurrent start has already created it.
        Ok(_) | Err(AdminError::Conflict(Conflict::ClientId)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn client(api: &str) -> Result<Client, CommandError> {
    let id = ClientId::parse(CLIENT_ID).map_err(|error| malformed(&error))?;
    Ok(Client {
        grant_types: vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN],
        scope: Scope::parse(SCOPE).map_err(|error| malformed(&error))?,
        redirect_uris: vec![RedirectUri::parse(REDIRECT_URI).map_err(|error| malformed(&error))?],
        resources: vec![Resource::parse(api).map_err(|error| malformed(&error))?],
        ..Client::new(id, "Command line", ClientType::Public, now())
    })
}

fn malformed(error: &dyn std::error::Error) -> CommandError {
    CommandError::of("Invalid client of the command line", &error)
}
