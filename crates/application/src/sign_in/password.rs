use super::answer::{Answer, Answered, FirstFactor, Prompt, Prompted, Visitor};
use super::method::LoginMethod;
use super::use_cases::SignIn;
use crate::app::App;
use crate::attempts::AttemptSource;
use crate::failure::Failure;
use crate::password::{self, Presented};
use countersign_domain::identifier::DeviceId;
use countersign_domain::login::interaction::Interaction;
use countersign_domain::login::methods::Method;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;

/// [`Method::PASSWORD`].
pub(super) struct Password;

impl<A: App> LoginMethod<A> for Password {
    fn is_offered(_: &SignIn<A>, _: &Tenant) -> bool {
        true
    }

    async fn ask(_: &SignIn<A>, _: &Tenant, _: &mut Interaction) -> Result<Prompted, Failure> {
        Ok(Prompted::Prompt(Prompt::Password))
    }

    async fn judge(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
        answer: Answer,
        visitor: &Visitor<'_>,
    ) -> Result<Answered, Failure> {
        let Some(email) = answer.email else {
            return Ok(Answered::Incomplete("email"));
        };
        let Some(password) = answer.password else {
            return Ok(Answered::Incomplete("password"));
        };
        let outcome =
            sign_in.by_password(tenant, &email, &password, visitor.devices, visitor.source);
        let outcome = (Method::PASSWORD, outcome.await);
        sign_in
            .after(tenant, interaction, outcome, visitor.requested)
            .await
    }
}

impl<A: App> SignIn<A> {
    /// Checks an email address and a password. `devices` are the device IDs from the cookie of the browser.
    pub async fn by_password(
        &self,
        tenant: &Tenant,
        email: &str,
        password: &Secret,
        devices: &[DeviceId],
        source: AttemptSource<'_>,
    ) -> Result<FirstFactor, Failure> {
        let now = self.clock.now();
        let adapters = (&*self.store, &*self.passwords);
        let presented = Presented {
            email,
            password,
            source,
        };
        let user = password::check(adapters, tenant, presented, now).await?;
        self.after_first_factor(tenant, user, Method::PASSWORD, devices, now)
            .await
    }
}
