use super::answer::{Answer, Answered, Prompted, Proof, Visitor};
use super::method::LoginMethod;
use super::use_cases::SignIn;
use crate::app::App;
use crate::failure::Failure;
use crate::one_time_code::Verifier;
use countersign_domain::login::interaction::{Interaction, PendingLogin};
use countersign_domain::login::methods::Method;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;

/// [`Method::TIME_CODE`].
pub(super) struct TimeCode;

impl<A: App> LoginMethod<A> for TimeCode {
    async fn is_second_factor_of(_: &SignIn<A>, _: &Tenant, user: &User) -> Result<bool, Failure> {
        Ok(user.sealed_totp_secret.is_some())
    }

    async fn ask(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
    ) -> Result<Prompted, Failure> {
        sign_in.ask_for_code(tenant, interaction, true).await
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
        let proved = sign_in.by_time_code(tenant, &login, code.trim()).await;
        let proved = (Method::TIME_CODE, proved);
        Ok(SignIn::<A>::after_code(
            interaction,
            proved,
            answer.remember,
        ))
    }
}

impl<A: App> SignIn<A> {
    /// Completes a sign-in with a code from the authenticator app.
    pub async fn by_time_code(
        &self,
        tenant: &Tenant,
        login: &PendingLogin,
        code: &str,
    ) -> Result<Proof, Failure> {
        let user = self.user_of(tenant, login).await?;
        let now = self.clock.now();
        self.count_second_factor(tenant, login, now).await?;
        let verifier = Verifier {
            store: &*self.store,
            vault: &*self.vault,
            one_time_codes: &*self.one_time_codes,
        };
        verifier.use_up(tenant.id, &user, code, now).await?;
        Ok(Proof::completing(login, user, Method::TIME_CODE))
    }
}
