//! Pages of the recovery of an account, and of mailed links.

use super::{Form, ShownProblem};
use crate::pages::{PageContext, Policy, View};
use askama::Template;

/// Address to which the recovery mail is sent. Posts `email`.
#[derive(Debug, Template)]
#[template(path = "recovery/request.html")]
pub struct RecoverView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Initial value of the email field.
    pub email: &'a str,
    /// Link to the sign-in page.
    pub back: &'a str,
}

impl View for RecoverView<'_> {}

/// Says that a mail was sent, and takes its code. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "recovery/check.html")]
pub struct CheckMailView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Key of the text that says so.
    pub sent: &'static str,
    /// Whether the form may redirect to a client.
    pub leads_away: bool,
    /// Address as typed.
    pub email: &'a str,
    /// Lifetime of the link and the code.
    pub minutes: u64,
    /// Path that sends another mail. A form posts `email` to it.
    pub again: &'a str,
    /// Link to the page for another address.
    pub other: &'a str,
}

impl View for CheckMailView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: self.leads_away,
            ..Policy::default()
        }
    }
}

/// Delayed reset of a lost second factor. Posts `decision`: `request` or `remove`.
#[derive(Debug, Template)]
#[template(path = "recovery/lost_factor.html")]
pub struct LostFactorView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Email address.
    pub account: &'a str,
    /// What the user can do.
    pub lead: String,
    /// What the form does; `None` while the user has to wait.
    pub decision: Option<&'static str>,
    /// Link to the second factor.
    pub back: &'a str,
}

impl View for LostFactorView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: true,
            ..Policy::default()
        }
    }
}

/// What a mailed link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAction {
    /// Leads to a new password.
    Recover,
    /// Ends all sessions. The link is in a security notice.
    Secure,
    /// Leads to a new account.
    SignUp,
    /// Leads to a new account, by an invitation.
    Accept,
}

impl LinkAction {
    /// Returns the keys of the title, the text and the button.
    const fn keys(self) -> [&'static str; 3] {
        match self {
            Self::Recover => ["recovery.title", "recovery.link_lead", "recovery.next"],
            Self::Secure => [
                "recovery.secure_title",
                "recovery.secure_lead",
                "recovery.secure_submit",
            ],
            Self::SignUp => ["sign_up.title", "sign_up.link_lead", "recovery.next"],
            Self::Accept => ["sign_up.title", "sign_up.invitation_lead", "recovery.next"],
        }
    }
}

/// Page of a mailed link, with a button that uses it. Posts `token`.
#[derive(Debug, Template)]
#[template(path = "recovery/link.html")]
pub struct LinkView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// What the link does.
    pub does: LinkAction,
    /// Address of the account.
    pub email: &'a str,
    /// Token of the link.
    pub token: &'a str,
}

impl View for LinkView<'_> {}

/// Page of a link that has expired or was used.
#[derive(Debug, Template)]
#[template(path = "recovery/dead_link.html")]
pub struct DeadLinkView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Link to the page that sends a new mail.
    pub again: &'a str,
}

impl View for DeadLinkView<'_> {}

/// New password after a recovery. Posts `new_password`.
#[derive(Debug, Template)]
#[template(path = "recovery/new_password.html")]
pub struct NewPasswordView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Address of the account, for password managers.
    pub email: &'a str,
    /// Minimum length of a password in characters.
    pub least: usize,
}

impl View for NewPasswordView<'_> {
    /// The form may redirect to a client, if consent is already given.
    fn policy(&self) -> Policy {
        Policy {
            scripts: true,
            form_leads_away: true,
            ..Policy::default()
        }
    }
}
