//! Pages of sign-up.

use super::{Form, Problem, ShownProblem};
use crate::pages::{PageContext, Policy, View};
use askama::Template;

/// Address of a new account. Posts `email`.
#[derive(Debug, Template)]
#[template(path = "sign_up/request.html")]
pub struct SignUpView<'a> {
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

impl View for SignUpView<'_> {}

/// Page of an invitation that has expired, was accepted or revoked.
#[derive(Debug, Template)]
#[template(path = "sign_up/dead_invitation.html")]
pub struct DeadInvitationView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
}

impl View for DeadInvitationView<'_> {}

/// Document that the user must agree to.
#[derive(Debug)]
pub struct ShownDocument<'a> {
    /// Key of the label.
    pub label: &'static str,
    /// URL.
    pub url: &'a str,
}

/// Field for a claim.
#[derive(Debug)]
pub struct TextField<'a> {
    /// Name: that of the claim.
    pub name: &'a str,
    /// Key of the label.
    pub label: &'static str,
    /// Type of the input.
    pub kind: &'static str,
    /// Value of `autocomplete`.
    pub autocomplete: &'static str,
    /// Initial value.
    pub value: &'a str,
}

/// Credential and claims of a new account. Posts `new_password` or `credential`, the claims, and `agree` if there are
/// documents.
#[derive(Debug, Template)]
#[template(path = "sign_up/account.html")]
pub struct NewAccountView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Verified address.
    pub email: &'a str,
    /// Fields for claims.
    pub fields: Vec<TextField<'a>>,
    /// Minimum length of a password in characters.
    pub least: usize,
    /// Options for the registration of a passkey, as in [`PasskeyView`](super::PasskeyView); `None` without passkeys.
    pub passkey: Option<&'a str>,
    /// Documents that the user must agree to.
    pub documents: Vec<ShownDocument<'a>>,
    /// Whether the user has agreed before.
    pub agrees: bool,
}

impl NewAccountView<'_> {
    /// Returns whether the problem is about a field for a claim.
    fn is_about_claims(&self) -> bool {
        self.is_about(&[Problem::ClaimMalformed])
    }

    /// Returns whether the problem is about the documents.
    fn is_about_documents(&self) -> bool {
        self.is_about(&[Problem::AgreementMissing])
    }

    fn is_about_password(&self) -> bool {
        let others = [
            Problem::ClaimMalformed,
            Problem::AgreementMissing,
            Problem::PasskeyFailed,
        ];
        self.problem.is_some() && !self.is_about(&others)
    }

    fn is_about(&self, problems: &[Problem]) -> bool {
        let shown = self.problem.map(|shown| shown.problem);
        shown.is_some_and(|problem| problems.contains(&problem))
    }
}

impl View for NewAccountView<'_> {
    /// The form may redirect to a client, after the last step of the sign-in.
    fn policy(&self) -> Policy {
        Policy {
            scripts: self.passkey.is_some(),
            form_leads_away: true,
            ..Policy::default()
        }
    }
}
