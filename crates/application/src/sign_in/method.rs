use super::answer::{Answer, Answered, Prompted, Visitor};
use super::use_cases::SignIn;
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::login::interaction::Interaction;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;

/// Login method: when it applies, what it asks, and how it checks an answer. Its strength is part of
/// [`Method`](countersign_domain::login::methods::Method).
pub(super) trait LoginMethod<A: App> {
    /// Returns whether the method can start a sign-in.
    fn is_offered(_: &SignIn<A>, _: &Tenant) -> bool {
        false
    }

    /// Returns whether a user can provide a second factor with this method.
    fn is_second_factor_of(
        _: &SignIn<A>,
        _: &Tenant,
        _: &User,
    ) -> impl Future<Output = Result<bool, Failure>> + Send {
        async { Ok(false) }
    }

    /// Returns what to ask the user. The interaction then waits for the answer.
    fn ask(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
    ) -> impl Future<Output = Result<Prompted, Failure>> + Send;

    /// Checks an answer.
    fn judge(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
        answer: Answer,
        visitor: &Visitor<'_>,
    ) -> impl Future<Output = Result<Answered, Failure>> + Send;
}
