use super::{FirstFactor, SignIn};
use crate::app::App;
use crate::failure::Failure;
use crate::password::{self, Presented};
use countersign_domain::identifier::DeviceId;
use countersign_domain::login::authentication::Method;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use std::net::IpAddr;

impl<A: App> SignIn<A> {
    /// Signs in by e-mail address and password. `devices` are those that this browser says it is.
    pub async fn by_password(
        &self,
        tenant: &Tenant,
        email: &str,
        password: &Secret,
        devices: &[DeviceId],
        address: Option<IpAddr>,
    ) -> Result<FirstFactor, Failure> {
        let now = self.clock.now();
        let adapters = (&*self.store, &*self.passwords);
        let presented = Presented {
            email,
            password,
            address,
        };
        let user = password::check(adapters, tenant.id, presented, now).await?;
        self.after_first_factor(tenant, user, Method::Password, devices, now)
            .await
    }
}
