use super::answer::{Answer, Answered, Prompted, Proof, Visitor};
use super::method::LoginMethod;
use super::use_cases::SignIn;
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::login::interaction::{Interaction, PendingLogin};
use countersign_domain::login::methods::Method;
use countersign_domain::login::recovery_code;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

/// [`Method::RECOVERY_CODE`].
pub(super) struct RecoveryCode;

impl<A: App> LoginMethod<A> for RecoveryCode {
    async fn is_second_factor_of(_: &SignIn<A>, _: &Tenant, user: &User) -> Result<bool, Failure> {
        Ok(user.sealed_totp_secret.is_some())
    }

    async fn ask(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
    ) -> Result<Prompted, Failure> {
        sign_in.ask_for_code(tenant, interaction, false).await
    }

    async fn judge(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
        answer: Answer,
        visitor: &Visitor<'_>,
    ) -> Result<Answered, Failure> {
        let (login, code) = match sign_in
            .second_factor(tenant, interaction, &answer, visitor)
            .await?
        {
            Ok(given) => given,
            Err(answered) => return Ok(answered),
        };
        let proved = sign_in.by_recovery_code(tenant, &login, &code).await;
        let proved = (Method::RECOVERY_CODE, proved);
        Ok(SignIn::<A>::after_code(
            interaction,
            proved,
            answer.remember,
        ))
    }
}

impl<A: App> SignIn<A> {
    /// Completes a sign-in with a recovery code, which is single-use.
    pub async fn by_recovery_code(
        &self,
        tenant: &Tenant,
        login: &PendingLogin,
        code: &str,
    ) -> Result<Proof, Failure> {
        let user = self.user_of(tenant, login).await?;
        let now = self.clock.now();
        self.count_second_factor(tenant, login, now).await?;
        let digest = recovery_code::digest(code);
        let race = self.store.use_recovery_code(tenant.id, user.id, &digest);
        match race.await? {
            Race::Won => Ok(Proof::completing(login, user, Method::RECOVERY_CODE)),
            Race::Lost => Err(Refusal::OneTimeCodeWrong.into()),
        }
    }
}
