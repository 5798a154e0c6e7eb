use super::{Proof, SignIn};
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::identifier::DeviceId;
use countersign_domain::login::credential::Device;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

impl<A: App> SignIn<A> {
    /// Remembers the device on which a second factor was just given.
    pub async fn remember_device(
        &self,
        tenant: &Tenant,
        proof: &Proof,
        name: &str,
    ) -> Result<Device, Failure> {
        let now = self.clock.now();
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        let device = Device {
            id: DeviceId::from_bytes(id),
            user: proof.user.id,
            name: name.to_owned(),
            created_at: now,
            expires_at: now.plus(tenant.settings.lifetimes.device),
        };
        match self.store.insert_device(tenant.id, &device).await? {
            Race::Won => Ok(device),
            Race::Lost => Err(Failure::Contended),
        }
    }

    /// Whether one of `devices` is remembered for this very user.
    pub(super) async fn is_remembered(
        &self,
        tenant: &Tenant,
        user: &User,
        devices: &[DeviceId],
        now: Timestamp,
    ) -> Result<bool, Failure> {
        for id in devices {
            let device = self.store.find_device(tenant.id, *id).await?;
            if device
                .is_some_and(|device| device.user == user.id && !device.expires_at.has_passed(now))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
