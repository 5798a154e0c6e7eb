use super::use_cases::SignIn;
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::prelude::*;

impl<A: App> SignIn<A> {
    /// Verifies the address of a user who registered with it, and removes everything that lets the registrant in:
    /// password, second factors, remembered devices, sessions and grants. Returns the user without them.
    ///
    /// One transaction removes all of it and ends the sessions. A change that a session makes at the same time is undone
    /// when it notices that the session has ended.
    pub(super) async fn hand_over(
        &self,
        tenant: &Tenant,
        user: User,
        now: Timestamp,
    ) -> Result<User, Failure> {
        let ended = self
            .store
            .hand_over(tenant.id, user.id, &user.email, now)
            .await?
            .ok_or(Refusal::LoginStepExpired)?;
        self.sessions.after_shut_out(tenant, user.id, ended).await?;
        tracing::info!(
            event = "account_handed_over",
            user = %user.id,
            "address verified for the first time: removed password, factors, sessions and grants"
        );
        Ok(User {
            email_verified: true,
            password_hash: None,
            sealed_totp_secret: None,
            ..user
        })
    }
}
