//! The account page and registration.
//!
//! Changing a factor requires a recent sign-in ([`Session::is_fresh`]).

mod access;
mod address;
mod authenticator;
mod deletion;
mod export;
mod factors;
mod identities;
mod password;
mod passwordless;
mod profile;
pub mod refusals;
mod registration;
mod secure;
mod sign_up;

pub use access::Overview;
pub use authenticator::Enrollment;
pub use export::AccountData;
pub use factors::Factors;
pub use profile::{ProfileChange, entered_attribute};
pub use registration::NewUser;
pub use sign_up::{NewAccount, NewCredential};

use crate::admin::users::UserAdmin;
use crate::app::App;
use crate::clients::Clients;
use crate::current_request::CurrentRequest;
use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::mail::MailedLinks;
use countersign_domain::audit::event::Action;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{BreachedPasswords, Clock, Entropy, Mailer, OneTimeCodes, Passkeys, Vault};
use std::sync::Arc;

/// Account use cases.
pub struct Accounts<A: App> {
    /// Users, sessions, consents, devices and factors.
    pub store: Arc<A::Store>,
    /// Registered clients.
    pub clients: Arc<Clients<A::Store>>,
    /// Attributes that users may read.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Changes the profile.
    pub users: UserAdmin<A>,
    /// Hashes and verifies passwords.
    pub passwords: Arc<A::PasswordHasher>,
    /// Knows passwords that users may not choose.
    pub breached: Arc<dyn BreachedPasswords>,
    /// Seals the secrets of authenticator apps.
    pub vault: Arc<dyn Vault>,
    /// Verifies codes of authenticator apps.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Registers passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Makes and finds mailed links.
    pub links: Arc<MailedLinks<A>>,
    /// Sends mail about registrations.
    pub mailer: Arc<dyn Mailer>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Source of secrets and recovery codes.
    pub entropy: Arc<dyn Entropy>,
}

impl<A: App> Accounts<A> {
    /// Notes for the audit log what a user did.
    fn did(action: Action, user: &User, session: &Session, facts: &[(&'static str, &str)]) {
        CurrentRequest::note_event(action, user.id, Some(session.id), facts);
    }

    /// Returns what judges and hashes a new password.
    fn new_passwords(&self) -> (&A::PasswordHasher, &dyn BreachedPasswords) {
        (&*self.passwords, &*self.breached)
    }

    fn fresh(&self, session: &Session) -> Result<(), Failure> {
        Ok(session.is_fresh(self.clock.now())?)
    }

    /// Returns whether a session is still live. Call it after storing a password or a factor, and undo that if not: a
    /// reset of the account ends the sessions first, and must not miss a change that was on the way.
    async fn is_still_live(&self, tenant: &Tenant, session: SessionId) -> Result<bool, Failure> {
        let found = self.store.find_session(tenant.id, session).await?;
        let now = self.clock.now();
        Ok(found.is_some_and(|(session, user)| session.is_live(now) && user.enabled))
    }
}
