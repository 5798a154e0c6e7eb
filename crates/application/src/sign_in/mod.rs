//! Browser sign-in. Each login method has one file: what it asks, and how it checks an answer.

mod answer;
mod email_code;
mod factor_reset;
mod first_factor;
mod hand_over;
mod method;
mod passkey;
mod password;
mod pending;
mod recovery;
mod recovery_code;
mod time_code;
mod upstream;
mod use_cases;

pub use answer::{Answer, Answered, FirstFactor, Prompt, Prompted, Proof, Visitor};
pub use factor_reset::FactorResetStep;
pub use use_cases::SignIn;

use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use countersign_domain::login::interaction::Interaction;
use countersign_domain::login::methods::Method;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use method::LoginMethod;

/// Generates the dispatch to the login methods.
macro_rules! login_methods {
    ($($method:ident => $type:ty),+ $(,)?) => {
        impl<A: App> SignIn<A> {
            /// Returns what a login method asks the user. The interaction then waits for the answer.
            pub async fn ask(
                &self,
                tenant: &Tenant,
                interaction: &mut Interaction,
                method: Method,
            ) -> Result<Prompted, Failure> {
                match method {
                    $(Method::$method => <$type>::ask(self, tenant, interaction).await,)+
                    _ => Ok(Prompted::By(Method::PASSWORD)),
                }
            }

            /// Checks the answer of a user.
            ///
            /// # Errors
            ///
            /// Failures that the user cannot correct. [`Answered::Ask`] contains all others.
            pub async fn answer(
                &self,
                tenant: &Tenant,
                interaction: &mut Interaction,
                method: Method,
                answer: Answer,
                visitor: &Visitor<'_>,
            ) -> Result<Answered, Failure> {
                CurrentRequest::note_attempt(method);
                let answered = match method {
                    $(Method::$method => {
                        <$type>::judge(self, tenant, interaction, answer, visitor).await?
                    })+
                    _ => Answered::Ask(Method::PASSWORD, None),
                };
                if let Answered::Proved { proof, .. } = &answered {
                    let resets = self.users.factor_resets();
                    resets.refute(tenant, proof.user.id, proof.methods).await?;
                }
                Ok(answered)
            }

            /// Returns the methods that can start a sign-in.
            #[must_use]
            pub fn offered(&self, tenant: &Tenant) -> Vec<Method> {
                let all = [$((Method::$method, <$type>::is_offered(self, tenant))),+];
                let offered = all.into_iter().filter(|(_, is_offered)| *is_offered);
                offered.map(|(method, _)| method).collect()
            }

            /// Returns the methods with which a user can provide a second factor.
            pub async fn second_factors(
                &self,
                tenant: &Tenant,
                user: &User,
            ) -> Result<Vec<Method>, Failure> {
                let mut methods = Vec::new();
                $(if <$type>::is_second_factor_of(self, tenant, user).await? {
                    methods.push(Method::$method);
                })+
                Ok(methods)
            }
        }
    };
}

// The table of login methods. To add a method, add a file and a line here.
login_methods! {
    PASSWORD => password::Password,
    EMAIL_CODE => email_code::EmailCode,
    TIME_CODE => time_code::TimeCode,
    RECOVERY_CODE => recovery_code::RecoveryCode,
    PASSKEY => passkey::Passkey,
    UPSTREAM => upstream::Upstream,
}
