//! What the page of a form knows of the previous submission.

use super::problem::FormProblem;
use countersign_domain::login::interaction::Interaction;
use serde::{Deserialize, Serialize};

/// Problem with the previous submission of a form.
///
/// After a form submission, the server always redirects to a page (RFC 9110 section 15.4.4). The URL carries the
/// problem.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Remark {
    pub(super) trouble: FormProblem,
    /// Email address as typed.
    pub(super) email: Option<String>,
    /// Names and values of other fields as typed; never a password.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) typed: Vec<(String, String)>,
    pub(super) at: u64,
}

/// Interaction of a page.
pub(crate) struct Opened {
    pub(crate) interaction: Interaction,
    /// Problem with the previous submission.
    pub(crate) problem: Option<FormProblem>,
    /// Email address of the previous submission.
    pub(crate) typed: Option<String>,
    /// Other fields of the previous submission.
    pub(crate) entered: Vec<(String, String)>,
}

impl Opened {
    /// Returns what the user entered in a field of the previous submission.
    pub(crate) fn entered(&self, name: &str) -> &str {
        let found = self.entered.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }
}
