//! Claims of policies: reads what the mappings need, mostly from the cache of definitions.

mod attributes;
mod groups;

pub(crate) use groups::{effective_groups, stored_groups};

use crate::definitions::Definitions;
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::evaluation::{ClaimFacts, Dropped, MappingResult};
use countersign_domain::claims::groups::EffectiveGroups;
use countersign_domain::claims::mapping::ClaimSource;
use countersign_domain::claims::policies::Policies;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::user::User;
use countersign_ports::{DefinitionRepository, StoreError};
use std::sync::Arc;

impl<S: DefinitionRepository + Send + Sync> Definitions<S> {
    /// Returns the registered resource servers that an access token of a client is for. A client whose own identifier is
    /// the audience receives the token itself; no resource server can have this audience.
    pub(crate) async fn receivers(
        &self,
        tenant: TenantId,
        client: &Client,
        audience: &[String],
    ) -> Result<Vec<Arc<ResourceServer>>, StoreError> {
        let mut receivers = Vec::new();
        for name in audience.iter().filter(|name| **name != client.id.as_str()) {
            receivers.extend(self.find::<ResourceServer>(tenant, name).await?);
        }
        Ok(receivers)
    }

    /// Returns the resource server for which a client receives a token and may introspect it, if there is one.
    pub(crate) async fn receiver(
        &self,
        tenant: TenantId,
        token: &AccessToken,
        client: &ClientId,
    ) -> Result<Option<Arc<ResourceServer>>, StoreError> {
        for audience in &token.audience {
            let found = self.find::<ResourceServer>(tenant, audience).await?;
            if let Some(server) = found
                && server.may_introspect(client, token)
            {
                return Ok(Some(server));
            }
        }
        Ok(None)
    }

    /// Adds the claims of policies. Reads once what all of them need. `observe` gets the result of each mapping.
    pub(crate) async fn claims<'p>(
        &self,
        tenant: TenantId,
        policies: &mut [(Policies<'p>, &mut CustomClaims)],
        (user, scope): (Option<&User>, &Scope),
        mut observe: impl FnMut(MappingResult<'p>) + Send,
    ) -> Result<(), StoreError> {
        let mut needs = Needs::default();
        if user.is_some() {
            for (own, _) in &*policies {
                needs.add(own);
            }
        }
        let mut attributes = Vec::with_capacity(needs.attributes.len());
        for name in needs.attributes {
            attributes.extend(self.find(tenant, name.as_str()).await?);
        }
        let mut servers = Vec::new();
        for audience in needs.audiences {
            servers.extend(self.find(tenant, audience).await?);
        }
        let groups = match user {
            Some(user) if needs.groups => effective_groups(self, tenant, &user.groups).await?,
            _ => EffectiveGroups::default(),
        };
        let facts = ClaimFacts {
            user,
            groups: &groups,
            attributes: &attributes,
            servers: &servers,
            scope,
        };
        for (own, claims) in policies {
            facts.evaluate(own, claims, &mut observe);
        }
        Ok(())
    }
}

/// What mappings need, each once.
#[derive(Default)]
struct Needs<'a> {
    groups: bool,
    attributes: Vec<&'a AttributeName>,
    audiences: Vec<&'a str>,
}

impl<'a> Needs<'a> {
    fn add(&mut self, policies: &Policies<'a>) {
        for (owner, _, mapping) in policies.mappings() {
            match (&mapping.source, owner) {
                (ClaimSource::Groups, _) => self.groups = true,
                (ClaimSource::Roles(named), owner) => {
                    let audience = policies.audience_of_roles(owner, named.as_deref());
                    if let Some(audience) = audience {
                        self.add_audience(audience);
                    }
                }
                (ClaimSource::Attribute(name), _) if !self.attributes.contains(&name) => {
                    self.attributes.push(name);
                }
                _ => {}
            }
        }
    }

    fn add_audience(&mut self, audience: &'a str) {
        self.groups = true;
        if !self.audiences.contains(&audience) {
            self.audiences.push(audience);
        }
    }
}

/// Logs that a claim was too large. Other reasons are normal.
pub(crate) fn log_dropped(client: &ClientId, result: MappingResult<'_>) {
    if result.dropped == Some(Dropped::TooLarge) {
        tracing::warn!(
            event = "claim_left_out",
            rule = "claims_too_large",
            client_id = %client,
            claim = %result.mapping.claim,
            into = result.into.as_str(),
            "claim left out: the claims of the policies have more than {} bytes",
            ClaimFacts::MAX_LENGTH
        );
    }
}
