//! Views: one struct per page. Fields contain data and links. All texts are in the catalogues.

mod account;
mod connect;
mod consent;
mod endings;
mod recovery;
mod sign_in;
mod sign_up;
mod upstream;

pub use account::{
    AccountOwner, ApplicationsView, AttributeField, AuthenticatorView, ChangeEmailView,
    ChangePasswordView, ConfirmAddressView, ConfirmCodeView, DataView, DeleteView, DeletionView,
    EditProfileView, EmailSentView, Item, MfaSetupView, Notice, ProfileView, QrCode,
    RecoveryCodesView, RemovePasswordView, Section, SecurityView, SessionsView, VerifyEmailView,
};
pub use connect::{ConnectConfirmView, ConnectEndView, ConnectEnding, ConnectView};
pub use consent::{Account, AccountsView, ConsentView};
pub use endings::{ErrorView, Fault, FormPostView, LoggedOutView, LogoutFault, LogoutView};
pub use recovery::{
    CheckMailView, DeadLinkView, LinkAction, LinkView, LostFactorView, NewPasswordView, RecoverView,
};
pub use sign_in::{
    AddressView, Autofill, CodeView, LoginView, Other, PasskeyOfferView, PasskeyView,
};
pub use sign_up::{DeadInvitationView, NewAccountView, ShownDocument, SignUpView, TextField};
pub use upstream::{UpstreamFailedView, UpstreamFault};

use super::PageContext;
use serde::{Deserialize, Serialize};

/// Target and hidden fields of a form.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// Path that the form posts to.
    pub action: &'a str,
    /// Value of the field `csrf`.
    pub csrf: &'a str,
    /// Value of the field `interaction`: the sealed state of the interaction, if the form has one.
    pub interaction: Option<&'a str>,
}

/// Problem with the previous submission of a form. It is shown above the form and announced to screen readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// The email address or the password is wrong.
    LoginFailed,
    /// The code is wrong, or it was used before.
    CodeWrong,
    /// The code or its login has expired or ended.
    CodeExpired,
    /// The recovery code is wrong or was used before.
    RecoveryCodeWrong,
    /// The passkey was rejected.
    PasskeyFailed,
    /// The rate limit was reached. The value is the remaining time in minutes.
    Wait(u64),
    /// The form has expired or comes from another browser.
    FormExpired,
    /// The server is busy.
    Busy,
    /// A field is missing or invalid.
    Incomplete,
    /// The new password is too short. The value is the minimum length in characters.
    PasswordShort(usize),
    /// The new password is too long. The value is the maximum length in bytes.
    PasswordLong(usize),
    /// The new password is common.
    PasswordCommon,
    /// The new password is known from a breach of another service.
    PasswordBreached,
    /// The new password is similar to the name or email address.
    PasswordPersonal,
    /// The new password is easy to guess for another reason.
    PasswordGuessable,
    /// The current password is wrong.
    PasswordWrong,
    /// The text is no email address.
    EmailMalformed,
    /// The user changed the address recently.
    AddressChangedRecently,
    /// Addresses in this domain cannot sign up.
    EmailNotAdmitted,
    /// A claim is missing or malformed.
    ClaimMalformed,
    /// The user did not agree to the documents.
    AgreementMissing,
    /// The user did not confirm a change that cannot be undone.
    NotConfirmed,
    /// No user has the passkey.
    PasskeyUnknown,
    /// A part of the profile is too long or has control characters.
    ProfileInvalid,
    /// Attributes have values that break their rules. Each field says which one.
    AttributeInvalid,
    /// No device has this user code.
    UserCodeUnknown,
    /// The user code has expired.
    UserCodeExpired,
    /// A user has already answered the request with this user code.
    UserCodeUsed,
}

/// Problem with the previous submission of a form, with the ID of that request.
#[derive(Clone, Copy, Debug)]
pub struct ShownProblem<'a> {
    /// Problem.
    pub problem: Problem,
    /// Request ID, with which an operator finds out more.
    pub request_id: Option<&'a str>,
}

impl Problem {
    /// Returns whether the problem is one of a new password.
    pub(super) const fn is_of_new_password(self) -> bool {
        matches!(
            self,
            Self::PasswordShort(_)
                | Self::PasswordLong(_)
                | Self::PasswordCommon
                | Self::PasswordPersonal
                | Self::PasswordGuessable
        )
    }

    /// Returns the text of the problem.
    #[must_use]
    pub fn words(self, page: PageContext<'_>) -> String {
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
            Self::PasswordLong(most) => return page.with("problem.password_long", "most", most),
            Self::PasswordCommon => "problem.password_common",
            Self::PasswordBreached => "problem.password_breached",
            Self::PasswordPersonal => "problem.password_personal",
            Self::PasswordGuessable => "problem.password_guessable",
            Self::PasswordWrong => "problem.password_wrong",
            Self::EmailMalformed => "problem.email_malformed",
            Self::AddressChangedRecently => "problem.address_changed_recently",
            Self::EmailNotAdmitted => "problem.email_not_admitted",
            Self::ClaimMalformed => "problem.claim_malformed",
            Self::AgreementMissing => "problem.agreement_missing",
            Self::NotConfirmed => "problem.not_confirmed",
            Self::PasskeyUnknown => "problem.passkey_unknown",
            Self::ProfileInvalid => "problem.profile_invalid",
            Self::AttributeInvalid => "problem.attribute_invalid",
            Self::UserCodeUnknown => "problem.user_code_unknown",
            Self::UserCodeExpired => "problem.user_code_expired",
            Self::UserCodeUsed => "problem.user_code_used",
        };
        page.text(key).to_owned()
    }
}
