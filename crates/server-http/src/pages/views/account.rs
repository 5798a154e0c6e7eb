//! The pages on which users look after their account.

use super::{Form, Problem};
use crate::pages::{Page, View};
use askama::Template;

/// What was just done: said above the account page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The password is a new one.
    Password,
    /// The e-mail address is verified.
    Email,
    /// A passkey was added.
    Passkey,
    /// Something was removed or ended.
    Removed,
}

impl Notice {
    /// All of them, with how they stand in an address.
    pub const ALL: [(&'static str, Self); 4] = [
        ("password", Self::Password),
        ("email", Self::Email),
        ("passkey", Self::Passkey),
        ("removed", Self::Removed),
    ];

    /// Its words.
    #[must_use]
    pub fn words(self, page: Page<'_>) -> &str {
        page.text(match self {
            Self::Password => "account.done_password",
            Self::Email => "account.done_email",
            Self::Passkey => "account.done_passkey",
            Self::Removed => "account.done_removed",
        })
    }
}

/// A thing on the account page that can be removed. Posts `item`.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// The value of `item`.
    pub value: String,
    /// What it is called.
    pub name: String,
    /// Whether it is what the user is looking at the page with.
    pub current: bool,
    /// When it was last used or made, `2026-11-22 05:04`.
    pub time: String,
    /// An address, or scope tokens.
    pub details: Vec<&'a str>,
}

/// The account.
#[derive(Debug, Template)]
#[template(path = "account.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether a part of the page is there"
)]
pub struct AccountView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// The hidden fields of its forms.
    pub form: Form<'a>,
    /// What was just done.
    pub notice: Option<Notice>,
    /// The e-mail address.
    pub email: &'a str,
    /// Whether it is verified.
    pub email_verified: bool,
    /// Whether a code can be sent to it.
    pub mail: bool,
    /// What the user is called.
    pub name: Option<&'a str>,
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether second factors can be added.
    pub may_enroll: bool,
    /// Whether passkeys can be added.
    pub may_add_passkey: bool,
    /// Whether there is an authenticator app.
    pub authenticator: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// Passkeys.
    pub passkeys: Vec<Item<'a>>,
    /// Live sessions.
    pub sessions: Vec<Item<'a>>,
    /// Remembered devices.
    pub devices: Vec<Item<'a>>,
    /// What was agreed to, `details` being the scope tokens.
    pub consents: Vec<Item<'a>>,
}

impl View for AccountView<'_> {}

/// A new password. Posts `password` (the present one, unless there is none) and `new_password`.
#[derive(Debug, Template)]
#[template(path = "change_password.html")]
pub struct ChangePasswordView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// What went wrong before.
    pub problem: Option<Problem>,
    /// For password managers.
    pub email: &'a str,
    /// Whether the present one is asked for.
    pub has_password: bool,
    /// How many characters a password has at least.
    pub least: usize,
}

impl View for ChangePasswordView<'_> {}

/// The code that shows that mail arrives. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "verify_email.html")]
pub struct VerifyEmailView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// What went wrong before.
    pub problem: Option<Problem>,
    /// Where the code went.
    pub email: &'a str,
}

impl View for VerifyEmailView<'_> {}

/// An authenticator app is set up. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "authenticator.html")]
pub struct AuthenticatorView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// What went wrong before.
    pub problem: Option<Problem>,
    /// The picture, for the app's camera.
    pub picture: QrCode,
    /// The secret in base32, for whoever types it.
    pub secret: &'a str,
    /// The `otpauth` address, for an app on this device.
    pub uri: &'a str,
    /// Link back.
    pub back: &'a str,
}

impl View for AuthenticatorView<'_> {}

/// A QR code as a path of an SVG image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrCode {
    /// Modules of a side, without the quiet zone.
    pub width: usize,
    /// A square for each dark module.
    pub path: String,
}

/// A code is asked for before something is done to the authenticator app. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "confirm_code.html")]
pub struct ConfirmCodeView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// What went wrong before.
    pub problem: Option<Problem>,
    /// Takes the app away; otherwise makes new recovery codes.
    pub remove: bool,
}

impl View for ConfirmCodeView<'_> {}

/// Recovery codes, this once.
#[derive(Debug, Template)]
#[template(path = "recovery_codes.html")]
pub struct RecoveryCodesView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// As they are written down.
    pub codes: Vec<String>,
    /// Link on.
    pub next: &'a str,
}

impl View for RecoveryCodesView<'_> {}

/// A second factor has to be chosen before the user goes on.
#[derive(Debug, Template)]
#[template(path = "mfa_setup.html")]
pub struct MfaSetupView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Link to the authenticator app.
    pub authenticator: &'a str,
    /// Link to a new passkey; none where there are no passkeys.
    pub passkey: Option<&'a str>,
}

impl View for MfaSetupView<'_> {}
