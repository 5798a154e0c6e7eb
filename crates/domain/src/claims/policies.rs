//! Policies that apply to a token or response.

use crate::claims::mapping::{ClaimMapping, ClaimSource, Destination};
use crate::claims::policy::{ClaimsPolicy, PolicyOwner};
use crate::client::Client;
use crate::resource_server::ResourceServer;
use alloc::string::String;
use alloc::sync::Arc;

/// Policies that apply to one token or response: that of a resource server first, then that of the client.
///
/// A resource server relies on the claims of its access tokens. [`Policies::withholds`] says which ones the policy of a
/// client cannot set there.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a> {
    /// Token or response.
    pub into: Destination,
    /// Audience of the roles without one in the policy of the client; `None` if the token has several.
    pub audience: Option<&'a str>,
    server: Option<&'a ResourceServer>,
    client: Option<&'a ClaimsPolicy>,
    /// Registered resource servers that the access token is for.
    receivers: &'a [Arc<ResourceServer>],
}

impl<'a> Policies<'a> {
    /// Returns the policies for a token or response that a client receives. `audience` is that of the access token, and
    /// `receivers` are the registered resource servers among it.
    #[must_use]
    pub fn of(
        into: Destination,
        client: &'a Client,
        (audience, receivers): (&'a [String], &'a [Arc<ResourceServer>]),
    ) -> Self {
        let only = match audience {
            [audience] => Some(audience.as_str()),
            _ => None,
        };
        let is_access_token = into == Destination::AccessToken;
        let receivers = if is_access_token { receivers } else { &[] };
        Self {
            into,
            audience: match into {
                Destination::AccessToken | Destination::Introspection => only,
                Destination::IdToken | Destination::UserInfo => Some(client.audience()),
            },
            server: receivers
                .first()
                .filter(|_| only.is_some())
                .map(|own| &**own),
            client: Some(&client.claims_policy),
            receivers,
        }
    }

    /// Returns the policies for an introspection response that a resource server receives: its own.
    #[must_use]
    pub const fn of_resource_server(server: &'a ResourceServer) -> Self {
        Self {
            into: Destination::Introspection,
            audience: None,
            server: Some(server),
            client: None,
            receivers: &[],
        }
    }

    /// Returns the mappings for the token or response in order, each with the owner of its policy and its index there.
    pub fn mappings(&self) -> impl Iterator<Item = (PolicyOwner<'a>, usize, &'a ClaimMapping)> {
        let into = self.into;
        let server = self.server.map(|own| {
            let owner = PolicyOwner::ResourceServer(&own.audience);
            (owner, &own.claims_policy)
        });
        let client = self.client.map(|policy| (PolicyOwner::Client, policy));
        let all = server.into_iter().chain(client);
        all.flat_map(move |(owner, policy)| {
            let all = policy.mappings.iter().enumerate();
            let own = all.filter(move |(_, mapping)| mapping.into.contains(into));
            own.map(move |(index, mapping)| (owner, index, mapping))
        })
    }

    /// Returns the audience whose roles a mapping takes: the one that it names, that of the resource server whose policy it
    /// is in, or else that of the token; `None` if the token has several.
    #[must_use]
    pub fn audience_of_roles<'n>(
        &self,
        owner: PolicyOwner<'n>,
        named: Option<&'n str>,
    ) -> Option<&'n str>
    where
        'a: 'n,
    {
        match (named, owner) {
            (Some(audience), _) => Some(audience),
            (None, PolicyOwner::ResourceServer(own)) => Some(own),
            (None, PolicyOwner::Client) => self.audience,
        }
    }

    /// Returns whether no policy can set a claim.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mappings().next().is_none()
    }

    /// Returns whether a mapping needs the user.
    #[must_use]
    pub fn need_user(&self) -> bool {
        self.mappings()
            .any(|(_, _, mapping)| !matches!(mapping.source, ClaimSource::Value(_)))
    }

    /// Returns whether the policy of a client cannot set the claim of this mapping, because a resource server that the
    /// access token is for decides about it:
    ///
    /// - `groups`, `roles` and `entitlements`;
    /// - a claim that the policy of the resource server names for access tokens, even if that sets no value;
    /// - roles at another resource server.
    #[must_use]
    pub fn withholds(&self, mapping: &ClaimMapping) -> bool {
        let is_withheld = |server: &Arc<ResourceServer>| {
            let names = |own: &ClaimMapping| {
                own.claim == mapping.claim && own.into.contains(Destination::AccessToken)
            };
            let is_of_another = match &mapping.source {
                ClaimSource::Roles(Some(audience)) => *audience != server.audience,
                _ => false,
            };
            mapping.grants_access()
                || is_of_another
                || server.claims_policy.mappings.iter().any(names)
        };
        self.receivers.iter().any(is_withheld)
    }
}

#[cfg(test)]
mod tests;
