//! What the page of a form knows of the previous submission.

use super::problem::{FormProblem, problem};
use super::request::Browser;
use super::sealed::{Entered, Remark};
use crate::redirect::see_other;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::Interaction;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;

/// Name of the field for an email address.
const EMAIL: &str = "email";

/// Maximum length of a kept value in characters, as in the forms. It bounds the URL.
pub(crate) const LONGEST: usize = 254;

/// Returns an email address as typed, which the page of the form keeps.
pub(crate) fn email_entered(email: Option<String>) -> Entered {
    let email = email.map(|email| (EMAIL.to_owned(), email));
    email.into_iter().collect()
}

/// Interaction of a page.
pub(crate) struct Opened {
    pub(crate) interaction: Interaction,
    /// Problem with the previous submission.
    pub(crate) problem: Option<FormProblem>,
    /// Fields of the previous submission.
    pub(crate) entered: Entered,
}

impl Opened {
    /// Returns the interaction of a page without a previous submission.
    pub(crate) const fn new(interaction: Interaction) -> Self {
        Self {
            interaction,
            problem: None,
            entered: Vec::new(),
        }
    }

    /// Returns what the user entered in a field of the previous submission.
    pub(crate) fn entered(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// Returns the email address of the previous submission.
    pub(crate) fn email(&self) -> Option<&str> {
        self.find(EMAIL)
    }

    fn find(&self, name: &str) -> Option<&str> {
        let found = self.entered.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl<A: App> Browser<A> {
    /// Opens the interaction in a URL or form, with the problem of the previous submission.
    pub(crate) fn open(&self, sealed: Option<&str>) -> Result<Opened, RequestError> {
        let opened = sealed.and_then(|text| self.seals.open_interaction(text));
        let (interaction, remark) = opened.ok_or(Malformed::InteractionUnknown)?;
        let lifetime = self.tenant.settings.lifetimes.login();
        let now = self.now();
        let mut opened = Opened::new(interaction.unless_too_old(lifetime, now));
        if let Some(remark) = remark {
            let passed = now.as_unix_seconds().saturating_sub(remark.at);
            opened.problem = remark.trouble.after(passed);
            opened.entered = remark.typed;
            opened.entered.extend(email_entered(remark.email));
        }
        Ok(opened)
    }

    /// Redirects back to the page of a form if the user can correct the error. The page then shows the problem and keeps
    /// what the user entered. Returns the error itself if only an error page can show it.
    pub(crate) fn reject(
        &self,
        path: &'static str,
        interaction: &Interaction,
        error: impl Into<RequestError>,
        entered: Entered,
    ) -> Result<Response, RequestError> {
        let problem = problem(error.into(), path, self.client_id.as_deref())?;
        Ok(self.lead_back(path, interaction, problem, entered))
    }

    /// Redirects back to the page of a form, which shows the problem and keeps what the user entered.
    pub(crate) fn lead_back(
        &self,
        path: &str,
        interaction: &Interaction,
        problem: FormProblem,
        mut entered: Entered,
    ) -> Response {
        for (_, value) in &mut entered {
            *value = value.chars().take(LONGEST).collect();
        }
        let (email, typed): (Entered, _) = entered.into_iter().partition(|(name, _)| name == EMAIL);
        let remark = Remark {
            trouble: problem,
            email: email.into_iter().next().map(|(_, value)| value),
            typed,
            at: self.now().as_unix_seconds(),
        };
        let sealed = self.seals.with_remark(interaction, remark);
        see_other(&format!("{path}?interaction={sealed}"))
    }
}
