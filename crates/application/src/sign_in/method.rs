use super::answer::{Answer, Answered, Asked, Visitor};
use super::use_cases::SignIn;
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::login::interaction::Interaction;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;

/// Login method: when it applies, what it asks, and how an answer is judged. What a proof is worth is in
/// [`Method`](countersign_domain::login::methods::Method).
pub(super) trait LoginMethod<A: App> {
    /// Returns whether the method starts a sign-in.
    fn is_offered(_: &SignIn<A>, _: &Tenant) -> bool {
        false
    }

    /// Returns whether a user can give a second factor by this method.
    fn is_second_factor_of(
        _: &SignIn<A>,
        _: &Tenant,
        _: &User,
    ) -> impl Future<Output = Result<bool, Failure>> + Send {
        async { Ok(false) }
    }

    /// Asks the user. The interaction then waits for the answer.
    fn ask(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
    ) -> impl Future<Output = Result<Asked, Failure>> + Send;

    /// Judges an answer.
    fn judge(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
        answer: Answer,
        visitor: &Visitor<'_>,
    ) -> impl Future<Output = Result<Answered, Failure>> + Send;
}
