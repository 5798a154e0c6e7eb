use super::{
    Caller, CodeExchange, Failure, Issuance, Refusal, Signer, Store, Tenant, Timestamp, TokenIssuer,
};
use crate::failure::opened;
use countersign_domain::decision::Decision;
use countersign_domain::grant::authorization_code::{AuthorizationCode, Redemption};
use countersign_ports::{Race, UserKey};

impl<S: Store, G: Signer> TokenIssuer<S, G> {
    /// RFC 6749 section 4.1.3. The race for the grant's row is what makes the code single-use.
    pub(super) async fn redeem_code(
        &self,
        tenant: &Tenant,
        caller: &Caller<'_>,
        code: &str,
        exchange: &CodeExchange<'_>,
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        let code = opened(self.codes.open(tenant.id, code), Refusal::CodeUnknown)?;
        let client = &caller.client().id;
        let redemption = match code.redeem(exchange, caller, &tenant.settings.lifetimes, now) {
            Decision::Issue(redemption) => redemption,
            Decision::Refuse(refusal) => return Err(refusal.into()),
            Decision::Revoke(grant, refusal) => {
                return self.revoke(tenant, client, (grant, refusal), now).await;
            }
        };
        match self.store.establish(tenant.id, &redemption.grant).await? {
            // Boxed, or the future of every token request has to be large enough for a look-up of a user.
            Race::Won => Box::pin(self.unless_shut_out(tenant, &code, redemption, now)).await,
            Race::Lost => {
                let replayed = (code.grant, Refusal::CodeReplayed);
                self.revoke(tenant, client, replayed, now).await
            }
        }
    }

    /// Since the code was issued the user may have been disabled, the password changed, or the session ended. This is
    /// read after the grant is stored. A command that disables a user or ends a session marks that first and then
    /// revokes the grants that are there, so that one of the two sees the other.
    async fn unless_shut_out(
        &self,
        tenant: &Tenant,
        code: &AuthorizationCode,
        redemption: Redemption,
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        match self.shut_out(tenant, code, now).await? {
            Some(refusal) => {
                let client = code.authorization.client();
                let refused = (redemption.grant.id, refusal);
                self.revoke(tenant, client, refused, now).await
            }
            None => Ok(redemption.issuance),
        }
    }

    async fn shut_out(
        &self,
        tenant: &Tenant,
        code: &AuthorizationCode,
        now: Timestamp,
    ) -> Result<Option<Refusal>, Failure> {
        let Ok(owner) = code.authorization.subject.as_str().parse() else {
            return Ok(None);
        };
        let Some(session) = code.authorization.session else {
            let user = self.store.find_user(tenant.id, UserKey::Id(owner)).await?;
            let user = user.ok_or(Refusal::UserDisabled);
            return Ok(user.and_then(|user| code.check_user(&user)).err());
        };
        Ok(match self.store.find_session(tenant.id, session).await? {
            Some((session, user)) if user.id == owner => {
                let ended = (!session.is_live(now)).then_some(Refusal::SessionEnded);
                code.check_user(&user).err().or(ended)
            }
            _ => Some(Refusal::SessionEnded),
        })
    }
}
