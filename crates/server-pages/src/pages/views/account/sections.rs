//! Sections of the account page.

use super::frame::{AccountOwner, Item, Section};
use crate::pages::views::{Form, Problem, ShownProblem};
use crate::pages::{PageContext, Policy, View};
use askama::Template;

/// Profile and email address.
#[derive(Debug, Template)]
#[template(path = "account/profile.html")]
pub struct ProfileView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Hidden fields of the forms.
    pub form: Form<'a>,
    /// Owner of the account.
    pub owner: AccountOwner<'a>,
    /// Facts of the profile: key of the name in the catalogue, and value.
    pub facts: Vec<(&'static str, Option<&'a str>)>,
    /// Whether the email address is verified.
    pub email_verified: bool,
    /// Whether the server can send email.
    pub mail: bool,
}

impl View for ProfileView<'_> {}

/// Field of the profile for an attribute.
#[derive(Debug)]
pub struct AttributeField {
    /// Name of the field, and its `id`.
    pub name: String,
    /// Label: the description of the attribute, or else its name.
    pub label: String,
    /// `type` of an input element.
    pub kind: &'static str,
    /// Values and texts of a selection; empty for another field.
    pub options: Vec<(String, String)>,
    /// Whether each line is an entry.
    pub is_list: bool,
    /// Maximum length in characters.
    pub longest: usize,
    /// Value, or what the user entered.
    pub value: String,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Change of the profile. Posts `name`, `given_name`, `family_name`, `locale` and `zoneinfo`, and `attribute.NAME` for
/// each attribute.
#[derive(Debug, Template)]
#[template(path = "account/edit_profile.html")]
pub struct EditProfileView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Target and hidden fields of the form.
    pub form: Form<'a>,
    /// Owner of the account.
    pub owner: AccountOwner<'a>,
    /// Problem with the previous submission.
    pub problem: Option<ShownProblem<'a>>,
    /// Maximum length of a name in characters.
    pub longest: usize,
    /// Name.
    pub name: &'a str,
    /// Given name.
    pub given_name: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Language tag.
    pub locale: &'a str,
    /// Language tags with the names of the languages.
    pub locales: Vec<(&'a str, &'a str)>,
    /// Time zone.
    pub zoneinfo: &'a str,
    /// Names of time zones.
    pub zones: Vec<&'a str>,
    /// Attributes that users edit.
    pub attributes: Vec<AttributeField>,
}

impl EditProfileView<'_> {
    /// Returns whether the problem is about the names.
    fn is_about_names(&self) -> bool {
        let shown = self.problem.map(|shown| shown.problem);
        shown.is_some_and(|problem| problem != Problem::AttributeInvalid)
    }
}

impl View for EditProfileView<'_> {}

/// Passkeys, password and two-step verification.
#[derive(Debug, Template)]
#[template(path = "account/security.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether a part of the page is there"
)]
pub struct SecurityView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Hidden fields of the forms.
    pub form: Form<'a>,
    /// Owner of the account.
    pub owner: AccountOwner<'a>,
    /// Whether the user has a password.
    pub has_password: bool,
    /// Whether the user can remove the password.
    pub may_remove_password: bool,
    /// Whether the user may add second factors.
    pub may_enroll: bool,
    /// Whether the user may add passkeys.
    pub may_add_passkey: bool,
    /// Whether the user has an authenticator app.
    pub authenticator: bool,
    /// Number of unused recovery codes.
    pub recovery_codes: u32,
    /// Passkeys.
    pub passkeys: Vec<Item>,
    /// Linked accounts at upstream providers.
    pub identities: Vec<Item>,
    /// Names and display names of the providers that can be linked.
    pub providers: Vec<(String, String)>,
    /// Facts for password managers, as JSON: `rpId`, `userId`, `allAcceptedCredentialIds`, `name` and `displayName` (Web
    /// Authentication section 5.1.10). A script passes them on.
    pub signals: Option<String>,
    /// Time zone of the times.
    pub times: String,
}

impl View for SecurityView<'_> {
    fn policy(&self) -> Policy {
        Policy {
            scripts: self.signals.is_some(),
            form_leads_away: !self.providers.is_empty(),
            ..Policy::default()
        }
    }
}

/// Sessions and trusted devices.
#[derive(Debug, Template)]
#[template(path = "account/sessions.html")]
pub struct SessionsView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Hidden fields of the forms.
    pub form: Form<'a>,
    /// Owner of the account.
    pub owner: AccountOwner<'a>,
    /// Live sessions.
    pub sessions: Vec<Item>,
    /// Trusted devices.
    pub devices: Vec<Item>,
    /// Time zone of the times.
    pub times: String,
}

impl View for SessionsView<'_> {}

/// Applications with access.
#[derive(Debug, Template)]
#[template(path = "account/applications.html")]
pub struct ApplicationsView<'a> {
    /// Language and theme.
    pub page: PageContext<'a>,
    /// Hidden fields of the forms.
    pub form: Form<'a>,
    /// Owner of the account.
    pub owner: AccountOwner<'a>,
    /// Consents. The lines say what each application may do.
    pub consents: Vec<Item>,
    /// Time zone of the times.
    pub times: String,
}

impl View for ApplicationsView<'_> {}
