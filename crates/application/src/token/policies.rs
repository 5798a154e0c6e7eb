//! Claims policies of token responses.

use super::{Failure, Issuance, ResponseForm, Tenant, TokenIssuer, User};
use crate::app::App;
use crate::claims::{log_dropped, mappings, need_user};
use countersign_domain::claims::mapping::Destination;
use countersign_domain::claims::policy::PolicyOwner;
use countersign_domain::client::Client;
use countersign_domain::identifier::Subject;
use countersign_domain::resource_server::ResourceServer;
use countersign_ports::UserKey;
use countersign_ports::prelude::*;
use std::sync::Arc;

impl<A: App> TokenIssuer<A> {
    /// Adds the claims of the policies of the client and of the resource server of the access token. A token for several
    /// audiences gets only those of the client.
    pub(super) async fn with_policies(
        &self,
        tenant: &Tenant,
        client: &Client,
        (issuance, known): (Issuance, Option<Box<User>>),
        form: ResponseForm,
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        let server = match issuance.audience.as_slice() {
            [audience] => {
                self.definitions
                    .find::<ResourceServer>(tenant.id, audience)
                    .await?
            }
            _ => None,
        };
        let server = server.filter(|server| !server.claims_policy.is_empty());
        if server.is_none() && client.claims_policy.is_empty() {
            return Ok((issuance, known));
        }
        // Boxed: most clients have no policy.
        Box::pin(self.with_claims(tenant, client, server, (issuance, known), form)).await
    }

    async fn with_claims(
        &self,
        tenant: &Tenant,
        client: &Client,
        server: Option<Arc<ResourceServer>>,
        (issuance, known): (Issuance, Option<Box<User>>),
        form: ResponseForm,
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        let of_client = (PolicyOwner::Client, &client.claims_policy);
        let of_server = server.as_deref();
        let of_server = of_server.map(|own| {
            (
                PolicyOwner::ResourceServer(&own.audience),
                &own.claims_policy,
            )
        });
        // The resource server comes first, so that no client replaces the claims that it relies on.
        let for_access: Vec<_> = of_server.into_iter().chain([of_client]).collect();
        let has_id_token = form.id_token && issuance.id_token.is_some();
        let for_id = if has_id_token { &[of_client][..] } else { &[] };
        let mut needed = mappings(&for_access, &[Destination::AccessToken]);
        needed.extend(mappings(for_id, &[Destination::IdToken]));
        let user = match (known, issuance.owner.as_ref().and_then(Subject::user)) {
            (None, Some(id)) if need_user(&needed) => {
                let found = self.store.find_user(tenant.id, UserKey::Id(id)).await?;
                found.map(Box::new)
            }
            (known, _) => known,
        };
        let audience = match issuance.audience.as_slice() {
            [audience] => Some(audience.clone()),
            _ => None,
        };
        let (audience, own) = (audience.as_deref(), Some(client.audience()));
        let (audiences, owner) = ([audience, own], user.as_deref());
        let gathered = self
            .definitions
            .gather(tenant.id, &needed, owner, &audiences);
        let gathered = gathered.await?;
        let scope = issuance.scope.clone();
        let facts = gathered.facts(user.as_deref(), &scope, audience);
        let issuance =
            issuance.with_policies((&for_access, for_id), &facts, own, |into, result| {
                log_dropped(&client.id, into, result);
            });
        Ok((issuance, user))
    }
}
