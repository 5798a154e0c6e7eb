//! The views: one struct for each page, with what it shows. Fields are facts and addresses; all words are
//! in the catalogues.

mod account;
mod consent;
mod endings;
mod sign_in;

pub use account::{
    AccountView, AuthenticatorView, ChangePasswordView, ConfirmCodeView, Item, MfaSetupView,
    Notice, QrCode, RecoveryCodesView, VerifyEmailView,
};
pub use consent::{Account, AccountsView, ConsentView};
pub use endings::{ErrorView, Fault, FormPostView, LoggedOutView, LogoutView};
pub use sign_in::{EmailCodeView, LoginView, PasskeyView, SecondFactorView};

use super::Page;
use serde::{Deserialize, Serialize};

/// What every form carries.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// Path of the `POST`.
    pub action: &'a str,
    /// The field `csrf`.
    pub csrf: &'a str,
    /// The field `interaction`: the sealed authorization request that the form belongs to, if any.
    pub interaction: Option<&'a str>,
}

/// What went wrong with the form before: shown above it, and read out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// E-mail address and password do not belong together.
    LoginFailed,
    /// The code is not right, or not any more.
    CodeWrong,
    /// The code, or the login it belongs to, is too old.
    CodeExpired,
    /// The recovery code is not right, or was used.
    RecoveryCodeWrong,
    /// The passkey is not known, or its owner stopped.
    PasskeyFailed,
    /// Too many attempts: this many minutes to wait.
    Wait(u64),
    /// The form was open for too long, or came from another browser.
    FormExpired,
    /// We cannot serve this just now.
    Busy,
    /// A field is missing or is not what it should be.
    Incomplete,
    /// The new password is not good enough: this many characters at least.
    PasswordShort(usize),
    /// The old password is not right.
    PasswordWrong,
}

impl Problem {
    /// Its words.
    #[must_use]
    pub fn words(self, page: Page<'_>) -> String {
        let key = match self {
            Self::LoginFailed => "problem.login_failed",
            Self::CodeWrong => "problem.code_wrong",
            Self::CodeExpired => "problem.code_expired",
            Self::RecoveryCodeWrong => "problem.recovery_code_wrong",
            Self::PasskeyFailed => "problem.passkey_failed",
            Self::Wait(minutes) => return page.with("problem.wait", "minutes", minutes),
            Self::FormExpired => "problem.form_expired",
            Self::Busy => "problem.busy",
            Self::Incomplete => "problem.incomplete",
            Self::PasswordShort(least) => {
                return page.with("problem.password_short", "least", least);
            }
            Self::PasswordWrong => "problem.password_wrong",
        };
        page.text(key).to_owned()
    }
}
