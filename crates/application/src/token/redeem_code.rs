use super::{
    Caller, CodeExchange, Failure, Issuance, Refusal, Tenant, Timestamp, TokenIssuer, User,
};
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::opened;
use countersign_domain::decision::Decision;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::grant::redemption::Insertion;
use countersign_ports::prelude::*;
use countersign_ports::{GrantUser, Redeemed};

impl<A: App> TokenIssuer<A> {
    /// Redeems an authorization code (RFC 6749 section 4.1.3). Only one request can insert the row of the grant, which
    /// makes the code single-use. Also returns the user.
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
        let (stored, found) = match self.store.redeem(tenant.id, redemption.grant()).await? {
            Redeemed::Won(found) => (redemption.stored(Insertion::Won), found),
            Redeemed::Lost => {
                // Boxed, because otherwise the future of every token request would reserve memory for it.
                let stored = Box::pin(self.store.find_grant(tenant.id, code.grant())).await?;
                let stored = stored.as_ref();
                (redemption.stored(Insertion::Lost { stored }), None)
            }
        };
        let revoked = match stored {
            Decision::Issue(issuance) => match owner_of(&code, found, now) {
                Ok(user) => return Ok((issuance, user)),
                Err(refusal) => (code.grant(), refusal),
            },
            Decision::Refuse(refusal) => {
                CurrentRequest::note_subject(owner);
                return Err(refusal.into());
            }
            Decision::Revoke(grant, refusal) => (grant, refusal),
        };
        self.revoke(tenant, (client, owner), revoked, now).await
    }
}

/// Returns the user of the code; `None` if its subject is not a user of this server. Refuses if, since the code was
/// issued, the user was disabled, the password changed or the session ended. The new grant is then revoked.
///
/// The store read `found` after it stored the grant. Disabling a user or ending a session stores that change first and
/// then revokes existing grants, so a concurrent change cannot be missed.
fn owner_of(
    code: &AuthorizationCode,
    found: Option<Box<GrantUser>>,
    now: Timestamp,
) -> Result<Option<Box<User>>, Refusal> {
    let authorization = code.authorization();
    let Some(owner) = authorization.subject.user() else {
        return Ok(None);
    };
    let missing = match authorization.session {
        Some(_) => Refusal::SessionEnded,
        None => Refusal::UserDisabled,
    };
    let found = found.filter(|found| found.user.id == owner);
    let GrantUser { user, session } = *found.ok_or(missing)?;
    code.check_user(&user)?;
    code.check_session(session.as_ref(), now)?;
    Ok(Some(Box::new(user)))
}
