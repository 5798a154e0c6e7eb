use super::{
    AuthenticatedClient, CodeExchange, Failure, Issuance, Refusal, Signer, Store, Timestamp,
    TokenIssuer,
};
use countersign_domain::authorization_code::{AuthorizationCode, Redemption};
use countersign_domain::decision::Decision;
use countersign_ports::{Race, UserKey};

impl<S: Store, G: Signer> TokenIssuer<S, G> {
    /// RFC 6749 section 4.1.3. The race for the grant's row is what makes the code single-use.
    pub(super) async fn redeem_code(
        &self,
        caller: &AuthenticatedClient<'_>,
        code: &str,
        exchange: &CodeExchange<'_>,
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        let code = self.codes.open(code).ok_or(Refusal::CodeUnknown)?;
        let redemption = match code.redeem(exchange, caller, &self.settings.lifetimes, now) {
            Decision::Issue(redemption) => redemption,
            Decision::Refuse(refusal) => return Err(refusal.into()),
            Decision::Revoke(grant, refusal) => return self.revoke(grant, refusal, now).await,
        };
        match self.store.establish(&redemption.grant).await? {
            // Boxed, or the future of every token request has to be large enough for a look-up of a user.
            Race::Won => Box::pin(self.unless_shut_out(&code, redemption, now)).await,
            Race::Lost => self.revoke(code.grant, Refusal::CodeReplayed, now).await,
        }
    }

    /// Since the code was issued the user may have been disabled, the password changed, or the session ended. This is asked after the
    /// grant is stored: whoever disables a user or ends a session marks that first and then revokes the grants
    /// that are there, so that one of the two sees the other.
    async fn unless_shut_out(
        &self,
        code: &AuthorizationCode,
        redemption: Redemption,
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        match self.shut_out(code, now).await? {
            Some(refusal) => self.revoke(redemption.grant.id, refusal, now).await,
            None => Ok(redemption.issuance),
        }
    }

    async fn shut_out(
        &self,
        code: &AuthorizationCode,
        now: Timestamp,
    ) -> Result<Option<Refusal>, Failure> {
        let Ok(owner) = code.subject.as_str().parse() else {
            return Ok(None);
        };
        let Some(session) = code.authentication.session else {
            let user = self.store.find_user(UserKey::Id(owner)).await?;
            let user = user.ok_or(Refusal::UserDisabled);
            return Ok(user.and_then(|user| code.check_user(&user)).err());
        };
        Ok(match self.store.find_session(session).await? {
            Some((session, user)) if user.id == owner => {
                let ended = (!session.is_live(now)).then_some(Refusal::SessionEnded);
                code.check_user(&user).err().or(ended)
            }
            _ => Some(Refusal::SessionEnded),
        })
    }
}
