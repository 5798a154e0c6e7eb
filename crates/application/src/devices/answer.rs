//! The pages on which a user types the code of a device and answers its request (RFC 8628 section 3.3).

use super::{Devices, Stored};
use crate::attempts;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::sessions::LiveSession;
use countersign_domain::audit::event::Action;
use countersign_domain::authorize::ResourceOwner;
use countersign_domain::authorize::demands::Demands;
use countersign_domain::client::{Client, GrantType};
use countersign_domain::grant::device_code::{DeviceRequest, UserCode};
use countersign_domain::login::attempts::Target;
use countersign_domain::login::interaction::Request;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_ports::{Race, Store};
use std::net::IpAddr;
use std::sync::Arc;

/// Request of a device that a user may answer.
#[derive(Clone, Debug)]
pub struct DeviceQuestion {
    /// Client that the device runs.
    pub client: Arc<Client>,
    /// Request.
    pub request: DeviceRequest,
    demands: Demands,
}

impl DeviceQuestion {
    /// Returns the parts that determine the next step of the interaction.
    #[must_use]
    pub fn facts(&self) -> Request<'_> {
        Request {
            client: &self.client,
            scope: &self.request.facts().access.scope,
            demands: &self.demands,
            redirect_uri: None,
        }
    }
}

/// Answer of a user.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allow,
    Deny,
}

impl Verdict {
    const fn action(self) -> Action {
        match self {
            Self::Allow => Action::DEVICE_APPROVED,
            Self::Deny => Action::DEVICE_DENIED,
        }
    }
}

impl<S: Store> Devices<S> {
    /// Checks a code that a user typed. Counts the attempt first: a code has only 34 bits (RFC 8628 section 5.1).
    pub async fn enter(
        &self,
        tenant: &Tenant,
        typed: &str,
        address: Option<IpAddr>,
    ) -> Result<UserCode, Failure> {
        // A text of another form is no guess.
        let code = UserCode::parse(typed).map_err(|_| Refusal::UserCodeUnknown)?;
        let now = self.clock.now();
        let target = address.map(Target::UserCodes);
        let targets = target.as_slice();
        attempts::take(&*self.store, tenant, targets, (&[], None), now).await?;
        self.question(tenant, &code).await?;
        attempts::give_back(&*self.store, tenant.id, targets, now).await;
        Ok(code)
    }

    /// Returns the request with a user code, if a user may answer it.
    pub async fn question(
        &self,
        tenant: &Tenant,
        code: &UserCode,
    ) -> Result<DeviceQuestion, Failure> {
        let Stored { request, .. } = self.open(tenant, code).await?;
        let client = self.clients.registered(tenant, request.client().as_str());
        let client = client.await?;
        client.check_active()?;
        client.may_use(&GrantType::DEVICE_CODE)?;
        Ok(DeviceQuestion {
            client,
            request,
            demands: Demands::default(),
        })
    }

    /// Records that the user of a session allowed a request.
    pub async fn approve(
        &self,
        tenant: &Tenant,
        code: &UserCode,
        live: &LiveSession,
    ) -> Result<(), Failure> {
        self.answer(tenant, code, live, Verdict::Allow).await
    }

    /// Records that the user of a session denied a request.
    pub async fn deny(
        &self,
        tenant: &Tenant,
        code: &UserCode,
        live: &LiveSession,
    ) -> Result<(), Failure> {
        self.answer(tenant, code, live, Verdict::Deny).await
    }

    async fn open(&self, tenant: &Tenant, code: &UserCode) -> Result<Stored, Failure> {
        let now = self.clock.now();
        let found = self.find(tenant, code, now).await?;
        let stored = found.ok_or(Refusal::UserCodeUnknown)?;
        stored.request.check_open(now)?;
        Ok(stored)
    }

    async fn answer(
        &self,
        tenant: &Tenant,
        code: &UserCode,
        live: &LiveSession,
        verdict: Verdict,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let stored = self.open(tenant, code).await?;
        let answered = match verdict {
            Verdict::Allow => {
                let owner = ResourceOwner::of_session(&live.session);
                stored.request.approve(owner, now)?
            }
            Verdict::Deny => stored.request.deny(now)?,
        };
        let sealed = self.codec.seal_request(tenant.id, stored.key.id, &answered);
        let (key, version) = (&stored.key, stored.version);
        let replaced = self
            .store
            .replace(tenant.id, key, version, &sealed, now)
            .await?;
        if replaced == Race::Lost {
            // Only an answer changes the row.
            return Err(Refusal::UserCodeUsed.into());
        }
        let client = answered.client();
        let scope = answered.facts().access.scope.to_string();
        let facts = [("client", client.as_str()), ("scope", &scope)];
        let session = Some(live.session.id);
        CurrentRequest::note_event(verdict.action(), live.user.id, session, &facts);
        tracing::info!(client_id = %client, user = %live.user.id, allowed = verdict == Verdict::Allow, "device answered");
        Ok(())
    }
}
