//! Grant types of the server that uses this crate.
//!
//! The server checks the credential of its grant type. The rules below then run the checks that all grant types share.
//!
//! | grant type | call |
//! |---|---|
//! | stores nothing | [`Caller::custom_token`] |
//! | stores a grant, with refresh tokens | [`Caller::custom_grant`] |

use crate::authorize::ResourceOwner;
use crate::authorize::claims_request::RequestedClaims;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::evidence::Evidence;
use crate::grant::authorization::{Access, Authorization};
use crate::grant::redemption::{NewGrant, Redemption};
use crate::identifier::{GrantId, Subject};
use crate::later::LaterFacts;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed};
use crate::scope::{RequestedScope, Scope};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::issuance::Issuance;
use alloc::vec::Vec;

/// Token request of a custom grant type, after the server has checked the credential of that grant type.
#[derive(Clone, Debug)]
pub struct CustomGrant<'a> {
    /// Grant type. A grant type in [`GrantType::ALL`] is refused, because it has a separate rule.
    pub grant_type: GrantType,
    /// `scope`. `None` means all scope that the client may get.
    pub scope: RequestedScope<'a>,
    /// All values of `resource` (RFC 8707 section 2.2). The client must be registered for them.
    pub resources: &'a [&'a str],
}

/// Credential of a custom grant type that stores a grant, after the server has found it.
#[derive(Clone, Debug)]
pub struct CustomCredential {
    /// Grant that the credential creates: a unique identifier of the credential, the same for every use of it.
    pub grant: GrantId,
    /// Resource owner.
    pub owner: ResourceOwner,
    /// Expiration time. The row of the grant is kept at least until then, to detect a second use.
    pub expires_at: Timestamp,
}

impl Caller<'_> {
    /// Decides a custom grant type that stores nothing. The response has an access token only.
    ///
    /// `subject` is the server's own subject. A pairwise client gets its pairwise subject. To end such a token early,
    /// the server must deny its `jti`.
    pub fn custom_token(
        &self,
        request: &CustomGrant<'_>,
        subject: &Subject,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Issuance> {
        self.may_use_custom(&request.grant_type)
            .and_then(|()| self.client().registered_scope(request.scope))
            .and_then(|scope| self.token_for(request, subject, scope, lifetimes, now))
            .into()
    }

    /// Decides a custom grant type that stores a grant, such as the device authorization grant (RFC 8628).
    ///
    /// The stored grant makes the credential single-use, as for an authorization code: pass the answer of the store to
    /// [`Redemption::stored`]. A rotation would shorten the life of the row below that of a credential that expires after
    /// the refresh token. The response to such a credential has no refresh token.
    ///
    /// Before you look up the credential, call [`Caller::may_use_custom`].
    ///
    /// After the grant is stored, read the user again. If the user was disabled, revoke the grant and issue nothing.
    pub fn custom_grant(
        &self,
        request: &CustomGrant<'_>,
        credential: CustomCredential,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Redemption> {
        let (id, outlives) = (credential.grant, credential.expires_at);
        self.judge_custom_grant(request, credential, now)
            .map(|authorization| {
                let new = NewGrant {
                    id,
                    authorization: &authorization,
                    nonce: None,
                    outlives,
                };
                Redemption::of(new, &authorization.access.resources, self, lifetimes, now)
            })
            .into()
    }

    /// Checks that the client may use a custom grant type. Call it before you look up a credential, so that other
    /// clients cannot test guesses. The rules for custom grant types check it again.
    ///
    /// Refuses a confidential client without credentials: it needs a code verifier instead, which only the authorization
    /// code and refresh token grants check.
    pub fn may_use_custom(&self, grant_type: &GrantType) -> Result<(), Refusal> {
        if grant_type.is_known() {
            let evidence = Evidence::of(grant_type.as_str());
            return Err(Refusal::GrantTypeNotAllowed(evidence));
        }
        self.client().may_use(grant_type)?;
        if self.owes_a_verifier() {
            return Err(Refusal::SecretMissing);
        }
        Ok(())
    }

    fn token_for(
        &self,
        request: &CustomGrant<'_>,
        subject: &Subject,
        scope: Scope,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Result<Issuance, Refusal> {
        let client = self.client();
        let resources = narrowed(request.resources, &client.resources)?;
        let subject = client.openid.subject_type.subject_of(subject);
        let issuance = Issuance::of_access_token(client, subject, scope, lifetimes, now);
        Ok(issuance.for_resources(&resources))
    }

    fn judge_custom_grant(
        &self,
        request: &CustomGrant<'_>,
        credential: CustomCredential,
        now: Timestamp,
    ) -> Result<Authorization, Refusal> {
        self.may_use_custom(&request.grant_type)?;
        if credential.expires_at.has_passed(now) {
            return Err(Refusal::CredentialExpired);
        }
        let client = self.client();
        let scope = client.registered_scope(request.scope)?;
        let resources = narrowed(request.resources, &client.resources)?;
        Ok(self.authorization(scope, resources, credential.owner))
    }

    /// Returns the authorization of a grant that no code precedes.
    pub(crate) fn authorization(
        &self,
        scope: Scope,
        resources: Vec<Resource>,
        owner: ResourceOwner,
    ) -> Authorization {
        Authorization {
            access: Access {
                client: self.client().id.clone(),
                scope,
                resources,
                claims: RequestedClaims::default(),
                later: LaterFacts::none(),
            },
            subject: owner.subject,
            authentication: owner.authentication,
            session: owner.session,
            bound_to_verifier: false,
        }
    }
}

#[cfg(test)]
mod tests;
