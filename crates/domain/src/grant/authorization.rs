//! Requested access and granted authorization: the contents of codes, grants, refresh tokens and pending requests.

use crate::authorize::claims_request::RequestedClaims;
use crate::client::ClientId;
use crate::identifier::{SessionId, Subject};
use crate::later::LaterFacts;
use crate::login::authentication::Authentication;
use crate::login::session::Session;
use crate::refusal::Refusal;
use crate::resource::Resource;
use crate::scope::Scope;
use crate::time::Timestamp;
use crate::user::{PasswordMark, User};
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
        Self::length_of(&self.client, &self.scope, &self.resources)
    }

    /// Returns the [`Access::length`] of access with these parts.
    pub(crate) fn length_of(client: &ClientId, scope: &Scope, resources: &[Resource]) -> usize {
        let resources = resources.iter().map(|resource| resource.as_str().len());
        client.as_str().len() + scope.as_str().len() + resources.sum::<usize>()
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

    /// Checks that the user is the resource owner, is enabled and, if `password` is a mark, still has that password.
    ///
    /// First store the grant, then read the user, then call this. If it refuses, revoke the grant.
    ///
    /// A concurrent disable or password change first changes the user, then revokes the stored grants. So either this
    /// check or that revocation stops the tokens.
    pub fn check_user(&self, user: &User, password: Option<PasswordMark>) -> Result<(), Refusal> {
        if !self.subject.is_user(user.id) {
            return Err(Refusal::UserMismatch);
        }
        if !user.enabled {
            return Err(Refusal::UserDisabled);
        }
        password.map_or(Ok(()), |mark| user.still_has(mark))
    }

    /// Checks that the browser session, if there is one, is still live.
    ///
    /// Call this after the grant is stored, with a session read after that, as for [`Authorization::check_user`].
    pub fn check_session(&self, session: Option<&Session>, now: Timestamp) -> Result<(), Refusal> {
        match (self.session, session) {
            (None, _) => Ok(()),
            (Some(id), Some(session)) if session.id == id && session.is_live(now) => Ok(()),
            (Some(_), _) => Err(Refusal::SessionEnded),
        }
    }
}
