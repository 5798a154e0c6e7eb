//! Pages on which users change their account.

use crate::pages::views::{Form, Problem, ShownProblem};
use crate::pages::{PageContext, Policy, View};
use askama::Template;
use base64ct::{Base64, Encoding as _};

/// Password change. Posts `password` (the current one, if the user has one) and `new_password`.
#[derive(Debug, Template)]
#[template(path = "account/change_password.html")]
pub struct ChangePasswordView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Email address, for password managers.
    pub email: &'a str,
    /// Whether the form asks for the current password.
    pub has_password: bool,
    /// Minimum length of a password, in characters.
    pub least: usize,
}

impl ChangePasswordView<'_> {
    /// Returns whether the problem is about the new password.
    fn is_new_wrong(&self) -> bool {
        let problem = self.problem.map(|shown| shown.problem);
        problem.is_some_and(Problem::is_of_new_password)
    }
}

impl View for ChangePasswordView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            scripts: true,
            ..Policy::default()
        }
    }
}

/// Confirmation before the password is removed.
#[derive(Debug, Template)]
#[template(path = "account/remove_password.html")]
pub struct RemovePasswordView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
}

impl View for RemovePasswordView<'_> {}

/// Verification of the email address by a code. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "account/email/verify_email.html")]
pub struct VerifyEmailView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Address that the code was sent to.
    pub email: &'a str,
}

impl View for VerifyEmailView<'_> {}

/// Setup of an authenticator app. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "account/authenticator.html")]
pub struct AuthenticatorView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// QR code with the setup key.
    pub picture: QrCode,
    /// Setup key in base32, for manual entry.
    pub secret: &'a str,
    /// `otpauth` URI, for an app on this device.
    pub uri: &'a str,
    /// Link to the previous page.
    pub back: &'a str,
}

impl View for AuthenticatorView<'_> {}

/// A QR code as an SVG path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrCode {
    /// Number of modules per side, without the quiet zone.
    pub width: usize,
    /// Path data with a square for each dark module.
    pub path: String,
}

/// Confirmation by a code before a change to the authenticator app. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "account/confirm_code.html")]
pub struct ConfirmCodeView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Whether the app is removed. Otherwise, new recovery codes are created.
    pub remove: bool,
}

impl View for ConfirmCodeView<'_> {}

/// Recovery codes, shown once.
#[derive(Debug, Template)]
#[template(path = "account/recovery_codes.html")]
pub struct RecoveryCodesView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Codes in their printed form.
    pub codes: Vec<String>,
    /// Link to the next page.
    pub next: &'a str,
}

impl RecoveryCodesView<'_> {
    /// Returns the URL of a text file with the codes. The file needs no request, so the server need not keep the codes.
    fn file(&self) -> String {
        let name = &self.page.theme().name;
        let text = format!("{name}\r\n\r\n{}\r\n", self.codes.join("\r\n"));
        let text = Base64::encode_string(text.as_bytes());
        format!("data:text/plain;charset=utf-8;base64,{text}")
    }
}

impl View for RecoveryCodesView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            scripts: true,
            ..Policy::default()
        }
    }
}

/// Choice of a required second factor.
#[derive(Debug, Template)]
#[template(path = "account/mfa_setup.html")]
pub struct MfaSetupView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Link to the setup of an authenticator app.
    pub authenticator: &'a str,
    /// Link to a new passkey, if passkeys are available.
    pub passkey: Option<&'a str>,
}

impl View for MfaSetupView<'_> {}
