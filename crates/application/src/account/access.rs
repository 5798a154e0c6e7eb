use super::{Accounts, Factors};
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::sessions::Sessions;
use crate::slices;
use countersign_domain::audit::event::Action;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{DeviceId, SessionId, UserId};
use countersign_domain::login::credential::Device;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

/// Contents of the account page.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Live sessions, most recently active first.
    pub sessions: Vec<Session>,
    /// Consents, each with the name of its client.
    pub consents: Vec<(Consent, String)>,
    /// Trusted devices that have not expired.
    pub devices: Vec<Device>,
    /// Passkeys and recovery codes.
    pub factors: Factors,
}

impl<A: App> Accounts<A> {
    /// Reads the contents of a user's account page.
    pub async fn overview(&self, tenant: &Tenant, user: &User) -> Result<Overview, Failure> {
        Ok(Overview {
            sessions: self.live_sessions(tenant, user.id).await?,
            consents: self.consents(tenant, user.id).await?,
            devices: self.live_devices(tenant, user.id).await?,
            factors: self.factors(tenant, user.id).await?,
        })
    }

    /// Returns the consents of a user, each with the name of its client.
    pub async fn consents(
        &self,
        tenant: &Tenant,
        user: UserId,
    ) -> Result<Vec<(Consent, String)>, Failure> {
        let read = |after| self.store.list_consents(tenant.id, user, after);
        let given = slices::all(|consent: &Consent| consent.client.clone(), read).await?;
        let mut consents = Vec::with_capacity(given.len());
        for consent in given {
            let client = self.clients.find(tenant, &consent.client).await?;
            let name =
                client.map_or_else(|| consent.client.to_string(), |client| client.name.clone());
            consents.push((consent, name));
        }
        Ok(consents)
    }

    /// Returns the trusted devices of a user that have not expired.
    pub async fn live_devices(
        &self,
        tenant: &Tenant,
        user: UserId,
    ) -> Result<Vec<Device>, Failure> {
        let now = self.clock.now();
        let mut devices = self.devices(tenant, user).await?;
        devices.retain(|device| !device.expires_at.has_passed(now));
        Ok(devices)
    }

    /// Returns a user's live sessions, most recently active first.
    pub async fn live_sessions(
        &self,
        tenant: &Tenant,
        user: UserId,
    ) -> Result<Vec<Session>, Failure> {
        let now = self.clock.now();
        Ok(slices::live_sessions(&*self.store, tenant, user, now).await?)
    }

    /// Ends a session of a user. Returns `false` if the user has no such live session.
    pub async fn end_session(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        user: UserId,
        session: SessionId,
    ) -> Result<bool, Failure> {
        let found = self.live_sessions(tenant, user).await?;
        if found.iter().all(|live| live.id != session) {
            return Ok(false);
        }
        sessions.end(tenant, session).await?;
        let facts = [("session", &*session.to_string())];
        CurrentRequest::note_event(Action::USER_SIGNED_OUT, user, None, &facts);
        Ok(true)
    }

    /// Withdraws consent and revokes the client's grants for the user. The next authorization asks for consent again.
    pub async fn withdraw_consent(
        &self,
        tenant: &Tenant,
        user: UserId,
        client: &ClientId,
    ) -> Result<(), Failure> {
        // A lost race means that the consent is already gone. The grants still have to be revoked.
        let removed = self.store.remove_consent(tenant.id, user, client).await?;
        let now = self.clock.now();
        let revoked = self
            .store
            .revoke_all(tenant.id, &user.into(), Some(client), now)
            .await?;
        if removed == Race::Won || revoked > 0 {
            let facts = [("client", client.as_str())];
            CurrentRequest::note_event(Action::USER_CONSENT_WITHDRAWN, user, None, &facts);
        }
        Ok(())
    }

    /// Removes a trusted device, so it needs the second factor again. Returns `false` if the device does not exist.
    pub async fn forget_device(
        &self,
        tenant: &Tenant,
        user: UserId,
        device: DeviceId,
    ) -> Result<bool, Failure> {
        let removed = self.store.remove_device(tenant.id, user, device);
        let is_removed = removed.await? == Race::Won;
        if is_removed {
            let facts = [("id", &*device.to_string())];
            CurrentRequest::note_event(Action::USER_DEVICE_REMOVED, user, None, &facts);
        }
        Ok(is_removed)
    }

    pub(super) async fn devices(
        &self,
        tenant: &Tenant,
        user: UserId,
    ) -> Result<Vec<Device>, Failure> {
        let read = |after| self.store.list_devices(tenant.id, user, after);
        Ok(slices::all(|device: &Device| device.id, read).await?)
    }
}
