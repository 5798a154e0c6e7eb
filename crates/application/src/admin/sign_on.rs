//! Operators of the admin API, recognized by their access tokens.

use super::administrators::party;
use super::reach::{administrators, permissions_of_roles, roles_of};
use crate::access_tokens::AccessTokens;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::operator::{Operator, Permissions};
use countersign_domain::client::PresentedApiKey;
use countersign_domain::grant::Grant;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_ports::{Clock, Store};
use std::sync::Arc;

/// Recognizes the operators of the admin API.
pub struct OperatorTokens<S> {
    /// Validates access tokens.
    pub tokens: Arc<AccessTokens<S>>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> OperatorTokens<S> {
    /// Returns the operator of an access token. The operator has only the permissions that are both in their admin
    /// roles and in the scope of the token. Reads the store on every call, so revoking a role takes effect at once.
    pub async fn operator(&self, tenant: &Tenant, token: &str) -> Result<Operator, Failure> {
        let now = self.clock.now();
        let token = self.tokens.known(tenant, token, now)?;
        let live = self.tokens.live_with_user(tenant, token, now).await?;
        live.token
            .may_administer(&live.client, &tenant.admin_api())?;
        let granted = Permissions::of_scope(&live.token.scope);
        let client = live.client.id.clone();
        // A custom grant type can issue tokens without a grant for a user. Such a token does not act for its client.
        let is_machine = live.token.subject.as_str() == client.as_str();
        let grant = live.grant.as_ref().map(Grant::authorization);
        let signed_in = grant.map(|authorization| authorization.authentication);
        let session = grant.and_then(|authorization| authorization.session);
        let holder = if signed_in.is_some() {
            let user = live.into_user()?;
            Holder::User(user.ok_or(Refusal::AccessTokenWithoutOwner)?.id)
        } else if is_machine {
            Holder::Client(client.clone())
        } else {
            return Err(Refusal::AccessTokenWithoutOwner.into());
        };
        let store = &*self.tokens.store;
        let all = administrators(store, tenant).await?;
        let roles = roles_of(store, tenant, &all, &holder).await?;
        let held = permissions_of_roles(store, tenant, &roles).await?;
        let is_exempt = || {
            let own = all.holders.get(&holder);
            own.is_some_and(|own| own.without_second_factor)
        };
        let has_second_factor = match signed_in {
            None => is_exempt(),
            Some(authentication) => Operator::is_fresh(&authentication, now),
        };
        Ok(Operator {
            identity: party(&holder),
            permissions: held.within(granted),
            session,
            roles,
            holder: Some(holder),
            client: Some(client),
            has_second_factor,
        })
    }

    /// Returns the operator of a secret API key: the client, with the permissions that are both in its admin roles and in
    /// its scope. The client must be marked for administration. Reads the store on every call, so removing a key takes
    /// effect at once.
    pub async fn operator_of_key(
        &self,
        tenant: &Tenant,
        key: PresentedApiKey,
    ) -> Result<Operator, Failure> {
        CurrentRequest::note_client(&key.client);
        let now = self.clock.now();
        let store = &*self.tokens.store;
        let client = store.find_client(tenant.id, &key.client).await?;
        let client = client.filter(|client| client.has_api_key(&key.secret, now));
        let client = client.ok_or(Refusal::AccessTokenUnknown)?;
        if !client.is_for_administration(&tenant.admin_api()) {
            return Err(Refusal::ClientNotForAdministration.into());
        }
        let holder = Holder::Client(key.client.clone());
        let all = administrators(store, tenant).await?;
        let own = all.holders.get(&holder);
        let roles = roles_of(store, tenant, &all, &holder).await?;
        Ok(Operator {
            identity: party(&holder),
            permissions: permissions_of_roles(store, tenant, &roles)
                .await?
                .within(Permissions::of_scope(&client.scope)),
            has_second_factor: own.is_some_and(|own| own.without_second_factor),
            session: None,
            roles,
            holder: Some(holder),
            client: Some(key.client),
        })
    }
}
