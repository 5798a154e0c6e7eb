//! Application roles of users, for resource servers.

use crate::access_tokens::AccessTokens;
use crate::app::App;
use crate::claims::effective_groups;
use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::claims::roles::ApplicationRoleName;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_ports::prelude::*;
use countersign_ports::{Clock, UserKey};
use std::sync::Arc;

/// Application roles of users.
pub struct UserRoles<A: App> {
    /// Validates access tokens.
    pub tokens: Arc<AccessTokens<A::Store>>,
    /// Resource servers and groups.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<A: App> UserRoles<A> {
    /// Returns the roles of a user at a resource server, ordered by name. The access token must be one that an
    /// introspection client of the resource server requested for itself. An unknown or disabled user has no roles.
    pub async fn roles(
        &self,
        tenant: &Tenant,
        access_token: &str,
        (subject, audience): (&str, &str),
    ) -> Result<Vec<ApplicationRoleName>, Failure> {
        let now = self.clock.now();
        let token = self.tokens.known(tenant, access_token, now)?;
        let live = self.tokens.live(tenant, token, now).await?;
        live.may_read_roles()?;
        let server = self
            .definitions
            .find::<ResourceServer>(tenant.id, audience)
            .await?;
        let server = server.filter(|server| server.introspection_clients.contains(&live.client.id));
        let server = server.ok_or(refusals::RESOURCE_SERVER_OF_ANOTHER_CLIENT)?;
        let Ok(id) = subject.parse() else {
            return Ok(Vec::new());
        };
        let store = &self.tokens.store;
        let user = store.find_user(tenant.id, UserKey::Id(id)).await?;
        let Some(user) = user.filter(|user| user.enabled) else {
            return Ok(Vec::new());
        };
        let groups = effective_groups(&self.definitions, tenant.id, &user.groups).await?;
        Ok(groups
            .roles(&user.roles, &server)
            .into_iter()
            .cloned()
            .collect())
    }
}
