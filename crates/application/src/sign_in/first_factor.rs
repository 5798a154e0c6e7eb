use super::answer::{Answered, FirstFactor, Proof};
use super::use_cases::SignIn;
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use countersign_domain::audit::event::Action;
use countersign_domain::authorize::demands::AcrDemand;
use countersign_domain::identifier::{DeviceId, UserId};
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::credential::Device;
use countersign_domain::login::interaction::{Interaction, Pending, second_factor_of, suffices};
use countersign_domain::login::methods::Method;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

impl<A: App> SignIn<A> {
    /// Decides whether a first factor suffices. A remembered device skips the second factor.
    pub(super) async fn after_first_factor(
        &self,
        tenant: &Tenant,
        user: User,
        method: Method,
        devices: &[DeviceId],
        now: Timestamp,
    ) -> Result<FirstFactor, Failure> {
        let methods = Methods::NONE.with(method);
        let policy = tenant.settings.mfa;
        let suffices = match suffices(&user, policy, None) {
            Some(known) => known,
            None => !self.has_passkey(tenant, user.id).await?,
        };
        if suffices {
            return Ok(FirstFactor::Suffices(Box::new(Proof::by(user, methods))));
        }
        if self.is_remembered(tenant, &user, devices, now).await? {
            let methods = methods.with(Method::REMEMBERED_DEVICE);
            return Ok(FirstFactor::Suffices(Box::new(Proof::by(user, methods))));
        }
        let login = self.pending_login(tenant, &user, methods, now);
        Ok(FirstFactor::NeedsSecondFactor(login))
    }

    /// Records the result of a first factor in the interaction, and chooses the method of the second factor. After a
    /// failure, `method` asks again.
    pub(super) async fn after(
        &self,
        tenant: &Tenant,
        interaction: &mut Interaction,
        (method, outcome): (Method, Result<FirstFactor, Failure>),
        requested: Option<AcrDemand>,
    ) -> Result<Answered, Failure> {
        let login = match outcome {
            Err(failure) => return Ok(Answered::Ask(method, Some(failure))),
            Ok(FirstFactor::Suffices(proof)) => {
                return Ok(Answered::Proved {
                    proof,
                    remember: false,
                });
            }
            Ok(FirstFactor::NeedsSecondFactor(login)) => login,
        };
        let user = self.user_of(tenant, &login).await?;
        interaction.pending = Some(Pending::SecondFactor(login));
        let mut method = second_factor_of(&user, requested, None);
        if method.is_none() {
            let has_passkey = self.has_passkey(tenant, user.id).await?;
            method = second_factor_of(&user, requested, Some(has_passkey));
        }
        Ok(Answered::Ask(method.unwrap_or(Method::TIME_CODE), None))
    }

    /// Remembers a device after its user has provided a second factor.
    pub async fn remember_device(
        &self,
        tenant: &Tenant,
        user: UserId,
        name: &str,
    ) -> Result<Device, Failure> {
        let now = self.clock.now();
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        let device = Device {
            id: DeviceId::from_bytes(id),
            user,
            name: name.to_owned(),
            created_at: now,
            expires_at: now.plus(tenant.settings.lifetimes.device()),
        };
        match self.store.insert_device(tenant.id, &device).await? {
            Race::Won => {
                let facts = [("id", &*device.id.to_string()), ("name", name)];
                CurrentRequest::note_event(Action::USER_DEVICE_ADDED, user, None, &facts);
                Ok(device)
            }
            Race::Lost => Err(Failure::Contended),
        }
    }

    /// Returns whether one of `devices` is a remembered device of this user.
    async fn is_remembered(
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
