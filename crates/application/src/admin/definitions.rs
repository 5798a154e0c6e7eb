//! Definitions that commands read.

use super::{AdminError, Missing, check_version};
use crate::definitions::stored;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::client::dynamic::initial_access_token::InitialAccessToken;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::registered::RegisteredTenant;
use countersign_domain::user::invitation::Invitation;
use countersign_domain::webhook::Webhook;
use countersign_ports::{Defined, DefinitionRepository, EventRecord, Race};

/// Kind of definitions with commands.
pub(super) trait Managed: Defined {
    /// What is missing if a definition does not exist.
    const MISSING: Missing;
}

macro_rules! managed {
    ($($kind:ident: $missing:ident;)+) => {
        $(impl Managed for $kind {
            const MISSING: Missing = Missing::$missing;
        })+
    };
}

managed! {
    ResourceServer: ResourceServer;
    AdminRole: Role;
    Group: Group;
    Webhook: Webhook;
    Attribute: Attribute;
    Invitation: Invitation;
    UpstreamProvider: UpstreamProvider;
    RegisteredTenant: Tenant;
    InitialAccessToken: InitialAccessToken;
}

/// Returns the definition with this identifier. Fails if it does not exist.
pub(super) async fn find<T: Managed>(
    store: &(impl DefinitionRepository + Sync),
    tenant: &Tenant,
    identifier: &str,
) -> Result<T, AdminError> {
    let found = stored::find(store, tenant.id, identifier).await?;
    found.ok_or(AdminError::NotFound(T::MISSING))
}

/// Returns the definition with this identifier. With `expected`, fails if it has another version.
pub(super) async fn expected<T: Managed>(
    store: &(impl DefinitionRepository + Sync),
    tenant: &Tenant,
    identifier: &str,
    expected: Option<u64>,
) -> Result<T, AdminError> {
    let found: T = find(store, tenant, identifier).await?;
    check_version(expected, found.version())?;
    Ok(found)
}

/// Deletes a definition, with its event. Returns `Lost` if another command changed it since it was read.
pub(super) async fn delete<T: Managed>(
    store: &(impl DefinitionRepository + Sync),
    tenant: &Tenant,
    own: &T,
    event: &EventRecord,
) -> Result<Race, AdminError> {
    let key = own.key();
    let deleted = store.delete_definition(tenant.id, &key, own.version(), event);
    Ok(deleted.await?)
}
