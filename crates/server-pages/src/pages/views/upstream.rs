//! Sign-in at upstream providers.

use crate::pages::{PageContext, View};
use askama::Template;

/// What went wrong at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamFault {
    /// The provider gave no usable response, or an untrue one.
    Unavailable,
    /// The provider refused the sign-in, or the user canceled it.
    Refused,
    /// The provider named no email address.
    NoEmail,
    /// Another account has the address, and the user must link the provider on its page.
    AddressTaken,
    /// No account is linked, and the provider creates none.
    NoAccount,
    /// The account at the provider is linked to another user.
    LinkedElsewhere,
    /// The linked account is disabled.
    Disabled,
}

impl UpstreamFault {
    /// Returns the key of the text.
    const fn text(self) -> &'static str {
        match self {
            Self::Unavailable => "upstream.unavailable",
            Self::Refused => "upstream.refused",
            Self::NoEmail => "upstream.no_email",
            Self::AddressTaken => "upstream.address_taken",
            Self::NoAccount => "upstream.no_account",
            Self::LinkedElsewhere => "upstream.linked_elsewhere",
            Self::Disabled => "upstream.disabled",
        }
    }
}

/// A sign-in at a provider failed.
#[derive(Debug, Template)]
#[template(path = "upstream_failed.html")]
pub struct UpstreamFailedView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Display name of the provider.
    pub provider: &'a str,
    /// What went wrong.
    pub fault: UpstreamFault,
    /// Link to another try, for a sign-in.
    pub again: Option<&'a str>,
    /// Link to the other ways to sign in, or to the account page of a signed-in user.
    pub other: &'a str,
    /// Identifier of the request, which its log lines contain too.
    pub request_id: Option<&'a str>,
}

impl View for UpstreamFailedView<'_> {}
