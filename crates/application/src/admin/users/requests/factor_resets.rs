//! Delayed resets of second factors that users requested.

use crate::admin::events::{Done, EventSource};
use crate::admin::reach::{administrators, roles_of};
use crate::admin::users::UserAdmin;
use crate::admin::{AdminError, Missing, may};
use crate::app::App;
use crate::definitions::stored;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::identifier::UserId;
use countersign_domain::login::authentication::Methods;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::factor_reset::{FactorReset, ResetStage};
use countersign_ports::{Clock, Defined as _, Definition, EventRecord, Race, Store, StoreError};
use std::sync::Arc;

/// Requests to reset the second factors. A sign-in ends that of its user.
pub struct FactorResets<S> {
    /// Requests.
    pub store: Arc<S>,
    /// Audit events.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> FactorResets<S> {
    /// Returns the request of a user, unless it has expired.
    pub(crate) async fn pending(
        &self,
        tenant: &Tenant,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<FactorReset>, StoreError> {
        let found: Option<FactorReset> =
            stored::find(&*self.store, tenant.id, &user.to_string()).await?;
        Ok(found.filter(|own| own.stage(now) != ResetStage::Expired))
    }

    /// Stores a request. Replaces an expired one. [`Race::Lost`]: another one is pending.
    pub(crate) async fn put(
        &self,
        tenant: &Tenant,
        reset: FactorReset,
    ) -> Result<Race, StoreError> {
        let owner = Operator::owner(reset.user, None);
        let key = reset.user.to_string();
        let former: Option<FactorReset> = stored::find(&*self.store, tenant.id, &key).await?;
        if let Some(former) = former {
            if former.stage(self.clock.now()) != ResetStage::Expired {
                return Ok(Race::Lost);
            }
            let canceled = Action::USER_FACTOR_RESET_CANCELED;
            // A lost race means that it is gone. The insertion decides.
            let _ = self.end(tenant, &owner, canceled, &former).await?;
        }
        let action = Action::USER_FACTOR_RESET_REQUESTED;
        let event = self.event(tenant, &owner, action, reset.user);
        let definition = Definition::FactorReset(reset);
        let inserted = self.store.insert_definition(tenant.id, &definition, &event);
        inserted.await
    }

    /// Removes a request. Only one of several concurrent callers wins.
    pub(crate) async fn end(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        action: Action,
        reset: &FactorReset,
    ) -> Result<Race, StoreError> {
        let event = self.event(tenant, operator, action, reset.user);
        let (key, version) = (reset.key(), reset.version);
        self.store
            .delete_definition(tenant.id, &key, version, &event)
            .await
    }

    /// Cancels the request of a user. Returns `false` if there is none.
    pub(crate) async fn cancel(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
    ) -> Result<bool, StoreError> {
        let Some(reset) = self.pending(tenant, user, self.clock.now()).await? else {
            return Ok(false);
        };
        let canceled = Action::USER_FACTOR_RESET_CANCELED;
        Ok(self.end(tenant, operator, canceled, &reset).await? == Race::Won)
    }

    /// Cancels the request of a user who has just signed in with a second factor, which is therefore not lost.
    pub(crate) async fn refute(
        &self,
        tenant: &Tenant,
        user: UserId,
        methods: Methods,
    ) -> Result<(), StoreError> {
        if FactorReset::is_refuted_by(methods) {
            let owner = Operator::owner(user, None);
            self.cancel(tenant, &owner, user).await?;
        }
        Ok(())
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        action: Action,
        user: UserId,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("user", user.to_string()),
            changes: Vec::new(),
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}

impl<A: App> UserAdmin<A> {
    pub(crate) fn factor_resets(&self) -> FactorResets<A::Store> {
        FactorResets {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Returns whether a user holds an admin role, directly or through a group.
    pub(crate) async fn has_admin_role(
        &self,
        tenant: &Tenant,
        user: UserId,
    ) -> Result<bool, StoreError> {
        let all = administrators(&*self.store, tenant).await?;
        let roles = roles_of(&*self.store, tenant, &all, &Holder::User(user)).await?;
        Ok(!roles.is_empty())
    }

    /// Returns the reset of the second factors that a user has requested.
    pub async fn factor_reset(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
    ) -> Result<FactorReset, AdminError> {
        may(operator, Permission::UsersRead)?;
        let user = self.stored(tenant, id).await?;
        let now = self.clock.now();
        let pending = self.factor_resets().pending(tenant, user.id, now).await?;
        pending.ok_or(AdminError::NotFound(Missing::FactorReset))
    }

    /// Cancels the reset of the second factors that a user has requested.
    pub async fn cancel_factor_reset(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersWrite)?;
        let user = self.target(tenant, operator, id).await?;
        let resets = self.factor_resets();
        if resets.cancel(tenant, operator, user.id).await? {
            Ok(())
        } else {
            Err(AdminError::NotFound(Missing::FactorReset))
        }
    }

    /// Removes requests that have expired, and all of them if resets are disabled: until they are enabled again, a sign-in
    /// with a second factor would not be noticed.
    pub async fn remove_old_factor_resets(&self, tenant: &Tenant) -> Result<(), AdminError> {
        let (now, schedule) = (self.clock.now(), Operator::schedule());
        let is_off = tenant.settings.recovery.factor_reset.is_none();
        let resets = self.factor_resets();
        let all: Vec<FactorReset> = stored::all(&*self.store, tenant.id).await?;
        for reset in all {
            if is_off || reset.stage(now) == ResetStage::Expired {
                let canceled = Action::USER_FACTOR_RESET_CANCELED;
                // Another server may have removed it.
                let _ = resets.end(tenant, &schedule, canceled, &reset).await?;
            }
        }
        Ok(())
    }
}
