use super::{HalfDone, Proof, SignIn};
use crate::app::App;
use crate::failure::Failure;
use crate::one_time_code::Verifier;
use countersign_domain::login::authentication::Method;
use countersign_domain::login::recovery_code;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_ports::Race;
use countersign_ports::prelude::*;

impl<A: App> SignIn<A> {
    /// Finishes a sign-in with a code of the authenticator app.
    pub async fn by_time_code(
        &self,
        tenant: &Tenant,
        login: &HalfDone,
        code: &str,
    ) -> Result<Proof, Failure> {
        let user = self.whose(tenant, login).await?;
        let now = self.clock.now();
        self.count_second_factor(tenant, login, now).await?;
        let verifier = Verifier {
            store: &*self.store,
            vault: &*self.vault,
            one_time_codes: &*self.one_time_codes,
        };
        verifier.use_up(tenant.id, &user, code, now).await?;
        let methods = login.methods.with(Method::TimeCode);
        Ok(Proof { user, methods })
    }

    /// Finishes a sign-in with a recovery code, which is used up.
    pub async fn by_recovery_code(
        &self,
        tenant: &Tenant,
        login: &HalfDone,
        code: &str,
    ) -> Result<Proof, Failure> {
        let user = self.whose(tenant, login).await?;
        let now = self.clock.now();
        self.count_second_factor(tenant, login, now).await?;
        let digest = recovery_code::digest(code);
        let race = self.store.use_recovery_code(tenant.id, user.id, &digest);
        match race.await? {
            Race::Won => {
                let methods = login.methods.with(Method::RecoveryCode);
                Ok(Proof { user, methods })
            }
            Race::Lost => Err(Refusal::OneTimeCodeWrong.into()),
        }
    }
}
