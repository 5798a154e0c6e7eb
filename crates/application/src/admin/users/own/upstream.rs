//! What sign-ins at upstream providers change.

use crate::admin::claims::hide_values;
use crate::admin::events::Done;
use crate::admin::fields::Fields;
use crate::admin::users::UserAdmin;
use crate::admin::{AdminError, TRIES};
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::Operator;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::EventRecord;

impl<A: App> UserAdmin<A> {
    /// Returns the event of the creation of a user by a provider.
    pub(crate) async fn created_upstream(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        user: &User,
    ) -> Result<EventRecord, Failure> {
        let changes = Fields::of_user(user).since(&Fields::default());
        let changes = hide_values(&*self.store, tenant, changes).await;
        let mut changes = changes.map_err(failure)?;
        changes.push(FieldChange {
            field: "upstream_provider".into(),
            before: None,
            after: Some(provider.name.to_string()),
        });
        let done = Done {
            action: Action::USER_CREATED,
            target: Party::new("user", user.id.to_string()),
            changes,
            at: user.created_at,
        };
        let operator = Operator::upstream_provider(&provider.name);
        Ok(self.events.record(tenant.id, &operator, done))
    }

    /// Changes a user who signs in at a provider. Writes nothing if no field changed.
    pub(crate) async fn update_upstream(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        user: User,
        change: impl Fn(&mut User) + Send + Sync,
    ) -> Result<User, Failure> {
        let operator = Operator::upstream_provider(&provider.name);
        let change = |user: &mut User| {
            change(user);
            Ok::<_, AdminError>(())
        };
        let mut user = user;
        for _ in 0..TRIES {
            let id = user.id;
            match self.try_change(tenant, &operator, user, &change).await {
                Ok(Some(changed)) => return Ok(changed),
                Ok(None) => {}
                Err(error) => return Err(failure(error)),
            }
            user = self.stored(tenant, id).await.map_err(failure)?;
        }
        Err(Failure::Contended)
    }
}

/// Returns the failure of a sign-in. The user may have been deleted in the meantime.
fn failure(error: AdminError) -> Failure {
    match error {
        AdminError::Failure(failure) => failure,
        _ => Refusal::LoginFailed.into(),
    }
}
