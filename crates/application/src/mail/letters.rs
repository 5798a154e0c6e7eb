//! Mail that the use cases send. A renderer composes it in the language of the recipient.

use crate::sessions::Origin;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{Letter, Mailer, Message};
use std::time::Duration;

/// Mail to a user.
#[derive(Clone, Copy)]
pub enum Mail<'a> {
    /// Code to sign in or to verify an address.
    Code(&'a str),
    /// The address was verified for the first time, so everything that was set up before has been removed.
    AddressVerified,
    /// An account was created for the address.
    Registered,
    /// A person tried to create an account, but the address has one.
    AlreadyRegistered,
    /// Link and code to recover an account.
    Recovery(LinkMail<'a>),
    /// Link and code to create an account.
    SignUp(LinkMail<'a>),
    /// Invitation to create an account.
    Invitation(InvitationMail<'a>),
    /// Link to confirm a new email address.
    AddressChange(LinkMail<'a>),
    /// Security notice.
    Notice(&'a NoticeMail<'a>),
}

/// Link and code of a mail.
#[derive(Clone, Copy)]
pub struct LinkMail<'a> {
    /// Secret in the link.
    pub token: &'a Secret,
    /// Code, which works instead of the link.
    pub code: &'a Secret,
    /// Lifetime of both.
    pub lifetime: Duration,
}

/// Content of an invitation.
#[derive(Clone, Copy)]
pub struct InvitationMail<'a> {
    /// Secret in the link.
    pub token: &'a Secret,
    /// Time from which the link is void.
    pub expires_at: Timestamp,
}

/// Content of a security notice.
pub struct NoticeMail<'a> {
    /// What happened.
    pub notice: Notice,
    /// When it happened.
    pub at: Timestamp,
    /// Browser and network address.
    pub origin: &'a Origin,
    /// Secret in the link "This wasn't me".
    pub token: &'a Secret,
    /// When what the notice announces can happen.
    pub due_at: Option<Timestamp>,
}

/// Composes a mail for a user. `None` means that the recipient has no account.
pub type Compose<'a> = &'a (dyn Fn(Mail<'_>, Option<&User>) -> Letter + Send + Sync);

/// What a security notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The user signed in on a device for the first time.
    NewDevice,
    /// An authenticator app was set up.
    AuthenticatorAdded,
    /// The authenticator app was removed.
    AuthenticatorRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// The recovery codes were replaced.
    RecoveryCodesReplaced,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// The password was changed.
    PasswordChanged,
    /// The password was removed. The user signs in with passkeys.
    PasswordRemoved,
    /// The password was reset with a mailed link or code.
    PasswordReset,
    /// The deletion of the account was requested.
    DeletionRequested,
    /// An account at an upstream provider was linked.
    IdentityLinked,
    /// An account at an upstream provider was unlinked.
    IdentityUnlinked,
    /// The reset of the second factors was requested.
    FactorResetRequested,
    /// The second factors were removed after such a request.
    FactorsReset,
    /// The email address was changed. The notice goes to the former address.
    AddressChanged,
}

impl Notice {
    /// All notices.
    pub const ALL: &'static [Self] = &[
        Self::NewDevice,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::RecoveryCodesReplaced,
        Self::RecoveryCodeUsed,
        Self::PasswordChanged,
        Self::PasswordRemoved,
        Self::PasswordReset,
        Self::DeletionRequested,
        Self::IdentityLinked,
        Self::IdentityUnlinked,
        Self::FactorResetRequested,
        Self::FactorsReset,
        Self::AddressChanged,
    ];

    /// Returns the name, as in the catalogues and the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewDevice => "new_device",
            Self::AuthenticatorAdded => "authenticator_added",
            Self::AuthenticatorRemoved => "authenticator_removed",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::RecoveryCodesReplaced => "recovery_codes_replaced",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::PasswordChanged => "password_changed",
            Self::PasswordRemoved => "password_removed",
            Self::PasswordReset => "password_reset",
            Self::DeletionRequested => "deletion_requested",
            Self::IdentityLinked => "identity_linked",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::FactorResetRequested => "factor_reset_requested",
            Self::FactorsReset => "factors_reset",
            Self::AddressChanged => "address_changed",
        }
    }
}

/// Queues a letter for the user of an address. Without a user, the letter is withheld: the work is the same, but a
/// stranger cannot make the server send mail to any address.
pub(crate) fn post(mailer: &dyn Mailer, user: Option<Email>, typed: &str, letter: Letter) {
    let is_withheld = user.is_none();
    // A text that is no address has no mailbox, so there is nothing to hide.
    if let Some(recipient) = user.or_else(|| Email::parse(typed.trim()).ok()) {
        mailer.send(Message {
            recipient,
            letter,
            is_withheld,
        });
    }
}
