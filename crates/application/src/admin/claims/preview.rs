//! Preview of the claims of a user at a client, and of the rule that made each claim.

use super::super::{AdminError, Conflict, Missing, may};
use crate::definitions::{Definitions, stored};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::evaluation::{Dropped, MappingResult};
use countersign_domain::claims::mapping::{ClaimSource, Destination};
use countersign_domain::claims::policies::Policies;
use countersign_domain::claims::policy::PolicyOwner;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::identifier::UserId;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::scope::RequestedScope;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::custom_claims::{CustomClaims, CustomValue};
use countersign_domain::user::User;
use countersign_ports::{Store, UserKey};
use std::sync::Arc;

/// Commands about claims.
pub struct ClaimsAdmin<S> {
    /// Users, clients and resource servers.
    pub store: Arc<S>,
    /// Groups and attributes, as the token endpoint of this process sees them.
    pub definitions: Arc<Definitions<S>>,
}

/// Claims that the policies would add to each token and response.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Audience of the access token.
    pub audience: String,
    /// Scope.
    pub scope: String,
    /// Results of the mappings, in the order in which they are evaluated.
    pub claims: Vec<PreviewedClaim>,
}

/// Result of one mapping for one destination.
#[derive(Clone, Debug)]
pub struct PreviewedClaim {
    /// Token or response.
    pub into: Destination,
    /// Name of the claim.
    pub claim: String,
    /// Value; `None` if the mapping sets none.
    pub value: Option<CustomValue>,
    /// Whether the mapping sets a value that operators may not read.
    pub is_hidden: bool,
    /// Why the mapping sets no claim.
    pub dropped: Option<Dropped>,
    /// Resource server whose policy has the mapping; `None` for the policy of the client.
    pub resource_server: Option<String>,
    /// Index of the mapping in its policy.
    pub mapping: usize,
    /// Source of the value.
    pub source: String,
}

impl<S: Store> ClaimsAdmin<S> {
    /// Evaluates the policies of a client and of a resource server for a user. `resource_server` is the audience of the
    /// access token, that of the client if absent. `scope` is all registered scope if absent.
    pub async fn preview(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (user, client): (UserId, &ClientId),
        resource_server: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Preview, AdminError> {
        for permission in [
            Permission::UsersRead,
            Permission::ClientsRead,
            Permission::ResourceServersRead,
        ] {
            may(operator, permission)?;
        }
        let found = self.store.find_user(tenant.id, UserKey::Id(user)).await?;
        let user = found.ok_or(AdminError::NotFound(Missing::User))?;
        let found = self.store.find_client(tenant.id, client).await?;
        let client = found.ok_or(AdminError::NotFound(Missing::Client))?;
        let audience = resource_server.unwrap_or(client.audience()).to_owned();
        let is_own = audience == client.id.as_str();
        let server = if is_own || audience.contains(char::is_control) {
            None
        } else {
            stored::find(&*self.store, tenant.id, &audience).await?
        };
        if resource_server.is_some() && server.is_none() {
            return Err(AdminError::NotFound(Missing::ResourceServer));
        }
        let may_request = |own: &str| {
            own == client.audience() || client.resources.iter().any(|other| other.as_str() == own)
        };
        if !may_request(&audience) {
            return Err(Conflict::AudienceOfOthers.into());
        }
        let scope = client.registered_scope(RequestedScope::from(scope))?;
        let mut preview = Preview {
            audience,
            scope: scope.as_str().to_owned(),
            claims: Vec::new(),
        };
        for into in Destination::ALL {
            let claims = self.evaluated(tenant, (&user, &client, server.as_ref()), &scope, *into);
            preview.claims.extend(claims.await?);
        }
        Ok(preview)
    }

    async fn evaluated(
        &self,
        tenant: &Tenant,
        (user, client, server): (&User, &Client, Option<&ResourceServer>),
        scope: &countersign_domain::scope::Scope,
        into: Destination,
    ) -> Result<Vec<PreviewedClaim>, AdminError> {
        let receivers: Vec<_> = server.cloned().map(Arc::new).into_iter().collect();
        let audience = [server
            .map_or(client.audience(), |own| &own.audience)
            .to_owned()];
        let of_client = Policies::of(into, client, (&audience, &receivers));
        // An introspection response has the claims of the one or the other, depending on the client that asks.
        let of_server = server.filter(|_| into == Destination::Introspection);
        let runs = of_server.map(Policies::of_resource_server);
        let mut previewed = Vec::new();
        for policies in runs.into_iter().chain([of_client]) {
            let (mut claims, mut results) = (CustomClaims::none(), Vec::new());
            let mut all = [(policies, &mut claims)];
            let observe = |result| results.push(result);
            self.definitions
                .claims(tenant.id, &mut all, (Some(user), scope), observe)
                .await?;
            for result in &results {
                let is_hidden = self.is_hidden(tenant, result).await?;
                previewed.push(shown(result, is_hidden, &claims));
            }
        }
        Ok(previewed)
    }

    /// Returns whether a mapping sets the value of an attribute that operators may not read.
    async fn is_hidden(
        &self,
        tenant: &Tenant,
        result: &MappingResult<'_>,
    ) -> Result<bool, AdminError> {
        let (ClaimSource::Attribute(name), None) = (&result.mapping.source, result.dropped) else {
            return Ok(false);
        };
        let found = self
            .definitions
            .find::<Attribute>(tenant.id, name.as_str())
            .await?;
        Ok(found.is_none_or(|own| !own.readers.contains(&AttributeParty::Admin)))
    }
}

fn shown(result: &MappingResult<'_>, is_hidden: bool, claims: &CustomClaims) -> PreviewedClaim {
    let mapping = result.mapping;
    let is_shown = result.dropped.is_none() && !is_hidden;
    let value = claims.get(&mapping.claim).filter(|_| is_shown);
    PreviewedClaim {
        into: result.into,
        claim: mapping.claim.clone(),
        value: value.cloned(),
        is_hidden,
        dropped: result.dropped,
        resource_server: match result.owner {
            PolicyOwner::ResourceServer(audience) => Some(audience.to_owned()),
            PolicyOwner::Client => None,
        },
        mapping: result.index,
        source: mapping.source.to_string(),
    }
}
