//! Search and deletion of users, and clearing of their failed attempts.

use super::UserAdmin;
use crate::admin::administrators::changes;
use crate::admin::claims::{hide_values, show_all};
use crate::admin::events::Done;
use crate::admin::fields::Fields;
use crate::admin::reach::{administrators, permissions_of};
use crate::admin::{AdminError, Conflict, TRIES, check_version, may};
use crate::app::App;
use crate::attempts::counters;
use crate::ephemera::attempts_for_user;
use crate::sessions::Sessions;
use countersign_domain::administration::administrators::Assignment;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::identifier::UserId;
use countersign_domain::login::attempts::Target;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{After, Removal, Slice, UserDeletion};

impl<A: App> UserAdmin<A> {
    /// Returns a slice of the users whose email address begins with a text, ordered by address.
    pub async fn search(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        prefix: &EmailPrefix,
        after: After<Email>,
    ) -> Result<Slice<User>, AdminError> {
        may(operator, Permission::UsersRead)?;
        let mut slice = self.store.search_users(tenant.id, prefix, after).await?;
        show_all(&*self.store, tenant, &mut slice.items).await?;
        Ok(slice)
    }

    /// Deletes a user with credentials, passkeys, recovery codes, trusted devices, sessions, consents and admin roles.
    /// Revokes the user's grants and notifies clients. Returns the number of revoked grants. Fails if the user is the
    /// last owner. With `expected`, fails if the user has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        sessions: &Sessions<A>,
        id: UserId,
        expected: Option<u64>,
    ) -> Result<u64, AdminError> {
        may(operator, Permission::UsersWrite)?;
        let holder = Holder::User(id);
        for _ in 0..TRIES {
            let user = self.stored(tenant, id).await?;
            let mut all = administrators(&*self.store, tenant).await?;
            let own = permissions_of(&*self.store, tenant, &all, &holder).await?;
            operator.may_affect(own)?;
            check_version(expected, user.version)?;
            let holders_version = all.version;
            let roles = all.holders.get(&holder).cloned();
            // The store checks the version of the holders, so the last owner cannot change in between.
            all.revoke(&holder, None)?;
            let fields = Fields::default().since(&Fields::of_user(&user));
            let mut fields = hide_values(&*self.store, tenant, fields).await?;
            if let Some(roles) = &roles {
                fields.extend(changes(roles, &Assignment::default()));
            }
            let done = Done {
                action: Action::USER_DELETED,
                target: Party::new("user", id.to_string()),
                changes: fields,
                at: self.clock.now(),
            };
            let event = self.events.record(tenant.id, operator, done);
            let deletion = UserDeletion {
                user: id,
                version: user.version,
                holders_version,
                holders: roles.map(|_| all),
            };
            let deleted = self.store.delete_user(tenant.id, &deletion, &event);
            if let Some(ended) = deleted.await? {
                // A concurrent redemption may have read the user before the deletion was committed, and stored a grant
                // that the deletion did not find. Therefore, revoke again. A session without a user is never found.
                let more = sessions.after_shut_out(tenant, id, ended.sessions).await?;
                return Ok(ended.grants + more);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Clears the counters of a user's failed sign-ins, wrong codes and emails with codes, so that the user can sign in
    /// before their window ends. The counters of network addresses and of known devices stay. The limit of codes of a
    /// second factor ends only with the permission to reset factors: otherwise an operator could help guess them.
    pub async fn unlock(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
    ) -> Result<User, AdminError> {
        may(operator, Permission::UsersWrite)?;
        let user = self.target(tenant, operator, id).await?;
        let now = self.clock.now();
        let email = user.email.as_str();
        let mut keys = counters(&[Target::Account(email), Target::Mailbox(email)], now);
        if may(operator, Permission::UsersResetFactors).is_ok() {
            keys.push(attempts_for_user(id, now));
        }
        let removal = Removal::Attempts(keys);
        let action = Action::USER_UNLOCKED;
        self.remove(tenant, operator, (id, action), (&removal, None))
            .await?;
        self.shown(tenant, user).await
    }
}
