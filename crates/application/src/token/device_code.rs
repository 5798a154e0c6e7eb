use super::{Caller, Failure, Issuance, Refusal, Tenant, Timestamp, TokenIssuer, User};
use crate::app::App;
use crate::current_request::CurrentRequest;
use countersign_domain::decision::Decision;
use countersign_ports::ConsentRepository as _;

impl<A: App> TokenIssuer<A> {
    /// Answers the poll of a device (RFC 8628 section 3.4). A poll before the user has answered is one read. Also returns the
    /// user.
    pub(super) async fn redeem_device_code(
        &self,
        tenant: &Tenant,
        caller: &Caller<'_>,
        device_code: &str,
        resources: &[&str],
        now: Timestamp,
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        let (code, request) = self.devices.polled(tenant, device_code, now).await?;
        let lifetimes = &tenant.settings.lifetimes;
        let redemption = match request.redeem(resources, caller, lifetimes, now) {
            Decision::Issue(redemption) => redemption,
            Decision::Refuse(Refusal::AuthorizationPending) => {
                return Err(self.devices.still_pending(tenant, &code, now).into());
            }
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => {
                if let Some(owner) = request.owner() {
                    CurrentRequest::note_subject(&owner.subject);
                }
                return Err(refusal.into());
            }
        };
        let authorization = redemption.grant().authorization().clone();
        let password = request.owner().and_then(|owner| owner.password);
        let granted = (&authorization, password);
        let (grant, client) = (redemption.grant().id(), &caller.client().id);
        let redeemed = self.store_redemption(tenant, caller, redemption, granted, now);
        let (issuance, user) = redeemed.await?;
        // The user may have removed the access since, which revokes only stored grants. The consent is read after the grant is
        // stored, so a concurrent removal cannot be missed.
        if let Some(owner) = authorization.subject.user() {
            let consent = self.store.find_consent(tenant.id, owner, client).await?;
            if !consent.is_some_and(|consent| consent.covers(authorization.scope())) {
                let denied = (grant, Refusal::AuthorizationDenied);
                let parties = (client, &authorization.subject);
                return self.revoke(tenant, parties, denied, now).await;
            }
        }
        Ok((issuance, user))
    }
}
