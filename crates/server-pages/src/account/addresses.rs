//! Paths of the account pages, and the redirect after a change.

use crate::pages::views::Section;
use crate::redirect::see_other;
use axum::response::Response;

pub(super) const PROFILE: &str = "/account/profile";
pub(super) const REMOVE_PASSWORD: &str = "/account/password/remove";
pub(super) const DELETE: &str = "/account/delete";
pub(super) const EMAIL: &str = "/account/email";
pub(super) const PASSKEY: &str = "/account/passkey";
pub(super) const AUTHENTICATOR: &str = "/account/authenticator";
pub(super) const REMOVE_AUTHENTICATOR: &str = "/account/authenticator/remove";
pub(super) const RECOVERY_CODES: &str = "/account/recovery-codes";

/// Redirects to a section of the account page, which confirms the change.
pub(super) fn done(section: Section, what: &str) -> Response {
    see_other(&format!("{}?done={what}", section.path()))
}
