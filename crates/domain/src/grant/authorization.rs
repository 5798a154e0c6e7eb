//! What is asked for and what is granted: the two values that codes, grants, refresh tokens and pending requests hold.

use crate::authorize::claims_request::RequestedClaims;
use crate::client::ClientId;
use crate::identifier::{SessionId, Subject};
use crate::later::LaterFacts;
use crate::login::authentication::Authentication;
use crate::resource::Resource;
use crate::scope::Scope;
use alloc::vec::Vec;

/// What a client asks for, before anybody has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Client that asks.
    pub client: ClientId,
    /// Scope (RFC 6749 section 3.3).
    pub scope: Scope,
    /// Resources that the tokens are for (RFC 8707); none means the client's own audience.
    pub resources: Vec<Resource>,
    /// Claims requested one by one (OpenID Connect Core section 5.5).
    pub claims: RequestedClaims,
    /// Facts that a later version added and this one passes on.
    pub later: LaterFacts,
}

impl Access {
    /// The longest access, in bytes of text: it travels in codes and is stored with every grant.
    pub const MAX_LENGTH: usize = 8192;

    /// Length of all texts, in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        let resources = self
            .resources
            .iter()
            .map(|resource| resource.as_str().len());
        self.client.as_str().len() + self.scope.as_str().len() + resources.sum::<usize>()
    }
}

/// What a resource owner granted to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// What was granted.
    pub access: Access,
    /// Resource owner, as the server knows them.
    pub subject: Subject,
    /// When and how the resource owner signed in.
    pub authentication: Authentication,
    /// Browser session of the sign-in; `None` for a sign-in without a browser.
    pub session: Option<SessionId>,
    /// Whether the code was bound to a code verifier (RFC 7636).
    pub bound_to_verifier: bool,
}

impl Authorization {
    /// Client that received the authorization.
    #[must_use]
    pub const fn client(&self) -> &ClientId {
        &self.access.client
    }

    /// Granted scope.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.access.scope
    }
}
