use super::{HalfDone, Proof, SignIn};
use crate::failure::Failure;
use crate::one_time_code;
use countersign_domain::authentication::Method;
use countersign_domain::recovery_code;
use countersign_domain::refusal::Refusal;
use countersign_ports::{PasswordHasher, Race, Store};

impl<S: Store, P: PasswordHasher> SignIn<S, P> {
    /// Finishes a login with a code of the authenticator app.
    pub async fn by_time_code(&self, login: &HalfDone, code: &str) -> Result<Proof, Failure> {
        let user = self.whose(login).await?;
        let now = self.clock.now();
        self.count_second_factor(login, now).await?;
        one_time_code::use_up(
            &*self.store,
            &*self.vault,
            &*self.one_time_codes,
            &user,
            code,
            now,
        )
        .await?;
        let methods = login.methods.with(Method::TimeCode);
        Ok(Proof { user, methods })
    }

    /// Finishes a login with a recovery code, which is used up.
    pub async fn by_recovery_code(&self, login: &HalfDone, code: &str) -> Result<Proof, Failure> {
        let user = self.whose(login).await?;
        let now = self.clock.now();
        self.count_second_factor(login, now).await?;
        let digest = recovery_code::digest(code);
        match self.store.use_recovery_code(user.id, &digest).await? {
            Race::Won => {
                let methods = login.methods.with(Method::RecoveryCode);
                Ok(Proof { user, methods })
            }
            Race::Lost => Err(Refusal::OneTimeCodeWrong.into()),
        }
    }
}
