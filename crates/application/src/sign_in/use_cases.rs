use crate::app::App;
use countersign_ports::{Clock, Entropy, Mailer, OneTimeCodes, Passkeys, Vault};
use std::sync::Arc;

/// The use cases of sign-in in a browser.
pub struct SignIn<A: App> {
    /// Users and their factors.
    pub store: Arc<A::Store>,
    /// Checks passwords.
    pub passwords: Arc<A::PasswordHasher>,
    /// Unseals the secrets of one-time codes.
    pub vault: Arc<dyn Vault>,
    /// Checks one-time codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Checks passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Sends codes.
    pub mailer: Arc<dyn Mailer>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of codes, and of identifiers of sign-ins and devices.
    pub entropy: Arc<dyn Entropy>,
}
