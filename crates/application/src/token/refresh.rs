use super::{
    Caller, Failure, GrantId, Issuance, Refusal, RequestedScope, Tenant, Timestamp, TokenIssuer,
};
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::opened;
use countersign_domain::decision::Decision;
use countersign_domain::grant::Grant;
use countersign_ports::Race;
use countersign_ports::prelude::*;

/// Maximum number of attempts to rotate a grant. The first attempt relies on the facts in the token and usually
/// succeeds. If it loses the race, the second reads the stored grant. More are needed only if the store briefly returns
/// stale data.
const LOOKS: usize = 4;

impl<A: App> TokenIssuer<A> {
    /// Refreshes tokens (RFC 6749 section 6). `scope` and `resources` are the unparsed request parameters.
    pub(super) async fn refresh(
        &self,
        tenant: &Tenant,
        caller: &Caller<'_>,
        refresh_token: &str,
        (scope, resources): (RequestedScope<'_>, &[&str]),
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        let token = opened(
            self.refresh_tokens.decode(tenant.id, refresh_token),
            Refusal::RefreshTokenUnknown,
        )?;
        let mut grant = match token.presumed_grant(now) {
            Some(grant) => grant,
            None => self.stored_grant(tenant, token.grant()).await?,
        };
        let lifetimes = &tenant.settings.lifetimes;
        for _ in 0..LOOKS {
            let refreshed = match grant.refresh(&token, scope, resources, caller, lifetimes, now) {
                Decision::Issue(refreshed) => refreshed,
                Decision::Refuse(refusal) => {
                    CurrentRequest::note_subject(&grant.authorization().subject);
                    return Err(refusal.into());
                }
                Decision::Revoke(revoked, refusal) => {
                    let parties = (&caller.client().id, &grant.authorization().subject);
                    let refused = (revoked, refusal);
                    return self.revoke(tenant, parties, refused, now).await;
                }
            };
            let race = match refreshed.rotation() {
                Some(rotation) => self.store.rotate(tenant.id, rotation).await?,
                None => Race::Won,
            };
            if let Some(issuance) = refreshed.stored(race) {
                return Ok(issuance);
            }
            grant = self.stored_grant(tenant, token.grant()).await?;
        }
        Err(Failure::Contended)
    }

    async fn stored_grant(&self, tenant: &Tenant, id: GrantId) -> Result<Grant, Failure> {
        let stored = self.store.find_grant(tenant.id, id).await?;
        Ok(stored.ok_or(Refusal::GrantUnknown)?)
    }
}
