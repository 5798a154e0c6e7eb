use super::Accounts;
use crate::failure::Failure;
use crate::sessions::Sessions;
use crate::slices;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{DeviceId, SessionId, UserId};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::{PasswordHasher, Race, Signer, Store};

/// Everything on the account page of a user.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Live sessions, the latest first.
    pub sessions: Vec<Session>,
    /// Consents, each with the name of its client.
    pub consents: Vec<(Consent, String)>,
    /// Remembered devices.
    pub devices: Vec<Device>,
    /// Passkeys.
    pub passkeys: Vec<Passkey>,
    /// Number of recovery codes that are left.
    pub recovery_codes: u32,
}

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    /// Everything on the account page of a user.
    pub async fn overview(&self, tenant: &Tenant, user: &User) -> Result<Overview, Failure> {
        let (store, now) = (&*self.store, self.clock.now());
        let read = |after| store.list_consents(tenant.id, user.id, after);
        let given = slices::all(|consent: &Consent| consent.client.clone(), read).await?;
        let mut consents = Vec::with_capacity(given.len());
        for consent in given {
            let client = self.clients.find(tenant, &consent.client).await?;
            let name =
                client.map_or_else(|| consent.client.to_string(), |client| client.name.clone());
            consents.push((consent, name));
        }
        let mut devices = self.devices(tenant, user.id).await?;
        devices.retain(|device| !device.expires_at.has_passed(now));
        Ok(Overview {
            sessions: self.live_sessions(tenant, user.id).await?,
            consents,
            devices,
            passkeys: slices::passkeys(store, tenant.id, user.id).await?,
            recovery_codes: store.count_recovery_codes(tenant.id, user.id).await?,
        })
    }

    /// The live sessions of a user, the latest first.
    pub async fn live_sessions(
        &self,
        tenant: &Tenant,
        user: UserId,
    ) -> Result<Vec<Session>, Failure> {
        let now = self.clock.now();
        let read = |after| self.store.list_sessions(tenant.id, user, after);
        let mut sessions = slices::all(|session: &Session| session.id, read).await?;
        sessions.retain(|session| session.is_live(now));
        sessions.sort_by_key(|session| std::cmp::Reverse(session.last_active_at));
        Ok(sessions)
    }

    /// Ends a session of a user. Returns false if this user has no such live session.
    pub async fn end_session<G: Signer>(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<S, G>,
        user: UserId,
        session: SessionId,
    ) -> Result<bool, Failure> {
        let found = self.live_sessions(tenant, user).await?;
        if found.iter().all(|live| live.id != session) {
            return Ok(false);
        }
        sessions.end(tenant, session).await?;
        Ok(true)
    }

    /// Withdraws consent: the client asks again, and its grants of this user end now.
    pub async fn withdraw_consent(
        &self,
        tenant: &Tenant,
        user: UserId,
        client: &ClientId,
    ) -> Result<(), Failure> {
        // Lost: there is no consent any more. Grants that were made meanwhile end all the same.
        let _ = self.store.remove_consent(tenant.id, user, client).await?;
        let now = self.clock.now();
        self.store
            .revoke_all(tenant.id, &user.into(), Some(client), now)
            .await?;
        Ok(())
    }

    /// Forgets a device: the second factor is asked for there again. Returns false if there was none.
    pub async fn forget_device(
        &self,
        tenant: &Tenant,
        user: UserId,
        device: DeviceId,
    ) -> Result<bool, Failure> {
        let removed = self.store.remove_device(tenant.id, user, device);
        Ok(removed.await? == Race::Won)
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
