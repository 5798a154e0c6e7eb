//! Redemption of a code: the part that authorization codes and device codes share.

use super::{Caller, Failure, Issuance, Refusal, Tenant, Timestamp, TokenIssuer, User};
use crate::app::App;
use crate::current_request::CurrentRequest;
use countersign_domain::decision::Decision;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::redemption::{Insertion, Redemption};
use countersign_domain::user::PasswordMark;
use countersign_ports::prelude::*;
use countersign_ports::{GrantUser, Redeemed};

impl<A: App> TokenIssuer<A> {
    /// Stores the grant of a redemption. Only one request can insert the row of the grant, which makes the code single-use.
    /// Also returns the user. `password` is the mark of the password at the sign-in, if the user must still have it.
    pub(super) async fn store_redemption(
        &self,
        tenant: &Tenant,
        caller: &Caller<'_>,
        redemption: Redemption,
        (authorization, password): (&Authorization, Option<PasswordMark>),
        now: Timestamp,
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        let (client, owner) = (&caller.client().id, &authorization.subject);
        let grant = redemption.grant().id();
        let (stored, found) = match self.store.redeem(tenant.id, redemption.grant()).await? {
            Redeemed::Won(found) => (redemption.stored(Insertion::Won), found),
            Redeemed::Lost => {
                // Boxed, because otherwise the future of every token request would reserve memory for it.
                let stored = Box::pin(self.store.find_grant(tenant.id, grant)).await?;
                let stored = stored.as_ref();
                (redemption.stored(Insertion::Lost { stored }), None)
            }
        };
        let revoked = match stored {
            Decision::Issue(issuance) => match owner_of(authorization, password, found, now) {
                Ok(user) => return Ok((issuance, user)),
                Err(refusal) => (grant, refusal),
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

/// Returns the user of the authorization; `None` if its subject is not a user of this server. Refuses if, since the code was
/// issued, the user was disabled, the password changed or the session ended. The new grant is then revoked.
///
/// The store read `found` after it stored the grant. Disabling a user or ending a session stores that change first and
/// then revokes existing grants, so a concurrent change cannot be missed.
fn owner_of(
    authorization: &Authorization,
    password: Option<PasswordMark>,
    found: Option<Box<GrantUser>>,
    now: Timestamp,
) -> Result<Option<Box<User>>, Refusal> {
    let Some(owner) = authorization.subject.user() else {
        return Ok(None);
    };
    let missing = match authorization.session {
        Some(_) => Refusal::SessionEnded,
        None => Refusal::UserDisabled,
    };
    let found = found.filter(|found| found.user.id == owner);
    let GrantUser { user, session } = *found.ok_or(missing)?;
    authorization.check_user(&user, password)?;
    authorization.check_session(session.as_ref(), now)?;
    Ok(Some(Box::new(user)))
}
