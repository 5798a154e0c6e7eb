use super::Accounts;
use crate::failure::Failure;
use crate::sessions::Sessions;
use countersign_domain::client::ClientId;
use countersign_domain::consent::Consent;
use countersign_domain::credential::{Device, Passkey};
use countersign_domain::identifier::{DeviceId, SessionId, UserId};
use countersign_domain::session::Session;
use countersign_domain::user::User;
use countersign_ports::{PasswordHasher, Race, Signer, Store};

/// All that a user sees of their account.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Those that are live, the latest first.
    pub sessions: Vec<Session>,
    /// What was agreed to, with the name of the client.
    pub consents: Vec<(Consent, String)>,
    /// Remembered devices.
    pub devices: Vec<Device>,
    /// Passkeys.
    pub passkeys: Vec<Passkey>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    /// All that a user sees of their account.
    pub async fn overview(&self, user: &User) -> Result<Overview, Failure> {
        let now = self.clock.now();
        let mut consents = Vec::new();
        for consent in self.store.list_consents(user.id).await? {
            let client = self.clients.find(&consent.client).await?;
            let name =
                client.map_or_else(|| consent.client.to_string(), |client| client.name.clone());
            consents.push((consent, name));
        }
        let mut devices = self.store.list_devices(user.id).await?;
        devices.retain(|device| !device.expires_at.has_passed(now));
        Ok(Overview {
            sessions: self.live_sessions(user.id).await?,
            consents,
            devices,
            passkeys: self.store.list_passkeys(user.id).await?,
            recovery_codes: self.store.count_recovery_codes(user.id).await?,
        })
    }

    /// The live sessions of a user, the latest first.
    pub async fn live_sessions(&self, user: UserId) -> Result<Vec<Session>, Failure> {
        let now = self.clock.now();
        let mut sessions = self.store.list_sessions(user).await?;
        sessions.retain(|session| session.is_live(now));
        sessions.sort_by_key(|session| std::cmp::Reverse(session.last_active_at));
        Ok(sessions)
    }

    /// Ends a session of a user. Whether there was one: that of somebody else is none.
    pub async fn end_session<G: Signer>(
        &self,
        sessions: &Sessions<S, G>,
        user: UserId,
        session: SessionId,
    ) -> Result<bool, Failure> {
        let found = self.live_sessions(user).await?;
        if found.iter().all(|live| live.id != session) {
            return Ok(false);
        }
        sessions.end(session).await?;
        Ok(true)
    }

    /// Takes consent back: the client asks again, and what it holds ends now.
    pub async fn withdraw_consent(&self, user: UserId, client: &ClientId) -> Result<(), Failure> {
        // Lost: there is no consent any more. Grants that were made meanwhile end all the same.
        let _ = self.store.remove_consent(user, client).await?;
        let now = self.clock.now();
        self.store
            .revoke_all(&user.into(), Some(client), now)
            .await?;
        Ok(())
    }

    /// Forgets a device: the second factor is asked for there again. Whether there was one.
    pub async fn forget_device(&self, user: UserId, device: DeviceId) -> Result<bool, Failure> {
        Ok(self.store.remove_device(user, device).await? == Race::Won)
    }
}
