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

/// Values of `acr`. The names are yours.
const ACR: AcrNames<'_> = AcrNames::new(&[(Acr::ONE_FACTOR, "urn:example:password")]);

/// Server with its stores. A server with threads puts it behind one lock.
pub struct Server {
    /// `iss` of all tokens.
    pub issuer: String,
    /// Keys that seal and sign.
    pub keys: Keys,
    /// Clients, grants, sessions and consents.
    pub store: Store,
    /// Printed vouchers, by their text: the grant that each creates, and the person who paid.
    pub vouchers: BTreeMap<String, (GrantId, ResourceOwner)>,
}

impl Server {
    /// Creates a server without clients and users.
    #[must_use]
    pub fn new(issuer: String, keys: Keys) -> Self {
        let (store, vouchers) = (Store::default(), BTreeMap::new());
        Self {
            issuer,
            keys,
            store,
            vouchers,
        }
    }

    /// Starts a session of a user who has signed in, for example with a password that you verified by argon2id.
    pub fn sign_in(&mut self, user: UserId, methods: Methods, now: Timestamp) -> SessionId {
        let id = SessionId::from_bytes(glue::random());
        let signed_in = Authentication::new(now, methods);
        self.store.sessions.start(id, user, signed_in, &LIFETIMES);
        id
    }
}
