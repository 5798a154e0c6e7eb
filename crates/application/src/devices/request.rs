//! `POST /oauth2/device_authorization` (RFC 8628 sections 3.1 and 3.2).

use super::Devices;
use super::keys::{device_request, user_code};
use crate::attempts;
use crate::client_authentication::ClientEvidence;
use crate::failure::Failure;
use crate::tenants::room;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::device_code::{DeviceAuthorization, DeviceCode, UserCode};
use countersign_domain::identifier::GrantId;
use countersign_domain::login::attempts::Target;
use countersign_domain::scope::RequestedScope;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{EphemeralKind, Race, Store};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Device authorization request, independent of the wire format.
pub struct DeviceRequested {
    /// Client identifier and credentials.
    pub evidence: ClientEvidence,
    /// `scope`.
    pub scope: Option<String>,
    /// All `resource` parameters (RFC 8707 section 2).
    pub resources: Vec<String>,
    /// Network address of the device, if known.
    pub address: Option<IpAddr>,
}

/// Answer to a device authorization request.
pub struct DeviceAuthorized {
    /// `device_code`.
    pub device_code: String,
    /// `user_code`.
    pub user_code: UserCode,
    /// `expires_in`.
    pub expires_in: Duration,
    /// Client, for the log.
    pub client: ClientId,
}

/// Number of user codes that are drawn until one is free. There are 25 billion.
const DRAWS: usize = 5;

impl<S: Store> Devices<S> {
    /// Authenticates the client and stores the request of a device.
    pub async fn authorize(
        &self,
        tenant: &Tenant,
        asked: &DeviceRequested,
    ) -> Result<DeviceAuthorized, Failure> {
        let now = self.clock.now();
        let client = self
            .authentication
            .identify(tenant, &asked.evidence)
            .await?;
        self.authorize_of(tenant, &client, asked, now).await
    }

    async fn authorize_of(
        &self,
        tenant: &Tenant,
        client: &Arc<Client>,
        asked: &DeviceRequested,
        now: Timestamp,
    ) -> Result<DeviceAuthorized, Failure> {
        let caller = self
            .authentication
            .authenticate(tenant, client, &asked.evidence, now)
            .await?;
        let resources: Vec<&str> = asked.resources.iter().map(String::as_str).collect();
        let asked_for = DeviceAuthorization {
            scope: RequestedScope {
                text: asked.scope.as_deref(),
                unregistered: tenant.settings.requests.unregistered_scope,
            },
            resources: &resources,
            address: asked.address,
        };
        let grant = GrantId::from_bytes(self.entropy.time_ordered_id());
        let lifetimes = &tenant.settings.lifetimes;
        let request = caller.request_device(&asked_for, grant, lifetimes, now)?;
        // Each request takes a row, and a public client proves nothing.
        let sender = asked.address.map(Target::DeviceRequests);
        attempts::take(&*self.store, tenant, sender.as_slice(), (&[], None), now).await?;
        room::for_value(&*self.store, tenant, EphemeralKind::DeviceRequest, now).await?;
        let expires_at = request.facts().expires_at;
        for _ in 0..DRAWS {
            let code = self.draw();
            if self.find(tenant, &code, now).await?.is_some() {
                continue;
            }
            let id = user_code(&code);
            let key = device_request(id, expires_at);
            let sealed = self.codec.seal_request(tenant.id, id, &request);
            let inserted = self.store.insert(tenant.id, &key, &sealed, now);
            if inserted.await? == Race::Won {
                let device_code = DeviceCode {
                    request: id,
                    expires_at,
                };
                return Ok(DeviceAuthorized {
                    device_code: self.codec.seal_code(tenant.id, &device_code),
                    user_code: code,
                    expires_in: expires_at.since(now),
                    client: client.id.clone(),
                });
            }
        }
        Err(Failure::Contended)
    }

    fn draw(&self) -> UserCode {
        let mut random = [0; 8];
        self.entropy.fill(&mut random);
        UserCode::from_random(u64::from_be_bytes(random))
    }
}
