//! What gives access to a user's account, and what the user gave access to: factors, sessions, grants and consents.

use super::UserAdmin;
use crate::admin::events::Done;
use crate::admin::fields::redacted;
use crate::admin::reach::may_affect;
use crate::admin::{AdminError, Missing, may};
use crate::app::App;
use crate::sessions::Sessions;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::permission::Permissions;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{DeviceId, GrantId, IdentityId, SessionId, UserId};
use countersign_domain::tenant::Tenant;
use countersign_ports::prelude::*;
use countersign_ports::{Ended, Removal};
use std::borrow::Cow;

impl<A: App> UserAdmin<A> {
    /// Removes a passkey of a user.
    pub async fn remove_passkey(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        passkey: &[u8],
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersResetFactors)?;
        self.target(tenant, operator, user).await?;
        let removal = Removal::Passkey(user, passkey.to_vec());
        let change = removed("passkey", Base64UrlUnpadded::encode_string(passkey));
        let about = (user, Action::USER_PASSKEY_REMOVED);
        let ended = self.remove(tenant, operator, about, (&removal, Some(change)));
        found(ended.await?, Missing::Passkey)
    }

    /// Removes the recovery codes of a user, if there are any.
    pub async fn remove_recovery_codes(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersResetFactors)?;
        self.target(tenant, operator, user).await?;
        let removal = Removal::RecoveryCodes(user);
        let change = redacted("recovery_codes", true, false);
        let about = (user, Action::USER_RECOVERY_CODES_REMOVED);
        self.remove(tenant, operator, about, (&removal, Some(change)))
            .await?;
        Ok(())
    }

    /// Removes a trusted device of a user. The device then needs the second factor again.
    pub async fn remove_device(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        device: DeviceId,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersResetFactors)?;
        self.target(tenant, operator, user).await?;
        let removal = Removal::Device(user, device);
        let change = removed("device", device.to_string());
        let about = (user, Action::USER_DEVICE_REMOVED);
        let ended = self.remove(tenant, operator, about, (&removal, Some(change)));
        found(ended.await?, Missing::Device)
    }

    /// Unlinks an account of a user at an upstream provider.
    pub async fn remove_identity(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        identity: IdentityId,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersWrite)?;
        self.target(tenant, operator, user).await?;
        let removal = Removal::Identity(user, identity);
        let change = removed("identity", identity.to_string());
        let about = (user, Action::USER_IDENTITY_REMOVED);
        let ended = self.remove(tenant, operator, about, (&removal, Some(change)));
        found(ended.await?, Missing::Identity)
    }

    /// Withdraws a user's consent for a client, and revokes the user's grants to this client.
    pub async fn withdraw_consent(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        client: &ClientId,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersWrite)?;
        self.target(tenant, operator, user).await?;
        let removal = Removal::Consent(user, client.clone());
        let change = removed("consent", client.to_string());
        let about = (user, Action::USER_CONSENT_WITHDRAWN);
        let ended = self.remove(tenant, operator, about, (&removal, Some(change)));
        found(ended.await?, Missing::Consent)
    }

    /// Ends a session, revokes its grants and notifies its clients. Safe to retry after a failure.
    pub async fn end_session(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        sessions: &Sessions<A>,
        session: SessionId,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersWrite)?;
        let stored = self.store.find_session(tenant.id, session).await?;
        let (_, user) = stored.ok_or(AdminError::NotFound(Missing::Session))?;
        let holder = Holder::User(user.id);
        may_affect(&*self.store, tenant, operator, &holder, Permissions::NONE).await?;
        let removal = Removal::Session(session);
        let change = removed("session", session.to_string());
        let about = (user.id, Action::SESSIONS_ENDED);
        // Without a result, the session has already ended. Continue, to revoke grants that an earlier call missed.
        self.remove(tenant, operator, about, (&removal, Some(change)))
            .await?;
        sessions.after_ends(tenant, vec![session]).await?;
        Ok(())
    }

    /// Ends all sessions of a user, revokes their grants and notifies clients. Returns the number of sessions.
    pub async fn end_sessions(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        sessions: &Sessions<A>,
        user: UserId,
    ) -> Result<usize, AdminError> {
        may(operator, Permission::UsersWrite)?;
        self.target(tenant, operator, user).await?;
        let about = (user, Action::SESSIONS_ENDED);
        let removal = Removal::Sessions(user);
        let ended = self.remove(tenant, operator, about, (&removal, None));
        let ended = ended.await?.unwrap_or_default().sessions;
        let count = ended.len();
        sessions.after_ends(tenant, ended).await?;
        Ok(count)
    }

    /// Revokes a grant, unless it is already revoked.
    pub async fn revoke_grant(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        grant: GrantId,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersWrite)?;
        let stored = self.store.find_grant(tenant.id, grant).await?;
        let stored = stored.ok_or(AdminError::NotFound(Missing::Grant))?;
        let owner = stored.authorization().subject.user();
        if let Some(user) = owner {
            let holder = Holder::User(user);
            may_affect(&*self.store, tenant, operator, &holder, Permissions::NONE).await?;
        }
        let target = owner.map_or_else(
            || Party::new("grant", grant.to_string()),
            |user| Party::new("user", user.to_string()),
        );
        let done = Done {
            action: Action::GRANTS_REVOKED,
            target,
            changes: vec![removed("grant", grant.to_string())],
            at: self.clock.now(),
        };
        let event = self.events.record(tenant.id, operator, done);
        let removal = Removal::Grant(grant);
        self.store.remove(tenant.id, &removal, &event).await?;
        Ok(())
    }

    /// Revokes all grants of a user. Returns their number.
    pub async fn revoke_grants(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
    ) -> Result<u64, AdminError> {
        may(operator, Permission::UsersWrite)?;
        self.target(tenant, operator, user).await?;
        let about = (user, Action::GRANTS_REVOKED);
        let removal = Removal::Grants(user);
        let ended = self.remove(tenant, operator, about, (&removal, None));
        Ok(ended.await?.unwrap_or_default().grants)
    }

    /// Removes something of a user, with its event. Returns `None` if there was nothing to remove.
    pub(super) async fn remove(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (user, action): (UserId, Action),
        (removal, change): (&Removal, Option<FieldChange>),
    ) -> Result<Option<Ended>, AdminError> {
        let done = Done {
            action,
            target: Party::new("user", user.to_string()),
            changes: change.into_iter().collect(),
            at: self.clock.now(),
        };
        let event = self.events.record(tenant.id, operator, done);
        Ok(self.store.remove(tenant.id, removal, &event).await?)
    }
}

/// Returns the change of a removed object, by its identifier.
fn removed(field: &'static str, id: String) -> FieldChange {
    FieldChange {
        field: Cow::Borrowed(field),
        before: Some(id),
        after: None,
    }
}

fn found(ended: Option<Ended>, missing: Missing) -> Result<(), AdminError> {
    ended.map(drop).ok_or(AdminError::NotFound(missing))
}
