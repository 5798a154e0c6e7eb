//! Paths of the account pages, and the redirect after a change.

use crate::paths::ACCOUNT;
use crate::redirect::see_other;
use axum::response::Response;

pub(super) const EMAIL: &str = "/account/email";
pub(super) const PASSKEY: &str = "/account/passkey";
pub(super) const AUTHENTICATOR: &str = "/account/authenticator";
pub(super) const REMOVE_AUTHENTICATOR: &str = "/account/authenticator/remove";
pub(super) const RECOVERY_CODES: &str = "/account/recovery-codes";

/// Redirects to the account page, which confirms the change.
pub(super) fn done(what: &str) -> Response {
    see_other(&format!("{ACCOUNT}?done={what}"))
}
