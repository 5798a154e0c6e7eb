//! The pages on which a user decides what a client gets.

use super::Form;
use crate::pages::{Page, Policy, View};
use askama::Template;

/// What a client asks for. Posts `decision`: `agree` or `refuse`.
#[derive(Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// The name of the client.
    pub client: &'a str,
    /// The host that the user is sent to afterwards.
    pub host: &'a str,
    /// The tokens that were asked for.
    pub scopes: Vec<&'a str>,
    /// The e-mail address of the user who is asked.
    pub account: &'a str,
    /// Link to the selection of another account.
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

/// A user who is logged in in this browser.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The value of `account` when it is chosen.
    pub value: &'a str,
    /// The name, if known.
    pub name: Option<&'a str>,
    /// The e-mail address.
    pub email: &'a str,
}

/// Which account to go on with. Posts `account`.
#[derive(Debug, Template)]
#[template(path = "accounts.html")]
pub struct AccountsView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// The name of the client the user is on the way to.
    pub client: Option<&'a str>,
    /// Those that are logged in.
    pub accounts: Vec<Account<'a>>,
    /// Link to a login as somebody else.
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
