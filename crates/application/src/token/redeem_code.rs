use super::{
    Caller, CodeExchange, Failure, Issuance, Refusal, Tenant, Timestamp, TokenIssuer, User,
};
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::opened;
use countersign_domain::decision::Decision;

impl<A: App> TokenIssuer<A> {
    /// Redeems an authorization code (RFC 6749 section 4.1.3). Also returns the user.
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
        let granted = (code.authorization(), code.facts().password);
        self.store_redemption(tenant, caller, redemption, granted, now)
            .await
    }
}
