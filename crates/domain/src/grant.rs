//! The grant: the only thing that is stored, and the only thing that is ever raced for.

use crate::authentication::Authentication;
use crate::claims_request::RequestedClaims;
use crate::client::ClientId;
use crate::identifier::{GrantId, Subject};
use crate::resource::Resource;
use crate::scope::Scope;
use crate::time::Timestamp;
use alloc::vec::Vec;

/// One authorization by one resource owner to one client: a single row, from the first redemption of
/// its code to its end, whatever number of tokens is issued from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its name, known since the authorization code was sealed.
    pub id: GrantId,
    /// To whom.
    pub client: ClientId,
    /// By whom.
    pub subject: Subject,
    /// For what.
    pub scope: Scope,
    /// When and how the resource owner logged in.
    pub authentication: Authentication,
    /// The claims that were asked for one by one.
    pub claims: RequestedClaims,
    /// The resources that its tokens are for (RFC 8707); none for the client's own audience.
    pub resources: Vec<Resource>,
    /// Whether its code was bound to a code verifier.
    pub bound_to_verifier: bool,
    /// How often it was refreshed. The refresh token of this generation is the current one.
    pub generation: u32,
    /// When the generation last changed.
    pub rotated_at: Timestamp,
    /// When it ends if nobody refreshes it.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

impl Grant {
    /// Whether tokens of this grant are still good: the question of userinfo and introspection.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && !self.expires_at.has_passed(now)
    }
}
