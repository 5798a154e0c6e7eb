use crate::admin::users::UserAdmin;
use crate::app::App;
use crate::federation::Federation;
use crate::mail::MailedLinks;
use crate::sessions::Sessions;
use countersign_ports::{Clock, Entropy, Mailer, OneTimeCodes, Passkeys, Vault};
use std::sync::Arc;

/// Use cases of browser sign-in.
pub struct SignIn<A: App> {
    /// Users and their factors.
    pub store: Arc<A::Store>,
    /// Checks the responses of upstream providers, and finds the accounts of their users.
    pub federation: Arc<Federation<A>>,
    /// Ends the sessions of an account whose address is verified for the first time.
    pub sessions: Sessions<A>,
    /// Removes lost second factors.
    pub users: UserAdmin<A>,
    /// Checks passwords.
    pub passwords: Arc<A::PasswordHasher>,
    /// Unseals one-time code secrets.
    pub vault: Arc<dyn Vault>,
    /// Checks one-time codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Checks passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Makes and finds mailed links.
    pub links: Arc<MailedLinks<A>>,
    /// Sends codes by email.
    pub mailer: Arc<dyn Mailer>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of randomness for codes, and for sign-in and device IDs.
    pub entropy: Arc<dyn Entropy>,
}
