//! Paths of the pages.

use countersign_application::LogoutThere;
use countersign_domain::login::methods::Method;

pub(crate) const AUTHORIZE: &str = "/oauth2/authorize";
/// The pages of an interaction redirect here after each step.
pub(crate) const CONTINUE: &str = "/continue";
pub(crate) const LOGIN: &str = "/login";
pub(crate) const ACCOUNTS: &str = "/accounts";
pub(crate) const CONSENT: &str = "/consent";
/// Form for the code of a device.
pub(crate) const DEVICE: &str = countersign_server_http::VERIFICATION;
/// Request of a device, with the code to compare.
pub(crate) const DEVICE_CONFIRM: &str = "/device/confirm";
pub(crate) const DEVICE_ALLOWED: &str = "/device/allowed";
pub(crate) const DEVICE_DENIED: &str = "/device/denied";
pub(crate) const LOGOUT: &str = "/oauth2/logout";
/// Upstream providers send the browser here after a logout that began here.
pub(crate) const AFTER_LOGOUT: &str = LogoutThere::RETURN;
pub(crate) const CONFIRM_LOGOUT: &str = "/logout";
pub(crate) const ACCOUNT: &str = "/account";
/// Pages of the links that confirm a new email address, and that restore the former one.
pub(crate) const CONFIRM_ADDRESS: &str = "/account/email/confirm";
pub(crate) const UNDO_ADDRESS: &str = "/account/email/undo";
pub(crate) const DELETION: &str = "/account/deletion";
pub(crate) const PASSKEY_OFFER: &str = "/account/passkey/offer";
pub(crate) const MFA_SETUP: &str = "/mfa-setup";
/// Sign-up begins here.
pub(crate) const SIGN_UP: &str = "/sign-up";
/// Page for the code of the sign-up mail.
pub(crate) const SIGN_UP_CHECK: &str = "/sign-up/check";
/// Page of the mailed link to create an account.
pub(crate) const SIGN_UP_LINK: &str = "/sign-up/link";
/// Page of the mailed link of an invitation.
pub(crate) const INVITATION: &str = "/sign-up/invitation";
/// Form of a new account.
pub(crate) const SIGN_UP_ACCOUNT: &str = "/sign-up/account";
/// Change of the password of a signed-in user.
pub(crate) const PASSWORD: &str = "/account/password";
/// Change of the email address of a signed-in user.
pub(crate) const CHANGE_EMAIL: &str = "/account/email/change";
/// The recovery of an account begins here.
pub(crate) const RECOVER: &str = "/recover";
/// Page for the code of the recovery mail.
pub(crate) const RECOVER_CHECK: &str = "/recover/check";
/// New password after a recovery.
pub(crate) const RECOVER_PASSWORD: &str = "/recover/password";
/// Page of the mailed link to recover an account.
pub(crate) const RECOVER_LINK: &str = "/recover/link";
/// Delayed reset of a lost second factor.
pub(crate) const LOST_FACTOR: &str = "/lost-factor";
/// Page of the link "This wasn't me" in a security notice.
pub(crate) const SECURE: &str = "/secure";

/// Path segment of the time code page. It predates the method names.
const SECOND_FACTOR: &str = "second-factor";

/// Returns the path of the page of a login method.
pub(crate) fn of_method(method: Method) -> String {
    match method {
        Method::PASSWORD => LOGIN.to_owned(),
        Method::TIME_CODE => format!("{LOGIN}/{SECOND_FACTOR}"),
        other => format!("{LOGIN}/{}", other.as_str()),
    }
}

/// Returns the login method whose page has this last segment below `/login/`.
pub(crate) fn method_of(segment: &str) -> Option<Method> {
    match segment {
        SECOND_FACTOR => Some(Method::TIME_CODE),
        other => Method::parse(other)
            .filter(|method| ![Method::PASSWORD, Method::TIME_CODE].contains(method)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_paths_round_trip() {
        for method in Method::ALL {
            let path = of_method(*method);
            let segment = path.strip_prefix("/login/");
            let expected = segment.map_or(Some(Method::PASSWORD), method_of);
            assert_eq!(expected, Some(*method), "{path}");
        }
        assert_eq!(method_of("password"), None);
        assert_eq!(method_of("time-code"), None);
    }
}
