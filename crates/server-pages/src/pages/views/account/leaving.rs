//! Download of the data of an account, and its deletion.

use super::frame::{AccountOwner, Section};
use crate::pages::views::{Form, ShownProblem};
use crate::pages::{PageContext, Policy, View};
use askama::Template;

/// Download of the data, and link to the deletion of the account.
#[derive(Debug, Template)]
#[template(path = "account/data/show.html")]
pub struct DataView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Hidden fields of the forms.
    pub form: Form<'a>,
    /// Owner of the account.
    pub owner: AccountOwner<'a>,
    /// Whether users can delete their accounts.
    pub may_delete: bool,
}

impl View for DataView<'_> {}

/// Confirmation before the deletion of the account. Posts `confirm`.
#[derive(Debug, Template)]
#[template(path = "account/data/delete.html")]
pub struct DeleteView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Email address.
    pub account: &'a str,
    /// Days until the deletion.
    pub days: u64,
}

impl View for DeleteView<'_> {}

/// Scheduled deletion of the account. A signed-in user can cancel it. Posts `decision`: `keep` or `delete`.
#[derive(Debug, Template)]
#[template(path = "account/data/deletion.html")]
pub struct DeletionView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form; `None` after the user has signed out.
    pub form: Option<Form<'a>>,
    /// Email address.
    pub account: &'a str,
    /// Sentence with the time of the deletion.
    pub when: &'a str,
}

impl View for DeletionView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: true,
            ..Policy::default()
        }
    }
}
