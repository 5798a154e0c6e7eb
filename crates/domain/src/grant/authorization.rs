//! Requested access and granted authorization: the contents of codes, grants, refresh tokens and pending requests.

use crate::authorize::claims_request::RequestedClaims;
use crate::client::ClientId;
use crate::identifier::{SessionId, Subject};
use crate::later::LaterFacts;
use crate::login::authentication::Authentication;
use crate::resource::Resource;
use crate::scope::Scope;
use alloc::vec::Vec;

/// Access that a client requests, before sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Requesting client.
    pub client: ClientId,
    /// Scope (RFC 6749 section 3.3).
    pub scope: Scope,
    /// Resources of the tokens (RFC 8707). Empty means the client's own audience.
    pub resources: Vec<Resource>,
    /// Individually requested claims (OpenID Connect Core section 5.5).
    pub claims: RequestedClaims,
    /// Facts from a later version, passed on unchanged.
    pub later: LaterFacts,
}

impl Access {
    /// Maximum [`Access::length`] in bytes. Access is part of every code and of every stored grant.
    pub const MAX_LENGTH: usize = 8192;

    /// Returns the total length of client ID, scope and resources in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        let resources = self
            .resources
            .iter()
            .map(|resource| resource.as_str().len());
        self.client.as_str().len() + self.scope.as_str().len() + resources.sum::<usize>()
    }
}

/// Authorization that a resource owner granted to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Granted access.
    pub access: Access,
    /// Resource owner, by the server's own subject. Pairwise subjects are derived from it.
    pub subject: Subject,
    /// Time and methods of the sign-in.
    pub authentication: Authentication,
    /// Browser session; `None` for a sign-in without a browser.
    pub session: Option<SessionId>,
    /// Whether the code was bound to a code verifier (RFC 7636).
    pub bound_to_verifier: bool,
}

impl Authorization {
    /// Returns the authorized client.
    #[must_use]
    pub const fn client(&self) -> &ClientId {
        &self.access.client
    }

    /// Returns the granted scope.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.access.scope
    }
}
