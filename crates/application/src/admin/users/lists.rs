//! Lists of what belongs to a user.

use super::UserAdmin;
use crate::admin::{AdminError, may};
use crate::app::App;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{DeviceId, GrantId, IdentityId, SessionId, UserId};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_ports::prelude::*;
use countersign_ports::{After, Slice};

impl<A: App> UserAdmin<A> {
    /// Returns a slice of a user's passkeys, ordered by ID.
    pub async fn passkeys(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        after: After<Vec<u8>>,
    ) -> Result<Slice<Passkey>, AdminError> {
        may(operator, Permission::UsersRead)?;
        self.stored(tenant, user).await?;
        Ok(self.store.list_passkeys(tenant.id, user, after).await?)
    }

    /// Returns the number of a user's unused recovery codes.
    pub async fn recovery_codes(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
    ) -> Result<u32, AdminError> {
        may(operator, Permission::UsersRead)?;
        self.stored(tenant, user).await?;
        Ok(self.store.count_recovery_codes(tenant.id, user).await?)
    }

    /// Returns a slice of a user's trusted devices, ordered by ID. Some may have expired.
    pub async fn devices(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        after: After<DeviceId>,
    ) -> Result<Slice<Device>, AdminError> {
        may(operator, Permission::UsersRead)?;
        self.stored(tenant, user).await?;
        Ok(self.store.list_devices(tenant.id, user, after).await?)
    }

    /// Returns a slice of a user's linked accounts at upstream providers, ordered by ID.
    pub async fn identities(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        after: After<IdentityId>,
    ) -> Result<Slice<Identity>, AdminError> {
        may(operator, Permission::UsersRead)?;
        self.stored(tenant, user).await?;
        Ok(self.store.list_identities(tenant.id, user, after).await?)
    }

    /// Returns a slice of a user's consents, ordered by client identifier.
    pub async fn consents(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        after: After<ClientId>,
    ) -> Result<Slice<Consent>, AdminError> {
        may(operator, Permission::UsersRead)?;
        self.stored(tenant, user).await?;
        Ok(self.store.list_consents(tenant.id, user, after).await?)
    }

    /// Returns a slice of a user's sessions, ordered by ID. Some may have ended or expired.
    pub async fn sessions(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        after: After<SessionId>,
    ) -> Result<Slice<Session>, AdminError> {
        may(operator, Permission::SessionsRead)?;
        self.stored(tenant, user).await?;
        Ok(self.store.list_sessions(tenant.id, user, after).await?)
    }

    /// Returns a slice of a user's grants, ordered by ID. Some may be revoked or expired.
    pub async fn grants(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, AdminError> {
        may(operator, Permission::SessionsRead)?;
        self.stored(tenant, user).await?;
        Ok(self.store.list_user_grants(tenant.id, user, after).await?)
    }
}
