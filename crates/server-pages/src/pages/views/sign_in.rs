//! Pages of a sign-in.

use super::{Form, Problem, ShownProblem};
use crate::pages::{PageContext, Policy, View};
use askama::Template;
use countersign_domain::login::methods::Method;

/// Link to another login method.
#[derive(Debug)]
pub struct Other {
    /// Text.
    pub text: String,
    /// Address of the page.
    pub link: String,
    /// Whether a form posts to the address, with the interaction in it.
    pub posts: bool,
}

/// Sign-in with email address and password. Posts `email` and `password`.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct LoginView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Name of the client that started the request.
    pub client: Option<&'a str>,
    /// Initial value of the email field (`login_hint` or the previous input).
    pub email: &'a str,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Whether only upstream providers may sign the user in.
    pub is_restricted: bool,
    /// Other methods that start a sign-in.
    pub others: Vec<Other>,
    /// Links to upstream providers.
    pub providers: Vec<Other>,
    /// Link to the recovery of an account with a forgotten password.
    pub forgot: Option<String>,
    /// Link to the creation of an account.
    pub sign_up: Option<String>,
    /// Passkeys that the email field offers, if passkeys are available.
    pub autofill: Option<Autofill<'a>>,
}

/// Passkeys that the browser offers in the email field (Web Authentication section 5.1.4, conditional mediation). A
/// script passes `options` to the browser and posts the result as `credential`.
#[derive(Clone, Copy, Debug)]
pub struct Autofill<'a> {
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// `PublicKeyCredentialRequestOptionsJSON`, in a member `publicKey`.
    pub options: &'a str,
}

impl LoginView<'_> {
    /// Returns whether the problem is about the email field.
    fn is_about_email(&self) -> bool {
        let shown = self.problem.map(|shown| shown.problem);
        shown == Some(Problem::EmailMalformed)
    }
}

impl View for LoginView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            scripts: true,
            ..leading_away()
        }
    }
}

/// Address to which a login method sends a code. Posts `email`.
#[derive(Debug, Template)]
#[template(path = "address.html")]
pub struct AddressView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Method that sends the code; its table of the catalogue has the texts.
    pub method: Method,
    /// Initial value of the email field.
    pub email: &'a str,
    /// Link to the sign-in page.
    pub back: &'a str,
}

impl View for AddressView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// Code of a login method. Posts `code`, and `remember` if the box is checked.
#[derive(Debug, Template)]
#[template(path = "code.html")]
pub struct CodeView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Method; its table of the catalogue has the texts.
    pub method: Method,
    /// Email address of the user, if this is the second factor of a sign-in.
    pub account: Option<&'a str>,
    /// Address that the code was sent to, if it was sent.
    pub sent_to: Option<&'a str>,
    /// Whether the code has six digits.
    pub digits: bool,
    /// Link that sends a new code.
    pub again: Option<String>,
    /// Number of days for which a device is trusted. `None` if the page does not offer that.
    pub remember_days: Option<u64>,
    /// Other methods for the second factor.
    pub others: Vec<Other>,
}

impl View for CodeView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// Use or registration of a passkey. A script passes `options` to the browser and posts the result as `credential`
/// (JSON, Web Authentication section 5.1). For a new passkey, it posts `name` too.
#[derive(Debug, Template)]
#[template(path = "passkey.html")]
pub struct PasskeyView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Email address of the user, if this is the second factor of a sign-in.
    pub account: Option<&'a str>,
    /// Whether the page registers a new passkey instead of using one.
    pub new: bool,
    /// `PublicKeyCredentialRequestOptionsJSON`, or `PublicKeyCredentialCreationOptionsJSON` for a new passkey. It is
    /// the object itself or an object with the member `publicKey`.
    pub options: &'a str,
    /// Link to the previous page.
    pub back: &'a str,
    /// Link to the reset of lost second factors, if this sign-in is offered one.
    pub lost: Option<String>,
}

impl PasskeyView<'_> {
    /// Returns whether no user has the passkey of the previous submission.
    fn is_unknown(&self) -> bool {
        let problem = self.problem.map(|shown| shown.problem);
        problem == Some(Problem::PasskeyUnknown)
    }
}

impl View for PasskeyView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            scripts: true,
            ..leading_away()
        }
    }
}

/// Offer to create a passkey after a sign-in. Posts the decision not to create one.
#[derive(Debug, Template)]
#[template(path = "passkey_offer.html")]
pub struct PasskeyOfferView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Email address of the user.
    pub account: &'a str,
    /// Link to the creation of a passkey.
    pub create: &'a str,
}

impl View for PasskeyOfferView<'_> {
    fn policy(&self) -> Policy {
        leading_away()
    }
}

/// Policy for forms that may redirect to a client, which happens after the last step if consent is already given.
fn leading_away() -> Policy {
    Policy {
        form_leads_away: true,
        ..Policy::default()
    }
}
