//! The device authorization grant (RFC 8628).
//!
//! A device gets a device code and a user code. The user types the user code in a browser, signs in, and allows or denies
//! the request. Meanwhile, the device polls the token endpoint with the device code. The store keeps a [`DeviceRequest`]
//! from the first request until both codes have expired.

mod pace;
mod request;
mod user_code;

pub use pace::Pace;
pub use request::{DEVICE_AUTHORIZATION_CHECKS, DeviceAuthorization};
pub use user_code::{InvalidUserCode, UserCode};

use crate::authorize::ResourceOwner;
use crate::checks::checks;
use crate::client::authentication::Caller;
use crate::client::{ClientId, GrantType};
use crate::decision::Decision;
use crate::evidence::Evidence;
use crate::grant::authorization::{Access, Authorization};
use crate::grant::redemption::{NewGrant, Redemption};
use crate::identifier::GrantId;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed_or_all};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use alloc::vec::Vec;
use core::net::IpAddr;

/// Request of a device, and the answer of the user.
///
/// [`Caller::request_device`] creates a request, and [`DeviceRequest::from_stored`] reads one. Only
/// [`DeviceRequest::approve`] and [`DeviceRequest::deny`] answer it:
///
/// ```compile_fail,E0616
/// # use countersign_domain::grant::device_code::{DeviceAnswer, DeviceRequest};
/// fn undo_denial(request: &mut DeviceRequest) {
///     request.facts.answer = DeviceAnswer::Pending;
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRequest {
    facts: DeviceRequestFacts,
}

/// Fields of a [`DeviceRequest`], for a store to write and read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRequestFacts {
    /// Identifier of the grant to create. The device code is single-use because this identifier is unique in the store.
    pub grant: GrantId,
    /// Requested access.
    pub access: Access,
    /// Time of the request.
    pub requested_at: Timestamp,
    /// Network address of the device, if known.
    pub address: Option<IpAddr>,
    /// Expiration time of both codes.
    pub expires_at: Timestamp,
    /// Answer of the user.
    pub answer: DeviceAnswer,
}

/// Contents of a device code, which is a sealed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// Identifier of the [`DeviceRequest`] in the store.
    pub request: [u8; 16],
    /// Expiration time.
    pub expires_at: Timestamp,
}

/// Answer of the user to a [`DeviceRequest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceAnswer {
    /// None yet.
    Pending,
    /// The user denied the request.
    Denied,
    /// This user allowed it.
    Approved(ResourceOwner),
}

impl DeviceRequest {
    /// Creates a request from the fields that a store has kept.
    #[must_use]
    pub const fn from_stored(facts: DeviceRequestFacts) -> Self {
        Self { facts }
    }

    /// Returns all fields, for a store to keep.
    #[must_use]
    pub const fn facts(&self) -> &DeviceRequestFacts {
        &self.facts
    }

    /// Returns the client.
    #[must_use]
    pub const fn client(&self) -> &ClientId {
        &self.facts.access.client
    }

    /// Returns the user who allowed the request.
    #[must_use]
    pub const fn owner(&self) -> Option<&ResourceOwner> {
        match &self.facts.answer {
            DeviceAnswer::Approved(owner) => Some(owner),
            DeviceAnswer::Pending | DeviceAnswer::Denied => None,
        }
    }

    /// Checks that a user may answer the request: it has neither expired nor been answered.
    pub fn check_open(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.facts.expires_at.has_passed(now) {
            return Err(Refusal::UserCodeExpired);
        }
        match self.facts.answer {
            DeviceAnswer::Pending => Ok(()),
            DeviceAnswer::Denied | DeviceAnswer::Approved(_) => Err(Refusal::UserCodeUsed),
        }
    }

    /// Returns the request that a user has allowed, if [`DeviceRequest::check_open`] passes.
    pub fn approve(self, owner: ResourceOwner, now: Timestamp) -> Result<Self, Refusal> {
        self.answered(DeviceAnswer::Approved(owner), now)
    }

    /// Returns the request that a user has denied, if [`DeviceRequest::check_open`] passes.
    pub fn deny(self, now: Timestamp) -> Result<Self, Refusal> {
        self.answered(DeviceAnswer::Denied, now)
    }

