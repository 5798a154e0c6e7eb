//! Pages on which users manage their account.

use super::{Form, ShownProblem};
use crate::pages::{PageContext, View};
use askama::Template;

/// Confirmation of a change, shown above the account page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The password was changed.
    Password,
    /// The email address was verified.
    Email,
    /// A passkey was added.
    Passkey,
    /// An item was removed or a session was ended.
    Removed,
}

impl Notice {
    /// All notices, with their names in the query `done`.
    pub const ALL: [(&'static str, Self); 4] = [
        ("password", Self::Password),
        ("email", Self::Email),
        ("passkey", Self::Passkey),
        ("removed", Self::Removed),
    ];

    /// Returns the text of the notice.
    #[must_use]
    pub fn words(self, page: PageContext<'_>) -> &str {
        page.text(match self {
            Self::Password => "account.done_password",
            Self::Email => "account.done_email",
            Self::Passkey => "account.done_passkey",
            Self::Removed => "account.done_removed",
        })
    }
}

/// Item on the account page that the user can remove. Posts `item`.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// Value of `item`.
    pub value: String,
    /// Name of the item.
    pub name: String,
    /// Whether the item is the current session.
    pub current: bool,
    /// Time of the last use or of creation, such as `2026-11-22 05:04`.
    pub time: String,
    /// IP address or scope tokens.
    pub details: Vec<&'a str>,
}

/// The account page.
#[derive(Debug, Template)]
#[template(path = "account/overview.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether a part of the page is there"
)]
pub struct AccountView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Hidden fields of the forms.
    pub form: Form<'a>,
    /// Confirmation of the last change.
    pub notice: Option<Notice>,
    /// Email address.
    pub email: &'a str,
    /// Whether the email address is verified.
    pub email_verified: bool,
    /// Whether the server can send email.
    pub mail: bool,
    /// Name of the user.
    pub name: Option<&'a str>,
    /// Whether the user has a password.
    pub has_password: bool,
    /// Whether the user may add second factors.
    pub may_enroll: bool,
    /// Whether the user may add passkeys.
    pub may_add_passkey: bool,
    /// Whether the user has an authenticator app.
    pub authenticator: bool,
    /// Number of unused recovery codes.
    pub recovery_codes: u32,
    /// Passkeys.
    pub passkeys: Vec<Item<'a>>,
    /// Live sessions.
    pub sessions: Vec<Item<'a>>,
    /// Trusted devices.
    pub devices: Vec<Item<'a>>,
    /// Consents. `details` are the scope tokens.
    pub consents: Vec<Item<'a>>,
}

impl View for AccountView<'_> {}

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

impl View for ChangePasswordView<'_> {}

/// Verification of the email address by a code. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "account/verify_email.html")]
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

impl View for RecoveryCodesView<'_> {}

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
