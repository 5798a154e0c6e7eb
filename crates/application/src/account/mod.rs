//! The account page: each part of it in a file of its own.
//!
//! A change of a factor needs a recent sign-in ([`Session::is_fresh`]).

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
use countersign_domain::login::session::Session;
use countersign_ports::{Clock, Entropy, OneTimeCodes, Passkeys, PasswordHasher, Store, Vault};
use std::sync::Arc;

/// The use cases of accounts.
pub struct Accounts<S, P> {
    /// Users and everything that belongs to them.
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
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Secrets and recovery codes.
    pub entropy: Arc<dyn Entropy>,
}

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    fn fresh(&self, session: &Session) -> Result<(), Failure> {
        Ok(session.is_fresh(self.clock.now())?)
    }
}
