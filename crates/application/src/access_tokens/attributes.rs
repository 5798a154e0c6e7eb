//! Attributes of users, for applications.

use crate::access_tokens::{AccessTokens, LiveToken};
use crate::admin::AdminError;
use crate::admin::users::{AttributeChanges, InvalidUserAttribute, UserAdmin};
use crate::app::App;
use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::audit::operator::Operator;
use countersign_domain::claims::attribute::AttributeParty;
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{Clock, UserKey};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Attributes of users.
pub struct UserAttributes<A: App> {
    /// Validates access tokens.
    pub tokens: Arc<AccessTokens<A::Store>>,
    /// Attributes.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Changes attributes.
    pub users: UserAdmin<A>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

/// Attributes by name.
pub type ReadableAttributes = BTreeMap<AttributeName, AttributeValue>;

/// Reason why an application cannot set attributes.
#[derive(Debug)]
pub enum NotSet {
    /// An attribute cannot be set to this value.
    Attribute(AttributeName, InvalidUserAttribute),
    /// Another reason.
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for NotSet {
    fn from(failure: E) -> Self {
        Self::Failure(failure.into())
    }
}

impl<A: App> UserAttributes<A> {
    /// Returns the attributes of a user that applications may read. The access token must be one that a first-party client
    /// requested for itself. An unknown or disabled user has no attributes.
    pub async fn read(
        &self,
        tenant: &Tenant,
        access_token: &str,
        subject: &str,
    ) -> Result<ReadableAttributes, Failure> {
        self.live(tenant, access_token)
            .await?
            .may_read_attributes()?;
        let Ok(id) = subject.parse::<UserId>() else {
            return Ok(ReadableAttributes::new());
        };
        let store = &self.tokens.store;
        let user = store.find_user(tenant.id, UserKey::Id(id)).await?;
        match user.filter(|user| user.enabled) {
            Some(user) => self.readable(tenant, &user).await,
            None => Ok(ReadableAttributes::new()),
        }
    }

    /// Sets attributes of a user that applications may write, and records the event of the change with it. Returns those
    /// that applications may read.
    pub async fn write(
        &self,
        tenant: &Tenant,
        access_token: &str,
        (subject, changes): (&str, AttributeChanges),
    ) -> Result<ReadableAttributes, NotSet> {
        let live = self.live(tenant, access_token).await?;
        live.may_write_attributes()?;
        let id = subject.parse().map_err(|_| refusals::SUBJECT_UNKNOWN)?;
        let operator = Operator::application(live.client.id.clone());
        let set = self.users.set_attributes(tenant, &operator, id, changes);
        match set.await {
            // A client that may only write gets no values.
            Ok(_) if live.may_read_attributes().is_err() => Ok(ReadableAttributes::default()),
            Ok(user) => Ok(self.readable(tenant, &user).await?),
            Err(AdminError::Attribute(name, reason)) => Err(NotSet::Attribute(name, reason)),
            Err(AdminError::NotFound(_)) => Err(refusals::SUBJECT_UNKNOWN.into()),
            Err(AdminError::Failure(failure)) => Err(failure.into()),
            // No other error is possible: concurrent changes won every retry.
            Err(_) => Err(Failure::Contended.into()),
        }
    }

    async fn live(&self, tenant: &Tenant, access_token: &str) -> Result<LiveToken, Failure> {
        let now = self.clock.now();
        let token = self.tokens.known(tenant, access_token, now)?;
        self.tokens.live(tenant, token, now).await
    }

    async fn readable(&self, tenant: &Tenant, user: &User) -> Result<ReadableAttributes, Failure> {
        let party = AttributeParty::Application;
        let all = self.definitions.readable_attributes(tenant.id, party, user);
        let all = all.await?.into_iter();
        Ok(all
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect())
    }
}
