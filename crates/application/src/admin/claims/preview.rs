//! Preview of the claims of a user at a client, and of the rule that made each claim.

use super::super::{AdminError, Conflict, Missing, may};
use crate::claims::mappings;
use crate::definitions::{Definitions, stored};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::claims::evaluation::{Dropped, MappingResult, Policies};
use countersign_domain::claims::mapping::Destination;
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
        let server = if audience.contains(char::is_control) {
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
        let of_client = (PolicyOwner::Client, &client.claims_policy);
        let of_server = server.map(|own| {
            (
                PolicyOwner::ResourceServer(&own.audience),
                &own.claims_policy,
            )
        });
        let both: Vec<_> = of_server.into_iter().chain([of_client]).collect();
        let token = server.map_or(client.audience(), |own| &own.audience);
        // An introspection response has the claims of the one or the other, depending on the client that asks.
        let runs: Vec<(&Policies<'_>, &str)> = match into {
            Destination::AccessToken => vec![(&both, token)],
            Destination::IdToken | Destination::UserInfo => vec![(
                both.get(both.len() - 1..).unwrap_or_default(),
                client.audience(),
            )],
            Destination::Introspection => both.chunks(1).map(|one| (one, token)).collect(),
        };
        let mut previewed = Vec::new();
        for (policies, audience) in runs {
            let needed = mappings(policies, &[into]);
            let audience = Some(audience);
            let gathered = self
                .definitions
                .gather(tenant.id, &needed, Some(user), &[audience])
                .await?;
            let facts = gathered.facts(Some(user), scope, audience);
            let (mut claims, mut results) = (CustomClaims::none(), Vec::new());
            facts.evaluate(policies, into, &mut claims, |result| results.push(result));
            previewed.extend(results.iter().map(|result| shown(into, result, &claims)));
        }
        Ok(previewed)
    }
}

fn shown(into: Destination, result: &MappingResult<'_>, claims: &CustomClaims) -> PreviewedClaim {
    let mapping = result.mapping;
    let value = claims
        .get(&mapping.claim)
        .filter(|_| result.dropped.is_none());
    PreviewedClaim {
        into,
        claim: mapping.claim.clone(),
        value: value.cloned(),
        dropped: result.dropped,
        resource_server: match result.owner {
            PolicyOwner::ResourceServer(audience) => Some(audience.to_owned()),
            PolicyOwner::Client => None,
        },
        mapping: result.index,
        source: mapping.source.to_string(),
    }
}
