//! Pages on which a user consents or selects an account.

use super::Form;
use crate::pages::{PageContext, Policy, View};
use askama::Template;

/// Consent to the request of a client. Posts `decision`: `agree` or `refuse`.
#[derive(Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Name of the client.
    pub client: &'a str,
    /// Host that the user is redirected to.
    pub host: &'a str,
    /// Whether any app on the device of the user could receive the response.
    pub warns_of_loopback: bool,
    /// Privacy policy of the client.
    pub policy: Option<&'a str>,
    /// Terms of service of the client.
    pub terms: Option<&'a str>,
    /// Requested scope tokens.
    pub scopes: Vec<&'a str>,
    /// Email address of the user.
    pub account: &'a str,
    /// Link to the account selection.
    pub other_account: Option<&'a str>,
}

impl View for ConsentView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: true,
            ..Policy::default()
        }
    }
}

/// An account that is signed in in this browser.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// Value of `account`.
    pub value: &'a str,
    /// Name of the user, if known.
    pub name: Option<&'a str>,
    /// Email address of the user.
    pub email: &'a str,
}

/// Account selection. Posts `account`.
#[derive(Debug, Template)]
#[template(path = "accounts.html")]
pub struct AccountsView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Name of the client that started the request.
    pub client: Option<&'a str>,
    /// Accounts that are signed in.
    pub accounts: Vec<Account<'a>>,
    /// Link to a sign-in with another account.
    pub another: &'a str,
}

impl View for AccountsView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: true,
            ..Policy::default()
        }
    }
}
