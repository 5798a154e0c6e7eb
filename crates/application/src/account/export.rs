//! Data of an account, for its owner.

use super::{Accounts, Overview};
use crate::app::App;
use crate::failure::Failure;
use crate::slices;
use countersign_domain::audit::event::Action;
use countersign_domain::claims::attribute::AttributeParty;
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_domain::user::factor_reset::FactorReset;
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_ports::prelude::*;

/// Everything that the server stores about a user, except the audit log and secrets.
#[derive(Clone, Debug)]
pub struct AccountData {
    /// Sessions, consents, devices and factors.
    pub overview: Overview,
    /// Attributes that users may read.
    pub attributes: Vec<(AttributeName, AttributeValue)>,
    /// Linked accounts at upstream providers.
    pub identities: Vec<Identity>,
    /// Grants of the user, live or not.
    pub grants: Vec<Grant>,
    /// Scheduled deletion.
    pub deletion: Option<ScheduledDeletion>,
    /// Requested reset of the second factors.
    pub factor_reset: Option<FactorReset>,
}

impl<A: App> Accounts<A> {
    /// Reads the data of an account. Requires a recent sign-in.
    pub async fn data(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
    ) -> Result<AccountData, Failure> {
        self.fresh(session)?;
        let read = |after| self.store.list_user_grants(tenant.id, user.id, after);
        let attributes = self
            .definitions
            .readable_attributes(tenant.id, AttributeParty::User, user)
            .await?;
        let attributes = attributes.into_iter();
        let attributes = attributes.map(|(name, value)| (name.clone(), value.clone()));
        let resets = self.users.factor_resets();
        let data = AccountData {
            overview: self.overview(tenant, user).await?,
            attributes: attributes.collect(),
            identities: self.identities(tenant, user.id).await?,
            grants: slices::all(|grant: &Grant| grant.facts().id, read).await?,
            deletion: self.scheduled_deletion(tenant, user.id).await?,
            factor_reset: resets.pending(tenant, user.id, self.clock.now()).await?,
        };
        Self::did(Action::USER_DATA_EXPORTED, user, session, &[]);
        Ok(data)
    }
}
