//! Facts for claims policies: reads what the mappings need, mostly from the cache of definitions.

mod attributes;
mod groups;

pub(crate) use groups::{effective_groups, stored_groups};

use crate::definitions::Definitions;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::evaluation::{ClaimFacts, Dropped, MappingResult, Policies};
use countersign_domain::claims::groups::EffectiveGroups;
use countersign_domain::claims::mapping::{ClaimMapping, ClaimSource, Destination};
use countersign_domain::claims::policy::PolicyOwner;
use countersign_domain::client::ClientId;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{DefinitionRepository, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the mappings of policies need, apart from the user.
#[derive(Default)]
pub(crate) struct Gathered {
    groups: EffectiveGroups,
    attributes: BTreeMap<AttributeName, Arc<Attribute>>,
    servers: Vec<Arc<ResourceServer>>,
}

impl Gathered {
    /// Returns the facts. `audience` is that of the roles without one in the policy of a client.
    pub(crate) fn facts<'a>(
        &'a self,
        user: Option<&'a User>,
        scope: &'a Scope,
        audience: Option<&'a str>,
    ) -> ClaimFacts<'a> {
        ClaimFacts {
            user,
            groups: &self.groups,
            attributes: &self.attributes,
            servers: &self.servers,
            audience,
            scope,
        }
    }
}

/// Returns the mappings for these destinations, with the owners of their policies.
pub(crate) fn mappings<'p>(
    policies: &Policies<'p>,
    into: &[Destination],
) -> Vec<(PolicyOwner<'p>, &'p ClaimMapping)> {
    let mut found = Vec::new();
    for (owner, policy) in policies {
        let meant = |mapping: &&ClaimMapping| into.iter().any(|own| mapping.into.contains(*own));
        found.extend(
            policy
                .mappings
                .iter()
                .filter(meant)
                .map(|mapping| (*owner, mapping)),
        );
    }
    found
}

/// Returns whether a mapping needs the user.
pub(crate) fn need_user(mappings: &[(PolicyOwner<'_>, &ClaimMapping)]) -> bool {
    let is_of_user = |mapping: &ClaimMapping| !matches!(mapping.source, ClaimSource::Value(_));
    mappings.iter().any(|(_, mapping)| is_of_user(mapping))
}

impl<S: DefinitionRepository + Send + Sync> Definitions<S> {
    /// Reads what the mappings need. `audiences` are those of roles without one in the policy of a client.
    pub(crate) async fn gather(
        &self,
        tenant: TenantId,
        mappings: &[(PolicyOwner<'_>, &ClaimMapping)],
        user: Option<&User>,
        audiences: &[Option<&str>],
    ) -> Result<Gathered, StoreError> {
        let mut gathered = Gathered::default();
        let Some(user) = user else {
            return Ok(gathered);
        };
        let needs = Needs::of(mappings, audiences);
        for name in needs.attributes {
            if let Some(found) = self.find(tenant, name.as_str()).await? {
                gathered.attributes.insert(name.clone(), found);
            }
        }
        for audience in needs.audiences {
            let found = self.find(tenant, audience).await?;
            gathered.servers.extend(found);
        }
        if needs.groups {
            gathered.groups = effective_groups(self, tenant, &user.groups).await?;
        }
        Ok(gathered)
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
    fn of(mappings: &[(PolicyOwner<'a>, &'a ClaimMapping)], audiences: &[Option<&'a str>]) -> Self {
        let mut needs = Self::default();
        for (owner, mapping) in mappings {
            match (&mapping.source, owner) {
                (ClaimSource::Groups, _) => needs.groups = true,
                (ClaimSource::Roles(Some(audience)), _) => needs.add_audience(audience),
                (ClaimSource::Roles(None), PolicyOwner::ResourceServer(own)) => {
                    needs.add_audience(own);
                }
                (ClaimSource::Roles(None), PolicyOwner::Client) => {
                    for audience in audiences.iter().flatten() {
                        needs.add_audience(audience);
                    }
                }
                (ClaimSource::Attribute(name), _) if !needs.attributes.contains(&name) => {
                    needs.attributes.push(name);
                }
                _ => {}
            }
        }
        needs
    }

    fn add_audience(&mut self, audience: &'a str) {
        self.groups = true;
        if !self.audiences.contains(&audience) {
            self.audiences.push(audience);
        }
    }
}

/// Logs that a claim was too large. Other reasons are normal.
pub(crate) fn log_dropped(client: &ClientId, into: Destination, result: MappingResult<'_>) {
    if result.dropped == Some(Dropped::TooLarge) {
        tracing::warn!(
            event = "claim_left_out",
            rule = "claims_too_large",
            client_id = %client,
            claim = %result.mapping.claim,
            into = into.as_str(),
            "claim left out: the claims of the policies have more than {} bytes",
            ClaimFacts::MAX_LENGTH
        );
    }
}