    fn answered(mut self, answer: DeviceAnswer, now: Timestamp) -> Result<Self, Refusal> {
        self.check_open(now)?;
        self.facts.answer = answer;
        Ok(self)
    }

    /// Decides whether a device gets tokens: runs [`DEVICE_CODE_CHECKS`]. `resources` narrow only the access token of this
    /// response.
    ///
    /// The caller must then store the grant, as for an authorization code: pass the answer of the store to
    /// [`Redemption::stored`], and check the user with [`Authorization::check_user`] and
    /// [`Authorization::check_session`].
    pub fn redeem(
        &self,
        resources: &[&str],
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Redemption> {
        let mut narrowed = Vec::new();
        let mut authorization = None;
        let judged = check_device_code(
            self,
            resources,
            caller,
            now,
            &mut narrowed,
            &mut authorization,
        );
        judged
            .and_then(|()| {
                // The checks found it.
                let authorization = authorization.ok_or(Refusal::AuthorizationPending)?;
                let new = NewGrant {
                    id: self.facts.grant,
                    authorization: &authorization,
                    nonce: None,
                    outlives: self.facts.expires_at,
                };
                Ok(Redemption::of(new, &narrowed, caller, lifetimes, now))
            })
            .into()
    }

    fn check_client(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if *self.client() == caller.client().id {
            Ok(())
        } else {
            let owner = Evidence::of(self.client());
            Err(Refusal::DeviceCodeOfAnotherClient(owner))
        }
    }

    fn check_expiry(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.facts.expires_at.has_passed(now) {
            Err(Refusal::DeviceCodeExpired)
        } else {
            Ok(())
        }
    }

    /// Puts what the user granted into `found`.
    fn check_answer(&self, found: &mut Option<Authorization>) -> Result<(), Refusal> {
        match &self.facts.answer {
            DeviceAnswer::Pending => Err(Refusal::AuthorizationPending),
            DeviceAnswer::Denied => Err(Refusal::AuthorizationDenied),
            DeviceAnswer::Approved(owner) => {
                *found = Some(Authorization {
                    access: self.facts.access.clone(),
                    subject: owner.subject.clone(),
                    authentication: owner.authentication,
                    session: owner.session,
                    bound_to_verifier: false,
                });
                Ok(())
            }
        }
    }

    fn narrow(&self, requested: &[&str], narrowed: &mut Vec<Resource>) -> Result<(), Refusal> {
        *narrowed = narrowed_or_all(requested, &self.facts.access.resources)?;
        Ok(())
    }
}

checks! {
    /// Checks of a token request with a device code, in order.
    ///
    /// The client check precedes those of the code, so another client learns nothing about the request. Expiry precedes the
    /// answer: an expired code is worth nothing, whatever the user answered (RFC 8628 section 3.5).
    pub const DEVICE_CODE_CHECKS;
    /// Runs [`DEVICE_CODE_CHECKS`]. Puts the resources of the access token into `narrowed` and what the user granted into
    /// `granted`.
    fn check_device_code(
        request: &DeviceRequest,
        resources: &[&str],
        caller: &Caller<'_>,
        now: Timestamp,
        narrowed: &mut Vec<Resource>,
        granted: &mut Option<Authorization>,
    );
    /// The client is registered for the grant type `urn:ietf:params:oauth:grant-type:device_code`.
    grant_type_registered ["grant_type_not_allowed"] => caller.client().may_use(&GrantType::DEVICE_CODE),
    /// The client has authenticated, or is public.
    client_authenticated ["secret_missing"] => caller.check_device_client(),
    /// The device code was issued to this client.
    client_matches ["device_code_of_another_client"] => request.check_client(caller),
    /// The device code has not expired.
    code_not_expired ["device_code_expired"] => request.check_expiry(now),
    /// The user has allowed the request.
    user_allowed ["authorization_pending", "authorization_denied"] => request.check_answer(granted),
    /// The resources are among those of the device authorization request.
    resources_allowed ["resource_not_allowed"] => request.narrow(resources, narrowed),
}

#[cfg(test)]
mod tests;
