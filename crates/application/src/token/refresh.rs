use super::{
    AuthenticatedClient, Failure, Issuance, Refusal, Signer, Store, Timestamp, TokenIssuer,
};
use countersign_domain::decision::Decision;
use countersign_ports::Race;

/// The first look is at what the token itself says, and mostly the last. If its race is lost, a look at the
/// stored grant tells why. More than that is needed only when a store falls back and catches up in between.
const LOOKS: usize = 4;

impl<S: Store, G: Signer> TokenIssuer<S, G> {
    /// RFC 6749 section 6.
    pub(super) async fn refresh(
        &self,
        caller: &AuthenticatedClient<'_>,
        refresh_token: &str,
        scope: Option<&str>,
        resources: &[&str],
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        let token = self
            .refresh_tokens
            .decode(refresh_token)
            .ok_or(Refusal::RefreshTokenUnknown)?;
        let mut grant = token.presumed_grant(now);
        for _ in 0..LOOKS {
            let lifetimes = &self.settings.lifetimes;
            let refreshed = match grant.refresh(&token, scope, resources, caller, lifetimes, now) {
                Decision::Issue(refreshed) => refreshed,
                Decision::Refuse(refusal) => return Err(refusal.into()),
                Decision::Revoke(grant, refusal) => {
                    return self.revoke(grant, refusal, now).await;
                }
            };
            match refreshed.rotation {
                Some(rotation) if self.store.rotate(&rotation).await? == Race::Lost => {}
                Some(_) | None => return Ok(refreshed.issuance),
            }
            grant = self
                .store
                .find_grant(token.grant)
                .await?
                .ok_or(Refusal::GrantUnknown)?;
        }
        Err(Failure::Contended)
    }
}
