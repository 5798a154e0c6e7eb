//! Signing of the tokens of a response.

use super::{
    Arc, Client, Issuance, ResponseForm, Tenant, TokenIssuer, TokenResponse, User, UserKey,
};
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::grant::token_exchange::ACCESS_TOKEN_TYPE;
use countersign_ports::prelude::*;

impl<A: App> TokenIssuer<A> {
    pub(super) async fn mint(
        &self,
        tenant: &Tenant,
        client: &Arc<Client>,
        (issuance, known): (Issuance, Option<Box<User>>),
        form: ResponseForm,
    ) -> Result<TokenResponse, Failure> {
        let user = self.described(tenant, &issuance, form, known).await?;
        let (issuance, user) = self
            .with_policies(tenant, client, (issuance, user), form)
            .await?;
        let own = issuance.signing_algorithm;
        let mut unique = [0; 12];
        self.entropy.fill(&mut unique);
        let claims = issuance.access_token_claims(&tenant.issuer, unique);
        let access_token = self
            .signer
            .sign_access_token(
                tenant.id,
                &claims,
                own.unwrap_or(tenant.settings.signing_algorithm),
            )
            .await?;
        let id_token =
            match issuance.id_token_claims(&tenant.issuer, &access_token, user.as_deref()) {
                Some(claims) if form.id_token => {
                    let algorithm = tenant.published_algorithm(own);
                    let signed = self.signer.sign_id_token(tenant.id, &claims, algorithm);
                    Some(signed.await?)
                }
                _ => None,
            };
        let refresh_token = issuance.refresh_token.as_ref().map(|facts| {
            let form = form.refresh_token;
            let text = self.refresh_tokens.encode(tenant.id, &facts.token, form);
            (text, facts.lifetime)
        });
        Ok(TokenResponse {
            access_token,
            expires_in: issuance.expires_in(),
            scope: issuance.scope,
            id_token,
            refresh_token,
            issued_token_type: issuance.root.is_exchanged().then_some(ACCESS_TOKEN_TYPE),
            client: client.clone(),
        })
    }

    /// Returns the user whose claims go into the ID token: `known` if the request has read it, or else the stored user.
    /// Skips the read if the ID token has no user claims. Keeps a user that has been read, for claims policies.
    async fn described(
        &self,
        tenant: &Tenant,
        issuance: &Issuance,
        form: ResponseForm,
        known: Option<Box<User>>,
    ) -> Result<Option<Box<User>>, Failure> {
        let Some(facts) = issuance.id_token.as_ref().filter(|_| form.id_token) else {
            return Ok(known);
        };
        if facts.claims.is_empty() || known.is_some() {
            return Ok(known);
        }
        let Ok(id) = facts.owner.as_str().parse() else {
            return Ok(None);
        };
        let found = self.store.find_user(tenant.id, UserKey::Id(id)).await?;
        Ok(found.map(Box::new))
    }
}
