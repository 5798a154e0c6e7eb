//! The pages of a login.

use super::{Form, Problem};
use crate::pages::{Page, Policy, View};
use askama::Template;

/// E-mail address and password. Posts `email` and `password`.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct LoginView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// The name of the client the user is on the way to.
    pub client: Option<&'a str>,
    /// The address that stands in the field already (`login_hint`, or what was typed before).
    pub email: &'a str,
    /// What went wrong before.
    pub problem: Option<Problem>,
    /// Path of the `POST` that begins a login by passkey; none where there are no passkeys.
    pub passkey: Option<&'a str>,
    /// Link to the page for a code by mail; none where no mail is sent.
    pub email_code: Option<&'a str>,
}

impl View for LoginView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// The second factor. Posts `code`, and `remember` if the box was ticked.
#[derive(Debug, Template)]
#[template(path = "second_factor.html")]
pub struct SecondFactorView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// What went wrong before.
    pub problem: Option<Problem>,
    /// Asks for a recovery code in the place of one from the app.
    pub recovery: bool,
    /// Link to this page for the other kind of code.
    pub other: &'a str,
    /// Path of the `POST` that asks for a passkey instead; none for a user without one.
    pub passkey: Option<&'a str>,
    /// For how many days a device is remembered; none where devices are not.
    pub remember_days: Option<u64>,
}

impl View for SecondFactorView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// A code by mail: first the address is asked for (posts `email`), then the code (posts `code`).
#[derive(Debug, Template)]
#[template(path = "email_code.html")]
pub struct EmailCodeView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// What went wrong before.
    pub problem: Option<Problem>,
    /// The address that stands in the field, or to which a code went if there is such a user.
    pub email: &'a str,
    /// Whether the code is asked for now.
    pub sent: bool,
    /// Link back: to the password, or to another address.
    pub back: &'a str,
}

impl View for EmailCodeView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// A ceremony with a passkey. A script hands `options` to the browser and posts what comes back as `credential`
/// (JSON, Web Authentication section 5.1); for a new passkey, `name` too.
#[derive(Debug, Template)]
#[template(path = "passkey.html")]
pub struct PasskeyView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// What went wrong before.
    pub problem: Option<Problem>,
    /// Makes a passkey instead of using one.
    pub new: bool,
    /// `PublicKeyCredentialRequestOptionsJSON`, or `PublicKeyCredentialCreationOptionsJSON` for a new one: the
    /// object itself, or one with it under `publicKey`.
    pub options: &'a str,
    /// Link back.
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

/// With consent remembered, the redirects after the last step of a login end at the client.
fn leading_away() -> Policy {
    Policy {
        form_leads_away: true,
        ..Policy::default()
    }
}
