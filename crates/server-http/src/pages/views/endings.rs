//! The pages at which things end: errors, logout, and the way back to a client by form.

use super::Form;
use crate::pages::{Page, Policy, View};
use askama::Template;

/// Whose mistake an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The application sent what cannot be served. The user can tell its makers.
    Client,
    /// The user's link or form is too old, or the browser keeps no cookies. Beginning again helps.
    User,
    /// Nobody's: it is not allowed on this server.
    Denied,
    /// Ours.
    Server,
}

/// What went wrong.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Whose mistake it is.
    pub fault: Fault,
    /// The name of the client, where it is known.
    pub client: Option<&'a str>,
    /// What exactly, for whoever mends it: the description of a refusal, in English. None for our own faults.
    pub detail: Option<&'a str>,
    /// What the log line has too.
    pub request_id: &'a str,
    /// Link to where to begin again.
    pub back: Option<&'a str>,
}

impl View for ErrorView<'_> {}

/// Whether to log out (OpenID Connect RP-Initiated Logout section 2). Posts `decision`: `logout` or `stay`.
#[derive(Debug, Template)]
#[template(path = "logout.html")]
pub struct LogoutView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// Where it goes.
    pub form: Form<'a>,
    /// The name of the client that asks, where it is known.
    pub client: Option<&'a str>,
    /// The e-mail address of the user.
    pub account: &'a str,
}

impl View for LogoutView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            form_leads_away: true,
            ..Policy::default()
        }
    }
}

/// Logged out. Loads the addresses at which clients hear of it (OpenID Connect Front-Channel Logout section 2).
#[derive(Debug, Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOutView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// What is loaded into frames that nobody sees.
    pub frames: Vec<String>,
    /// Where to go on to after a moment, with the parameters of the client in it.
    pub go_on: Option<&'a str>,
    /// The name of the client that is there.
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

/// The answer to an authorization request as a form (OAuth 2.0 Form Post Response Mode section 2). A script
/// sends it; where none runs, a button does.
#[derive(Debug, Template)]
#[template(path = "form_post.html")]
pub struct FormPostView<'a> {
    /// Language and theme.
    pub page: Page<'a>,
    /// The redirect URI.
    pub action: &'a str,
    /// The parameters.
    pub fields: Vec<(&'a str, &'a str)>,
    /// The name of the client.
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
