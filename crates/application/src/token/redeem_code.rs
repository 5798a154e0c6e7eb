use super::{
    Caller, CodeExchange, Failure, Issuance, Refusal, Tenant, Timestamp, TokenIssuer, User,
};
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::opened;
use countersign_domain::decision::Decision;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::grant::redemption::Insertion;
use countersign_ports::prelude::*;
use countersign_ports::{Race, UserKey};

impl<A: App> TokenIssuer<A> {
    /// Redeems an authorization code (RFC 6749 section 4.1.3). Only one request can insert the row of the grant, which
    /// makes the code single-use. Also returns the user, if the ID token has claims of
    /// the user.
    pub(super) async fn redeem_code(
        &self,
        tenant: &Tenant,
        caller: &Caller<'_>,
        code: &str,
        exchange: &CodeExchange<'_>,
        now: Timestamp,
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        let code = opened(self.codes.open(tenant.id, code), Refusal::CodeUnknown)?;
        let (client, owner) = (&caller.client().id, &code.authorization().subject);
        let redemption = match code.redeem(exchange, caller, &tenant.settings.lifetimes, now) {
            Decision::Issue(redemption) => redemption,
            Decision::Refuse(refusal) => {
                CurrentRequest::note_subject(owner);
                return Err(refusal.into());
            }
            Decision::Revoke(grant, refusal) => {
                let refused = (grant, refusal);
                return self.revoke(tenant, (client, owner), refused, now).await;
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
            Decision::Refuse(refusal) => {
                CurrentRequest::note_subject(owner);
                Err(refusal.into())
            }
            Decision::Revoke(grant, refusal) => {
                let refused = (grant, refusal);
                self.revoke(tenant, (client, owner), refused, now).await
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
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        match self.owner(tenant, code, now).await? {
            Err(refusal) => {
                let Authorization {
                    access, subject, ..
                } = code.authorization();
                let refused = (code.grant(), refusal);
                self.revoke(tenant, (&access.client, subject), refused, now)
                    .await
            }
            Ok(user) => {
                let id_token = issuance.id_token.as_ref();
                let is_described = id_token.is_some_and(|facts| !facts.claims.is_empty());
                let user = user.filter(|_| is_described).map(Box::new);
                Ok((issuance, user))
            }
        }
    }

    /// Returns the user of the code, or why the code can no longer be redeemed. `None` if its subject is not a user of
    /// this server.
    async fn owner(
        &self,
        tenant: &Tenant,
        code: &AuthorizationCode,
        now: Timestamp,
    ) -> Result<Result<Option<User>, Refusal>, Failure> {
        let Ok(owner) = code.authorization().subject.as_str().parse() else {
            return Ok(Ok(None));
        };
        let Some(session) = code.authorization().session else {
            let user = self.store.find_user(tenant.id, UserKey::Id(owner)).await?;
            return Ok(user.ok_or(Refusal::UserDisabled).and_then(|user| {
                code.check_user(&user)?;
                Ok(Some(user))
            }));
        };
        Ok(match self.store.find_session(tenant.id, session).await? {
            Some((session, user)) if user.id == owner => match code.check_user(&user) {
                Err(refusal) => Err(refusal),
                Ok(()) if !session.is_live(now) => Err(Refusal::SessionEnded),
                Ok(()) => Ok(Some(user)),
            },
            _ => Err(Refusal::SessionEnded),
        })
    }
}
