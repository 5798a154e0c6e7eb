use super::{
    Caller, Failure, GrantId, Issuance, Refusal, Signer, Store, Tenant, Timestamp, TokenIssuer,
};
use crate::failure::opened;
use countersign_domain::decision::Decision;
use countersign_domain::grant::Grant;
use countersign_ports::Race;

/// The first look is at what the token itself says, and mostly the last. If its race is lost, a look at the stored
/// grant tells why. More looks are needed only when a store falls back and catches up in between.
const LOOKS: usize = 4;

impl<S: Store, G: Signer> TokenIssuer<S, G> {
    /// RFC 6749 section 6. `scope` and `resources` are the parameters as they came.
    pub(super) async fn refresh(
        &self,
        tenant: &Tenant,
        caller: &Caller<'_>,
        refresh_token: &str,
        (scope, resources): (Option<&str>, &[&str]),
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        let token = opened(
            self.refresh_tokens.decode(tenant.id, refresh_token),
            Refusal::RefreshTokenUnknown,
        )?;
        let mut grant = match token.presumed_grant(now) {
            Some(grant) => grant,
            None => self.stored_grant(tenant, token.grant).await?,
        };
        let lifetimes = &tenant.settings.lifetimes;
        for _ in 0..LOOKS {
            let refreshed = match grant.refresh(&token, scope, resources, caller, lifetimes, now) {
                Decision::Issue(refreshed) => refreshed,
                Decision::Refuse(refusal) => return Err(refusal.into()),
                Decision::Revoke(grant, refusal) => {
                    let client = &caller.client().id;
                    return self.revoke(tenant, client, (grant, refusal), now).await;
                }
            };
            match refreshed.rotation {
                Some(rotation) if self.store.rotate(tenant.id, &rotation).await? == Race::Lost => {}
                Some(_) | None => return Ok(refreshed.issuance),
            }
            grant = self.stored_grant(tenant, token.grant).await?;
        }
        Err(Failure::Contended)
    }

    async fn stored_grant(&self, tenant: &Tenant, id: GrantId) -> Result<Grant, Failure> {
        let stored = self.store.find_grant(tenant.id, id).await?;
        Ok(stored.ok_or(Refusal::GrantUnknown)?)
    }
}
