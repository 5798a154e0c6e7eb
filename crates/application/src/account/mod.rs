//! What users do with their own account, each kind of thing in a file of its own.
//!
//! What changes what a user logs in with demands a fresh login ([`Session::is_fresh`]).

mod access;
mod authenticator;
mod factors;
mod password;
mod registration;

pub use access::Overview;
pub use authenticator::Enrollment;
pub use registration::NewUser;

use crate::clients::Clients;
use crate::failure::Failure;
use countersign_domain::client::ClientId;
use countersign_domain::mfa_policy::MfaPolicy;
use countersign_domain::session::Session;
use countersign_ports::{Clock, Entropy, OneTimeCodes, Passkeys, PasswordHasher, Store, Vault};
use std::sync::Arc;

/// What is configured about accounts.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// Whose codes an authenticator app says they are.
    pub name: String,
    /// Whether there are second factors.
    pub mfa: MfaPolicy,
    /// The public client that gets the tokens of users who register themselves; `None` if nobody can.
    pub registration_client: Option<ClientId>,
}

/// The use cases of accounts.
pub struct Accounts<S, P> {
    /// Users and what is theirs.
    pub store: Arc<S>,
    /// Names of clients.
    pub clients: Arc<Clients<S>>,
    /// Checks and hashes passwords.
    pub passwords: Arc<P>,
    /// Seals the secrets of authenticator apps.
    pub vault: Arc<dyn Vault>,
    /// Checks their codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Enrolls passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes secrets and recovery codes.
    pub entropy: Arc<dyn Entropy>,
    /// What is configured.
    pub settings: AccountSettings,
}

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    fn fresh(&self, session: &Session) -> Result<(), Failure> {
        Ok(session.is_fresh(self.clock.now())?)
    }
}
