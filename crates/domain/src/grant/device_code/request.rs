//! Device authorization requests (RFC 8628 section 3.1).

use super::{DeviceAnswer, DeviceRequest, DeviceRequestFacts};
use crate::authorize::claims_request::RequestedClaims;
use crate::checks::checks;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::grant::authorization::Access;
use crate::grant::narrowed::Narrowed;
use crate::identifier::GrantId;
use crate::later::LaterFacts;
use crate::refusal::Refusal;
use crate::scope::RequestedScope;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use core::net::IpAddr;

/// Parameters of a device authorization request, not yet validated.
#[derive(Clone, Copy, Debug)]
pub struct DeviceAuthorization<'a> {
    /// `scope`. `None` means all registered scope of the client.
    pub scope: RequestedScope<'a>,
    /// All values of `resource` (RFC 8707 section 2).
    pub resources: &'a [&'a str],
    /// Network address of the device, if known. The user sees it.
    pub address: Option<IpAddr>,
}

impl Caller<'_> {
    /// Decides a device authorization request: runs [`DEVICE_AUTHORIZATION_CHECKS`]. `grant` is a new identifier.
    pub fn request_device(
        &self,
        request: &DeviceAuthorization<'_>,
        grant: GrantId,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Result<DeviceRequest, Refusal> {
        let mut narrowed = Narrowed::default();
        check_device_authorization(self, request, &mut narrowed)?;
        let Narrowed { scope, resources } = narrowed;
        Ok(DeviceRequest::from_stored(DeviceRequestFacts {
            grant,
            access: Access {
                client: self.client().id.clone(),
                scope,
                resources,
                claims: RequestedClaims::default(),
                later: LaterFacts::none(),
            },
            requested_at: now,
            address: request.address,
            expires_at: now.plus(lifetimes.device_code()),
            answer: DeviceAnswer::Pending,
        }))
    }

    /// A confidential client without credentials would need a code verifier instead, which this grant type does not have.
    pub(super) fn check_device_client(&self) -> Result<(), Refusal> {
        if self.owes_a_verifier() {
            Err(Refusal::SecretMissing)
        } else {
            Ok(())
        }
    }
}

checks! {
    /// Checks of a device authorization request, in order.
    pub const DEVICE_AUTHORIZATION_CHECKS;
    /// Runs [`DEVICE_AUTHORIZATION_CHECKS`]. Puts scope and resources into `narrowed`.
    fn check_device_authorization(
        caller: &Caller<'_>,
        request: &DeviceAuthorization<'_>,
        narrowed: &mut Narrowed,
    );
    /// The client is registered for the grant type `urn:ietf:params:oauth:grant-type:device_code`.
    grant_type_registered ["grant_type_not_allowed"] => caller.client().may_use(&GrantType::DEVICE_CODE),
    /// The client has authenticated, or is public.
    client_authenticated ["secret_missing"] => caller.check_device_client(),
    /// The client is registered for the scope.
    scope_registered ["scope_malformed", "scope_not_registered"] => narrowed.scope(caller.client(), request.scope),
    /// The client is registered for the resources.
    resources_allowed ["resource_not_allowed"] => narrowed.resources(caller.client(), request.resources),
    /// Scope and resources fit into a grant.
    access_fits ["access_too_long"] => narrowed.check_length(caller.client()),
}
