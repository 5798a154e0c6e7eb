//! Claims policies of token responses.

use super::{Failure, Issuance, ResponseForm, Tenant, TokenIssuer, User};
use crate::app::App;
use crate::claims::log_dropped;
use countersign_domain::claims::mapping::Destination;
use countersign_domain::claims::policies::Policies;
use countersign_domain::client::Client;
use countersign_domain::identifier::Subject;
use countersign_domain::resource_server::ResourceServer;
use countersign_ports::UserKey;
use countersign_ports::prelude::*;
use std::sync::Arc;

impl<A: App> TokenIssuer<A> {
    /// Adds the claims of the policies of the client and of the resource server of the access token.
    pub(super) async fn with_policies(
        &self,
        tenant: &Tenant,
        client: &Client,
        (issuance, known): (Issuance, Option<Box<User>>),
        form: ResponseForm,
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        let receivers = self
            .definitions
            .receivers(tenant.id, client, &issuance.audience)
            .await?;
        let is_empty = |own: &Arc<ResourceServer>| own.claims_policy.is_empty();
        if client.claims_policy.is_empty() && receivers.iter().all(is_empty) {
            return Ok((issuance, known));
        }
        // Boxed: most clients have no policy.
        Box::pin(self.with_claims(tenant, (client, &receivers), (issuance, known), form)).await
    }

    async fn with_claims(
        &self,
        tenant: &Tenant,
        (client, receivers): (&Client, &[Arc<ResourceServer>]),
        (mut issuance, known): (Issuance, Option<Box<User>>),
        form: ResponseForm,
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        let of = |into, audience| Policies::of(into, client, (audience, receivers));
        let access_token = of(Destination::AccessToken, &issuance.audience);
        let mut all = vec![(access_token, &mut issuance.custom)];
        if let Some(own) = issuance.id_token.as_mut().filter(|_| form.id_token) {
            let id_token = of(Destination::IdToken, &issuance.audience);
            all.push((id_token, &mut own.custom));
        }
        let user = match (known, issuance.owner.as_ref().and_then(Subject::user)) {
            (None, Some(id)) if all.iter().any(|(own, _)| own.need_user()) => {
                let found = self.store.find_user(tenant.id, UserKey::Id(id)).await?;
                found.map(Box::new)
            }
            (known, _) => known,
        };
        let facts = (user.as_deref(), &issuance.scope);
        let log = |result| log_dropped(&client.id, result);
        self.definitions
            .claims(tenant.id, &mut all, facts, log)
            .await?;
        Ok((issuance, user))
    }
}
