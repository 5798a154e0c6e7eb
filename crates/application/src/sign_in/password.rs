use super::{FirstFactor, SignIn};
use crate::failure::Failure;
use crate::password;
use countersign_domain::authentication::Method;
use countersign_domain::identifier::DeviceId;
use countersign_domain::secret::Secret;
use countersign_ports::{PasswordHasher, Store};
use std::net::IpAddr;

impl<S: Store, P: PasswordHasher> SignIn<S, P> {
    /// Logs in by e-mail address and password. `devices` are those that this browser says it is.
    pub async fn by_password(
        &self,
        email: &str,
        password: &Secret,
        devices: &[DeviceId],
        address: Option<IpAddr>,
    ) -> Result<FirstFactor, Failure> {
        let now = self.clock.now();
        let user = password::check(
            &*self.store,
            &*self.passwords,
            email,
            password,
            address,
            now,
        )
        .await?;
        self.after_first_factor(user, Method::Password, devices, now)
            .await
    }
}
