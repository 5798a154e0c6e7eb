use super::{Caller, Failure, Issuance, Refusal, Tenant, Timestamp, TokenIssuer, User};
use crate::app::App;
use crate::current_request::CurrentRequest;
use countersign_domain::decision::Decision;

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
        self.store_redemption(tenant, caller, redemption, granted, now)
            .await
    }
}
