//! Device authorization (RFC 8628): the request of a device, the answer of the user, and the polls of the device.
//!
//! The store has one row per request. Its key comes from the user code, and the device code is sealed and names the row. A
//! poll reads the row and writes nothing.

mod answer;
mod keys;
mod polls;
mod request;

pub use answer::DeviceQuestion;
pub use request::{DeviceAuthorized, DeviceRequested};

use crate::client_authentication::ClientAuthentication;
use crate::clients::Clients;
use crate::failure::{Failure, opened};
use countersign_domain::grant::device_code::{DeviceCode, DeviceRequest, UserCode};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_ports::{Clock, DeviceCodec, Entropy, EphemeralKey, Store};
use keys::{device_request, user_code};
use polls::Polls;
use std::sync::Arc;

/// Use cases of devices.
pub struct Devices<S> {
    /// Requests of devices.
    pub store: Arc<S>,
    /// Registered clients.
    pub clients: Arc<Clients<S>>,
    /// Authenticates clients.
    pub authentication: Arc<ClientAuthentication<S>>,
    /// Seals device codes and requests.
    pub codec: Arc<dyn DeviceCodec>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of codes and grant identifiers.
    pub entropy: Arc<dyn Entropy>,
    polls: Polls,
}

/// Stored request of a device.
struct Stored {
    key: EphemeralKey,
    version: u64,
    request: DeviceRequest,
}

impl<S: Store> Devices<S> {
    /// Composes the use cases.
    #[must_use]
    pub fn new(
        (store, clients): (Arc<S>, Arc<Clients<S>>),
        authentication: Arc<ClientAuthentication<S>>,
        codec: Arc<dyn DeviceCodec>,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    ) -> Self {
        Self {
            store,
            clients,
            authentication,
            codec,
            clock,
            entropy,
            polls: Polls::new(),
        }
    }

    /// Returns the request of a device code, and the code.
    pub(crate) async fn polled(
        &self,
        tenant: &Tenant,
        device_code: &str,
        now: Timestamp,
    ) -> Result<(DeviceCode, DeviceRequest), Failure> {
        let opened = opened(
            self.codec.open_code(tenant.id, device_code),
            Refusal::DeviceCodeUnknown,
        );
        let code = opened?;
        let key = device_request(code.request, code.expires_at);
        match self.read(tenant, key, now).await? {
            Some(stored) => Ok((code, stored.request)),
            // The row is removed after the code has expired.
            None if code.expires_at.has_passed(now) => Err(Refusal::DeviceCodeExpired.into()),
            None => Err(Refusal::DeviceCodeUnknown.into()),
        }
    }

    /// Notes a poll for a request that the user has not answered yet, and returns the error of the response.
    pub(crate) fn still_pending(
        &self,
        tenant: &Tenant,
        code: &DeviceCode,
        now: Timestamp,
    ) -> Refusal {
        let judged = self.polls.note(tenant.id, code.request, now);
        judged.err().unwrap_or(Refusal::AuthorizationPending)
    }

    /// Returns the request with a user code. Two requests can have the same code if one of them has expired: then, returns
    /// the other one.
    async fn find(
        &self,
        tenant: &Tenant,
        code: &UserCode,
        now: Timestamp,
    ) -> Result<Option<Stored>, Failure> {
        let id = user_code(code);
        let first = device_request(id, now);
        let last = device_request(id, now.plus(Lifetimes::LONGEST_DEVICE_CODE));
        let mut found = self.read(tenant, first, now).await?;
        let is_open = |stored: &Stored| stored.request.check_open(now).is_ok();
        if last != first && !found.as_ref().is_some_and(is_open) {
            let later = self.read(tenant, last, now).await?;
            found = later.or(found);
        }
        Ok(found)
    }

    async fn read(
        &self,
        tenant: &Tenant,
        key: EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<Stored>, Failure> {
        let Some(found) = self.store.get(tenant.id, &key, now).await? else {
            return Ok(None);
        };
        let request = self.codec.open_request(tenant.id, key.id, &found.value);
        // A row that does not open was sealed under a master key that the server no longer has.
        let request = match opened(request, Refusal::UserCodeUnknown) {
            Ok(request) => request,
            Err(Failure::Refused(_)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        Ok(Some(Stored {
            key,
            version: found.version,
            request,
        }))
    }
}
