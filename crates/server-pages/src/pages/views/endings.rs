//! Final pages: errors, logout, and the response to a client by form.

use super::Form;
use crate::pages::{PageContext, Policy, View};
use askama::Template;

/// Origin of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The application sent an invalid request. The user can report it to the developer.
    Client,
    /// The link or form has expired, or cookies are disabled. The user can start again.
    User,
    /// The form was opened with another account, or before the last sign-in.
    OtherSession,
    /// A rate limit was reached. The user can try again later.
    TooMany,
    /// The server does not allow the action.
    Denied,
    /// The address does not exist.
    NotFound,
    /// The server failed.
    Server,
}

impl Fault {
    /// Returns the key of the heading.
    const fn title(self) -> &'static str {
        match self {
            Self::Client | Self::Server => "error.title",
            Self::User => "error.title_expired",
            Self::OtherSession => "error.title_other_session",
            Self::TooMany => "error.title_too_many",
            Self::Denied => "error.title_denied",
            Self::NotFound => "error.title_not_found",
        }
    }

    /// Returns whether the description helps: it names the rejected parameter or action.
    const fn has_detail(self) -> bool {
        matches!(self, Self::Client | Self::Denied)
    }
}

/// An error page.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Origin of the error.
    pub fault: Fault,
    /// Name of the client, if known.
    pub client: Option<&'a str>,
    /// Description of the refusal for developers, in English. Only pages for [`Fault::Client`] and [`Fault::Denied`]
    /// show it.
    pub detail: Option<&'a str>,
    /// Identifier of the request, which its log lines contain too.
    pub request_id: Option<&'a str>,
    /// Link to start again. Without it, the page links to the account.
    pub back: Option<&'a str>,
}

impl View for ErrorView<'_> {}

/// What is wrong with a logout request. The user can still sign out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutFault {
    /// The redirect URI is not registered for the client.
    UriUnregistered,
    /// The request has a redirect URI but does not name the client.
    ClientUnknown,
    /// The request is invalid for another reason.
    Invalid,
}

impl LogoutFault {
    /// Returns the key of the text.
    const fn text(self) -> &'static str {
        match self {
            Self::UriUnregistered => "logout.uri_unregistered",
            Self::ClientUnknown => "logout.client_unknown",
            Self::Invalid => "logout.invalid",
        }
    }
}

/// Confirmation of a logout (OpenID Connect RP-Initiated Logout section 2). Posts `decision`: `logout` or `stay`.
#[derive(Debug, Template)]
#[template(path = "logout.html")]
pub struct LogoutView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Name of the client that requests the logout, if known.
    pub client: Option<&'a str>,
    /// Email address of the user.
    pub account: &'a str,
    /// What is wrong with the request, and a description for developers, in English.
    pub fault: Option<(LogoutFault, String)>,
}

impl View for LogoutView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: true,
            ..Policy::default()
        }
    }
}

/// Result of a logout. Loads the logout URIs of clients in frames (OpenID Connect Front-Channel Logout section 2).
#[derive(Debug, Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOutView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// URLs for hidden frames.
    pub frames: Vec<String>,
    /// Redirect target after two seconds, with the parameters for the client.
    pub go_on: Option<&'a str>,
    /// Name of the client at the redirect target.
    pub client: Option<&'a str>,
}

impl View for LoggedOutView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            frames: self.frames.clone(),
            ..Policy::default()
        }
    }
}

/// Authorization response as a form (OAuth 2.0 Form Post Response Mode section 2). A script submits it. Without
/// JavaScript, the user selects a button.
#[derive(Debug, Template)]
#[template(path = "form_post.html")]
pub struct FormPostView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Redirect URI.
    pub action: &'a str,
    /// Parameters of the response.
    pub fields: Vec<(&'a str, &'a str)>,
    /// Name of the client.
    pub client: &'a str,
}

impl View for FormPostView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            scripts: true,
            form_leads_away: true,
            ..Policy::default()
        }
    }
}
