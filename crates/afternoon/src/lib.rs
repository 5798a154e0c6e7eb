//! The server of `docs/embedding.md`: three grant types and a custom one, OpenID Connect, consent, logout, revocation.

mod authorize;
mod glue;
mod token;

pub use authorize::{Step, Visit};
pub use glue::Keys;
pub use token::Call;

use countersign_domain::prelude::*;
use countersign_memory::Store;
use std::collections::BTreeMap;

/// Lifetimes of codes, tokens and sessions.
const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;

/// Values of `acr`. Choose any names.
const ACR: AcrNames<'_> = AcrNames::new(&[(Acr::ONE_FACTOR, "urn:example:password")]);

/// Server with its store. A multithreaded program puts it behind one lock.
pub struct Server {
    /// `iss` of all tokens.
    pub issuer: String,
    /// Keys that seal and sign.
    pub keys: Keys,
    /// Clients, grants, sessions and consents.
    pub store: Store,
    /// Printed vouchers, by their text: the grant that each creates, the person who paid, and the expiration time.
    pub vouchers: BTreeMap<String, CustomCredential>,
}

impl Server {
    /// Creates a server without clients and users.
    #[must_use]
    pub fn new(issuer: String, keys: Keys) -> Self {
        Self {
            issuer,
            keys,
            store: Store::default(),
            vouchers: BTreeMap::new(),
        }
    }

    /// Starts a session of a user who has signed in, for example with a password that you verified by argon2id. Returns
    /// the contents of the cookie.
    pub fn sign_in(&mut self, user: UserId, signed_in: Authentication) -> (SessionId, Secret) {
        let (id, secret) = (SessionId::from_bytes(glue::random()), glue::secret());
        let sessions = &mut self.store.sessions;
        sessions.start(id, &secret, user, signed_in, &LIFETIMES);
        (id, secret)
    }
}
