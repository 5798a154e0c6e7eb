//! Pages of a sign-in.

use super::{Form, Problem};
use crate::pages::{Page, Policy, View};
use askama::Template;

/// Sign-in with email address and password. Posts `email` and `password`.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct LoginView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Name of the client that started the request.
    pub client: Option<&'a str>,
    /// Initial value of the email field (`login_hint` or the previous input).
    pub email: &'a str,
    /// Problem with the previous submission.
    pub problem: Option<Problem>,
    /// Path of the `POST` that starts a sign-in with a passkey, if passkeys are available.
    pub passkey: Option<&'a str>,
    /// Link to the email code page, if the server can send email.
    pub email_code: Option<&'a str>,
}

impl View for LoginView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// Second factor. Posts `code`, and `remember` if the box is checked.
#[derive(Debug, Template)]
#[template(path = "second_factor.html")]
pub struct SecondFactorView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<Problem>,
    /// Whether the page asks for a recovery code instead of a code from the app.
    pub recovery: bool,
    /// Link to the same page for the other kind of code.
    pub other: &'a str,
    /// Path of the `POST` that asks for a passkey instead, if the user has one.
    pub passkey: Option<&'a str>,
    /// Number of days for which a device is trusted. `None` if trusted devices are disabled.
    pub remember_days: Option<u64>,
}

impl View for SecondFactorView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// Sign-in with an email code: asks for the address (posts `email`), then for the code (posts `code`).
#[derive(Debug, Template)]
#[template(path = "email_code.html")]
pub struct EmailCodeView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<Problem>,
    /// Initial value of the email field, or the address that the code was sent to if the user exists.
    pub email: &'a str,
    /// Whether the page asks for the code.
    pub sent: bool,
    /// Link to the previous page: the password page or the address form.
    pub back: &'a str,
}

impl View for EmailCodeView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// Use or registration of a passkey. A script passes `options` to the browser and posts the result as `credential`
/// (JSON, Web Authentication section 5.1). For a new passkey, it posts `name` too.
#[derive(Debug, Template)]
#[template(path = "passkey.html")]
pub struct PasskeyView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<Problem>,
    /// Whether the page registers a new passkey instead of using one.
    pub new: bool,
    /// `PublicKeyCredentialRequestOptionsJSON`, or `PublicKeyCredentialCreationOptionsJSON` for a new passkey. It is
    /// the object itself or an object with the member `publicKey`.
    pub options: &'a str,
    /// Link to the previous page.
    pub back: &'a str,
}

impl View for PasskeyView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            scripts: true,
            ..leading_away()
        }
    }
}

/// Policy for forms that may redirect to a client, which happens after the last step if consent is already given.
fn leading_away() -> Policy {
    Policy {
        form_leads_away: true,
        ..Policy::default()
    }
}
