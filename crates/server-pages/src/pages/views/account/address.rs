//! Change of the email address.

use crate::pages::views::{Form, ShownProblem};
use crate::pages::{PageContext, View};
use askama::Template;

/// New email address. Posts `email`.
#[derive(Debug, Template)]
#[template(path = "account/email/change_email.html")]
pub struct ChangeEmailView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Present email address.
    pub account: &'a str,
    /// Address as typed.
    pub email: &'a str,
}

impl View for ChangeEmailView<'_> {}

/// Page after the link was sent to the new address.
#[derive(Debug, Template)]
#[template(path = "account/email/email_sent.html")]
pub struct EmailSentView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// New address.
    pub email: &'a str,
    /// Lifetime of the link in minutes.
    pub minutes: u64,
}

impl View for EmailSentView<'_> {}

/// Page of the link that confirms a new address, or that restores the former one. Posts `token`.
#[derive(Debug, Template)]
#[template(path = "account/email/confirm_address.html")]
pub struct ConfirmAddressView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Whether the link restores the former address.
    pub undoes: bool,
    /// New or former address.
    pub email: &'a str,
    /// Token of the link.
    pub token: &'a str,
}

impl View for ConfirmAddressView<'_> {}
