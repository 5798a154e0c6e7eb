//! Pages on which a user connects a device (RFC 8628 section 3.3).

use super::{Form, ShownProblem};
use crate::pages::{PageContext, Policy, View};
use askama::Template;

/// Form for the code that a device shows. Posts `code`.
#[derive(Debug, Template)]
#[template(path = "connect/enter.html")]
pub struct ConnectView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Initial value of the field.
    pub code: &'a str,
    /// Whether the code comes from the address of the page, so that the user only compares it.
    pub is_from_address: bool,
}

impl View for ConnectView<'_> {
    /// The form may redirect to an upstream provider, if only that may sign users in.
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: true,
            ..Policy::default()
        }
    }
}

/// Request of a device, with the code to compare. Posts `decision`: `agree` or `refuse`.
#[derive(Debug, Template)]
#[template(path = "connect/confirm.html")]
pub struct ConnectConfirmView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Name of the client that the device runs.
    pub client: &'a str,
    /// Code that the device shows.
    pub code: &'a str,
    /// How long ago the device asked.
    pub when: &'a str,
    /// Network address of the device, if known.
    pub address: Option<&'a str>,
    /// Sentence about the approximate place of the address, if known.
    pub place: Option<String>,
    /// Requested scope tokens.
    pub scopes: Vec<&'a str>,
    /// Email address of the user.
    pub account: &'a str,
    /// Link to the account selection.
    pub other_account: &'a str,
}

impl View for ConnectConfirmView<'_> {
    /// If the session has ended, the form may redirect to an upstream provider.
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: true,
            ..Policy::default()
        }
    }
}

/// End of the connection of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectEnding {
    /// The user allowed the request.
    Allowed,
    /// The user denied the request.
    Denied,
    /// The code has expired.
    Expired,
    /// A user has already answered the request.
    Used,
}

impl ConnectEnding {
    const fn title(self) -> &'static str {
        match self {
            Self::Allowed => "connect.allowed_title",
            Self::Denied => "connect.denied_title",
            Self::Expired => "connect.expired_title",
            Self::Used => "connect.used_title",
        }
    }

    const fn lead(self) -> &'static str {
        match self {
            Self::Allowed => "connect.allowed_lead",
            Self::Denied => "connect.denied_lead",
            Self::Expired => "connect.expired_lead",
            Self::Used => "connect.used_lead",
        }
    }

    const fn is_answered(self) -> bool {
        matches!(self, Self::Allowed | Self::Denied)
    }
}

/// Page after the answer to a device, and of a code that can no longer be used.
#[derive(Debug, Template)]
#[template(path = "connect/end.html")]
pub struct ConnectEndView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// End.
    pub ending: ConnectEnding,
    /// Link to the form for a code.
    pub again: &'a str,
}

impl View for ConnectEndView<'_> {}
