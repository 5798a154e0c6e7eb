use super::{Caller, CodeExchange, Failure, Issuance, Refusal, Tenant, Timestamp, TokenIssuer};
use crate::app::App;
use crate::failure::opened;
use countersign_domain::decision::Decision;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::grant::redemption::Insertion;
use countersign_ports::prelude::*;
use countersign_ports::{Race, UserKey};

impl<A: App> TokenIssuer<A> {
    /// Redeems an authorization code (RFC 6749 section 4.1.3). Only one request can insert the row of the grant, which
    /// makes the code single-use.
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
        let stored = match self.store.establish(tenant.id, redemption.grant()).await? {
            Race::Won => redemption.stored(Insertion::Won),
            Race::Lost => {
                let stored = Box::pin(self.store.find_grant(tenant.id, code.grant())).await?;
                let stored = stored.as_ref();
                redemption.stored(Insertion::Lost { stored })
            }
        };
        match stored {
            // Boxed, because otherwise the future of every token request would have room for a user lookup.
            Decision::Issue(issuance) => {
                Box::pin(self.unless_shut_out(tenant, &code, issuance, now)).await
            }
            Decision::Refuse(refusal) => Err(refusal.into()),
            Decision::Revoke(grant, refusal) => {
                self.revoke(tenant, client, (grant, refusal), now).await
            }
        }
    }

    /// Revokes the new grant if the user was disabled, the password changed or the session ended since the code was
    /// issued. This reads after the grant is stored. Disabling a user or ending a session stores that change first and
    /// then revokes existing grants, so a concurrent change cannot be missed.
    async fn unless_shut_out(
        &self,
        tenant: &Tenant,
        code: &AuthorizationCode,
        issuance: Issuance,
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        match self.shut_out(tenant, code, now).await? {
            Some(refusal) => {
                let client = code.authorization().client();
                self.revoke(tenant, client, (code.grant(), refusal), now)
                    .await
            }
            None => Ok(issuance),
        }
    }

    async fn shut_out(
        &self,
        tenant: &Tenant,
        code: &AuthorizationCode,
        now: Timestamp,
    ) -> Result<Option<Refusal>, Failure> {
        let Ok(owner) = code.authorization().subject.as_str().parse() else {
            return Ok(None);
        };
        let Some(session) = code.authorization().session else {
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
