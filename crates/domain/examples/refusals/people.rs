//! Sign-in and account.

use crate::facts::{NOW, session};
use crate::table::{Table, of};
use countersign_domain::audit::operator::{Operator, Permission, Permissions};
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::password::may_be_chosen;
use countersign_domain::login::session::Session;
use countersign_domain::login::weakness::Weakness;
use countersign_domain::login::{
    LoginStage, LoginStep, MOST_ATTEMPTS, MOST_ATTEMPTS_OF_USER, may_be_tried,
    may_be_tried_for_user,
};
use countersign_domain::refusal::Refusal as R;

#[rustfmt::skip] // a row, a line
pub(crate) fn login(table: &mut Table, step: &LoginStep) {
    table.section("Login");
    table.row(R::LoginStepUnknown, step.may_be_taken(LoginStage::Consent, NOW).err());
    table.row(R::LoginStepExpired, step.may_be_taken(step.stage, step.expires_at).err());
    table.row(R::LoginEnded, may_be_tried(MOST_ATTEMPTS + 1).err());
    table.row(R::OneTimeCodesExhausted, may_be_tried_for_user(MOST_ATTEMPTS_OF_USER + 1).err());
}

#[rustfmt::skip] // a row, a line
pub(crate) fn account(table: &mut Table) {
    table.section("Account");
    let session = session();
    table.row(R::AuthenticationStale, session.is_fresh(NOW.plus(Session::FRESH)).err());
    table.row(R::PasswordWeak(Weakness::Short), may_be_chosen("short").err());
    table.row(R::FactorsOff, MfaPolicy::Off.may_enroll().err());
    table.row(R::FactorMissing, MfaPolicy::Required.may_do_without().err());
    table.row(R::FactorDemanded, MfaPolicy::Required.may_remove(1).err());
    let mut operator = Operator::command_line("root");
    operator.has_second_factor = false;
    table.row(R::SecondFactorStale, operator.may(Permission::KeysWrite).err());
    operator.permissions = Permissions::NONE;
    table.row(R::PermissionMissing(of("users:write")), operator.may(Permission::UsersWrite).err());
}
